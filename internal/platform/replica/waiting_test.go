package replica_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/replica"
)

// waits wants one file that came at a time and is not at the other place, whose line is broken.
func (h *house) waits(came int64) {
	h.t.Helper()
	if x := h.Status(); x.Waiting != 1 || !strings.Contains(x.Failure, errLine.Error()) || x.UpTo != came {
		h.t.Errorf("a file that is not there: %+v, came %d", x, came)
	}
}

func TestAFileWaitsUntilItIsThere(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dest, root := other(t)
	line := &shaky{Dest: dest}
	h := build(t, line)
	h.files.Listen(blob.Ears{Kept: h.Kept})
	h.write(5)
	h.ship()
	line.broken(0, 1000)
	came := h.clock.UnixMilli()
	hash := h.keep("bukti dukung")
	if err := h.PutWaiting(ctx); err == nil {
		t.Fatal("it was put over a broken line")
	}
	h.clock = h.clock.Add(time.Hour)
	h.write(1)
	h.must(h.Capture(ctx))  // the rows of that hour are there; the file is not
	h.must(h.SendTurn(ctx)) // says nothing of files
	h.waits(came)
	if h.PutWaiting(ctx) == nil || h.AllFiles(ctx) == nil {
		t.Error("it was put over a broken line")
	}
	h.waits(came)
	line.broken(0, 0)
	h.must(h.PutWaiting(ctx))
	if x := h.Status(); x.Waiting != 0 || x.Failure != "" || x.UpTo <= came {
		t.Errorf("the file is there: %+v", x)
	}
	if _, err := os.Stat(filepath.Join(root, "files", hash[:2], hash[2:])); err != nil {
		t.Error(err)
	}
}

func TestAFileThatIsGoneDoesNotWait(t *testing.T) {
	t.Parallel()
	dest, _ := other(t)
	h := build(t, dest)
	h.files.Listen(blob.Ears{Kept: h.Kept})
	gone, damaged := h.keep("satu"), h.keep("dua")
	h.must(os.Remove(filepath.Join(h.dir, "files", gone[:2], gone[2:])))
	path := filepath.Join(h.dir, "files", damaged[:2], damaged[2:])
	h.must(os.Chmod(path, 0o600))
	h.must(os.WriteFile(path, []byte("dus"), 0o600))
	if x := h.Status(); x.Waiting != 2 {
		t.Errorf("before: %+v", x)
	}
	h.must(h.PutWaiting(context.Background()))
	if x := h.Status(); x.Waiting != 0 || x.Failure != "" {
		t.Errorf("what can never be put waits: %+v", x)
	}
}

// hung is a place that takes a request and never answers, whatever happens.
type hung struct {
	replica.Dest
	asked chan bool
}

func (h *hung) Put(context.Context, string, io.ReadSeeker, int64) error {
	select {
	case h.asked <- true:
	default:
	}
	select {}
}

// TestAPlaceThatHangsDoesNotHoldUpTheEnd: the house ends, and what was not sent waits in the spool. Without a bound this test
// never ends.
func TestAPlaceThatHangsDoesNotHoldUpTheEnd(t *testing.T) {
	t.Parallel()
	place, _ := other(t)
	h := build(t, place)
	asked := make(chan bool, 1)
	h.Dest, h.Last = &hung{place, asked}, 50*time.Millisecond
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	h.write(3)
	<-asked
	stop()
	h.must(<-done)
	if x := h.Status(); x.Waiting == 0 {
		t.Errorf("%+v", x)
	}
	h.must(h.close())
	h.open() // goes on where it stopped
	h.ship()
	if _, n, _, err := h.restored(replica.Until{}, replica.Trust{}); err != nil || n == 0 {
		t.Errorf("%d rows, %v", n, err)
	}
}
