package admit

import (
	"testing"
	"time"
)

// TestAShareEndsWithItsLastUser, or every address that ever sent a body would stay in memory.
func TestAShareEndsWithItsLastUser(t *testing.T) {
	t.Parallel()
	s := newShares(Limit{Each: 1, Patience: time.Second}, NewestFirst)
	first, one := s.of("a")
	second, two := s.of("a")
	if first != second || len(s.all) != 1 {
		t.Errorf("one source has %d shares", len(s.all))
	}
	one()
	if len(s.all) != 1 {
		t.Error("a share ended while it was used")
	}
	two()
	if len(s.all) != 0 {
		t.Errorf("%d shares are left", len(s.all))
	}
}
