package replica_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/replica"
)

// TestNothingBeginsWhileThePlaceIsAway: a spool that was given up stays empty, a failure stays told and the log of the store
// stays short until the place takes something again; then the copy begins anew.
func TestNothingBeginsWhileThePlaceIsAway(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h, dest := deserted(t)
	h.write(20)
	h.must(h.Capture(ctx))
	h.SpoolMost(1)
	for turn := range 3 {
		if err := h.SendTurn(ctx); !errors.Is(err, errLine) {
			t.Fatalf("turn %d: %v", turn, err)
		}
		h.write(20)
		h.must(h.Capture(ctx))
		h.Based()
		if x := h.Status(); x.Waiting != 0 || x.UpTo != 0 || x.Failure == "" {
			t.Errorf("turn %d: %+v", turn, x)
		}
	}
	for range 4 { // each as long as the log may become
		h.must(h.d.Tx(ctx, func(tx *db.Tx) error {
			for range 16 {
				h.n++
				if _, err := tx.Exec("INSERT INTO demo (regency_id, id, text) VALUES (1, $1, $2)", h.n, strings.Repeat("x", 1<<20)); err != nil {
					return err
				}
			}
			return nil
		}))
		h.must(h.Capture(ctx))
	}
	if info, err := os.Stat(filepath.Join(h.dir, "app.db-wal")); err != nil || info.Size() > 2*16<<20 {
		t.Errorf("the log grew to %d, %v", info.Size(), err)
	}
	dest.away = false
	h.SpoolMost(1 << 30)
	h.must(h.Flush(ctx))
	h.same(replica.Trust{})
	if x := h.Status(); x.UpTo == 0 {
		t.Errorf("whole again: %+v", x)
	}
	if left, err := dest.Dest.List(ctx, "back"); err != nil || len(left) != 0 {
		t.Errorf("left there: %v, %v", left, err)
	}
}

// TestAStopWhileThePlaceIsAwayIsNoRest: the next start begins anew and does not go on behind the gap.
func TestAStopWhileThePlaceIsAwayIsNoRest(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h, dest := deserted(t)
	h.write(20)
	h.must(h.Capture(ctx))
	h.SpoolMost(1)
	if err := h.Send(ctx); !errors.Is(err, errLine) {
		t.Fatal(err)
	}
	h.write(20)
	h.must(h.Stop(ctx))
	h.must(h.close())
	dest.away = false
	h.open()
	h.write(20)
	h.ship()
	h.same(replica.Trust{})
}

// TestAForgottenCopyIsDurablyForgotten: where the folder cannot be made durable, it is an error.
func TestAForgottenCopyIsDurablyForgotten(t *testing.T) {
	t.Parallel()
	there, _ := other(t)
	h := build(t, there)
	h.must(h.Forget())
	h.must(os.RemoveAll(filepath.Join(h.dir, "spool")))
	if h.Forget() == nil {
		t.Error("a folder that is gone was made durable")
	}
}
