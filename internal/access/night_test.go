package access

import (
	"fmt"
	"testing"
	"time"
)

// TestTheGuessesOfANight bounds what the document on signing in says: so many passwords of one account one source tries in eight
// hours, also while many others guess at it.
func TestTheGuessesOfANight(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	l := newLimiter(func() time.Time { return now })
	guess := func(ip string) (answered int) {
		if _, err := l.try(signInKeys("kadis@jember.example", ip)...); err == nil {
			return 1
		}
		return 0
	}
	n := 0
	for second := range 8 * 3600 {
		now = now.Add(time.Second)
		n += guess("10.0.0.1")
		if second%20 == 0 { // the others keep the account crowded
			guess(fmt.Sprintf("10.1.%d.%d", second/20/250%250, second/20%250))
		}
	}
	if n < 30 || n > 45 {
		t.Errorf("%d guesses, the document says about 45", n)
	}
}
