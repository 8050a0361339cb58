package access_test

import (
	"context"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
)

// first gives the migrations of the room up to a number.
func first(t *testing.T, all fs.FS, names ...string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	for _, name := range names {
		data, err := fs.ReadFile(all, "migrations/"+name)
		if err != nil {
			t.Fatal(err)
		}
		out["migrations/"+name] = &fstest.MapFile{Data: data}
	}
	return out
}

// TestAnOlderStoreIsBroughtOn keeps sessions and tokens of an older store: what was proved in them is written down, a phone
// that was never confirmed is forgotten.
func TestAnOlderStoreIsBroughtOn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, all := context.Background(), (&access.Service{}).Module().Files
		if err := d.Migrate(ctx, "access", first(t, all, "0001_access.sql", "0002_recovery_oidc.sql")); err != nil {
			t.Fatal(err)
		}
		const person = `INSERT INTO access_user (regency_id, id, name, email, agency_id, password, totp, totp_on, totp_last, lang, active,
			until, sample, created_at, rev) VALUES (3509, $1, 'X', $1, '', '', 'SEED', $2, 0, 'id', TRUE, 0, FALSE, 1, 1)`
		const session = `INSERT INTO access_session (regency_id, hash, user_id, created_at, seen_at, ip, agent, full_right)
			VALUES (3509, $1, $1, 1, 1, '', '', TRUE)`
		const token = `INSERT INTO access_token (regency_id, id, hash, user_id, name, writes, created_at, expires, used_at)
			VALUES (3509, $1, $1, $1, 'x', $2, 1, 2, 0)`
		err := d.Tx(ctx, func(tx *db.Tx) error {
			for id, on := range map[string]bool{"dua": true, "satu": false} {
				for _, step := range []struct {
					sql  string
					args []any
				}{{person, []any{id, on}}, {session, []any{id}}, {token, []any{id, on}}} {
					if _, err := tx.Exec(step.sql, step.args...); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Migrate(ctx, "access", all); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string][4]string{"dua": {`{"password":0,"totp":0}`, "*:write", "true", "SEED"}, "satu": {`{"password":0}`, "*:read", "false", ""}} {
			var got [4]string
			var strong bool
			err := d.QueryRow(ctx, `SELECT s.factors, t.scopes, t.strong, u.totp FROM access_session s
				JOIN access_token t ON t.regency_id = s.regency_id AND t.user_id = s.user_id
				JOIN access_user u ON u.regency_id = s.regency_id AND u.id = s.user_id WHERE s.regency_id = 3509 AND s.user_id = $1`, id).
				Scan(&got[0], &got[1], &strong, &got[3])
			if err != nil {
				t.Fatal(err)
			}
			if got[2] = "false"; strong {
				got[2] = "true"
			}
			if got != want {
				t.Errorf("%s: %v, want %v", id, got, want)
			}
		}
	})
}
