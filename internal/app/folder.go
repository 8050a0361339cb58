package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/db/guard"
	"github.com/pendapa/pendapa/internal/platform/durable"
	"github.com/pendapa/pendapa/internal/platform/lock"
	"github.com/pendapa/pendapa/internal/tenant"
)

// holdFolder makes the data folder, closes it to others and takes it for this process. A program without locks (an older
// one) is seen by its locks on the database.
func holdFolder(c Config) (*lock.Lock, error) {
	if err := durable.MkdirAll(c.DataDir); err != nil {
		return nil, err
	}
	what := c.Purpose
	if what == "" {
		what = "serve"
	}
	held, err := lock.Take(c.DataDir, what, time.Now())
	if err != nil {
		return nil, err
	}
	err = durable.Private(c.DataDir)
	if path, is := strings.CutPrefix(c.Database, "sqlite:"); err == nil && is {
		if pid, open := guard.OpenElsewhere(path); open {
			err = fmt.Errorf("%s is open in process %d, which knows no lock: an older Pendapa or a database tool. "+
				"Stop it first; two programs on one folder would damage it", path, pid)
		}
	}
	if err != nil {
		return nil, errors.Join(err, held.Release())
	}
	return held, nil
}

// damage tells the log of the server of a place on the disk that changed by itself.
func (a *App) damage(text string, mended bool) {
	if mended {
		a.log.Warn("a lost bit was put back; look at the disk and the memory of this machine", "place", text)
		return
	}
	a.log.Error("the store is damaged: writing stopped, reading elsewhere goes on; stop the server and run pendapa repair", "place", text)
}

// RecordRepair writes into the audit trail of every regency what a repair of the store did.
func (a *App) RecordRepair(ctx context.Context, r db.Repaired) error {
	return a.record(ctx, "store.repair", r)
}

// beginSums writes into the audit trail that the sums of the store were taken now: what a disk changed before is not known.
func (a *App) beginSums(ctx context.Context) error {
	if !a.DB.Unproven() {
		return nil
	}
	return a.record(ctx, "store.sums", map[string]string{"unproven_before": time.Now().UTC().Format(time.RFC3339)})
}

func (a *App) record(ctx context.Context, action string, what any) error {
	all, err := a.Audit.Regencies(ctx)
	if err != nil {
		return err
	}
	for _, regency := range all {
		ctx := tenant.With(ctx, tenant.SystemOf(regency, "cli"))
		err := a.DB.Tx(ctx, func(tx *db.Tx) error {
			return a.Audit.Record(ctx, tx, audit.Entry{Action: action, Object: "store", After: what})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
