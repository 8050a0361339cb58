package app

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/idem"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/mail"
	"github.com/pendapa/pendapa/internal/tenant"
)

// KeyOptions says where the keys of this house are and what they stay apart from.
func (a *App) KeyOptions(ctx context.Context) keys.Options {
	c := a.Config
	return keys.Options{Dir: c.Keys, Data: c.DataDir, Apart: c.apart(), Credentials: c.Credentials, AcceptLoss: c.AcceptKeyLoss,
		Used: func(name string) (bool, error) { return a.keyUsed(ctx, name) },
		Mine: func(s keys.Signing) error { return a.keyMine(ctx, s) }}
}

// apart are the folders that keys must not lie in: where the house is copied to, its keys must not be.
func (c Config) apart() []string {
	if filepath.IsAbs(c.Copy.URL) {
		return []string{c.Backups, c.Copy.URL}
	}
	return []string{c.Backups}
}

func (a *App) openKeys(ctx context.Context) (err error) {
	if a.Keys, err = keys.Open(a.KeyOptions(ctx)); err != nil {
		return err
	}
	if made := a.Keys.Made(); len(made) > 0 {
		a.log.InfoContext(ctx, "keys were made; keep a copy of them elsewhere (pendapa keys export)", "folder", a.Config.Keys, "keys", made)
	}
	return nil
}

// keyUsed tells whether the store holds what only this key made, before the rooms are built.
func (a *App) keyUsed(ctx context.Context, name string) (bool, error) {
	tables, err := a.DB.Tables(ctx)
	if err != nil {
		return false, err
	}
	switch {
	case name == keys.AuditKey && slices.Contains(tables, "audit_checkpoint"):
		var n int
		err := a.DB.QueryRow(ctx, `SELECT count(*) FROM audit_checkpoint WHERE regency_id >= 0`).Scan(&n)
		return n > 0, err
	case name == keys.SealKey:
		for _, c := range sealedColumns() {
			if any, err := c.Any(ctx, a.DB); err != nil || any {
				return any, err
			}
		}
	}
	return false, nil
}

// sealedColumns is where sealed secrets stand, known before the rooms are built; a test compares it with what they say.
func sealedColumns() []keys.Column {
	return []keys.Column{
		{Table: "access_user", Name: "totp", Row: []string{"id"}},
		{Table: "access_session", Name: "seed", Row: []string{"hash"}},
		{Table: "host_regency", Name: "mail_password"},
		{Table: "webhook_hook", Name: "secret", Row: []string{"id"}},
		{Table: "webhook_hook", Name: "old_secret", Row: []string{"id"}},
	}
}

// Reseal seals every secret of the store that is not sealed with the newest key, and gives how many it sealed. When the key
// of one is not in the key folder it changes nothing; the error is a *keys.LockedError.
func (a *App) Reseal(ctx context.Context) (n int, err error) {
	columns := a.secrets()
	if err := keys.Missing(ctx, a.DB, a.Keys.Box(), columns, filepath.Join(a.Keys.Dir(), keys.SealKey)); err != nil {
		return 0, err
	}
	for _, c := range columns {
		some, err := c.Reseal(ctx, a.DB, a.Keys.Box(), a.recordSealed)
		if err != nil {
			return n, err
		}
		n += some
	}
	return n, a.sealOwn()
}

// secrets is where the rooms say that sealed secrets stand.
func (a *App) secrets() (columns []keys.Column) {
	for _, m := range a.Modules {
		columns = append(columns, m.Sealed...)
	}
	return columns
}

// giveUp empties or drops everything that is sealed with a key that is lost. GivenUp tells what it was.
func (a *App) giveUp(ctx context.Context) error {
	a.givenUp = map[string]int{}
	for _, c := range append(a.secrets(), idem.Sealed()) {
		n, err := c.GiveUp(ctx, a.DB, a.Keys.Box(), a.recordGivenUp(c.Name))
		if err != nil {
			return err
		}
		if n > 0 {
			a.givenUp[c.Table+"."+c.Name] = n
		}
	}
	n, err := mail.GiveUp(ctx, a.DB, a.Keys.Box(), a.recordGivenUp("args"))
	if n > 0 {
		a.givenUp["jobs_job.args"] = n
	}
	return err
}

// GivenUp tells how many secrets this start gave up because their key was lost, by table and column.
func (a *App) GivenUp() map[string]int { return a.givenUp }

func (a *App) recordGivenUp(column string) keys.Record {
	return func(ctx context.Context, tx *db.Tx, regency int64, table string, n int) error {
		return a.Audit.Record(tenant.With(ctx, tenant.SystemOf(regency, "keys")), tx,
			audit.Entry{Action: "keys.lost", Object: table, After: map[string]any{"table": table, "column": column, "secrets": n}})
	}
}

func (a *App) recordSealed(ctx context.Context, tx *db.Tx, regency int64, table string, n int) error {
	return a.Audit.Record(tenant.With(ctx, tenant.SystemOf(regency, "keys")), tx,
		audit.Entry{Action: "keys.seal", Object: table, After: map[string]any{"secrets": n, "key": a.Keys.Box().Newest()}})
}

// RecordReplaced leaves an entry in every trail that keys were lost and made anew.
func (a *App) RecordReplaced(ctx context.Context, made []string) error {
	return a.recordKeys(ctx, replaced, map[string]any{"made": made, "audit": a.Keys.Audit().Public})
}

// recordKeys leaves an entry about the keys in every trail.
func (a *App) recordKeys(ctx context.Context, action string, after map[string]any) error {
	regencies, err := a.Audit.Regencies(ctx)
	if err != nil {
		return err
	}
	return a.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, regency := range regencies {
			err := a.Audit.Record(tenant.With(ctx, tenant.SystemOf(regency, "cli")), tx,
				audit.Entry{Action: action, Object: "keys", After: after})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
