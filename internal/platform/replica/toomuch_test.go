package replica_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/replica"
)

// gone is a place that is away for a while.
type gone struct {
	replica.Dest
	away bool
}

func (g *gone) Put(ctx context.Context, name string, body io.ReadSeeker, size int64) error {
	if g.away {
		return errLine
	}
	return g.Dest.Put(ctx, name, body, size)
}

// deserted gives a house with a whole copy at a place that is away since.
func deserted(t *testing.T) (*house, *gone) {
	t.Helper()
	there, _ := other(t)
	dest := &gone{Dest: there}
	h := build(t, dest)
	h.write(20)
	h.ship()
	dest.away = true
	return h, dest
}

// killed goes on in another folder with the files as a kill leaves them: the log is not emptied. last is done by the old
// house after its store was closed; the spool is taken as it is after that.
func (h *house) killed(last func()) {
	h.t.Helper()
	next := h.t.TempDir()
	for _, end := range []string{"", "-wal", "-sum", "-mark"} {
		data, err := os.ReadFile(filepath.Join(h.dir, "app.db"+end))
		h.must(err)
		h.must(os.WriteFile(filepath.Join(next, "app.db"+end), data, 0o600))
	}
	h.must(h.close())
	last()
	h.must(os.CopyFS(filepath.Join(next, "spool"), os.DirFS(filepath.Join(h.dir, "spool"))))
	h.dir = next
	h.open()
}

// TestASpoolThatWasGivenUpIsNotForgottenByARestart gives up what waits because it is too much. After a restart the copy
// must not go on behind the gap: it begins anew with all pages.
func TestASpoolThatWasGivenUpIsNotForgottenByARestart(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h, dest := deserted(t)
	for range 3 {
		h.write(20)
		h.must(h.Capture(ctx))
	}
	if err := h.Send(ctx); !errors.Is(err, errLine) {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(h.dir, "spool", "*.seg*")); len(left) != 3 || h.Status().UpTo == 0 {
		t.Errorf("given up before it was too much: %v, %+v", left, h.Status())
	}
	h.SpoolMost(1)
	if err := h.Send(ctx); !errors.Is(err, errLine) {
		t.Fatal(err)
	}
	if x := h.Status(); x.Waiting != 0 || x.UpTo != 0 {
		t.Errorf("given up: %+v", x)
	}
	h.killed(func() {})
	dest.away = false
	h.write(20)
	h.ship()
	h.same(replica.Trust{})
	if x := h.Status(); x.UpTo == 0 {
		t.Errorf("whole again: %+v", x)
	}
}

// TestWhatAKillLeavesOfAGivenUpSpoolIsHarmless sends the part that was not removed yet: the copy before stays what it was.
func TestWhatAKillLeavesOfAGivenUpSpoolIsHarmless(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h, _ := deserted(t)
	for range 4 {
		h.write(20)
		h.must(h.Capture(ctx))
	}
	left, _ := filepath.Glob(filepath.Join(h.dir, "spool", "*.seg*"))
	if len(left) != 4 {
		t.Fatal(left)
	}
	h.must(os.Mkdir(left[1]+"x", 0o700)) // keeps the second from being removed: as if the kill came there
	h.must(os.Rename(left[1], left[1]+"x/kept"))
	h.must(os.Rename(left[1]+"x", left[1]))
	h.SpoolMost(1)
	if err := h.Send(ctx); err == nil {
		t.Fatal("all were removed")
	}
	for n, path := range left {
		if _, err := os.Stat(path); (err == nil) != (n <= 1) {
			t.Errorf("segment %d: %v", n, err)
		}
	}
}

// TestADoubtOfTheLogIsDurable forgets the copy for good as soon as the doubt is met, also when what follows fails.
func TestADoubtOfTheLogIsDurable(t *testing.T) {
	t.Parallel()
	dest, _ := other(t)
	h := build(t, dest)
	h.write(20)
	h.ship()
	h.Doubt()
	h.killed(func() {
		if h.Capture(context.Background()) == nil {
			t.Error("it began anew without a store")
		}
	})
	h.write(20)
	h.ship()
	h.same(replica.Trust{})
	bases, err := h.dest.List(context.Background(), "log/")
	h.must(err)
	if n := countBases(bases); n != 2 {
		t.Errorf("%d bases", n)
	}
}

func countBases(all []replica.Object) (n int) {
	for _, o := range all {
		if filepath.Ext(o.Name) == ".base" {
			n++
		}
	}
	return n
}
