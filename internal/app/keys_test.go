package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/tenant"
	"github.com/pendapa/pendapa/internal/webhook"
)

func opened(t *testing.T, dir string, change ...func(*Config)) (*App, error) {
	t.Helper()
	c := Config{DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db")}
	for _, f := range change {
		f(&c)
	}
	return New(context.Background(), c, slog.New(slog.DiscardHandler))
}

func mustOpen(t *testing.T, dir string) *App {
	t.Helper()
	a, err := opened(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestOldHouseSealsItsSecretsAndMovesItsKey starts on a folder of an older version: the key beside the data, secrets open.
func TestOldHouseSealsItsSecretsAndMovesItsKey(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.MkdirAll(filepath.Join(dir, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	a := mustOpen(t, dir)
	public := a.Keys.Audit().Public
	ctx := tenant.With(context.Background(), tenant.SystemOf(3509, "test"))
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	err := a.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO webhook_hook (regency_id, id, name, url, secret, old_secret, old_until, events, active, reason, deaths,
			hold_until, hold_id, last_ok, created_by, created_at, rev)
			VALUES (3509, 'h', 'papan', 'https://papan.example/', $1, '', 0, '*', TRUE, '', 0, 0, '', 0, 'u', 0, 1)`, secret)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(dir, "keys", keys.AuditKey)
	if err := os.MkdirAll(filepath.Dir(old), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(keys.Beside(dir), keys.AuditKey), old); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second start finds nothing to do
		a = mustOpen(t, dir)
		if _, err := os.Stat(old); !os.IsNotExist(err) || a.Keys.Audit().Public != public {
			t.Errorf("the key was not moved: %v", err)
		}
		var sealed string
		var entries int
		if err := a.DB.QueryRow(ctx, `SELECT secret FROM webhook_hook WHERE regency_id = 3509`).Scan(&sealed); err != nil {
			t.Fatal(err)
		}
		if err := a.DB.QueryRow(ctx, `SELECT count(*) FROM audit_entry WHERE regency_id = 3509 AND action = 'keys.seal'`).Scan(&entries); err != nil {
			t.Fatal(err)
		}
		plain, err := a.Keys.Box().Open(keys.Context("webhook_hook", "secret", 3509, "h"), sealed)
		if err != nil || string(plain) != secret || strings.Contains(sealed, secret) || entries != 1 {
			t.Errorf("secret %q is %q, %v; %d entries", sealed, plain, err, entries)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		if found := holds(t, dir, secret); len(found) > 0 {
			t.Errorf("the open secret still stands in %v", found)
		}
	}
}

// holds names the files of a folder that hold a text, wherever in the file it stands.
func holds(t *testing.T, dir, text string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), text) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestLostKeysAreNotReplacedInSilence: a key folder that is gone stops the start, with words, until the loss is accepted.
func TestLostKeysAreNotReplacedInSilence(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	a := mustOpen(t, dir)
	ctx := tenant.With(context.Background(), tenant.SystemOf(3509, "test"))
	if err := a.recordSealedFor(ctx, 3509); err != nil {
		t.Fatal(err)
	}
	if err := a.Audit.Checkpoint(ctx, 3509); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(keys.Beside(dir)); err != nil {
		t.Fatal(err)
	}
	if _, err := opened(t, dir); err == nil || !strings.Contains(err.Error(), "recovery sheet") {
		t.Fatalf("error = %v", err)
	}
	a, err := opened(t, dir, func(c *Config) { c.AcceptKeyLoss = true })
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestAReplacedKeyCountsForWhatItSignedBefore: after audit.key is lost and replaced the trail has no problem, also for who
// verifies with audit.pub; what the old key signs after its end is one.
func TestAReplacedKeyCountsForWhatItSignedBefore(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	ctx := tenant.With(context.Background(), tenant.SystemOf(3509, "test"))
	a := mustOpen(t, dir)
	sign := func() {
		t.Helper()
		if err := a.recordSealedFor(ctx, 3509); err != nil {
			t.Fatal(err)
		}
		if err := a.Audit.Checkpoint(ctx, 3509); err != nil {
			t.Fatal(err)
		}
	}
	problems := func() []string {
		t.Helper()
		r, err := a.Audit.Verify(ctx, 3509)
		if err != nil || r.Checkpoints == 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		return r.Problems
	}
	sign()
	old := a.Keys.Audit()
	if err := errors.Join(a.Close(), os.Remove(filepath.Join(keys.Beside(dir), keys.AuditKey))); err != nil {
		t.Fatal(err)
	}
	for range 2 { // once with the loss, once as on any day
		var err error
		if a, err = opened(t, dir, func(c *Config) { c.AcceptKeyLoss = true }); err != nil {
			t.Fatal(err)
		}
		sign()
		if found := problems(); len(found) > 0 || a.Keys.Audit().Public == old.Public {
			t.Errorf("after the loss: %q", found)
		}
		text, err := a.Keys.Trusted()
		if err != nil || !strings.Contains(text, old.Public+" pendapa/3509=1\n") {
			t.Errorf("audit.pub is %q, %v", text, err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
	a = mustOpen(t, dir)
	sign()
	c, _, _, err := a.Audit.Newest(ctx, 3509)
	if err != nil {
		t.Fatal(err)
	}
	late, err := note.Sign(&note.Note{Text: c.Body()}, old.Signer)
	if err != nil {
		t.Fatal(err)
	}
	err = a.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE audit_checkpoint SET note = $2 WHERE regency_id = $1 AND size = $3`, 3509, string(late), c.Size)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if found := problems(); len(found) != 1 {
		t.Errorf("a checkpoint of the old key after its end: %q", found)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

func (a *App) recordSealedFor(ctx context.Context, regency int64) error {
	return a.DB.Tx(ctx, func(tx *db.Tx) error { return a.recordSealed(ctx, tx, regency, "webhook_hook", 1) })
}

func TestKeysAreRefusedInDataAndBackups(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(c *Config){
		"data":    func(c *Config) { c.Keys = filepath.Join(c.DataDir, "kunci") },
		"backups": func(c *Config) { c.Backups = c.DataDir + "-cadangan"; c.Keys = filepath.Join(c.Backups, "kunci") },
	} {
		if _, err := opened(t, filepath.Join(t.TempDir(), "data"), change); err == nil || !strings.Contains(err.Error(), "setting keys") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSealedColumnsAreKnownBeforeTheRooms keeps the list by which a lost sealing key is noticed complete.
func TestSealedColumnsAreKnownBeforeTheRooms(t *testing.T) {
	t.Parallel()
	known := sealedColumns()
	columns := append([]keys.Column{}, (&webhook.Service{}).Module().Sealed...)
	for _, m := range house(t).Modules {
		columns = append(columns, m.Sealed...)
	}
	for _, c := range columns {
		if !slices.ContainsFunc(known, func(k keys.Column) bool { return k.Table == c.Table && k.Name == c.Name }) {
			t.Errorf("%s.%s is sealed and not in sealedColumns", c.Table, c.Name)
		}
	}
}

// TestASwappedAuditKeyIsRefused: the key of another house does not sign this one's trail unless an entry says so, whatever
// stands in audit.pub.
func TestASwappedAuditKeyIsRefused(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	ctx := tenant.With(context.Background(), tenant.SystemOf(3509, "test"))
	a := mustOpen(t, dir)
	err := a.recordSealedFor(ctx, 3509)
	if err := errors.Join(err, a.Audit.Checkpoint(ctx, 3509), a.Close()); err != nil {
		t.Fatal(err)
	}
	other := mustOpen(t, filepath.Join(t.TempDir(), "other"))
	theirs := other.Keys.Audit()
	pub := filepath.Join(keys.Beside(dir), "audit.pub")
	was, err := os.ReadFile(pub)
	if err := errors.Join(err, other.Close(), os.WriteFile(filepath.Join(keys.Beside(dir), keys.AuditKey), []byte(theirs.Secret+"\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(was), theirs.Public + "\n" + strings.TrimSpace(string(was)) + " pendapa/3509=1\n"} {
		if err := os.WriteFile(pub, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := opened(t, dir); err == nil || !strings.Contains(err.Error(), "the trail pendapa/3509 was signed by pendapa-audit+") {
			t.Errorf("adopted: %v", err)
		}
		if now, err := os.ReadFile(pub); err != nil || string(now) != text {
			t.Errorf("audit.pub was written: %q, %v", now, err)
		}
	}
	for _, accept := range []bool{true, false} {
		if a, err = opened(t, dir, func(c *Config) { c.AcceptKeyLoss = accept }); err != nil {
			t.Fatal(err)
		}
		if rows, n, err := a.Audit.List(ctx, 3509, audit.Filter{Action: "keys.replace"}, 9, 0); err != nil || n != 1 || !strings.Contains(rows[0].After, theirs.Public) {
			t.Errorf("the trail says %v, %v", rows, err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
