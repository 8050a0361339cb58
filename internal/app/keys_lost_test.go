package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/mail"
	"github.com/pendapa/pendapa/internal/tenant"
)

// secretsEverywhere puts one secret into each place that holds some.
func secretsEverywhere(ctx context.Context, t *testing.T, a *App) {
	t.Helper()
	box := a.Keys.Box()
	seal := func(table, column string, row ...string) string {
		return box.Seal(keys.Context(table, column, 3509, row...), []byte("rahasia"))
	}
	err := a.DB.Tx(ctx, func(tx *db.Tx) error {
		_, user := tx.Exec(`INSERT INTO access_user (regency_id, id, name, email, agency_id, lang, password, active, sample, totp, totp_on,
			totp_last, until, created_at, rev)
			VALUES (3509, 'u', 'Admin', 'admin@jember.example', '', 'id', '', TRUE, FALSE, $1, TRUE, 5, 0, 0, 1)`, seal("access_user", "totp", "u"))
		_, hook := tx.Exec(`INSERT INTO webhook_hook (regency_id, id, name, url, secret, old_secret, old_until, events, active, reason, deaths,
			hold_until, hold_id, last_ok, created_by, created_at, rev)
			VALUES (3509, 'h', 'papan', 'https://papan.example/', $1, $2, 9, '*', TRUE, '', 0, 0, '', 0, 'u', 0, 1)`,
			seal("webhook_hook", "secret", "h"), seal("webhook_hook", "old_secret", "h"))
		_, host := tx.Exec(`INSERT INTO host_regency (regency_id, host_name, slug, mail_host, mail_port, mail_user, mail_password, mail_from,
			file_mb, agency_mb, regency_mb, changed_at, rev) VALUES (3509, '', '', 'surat.example', 587, 'u', $1, '', 0, 0, 0, 0, 1)`,
			seal("host_regency", "mail_password"))
		_, reply := tx.Exec(`INSERT INTO idem_reply (regency_id, user_id, key, request, status, kind, body, at)
			VALUES (3509, 'u', 'k', 'r', 201, 'application/json', $1, 0)`, seal("idem_reply", "body", "u", "k"))
		return errors.Join(user, hook, host, reply, mail.Enqueue(ctx, tx, box, mail.Message{To: "a@b.example", Subject: "Undangan", Body: "Tautan"}))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// count gives what a query counts.
func count(t *testing.T, a *App, query string, args ...any) (n int) {
	t.Helper()
	if err := a.DB.QueryRow(context.Background(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestLostSealingKeyIsGivenUpWhole: a sealing key that is gone, or was replaced without its secrets, stops the start until
// the loss is accepted; then what no key opens is emptied, every place leaves an entry, and the house starts from then on.
func TestLostSealingKeyIsGivenUpWhole(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(t *testing.T, dir string){
		"the key is gone":    func(t *testing.T, dir string) { remove(t, filepath.Join(keys.Beside(dir), keys.SealKey)) },
		"the folder is gone": func(t *testing.T, dir string) { remove(t, keys.Beside(dir)) },
		"another key is there": func(t *testing.T, dir string) {
			other := mustOpen(t, filepath.Join(filepath.Dir(dir), "lain"))
			if err := errors.Join(other.Close(), os.Rename(filepath.Join(other.Config.Keys, keys.SealKey),
				filepath.Join(keys.Beside(dir), keys.SealKey))); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "data")
			a := mustOpen(t, dir)
			ctx := tenant.With(context.Background(), tenant.SystemOf(3509, "test"))
			secretsEverywhere(ctx, t, a)
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			lose(t, dir)
			if _, err := opened(t, dir); err == nil || !strings.Contains(err.Error(), "replace --accept-loss") {
				t.Fatalf("a start without the key: %v", err)
			}
			a, err := opened(t, dir, func(c *Config) { c.AcceptKeyLoss = true })
			if err != nil {
				t.Fatal(err)
			}
			for _, place := range []string{"access_user.totp", "webhook_hook.secret", "webhook_hook.old_secret", "host_regency.mail_password",
				"idem_reply.body", "jobs_job.args"} {
				table, _, _ := strings.Cut(place, ".")
				if a.GivenUp()[place] != 1 || count(t, a, `SELECT count(*) FROM audit_entry WHERE regency_id = 3509 AND action = 'keys.lost'
					AND object = $1`, table) == 0 {
					t.Errorf("%s: %v, or no entry", place, a.GivenUp())
				}
			}
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			a = mustOpen(t, dir)
			for _, query := range []string{
				`SELECT count(*) FROM access_user WHERE regency_id = 3509 AND totp = '' AND NOT totp_on`,
				`SELECT count(*) FROM webhook_hook WHERE regency_id = 3509 AND secret = '' AND old_secret = '' AND NOT active AND reason = 'key'`,
				`SELECT count(*) FROM host_regency WHERE regency_id = 3509 AND mail_password = ''`,
				`SELECT count(*) FROM idem_reply WHERE regency_id = 3509 AND body = '' AND status = 0`,
				`SELECT 1 - count(*) FROM jobs_job WHERE regency_id = 3509 AND kind = 'mail.send'`,
			} {
				if count(t, a, query) != 1 {
					t.Errorf("not given up: %s", query)
				}
			}
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}
