package audit_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/trail"
	"github.com/pendapa/pendapa/internal/storetest"
)

// silent is a place that never answers, not even when it is told to stop: a share whose server is gone.
type silent struct{ until chan struct{} }

func (silent) Name() string { return "silent" }

func (s silent) Send(context.Context, trail.Checkpoint, audit.History) (string, error) {
	<-s.until
	return "", nil
}

// TestAtStartTheTrailIsComparedWithOutside: an honest house starts quietly, one that was cut is loud, and a place that hangs
// does not keep the house from serving.
func TestAtStartTheTrailIsComparedWithOutside(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		e := settled(t, d)
		var out bytes.Buffer
		e.log.LogTo(slog.New(slog.NewTextHandler(&out, nil)))
		if n, err := e.log.CompareAtStart(context.Background(), time.Minute); err != nil || n != 1 || out.Len() > 0 {
			t.Fatalf("an honest house: %d places, %v, log %q", n, err, out.String())
		}
		hung := silent{make(chan struct{})}
		defer close(hung.until)
		e.log.Places(hung)
		if n, err := e.log.CompareAtStart(context.Background(), time.Millisecond); err != nil || n != 0 {
			t.Errorf("a place that hangs: %d places, %v", n, err)
		}
		e.log.Places(e.out)
		e.exec(`DELETE FROM audit_checkpoint WHERE regency_id = 3509 AND size > 13`)
		out.Reset()
		n, err := e.log.CompareAtStart(context.Background(), time.Minute)
		if err != nil || n != 1 || !strings.Contains(out.String(), "THE AUDIT TRAIL IS NOT WHAT LEFT THIS MACHINE") {
			t.Errorf("a house that was cut: %d places, %v, log %q", n, err, out.String())
		}
		states, err := e.log.OutsideOf(context.Background(), mine)
		if err != nil || len(states) != 1 || states[0].State != audit.OutsideDiffers {
			t.Errorf("the state was not kept: %+v, %v", states, err)
		}
	})
}
