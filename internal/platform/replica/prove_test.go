package replica_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/replica"
)

func TestTheCopyIsProven(t *testing.T) {
	t.Parallel()
	dest, root := other(t)
	h := build(t, dest)
	h.write(100)
	h.keep("satu")
	h.ship()
	ctx := context.Background()
	prove := func() string {
		problems, err := h.Prove(ctx, filepath.Join(t.TempDir(), "scratch"), rows, nil, replica.Trust{})
		h.must(err)
		return strings.Join(problems, "; ")
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() { // the house goes on while it is proven
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				h.write(1)
			}
		}
	}()
	for range 3 {
		if got := prove(); got != "" || h.Status().ProvenAt != h.clock.UnixMilli() {
			t.Errorf("%q", got)
		}
	}
	close(stop)
	<-done
	all, err := filepath.Glob(filepath.Join(root, "log", "*", "0000000001.seg"))
	h.must(err)
	body, err := os.ReadFile(all[0])
	h.must(err)
	body[len(body)-3] ^= 1
	h.must(os.WriteFile(all[0], body, 0o600))
	if got := prove(); !strings.Contains(got, "cannot be restored") || h.Status().Problems == "" {
		t.Errorf("damage: %q", got)
	}
}

func TestThePastCanBeRestoredAndIsForgotten(t *testing.T) {
	t.Parallel()
	dest, root := other(t)
	h := build(t, dest)
	h.write(10)
	h.ship()
	noon := h.clock.UnixMilli()
	h.write(10)
	h.ship()
	if p, n, _, err := h.restored(replica.Until{At: noon}, replica.Trust{}); err != nil || n != 10 || p.At != noon {
		t.Errorf("%+v, %d rows, %v", p, n, err)
	}
	h.clock = h.clock.Add(25 * time.Hour)
	h.write(5)
	h.ship()
	h.ship() // a new base after a day
	bases, err := filepath.Glob(filepath.Join(root, "log", "*", "*.base"))
	if err != nil || len(bases) != 2 {
		t.Fatalf("%v %v", bases, err)
	}
	if _, n, _, err := h.restored(replica.Until{At: noon}, replica.Trust{}); err != nil || n != 10 {
		t.Errorf("%d rows, %v", n, err)
	}
	h.same(replica.Trust{})
	old := h.clock.Add(-10 * 24 * time.Hour)
	all, err := filepath.Glob(filepath.Join(root, "log", "*", "*"))
	h.must(err)
	for _, path := range all {
		h.must(os.Chtimes(path, old, old))
	}
	h.must(h.Prune(context.Background()))
	left, err := filepath.Glob(filepath.Join(root, "log", "*", "*"))
	if err != nil || len(left) == 0 || left[0] != bases[1] {
		t.Errorf("left %v %v", left, err)
	}
	h.same(replica.Trust{})
}

func TestAPlaceThatIsAwayCostsNoWrite(t *testing.T) {
	t.Parallel()
	dest, root := other(t)
	h := build(t, dest)
	h.write(10)
	h.ship()
	away := root + "-away"
	h.must(os.Rename(root, away))
	for range 5 {
		h.write(10)
		h.clock = h.clock.Add(time.Second)
		h.must(h.Capture(context.Background()))
		if err := h.Send(context.Background()); err == nil {
			t.Fatal("it was sent to nowhere")
		}
	}
	if age := h.Status().Age(h.clock); age < 4*time.Second || h.Status().Waiting != 5 {
		t.Errorf("age %s, %+v", age, h.Status())
	}
	h.must(os.Rename(away, root))
	h.ship()
	h.same(replica.Trust{})
}

// TestAProofThatDidNotTakePlaceIsNoFailedOne: a copy that was just begun, or a server that stops meanwhile, is no reason to
// say for a day that the proof failed.
func TestAProofThatDidNotTakePlaceIsNoFailedOne(t *testing.T) {
	t.Parallel()
	dest, _ := other(t)
	h := build(t, dest)
	h.write(10)
	prove := func(ctx context.Context) error {
		_, err := h.Prove(ctx, filepath.Join(t.TempDir(), "scratch"), rows, nil, replica.Trust{})
		return err
	}
	if err := prove(context.Background()); err == nil || h.Status().Problems != "" {
		t.Errorf("not begun: %v, and the status says %q", err, h.Status().Problems)
	}
	h.ship()
	ended, end := context.WithCancel(context.Background())
	end()
	if err := prove(ended); err == nil || h.Status().Problems != "" {
		t.Errorf("stopped: %v, and the status says %q", err, h.Status().Problems)
	}
}
