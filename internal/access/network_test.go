package access

import (
	"fmt"
	"testing"
	"time"
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
