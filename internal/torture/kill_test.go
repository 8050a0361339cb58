package torture

import (
	"path/filepath"
	"testing"
	"time"
)

// TestKills kills the writing process again and again on the same store.
func TestKills(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.db")
	var before life
	total, kills := 0, times("PENDAPA_TEST_KILLS", 15)
	for i := range kills {
		now := live(t, path, time.Duration(5+luck.IntN(60))*time.Millisecond, nil, nil)
		if now.end != "" {
			t.Fatalf("after kill %d: %s", i, now.end)
		}
		if n := lost(before, now); n > 0 {
			t.Fatalf("kill %d lost %d acknowledged changes", i, n)
		}
		total += now.count
		before = now
	}
	t.Logf("%d kills, %d acknowledged changes, 0 lost", kills, total)
	if total < kills {
		t.Errorf("only %d changes were acknowledged", total)
	}
}
