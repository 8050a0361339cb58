package access

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/web"
)

// Whoever holds a whole network of version six is one source: his tries do not make an account slow for others.
func TestALargeNetworkIsOneSource(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	l := newLimiter(func() time.Time { return now })
	tried := 0
	for n := range 2000 {
		keys := signInKeys("admin@jember.example", fmt.Sprintf("2001:db8:1:%x::1", n))
		if _, err := l.try(keys...); err == nil {
			tried++
		}
		now = now.Add(40 * time.Millisecond)
	}
	if tried > 60 {
		t.Errorf("one network of 65,536 households tried %d passwords", tried)
	}
	if _, err := l.try(signInKeys("admin@jember.example", "203.0.113.7")...); err != nil {
		t.Errorf("the owner at home must wait: %v", err)
	}
	if networkOf("203.0.113.7") != "" || networkOf("2001:db8:1:2::9") != "2001:db8:1::/48" {
		t.Error("networks are named wrongly")
	}
}

// TestASwarmMakesTheOwnerWaitHalfAMinuteAtMost: four hundred sources try without a pause for a working day of the limiter's clock. Whenever
// the owner comes on a new device from elsewhere, the wait that is said is half a minute at most and is enough; on a known
// device there is none. Every source alone stays slow.
func TestASwarmMakesTheOwnerWaitHalfAMinuteAtMost(t *testing.T) {
	t.Parallel()
	const sources, step, day = 400, 2 * time.Second, 8 * time.Hour
	now := time.Unix(0, 0)
	l := newLimiter(func() time.Time { return now })
	guesses, longest, came := 0, time.Duration(0), 0
	owner, due := 0, time.Time{} // the place the owner comes from, and when they may
	for i := 0; now.Before(time.Unix(0, 0).Add(day)); i++ {
		now = now.Add(step)
		for n := range 20 {
			ip := fmt.Sprintf("198.%d.%d.7", 18+(i*20+n)%sources/250, (i*20+n)%sources%250)
			if _, err := l.try(signInKeys("admin@jember.example", ip)...); err == nil {
				guesses++
			}
		}
		if i%300 == 299 {
			owner, due = owner+1, now
		}
		if due.IsZero() || now.Before(due) {
			continue
		}
		if _, err := l.try(deviceKeys("sandi", fmt.Sprint("known ", owner))...); err != nil {
			t.Fatalf("a known device waits: %v", err)
		}
		_, err := l.try(signInKeys("admin@jember.example", fmt.Sprintf("203.0.113.%d", owner))...)
		var wait web.Wait
		switch {
		case err == nil:
			came, due = came+1, time.Time{}
		case errors.As(err, &wait):
			longest, due = max(longest, time.Duration(wait)), now.Add(time.Duration(wait))
		}
	}
	if longest > crowdWait || longest == 0 || came < owner-1 || owner < 40 {
		t.Errorf("the longest wait was %v; the owner came in %d of %d times", longest, came, owner)
	}
	next := signInKeys("admin@jember.example", "203.0.114.1")
	_, first := l.try(next...)
	now = now.Add(crowdWait)
	_, second := l.try(next...)
	if _, third := l.try(next...); first == nil || second != nil || third == nil {
		t.Errorf("a source guessed twice in a row: %v, %v, %v", first, second, third)
	}
	if each := guesses / sources; each > 50 {
		t.Errorf("each of %d sources guessed %d times", sources, each)
	}
}

// TestAFloodOfNamesKeepsTheLimiterSmall and does not make it look through everything each time.
func TestAFloodOfNamesKeepsTheLimiterSmall(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	l := newLimiter(func() time.Time { return now })
	guessed := signInKeys("admin@jember.example", "203.0.113.7")
	for range guessed[0].free {
		if _, err := l.try(guessed[0]); err != nil {
			t.Fatal(err)
		}
	}
	for n := range mostSeen {
		ip := fmt.Sprintf("10.%d.%d.%d", n>>16, n>>8&255, n&255)
		_, _ = l.try(signInKeys(fmt.Sprintf("a%d@jember.example", n), ip)...)
		if len(l.seen) > mostSeen*6/5 {
			t.Fatalf("%d paces are kept", len(l.seen))
		}
	}
	if _, err := l.try(guessed[0]); err == nil {
		t.Error("a flood of names wiped out a pace that slows somebody down")
	}
	now = now.Add(2 * time.Hour)
	for n := range mostSeen / 5 {
		_, _ = l.try(key{name: fmt.Sprint("x", n), budget: guessed[0].budget})
	}
	if len(l.seen) > mostSeen/2 {
		t.Errorf("%d paces after two hours of silence", len(l.seen))
	}
}

// TestARefusedTryKeepsNoName: one source that must wait cannot fill the memory with addresses.
func TestARefusedTryKeepsNoName(t *testing.T) {
	t.Parallel()
	l := newLimiter(func() time.Time { return time.Unix(0, 0) })
	for n := range 1000 {
		_, _ = l.try(signInKeys(fmt.Sprintf("a%d@jember.example", n), "203.0.113.7")...)
	}
	if len(l.seen) > 200 {
		t.Errorf("%d paces of one source", len(l.seen))
	}
}
