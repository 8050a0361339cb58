package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"

	"github.com/pendapa/pendapa/internal/platform/backup"
	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/durable"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/keeper"
	"github.com/pendapa/pendapa/internal/platform/keys"
)

// files opens the store of evidence files and sets a watch over it that mends from the backups.
func (a *App) files(ctx context.Context) (*blob.Store, error) {
	store, err := blob.New(filepath.Join(a.Config.DataDir, "files"))
	if err != nil {
		return nil, err
	}
	if err := a.DB.Migrate(ctx, "keeper", keeper.Files); err != nil {
		return nil, err
	}
	a.Keeper = keeper.New(keeper.Deps{DB: a.DB, Store: store, Audit: a.Audit, Log: a.log, Now: time.Now, Pace: keeper.Slow})
	if a.own, err = a.ownIdentity(); err != nil {
		return nil, err
	}
	if a.recipients, err = backup.ParseRecipients(a.Config.Recipients); err != nil {
		return nil, err
	}
	if len(a.recipients) == 0 && slices.Contains([]string{"", "serve", "backup"}, a.Config.Purpose) {
		a.log.WarnContext(ctx, "backups are not encrypted: whoever reads one reads everything; set backup_recipients")
	}
	a.Keeper.AddSource(backup.Shelf{Root: a.Config.Backups, Identities: []age.Identity{a.own}})
	store.Listen(a.Keeper.Ears())
	work, every := a.Keeper.Jobs()
	for kind, f := range work {
		a.Jobs.AddTo(jobs.LaneFiles, kind, f)
	}
	for _, s := range every {
		a.Jobs.AddSchedule(s)
	}
	a.blobs = store
	return store, nil
}

// signedManifest is what the signature of a backup says it signs.
const signedManifest = "backup"

// BackupSource is what a backup of this house holds.
func (a *App) BackupSource() backup.Source {
	var columns []blob.Column
	for _, m := range a.Modules {
		columns = append(columns, m.Blobs...)
	}
	return backup.Source{DB: a.DB, Files: filepath.Join(a.Config.DataDir, "files"), Columns: columns, Fleeting: fleeting(), Migrate: a.MigrateStore,
		Ready: a.Admin.Sound, Version: a.Config.Version, Bad: a.Keeper.Hear, Recipients: a.recipients, Own: a.own,
		Sign: func(data []byte) (string, error) { return a.Keys.Backup().SignData(signedManifest, data) }}
}

// fleeting are the tables whose rows come and go without an entry in the trail: what waits, what ends by itself, and what
// is computed from other rows.
func fleeting() []string {
	return []string{"admin_decision", "admin_scrub", "access_device", "access_link", "access_session", "access_token", "evidence_claim", "evidence_reading", "evidence_word", "notice_letter", "notice_notice", "reuse_batch", "reuse_batch_link",
		"score_effort", "score_item", "territory_import", "webhook_delivery"}
}

// CheckSignature compares a signed manifest with the public key of the house that made the backup.
func CheckSignature(key string, data []byte, signed string) error {
	return keys.CheckData(key, signedManifest, data, signed)
}

// BackupCheck proves a backup of this house: by its key, to the last entry of the audit trail.
func (a *App) BackupCheck() backup.Check {
	return backup.Check{Key: a.Keys.Backup().Public, CheckSignature: CheckSignature, Identities: []age.Identity{a.own}, Prove: a.proveTrail}
}

// proveTrail verifies the audit trail of every regency in a restored store.
func (a *App) proveTrail(ctx context.Context, d *db.DB) (problems []string, err error) {
	log := a.Audit.Of(d)
	regencies, err := log.Logs(ctx)
	if err != nil {
		return nil, err
	}
	for _, regency := range regencies {
		r, err := log.Verify(ctx, regency)
		if err != nil {
			return nil, err
		}
		for _, p := range r.Problems {
			problems = append(problems, fmt.Sprintf("audit trail of regency %d: %s", regency, p))
		}
	}
	return problems, nil
}

// ownFile holds the key of ownIdentity.
const ownFile = "own.age"

// ownIdentity is the secret key with which this house proves its own encrypted backups and copies. It stands in the data
// folder sealed by a key outside of it; one that cannot be opened any more is replaced, because the recipients do not
// depend on it.
func (a *App) ownIdentity() (*age.X25519Identity, error) {
	path, box, context := filepath.Join(a.Config.DataDir, ownFile), a.Keys.Box(), keys.Context("file", ownFile, 0)
	sealed, err := os.ReadFile(path)
	if err == nil {
		if plain, err := box.Open(context, string(sealed)); err == nil {
			id, err := age.ParseX25519Identity(string(plain))
			if err == nil && !box.Current(string(sealed)) {
				err = durable.WriteFile(path, []byte(box.Seal(context, plain)))
			}
			return id, err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	return id, durable.WriteFile(path, []byte(box.Seal(context, []byte(id.String()))))
}
