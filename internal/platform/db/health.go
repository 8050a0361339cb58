package db

import (
	"sync/atomic"

	"github.com/pendapa/pendapa/internal/errs"
)

// health remembers a disk that failed. A full disk is tried again at the next write; a failed fsync is final for this
// process: it must be restarted so that the write-ahead log is read back from disk. A damaged page stops writing until it
// is mended; what does not touch it is read as before.
type health struct {
	failed  atomic.Pointer[string]
	full    atomic.Bool
	damaged atomic.Pointer[string]
}

// writable is nil while writes may be accepted.
func (h *health) writable() error {
	if reason := h.failed.Load(); reason != nil {
		return errs.E(errs.Internal, "web.error.disk_failed", nil)
	}
	if place := h.damaged.Load(); place != nil {
		return errDamaged(*place, nil)
	}
	return nil
}

// note looks at the result of a write, remembers a broken disk, and gives a full one its text.
func (h *health) note(err error) error {
	switch {
	case err == nil:
		h.full.Store(false)
	case isDiskFull(err):
		h.full.Store(true)
		return errs.E(errs.Internal, "web.error.disk_full", err)
	case IsDamaged(err): // the keeper has been told the place by the guard
		place := ""
		if known := h.damaged.Load(); known != nil {
			place = *known
		}
		return errDamaged(place, err)
	case isIO(err):
		reason := err.Error()
		h.failed.Store(&reason)
		return errs.E(errs.Internal, "web.error.disk_failed", err)
	}
	return err
}

// State tells the operator whether writes are taken: "ok", "full", "failed" or "damaged", and why. Damaged means that
// bytes on the disk changed by themselves: the reason names the file, the page and the table.
func (d *DB) State() (state, reason string) {
	if r := d.health.failed.Load(); r != nil {
		return "failed", *r
	}
	if r := d.health.damaged.Load(); r != nil {
		return "damaged", *r
	}
	if d.health.full.Load() {
		return "full", ""
	}
	return "ok", ""
}
