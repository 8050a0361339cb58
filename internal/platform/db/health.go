package db

import (
	"sync/atomic"

	"github.com/pendapa/pendapa/internal/errs"
)

// health remembers a disk that failed. A full disk is tried again at the next write; a failed fsync is final for this
// process: it must be restarted so that the write-ahead log is read back from disk.
type health struct {
	failed atomic.Pointer[string]
	full   atomic.Bool
}

// writable is nil while writes may be accepted.
func (h *health) writable() error {
	if reason := h.failed.Load(); reason != nil {
		return errs.E(errs.Internal, "web.error.disk_failed", nil)
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
	case isIO(err):
		reason := err.Error()
		h.failed.Store(&reason)
		return errs.E(errs.Internal, "web.error.disk_failed", err)
	}
	return err
}

// State tells the operator whether writes are taken: "ok", "full" or "failed", and why.
func (d *DB) State() (state, reason string) {
	if r := d.health.failed.Load(); r != nil {
		return "failed", *r
	}
	if d.health.full.Load() {
		return "full", ""
	}
	return "ok", ""
}
