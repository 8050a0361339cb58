package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/db/guard"
	"github.com/pendapa/pendapa/internal/platform/durable"
	"github.com/pendapa/pendapa/internal/platform/lock"
	"github.com/pendapa/pendapa/internal/tenant"
)

// folderPatience is how long a server waits for a command that has its folder: as long as a backup of a full house.
const folderPatience = 10 * time.Minute

// takeFolder takes the data folder. A server waits for a command that has it, since nobody would start the server again
// when that ends; a command says who has it.
func takeFolder(ctx context.Context, c Config, log *slog.Logger) (*lock.Lock, error) {
	if c.Purpose != "" && c.Purpose != lock.Serve {
		return lock.Take(c.DataDir, c.Purpose, time.Now())
	}
	return lock.Wait(ctx, c.DataDir, lock.Waiting{Patience: folderPatience, Tick: 100 * time.Millisecond, Now: time.Now,
		Told: func(h lock.Holder) {
			log.WarnContext(ctx, "another command has the data folder; starting when it has ended", "command", "pendapa "+h.What,
				"process", h.PID, "since", time.UnixMilli(h.Since), "at_most", folderPatience)
		}})
}

// holdFolder makes the data folder, closes it to others and takes it for this process. A program without locks (an older
// one) is seen by its locks on the database.
func holdFolder(ctx context.Context, c Config, log *slog.Logger) (*lock.Lock, error) {
	if err := durable.MkdirAll(c.DataDir); err != nil {
		return nil, err
	}
	held, err := takeFolder(ctx, c, log)
	if err != nil {
		return nil, err
	}
	err = errors.Join(sweepRestore(ctx, c, log), durable.Private(c.DataDir))
	if path, is := strings.CutPrefix(c.Database, "sqlite:"); err == nil && is {
		if pid, open := openElsewhere(ctx, path, log); open {
			err = fmt.Errorf("%s is open in process %d, which knows no lock: an older Pendapa or a database tool. "+
				"Stop it first; two programs on one folder would damage it", path, pid)
		}
	}
	if err != nil {
		return nil, errors.Join(err, held.Release())
	}
	return held, nil
}

// lookPatience is how long a start waits for who has the database open without holding the folder: longer than a look at it
// lasts (pendapa check), which writes nothing and needs no lock.
const lookPatience = 10 * time.Second

// openElsewhere says who has the database open and does not let go of it.
func openElsewhere(ctx context.Context, path string, log *slog.Logger) (pid int, open bool) {
	for end, told := time.Now().Add(lookPatience), false; ; {
		if pid, open = guard.OpenElsewhere(path); !open || time.Now().After(end) {
			return pid, open
		}
		if !told {
			told = true
			log.WarnContext(ctx, "another process has the database open; starting when it lets go", "process", pid,
				"at_most", lookPatience)
		}
		select {
		case <-ctx.Done():
			return pid, true
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// sweepRestore removes what a restore that was killed left beside the data folder: it is a whole house that nobody guards.
func sweepRestore(ctx context.Context, c Config, log *slog.Logger) error {
	removed, err := lock.Sweep(c.DataDir)
	if removed && err == nil {
		log.WarnContext(ctx, "what an unfinished restore left was removed", "folder", lock.Unfinished(c.DataDir))
	}
	return err
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

// firstSums is what the audit trail keeps of the start that took the sums of the store.
type firstSums struct {
	Before   string   `json:"unproven_before"` // what a disk changed until then is not known
	Entries  int64    `json:"entries"`         // of the trail, which were all compared with its tree
	Problems []string `json:"problems,omitempty"`
}

// mostTold is how many problems of a trail one entry names.
const mostTold = 5

// beginSums compares the trail of every regency when the sums of the store were taken at this start, and writes into it
// what came out: sums prove nothing of what a disk changed before them, the trail proves its own entries. A trail that does
// not fit is told and does not end the start: whoever must look at it needs the house.
func (a *App) beginSums(ctx context.Context) error {
	if !a.DB.Unproven() {
		return nil
	}
	all, err := a.Audit.Regencies(ctx)
	if err != nil {
		return err
	}
	at := time.Now().UTC().Format(time.RFC3339)
	for _, regency := range all {
		r, err := a.Audit.Verify(ctx, regency)
		if err != nil {
			return err
		}
		if len(r.Problems) > 0 {
			a.log.ErrorContext(ctx, "the audit trail does not fit; run pendapa audit verify and compare with a backup",
				"regency", regency, "problems", r.Problems)
		}
		x := firstSums{Before: at, Entries: r.Entries, Problems: r.Problems[:min(mostTold, len(r.Problems))]}
		if err := a.recordIn(ctx, regency, "store.sums", x); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) record(ctx context.Context, action string, what any) error {
	all, err := a.Audit.Regencies(ctx)
	for _, regency := range all {
		err = errors.Join(err, a.recordIn(ctx, regency, action, what))
	}
	return err
}

func (a *App) recordIn(ctx context.Context, regency int64, action string, what any) error {
	ctx = tenant.With(ctx, tenant.SystemOf(regency, "cli"))
	return a.DB.Tx(ctx, func(tx *db.Tx) error {
		return a.Audit.Record(ctx, tx, audit.Entry{Action: action, Object: "store", After: what})
	})
}
