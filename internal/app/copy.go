package app

import (
	"context"
	"encoding/json"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/pendapa/pendapa/internal/platform/backup"
	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/id"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/replica"
)

// signedCopy is what the signature of a segment of the continuous copy says it signs.
const signedCopy = "copy"

// CheckCopySignature compares a signed segment with the public key of the house that made the copy.
func CheckCopySignature(key string) func(data []byte, signed string) error {
	return func(data []byte, signed string) error { return keys.CheckData(key, signedCopy, data, signed) }
}

// startCopy sets up the continuous copy when a place for it is named. It runs with Run.
func (a *App) startCopy(store *blob.Store, columns []blob.Column) error {
	if a.Config.Copy.URL == "" {
		return nil
	}
	dest, err := a.Config.Copy.Open()
	if err != nil {
		return err
	}
	a.Copy, err = replica.New(replica.Deps{DB: a.DB, Dest: dest, Spool: filepath.Join(a.Config.DataDir, "copy"), Log: a.log, Now: time.Now, NewID: id.New,
		Version: a.Config.Version, Store: store, Columns: columns, Recipients: a.recipients, Own: a.own,
		Sign: func(data []byte) (string, error) { return a.Keys.Backup().SignData(signedCopy, data) }})
	if err != nil {
		return err
	}
	a.Keeper.AddSource(replica.Copies{Dest: dest, Identities: []age.Identity{a.own}})
	ears := a.Keeper.Ears()
	ears.Kept = a.Copy.Kept
	store.Listen(ears)
	a.Jobs.AddTo(jobs.LaneBackup, "copy.prove", func(ctx context.Context, _ jobs.Job) error { return a.ProveCopy(ctx) })
	a.Jobs.AddSchedule(jobs.Schedule{Kind: "copy.prove", Every: 24 * time.Hour})
	return nil
}

// ProveCopy restores the continuous copy into a scratch folder and compares every row and the audit trail with the house.
// What it finds stands on the health page.
func (a *App) ProveCopy(ctx context.Context) error {
	problems, err := a.Copy.Prove(ctx, filepath.Join(a.Config.DataDir, "copy", "scratch"), rowsOf, a.proveTrail,
		replica.Trust{Identities: []age.Identity{a.own}, Check: CheckCopySignature(a.Keys.Backup().Public)})
	if len(problems) > 0 {
		a.log.ErrorContext(ctx, "the continuous copy is not the house", "problems", problems)
	}
	return err
}

// rowsOf is one text for all rows of a store.
func rowsOf(ctx context.Context, q db.Queryer, tables []string) (string, error) {
	all, err := backup.Hashes(ctx, q, tables)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(all)
	return string(text), err
}

// copyStatus tells admins and leaders how the continuous copy is; on is false when none is set up.
func (a *App) copyStatus() (x replica.Status, on bool) {
	if a.Copy == nil {
		return x, false
	}
	return a.Copy.Status(), true
}

// runCopy runs the continuous copy until stop is called, which waits for what was written last.
func (a *App) runCopy(ctx context.Context) (stop func() error) {
	if a.Copy == nil {
		return func() error { return nil }
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- a.Copy.Run(ctx) }()
	return func() error { cancel(); return <-done }
}
