package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/lock"
)

// cmdRepair puts back what a store has lost, as far as it is allowed to, and writes into the audit trail what it did.
func cmdRepair(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	o := newOptions("repair", stderr)
	var how db.Repair
	o.flags.StringVar(&how.Copy, "from", "", "a continuous copy (its place or a database file restored from it), to take damaged pages from")
	identity := o.flags.String("identity", "", "file with the secret key of a recipient, for an encrypted copy")
	o.flags.BoolVar(&how.AcceptLoss, "accept-loss", false, "drop the changes behind a damaged place of the log")
	o.flags.BoolVar(&how.RebuildSums, "rebuild-sums", false, "take all pages as they are, if SQLite finds them sound")
	if !o.only(args) {
		return 2
	}
	how, clean, err := o.pagesFrom(ctx, how, *identity)
	if err != nil {
		return status(ctx, "repair", stderr, err)
	}
	defer clean()
	r, err := o.repair(ctx, how)
	for _, text := range r.Done {
		fmt.Fprintln(stdout, "done:", text)
	}
	for _, text := range r.Open {
		fmt.Fprintln(stdout, "open:", text)
	}
	if err != nil {
		return status(ctx, "repair", stderr, err)
	}
	if r.Kept != "" {
		fmt.Fprintln(stdout, "the old log is kept in", r.Kept)
	}
	if len(r.Open) > 0 {
		fmt.Fprintln(stdout, "ways back: --from FILE of a continuous copy; --accept-loss for the log; or restore a backup into a new folder (pendapa restore)")
		return 1
	}
	if len(r.Done) == 0 {
		fmt.Fprintln(stdout, "nothing to repair: every page and every frame of the log fits its sum")
		return 0
	}
	return within(ctx, "repair", o, stderr, func(a *app.App) error { return a.RecordRepair(ctx, r) })
}

// repair works on the file under the lock of the folder.
func (o *options) repair(ctx context.Context, how db.Repair) (r db.Repaired, err error) {
	c, err := o.load()
	if err != nil {
		return r, err
	}
	path, is := strings.CutPrefix(c.Database, "sqlite:")
	if !is {
		return r, errors.New("PostgreSQL repairs itself: see pg_checksums and its own backups")
	}
	if err := actAsOwner(c.Data); err != nil {
		return r, err
	}
	held, err := lock.Take(c.Data, "repair", time.Now())
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	how.Versions = notNewer
	return db.RepairFile(ctx, path, how)
}
