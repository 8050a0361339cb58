package app

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/idem"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/tenant"
)

// released is the number of migrations that each room of the first release had; rooms that are not named had one, rooms
// with 0 were not there.
func released() map[string]int {
	return map[string]int{"access": 2, "evaluation": 2, "innovation": 4, "host": 0, "keeper": 0, "replica": 0, "copy": 0}
}

// asReleased gives the migrations of a room as the first release had them.
func asReleased(t *testing.T, room string, files fs.FS) fs.FS {
	t.Helper()
	most, named := released()[room]
	if !named {
		most = 1
	}
	out := fstest.MapFS{}
	found, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range found {
		number, _, _ := strings.Cut(filepath.Base(name), "_")
		if n, err := strconv.Atoi(number); err != nil || n > most {
			continue
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: data}
	}
	return out
}

// olderHouse makes a store as the first release left it: one regency, an administrator with a phone whose key stands open,
// an accepted proof, a finished round, a webhook.
func olderHouse(t *testing.T, url string) {
	t.Helper()
	model := sampleHouse(t)
	ctx := context.Background()
	d, err := db.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	migrate := func(room string, files fs.FS) {
		old := asReleased(t, room, files)
		if some, _ := fs.Glob(old, "migrations/*.sql"); len(some) == 0 {
			return
		}
		if err := d.Migrate(ctx, room, old); err != nil {
			t.Fatalf("%s: %v", room, err)
		}
	}
	migrate("jobs", jobs.Files)
	migrate("idem", idem.Files)
	migrate("audit", audit.Files)
	for _, m := range model.Modules {
		if m.Files != nil {
			migrate(m.Name, m.Files)
		}
	}
	err = d.Tx(ctx, func(tx *db.Tx) error {
		for _, statement := range []string{
			`INSERT INTO access_regency (regency_id, code, name, province, zone, created_at) VALUES (3509, '35.09', 'Kabupaten Jember', 'Jawa Timur', 'Asia/Jakarta', 1)`,
			`INSERT INTO access_user (regency_id, id, name, email, agency_id, password, totp, totp_on, totp_last, lang, active, until, sample, created_at, rev)
				VALUES (3509, 'u', 'Admin', 'admin@jember.example', '', '', 'JBSWY3DPEHPK3PXP', TRUE, 0, 'id', TRUE, 0, FALSE, 1, 1)`,
			`INSERT INTO access_grant (regency_id, id, user_id, role, agency_id, until, granted_by, at) VALUES (3509, 'g', 'u', 'admin', '', 0, '', 1)`,
			`INSERT INTO access_session (regency_id, hash, user_id, created_at, seen_at, ip, agent, full_right) VALUES (3509, 'x', 'u', 1, 1, '', '', TRUE)`,
			`INSERT INTO access_token (regency_id, id, hash, user_id, name, writes, created_at, expires, used_at) VALUES (3509, 't', 'y', 'u', 'n', TRUE, 1, 9999999999999, 0)`,
			`INSERT INTO evidence_item (regency_id, id, title, kind, number, date, period_from, period_to, agency_id, page, confidentiality, valid_until, supersedes, note,
				state, reason, url, file_name, file_type, file_group, file_hash, file_size, created_by, created_at, changed_at, rev)
				VALUES (3509, 'b', 'Bukti', 'report', '1', 1, 0, 0, 'd', '', 'internal', 0, '', '', 'accepted', '', 'https://jember.example/b', '', '', '', '', 0, 'u', 1, 1, 1)`,
		} {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAnOlderHouseIsBroughtOn starts this program on a store of the first release.
func TestAnOlderHouseIsBroughtOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	url := "sqlite:" + filepath.Join(dir, "app.db")
	olderHouse(t, url)
	a, err := New(t.Context(), Config{DataDir: dir, Database: url, Hosts: "localhost"}, slog.New(slog.NewTextHandler(testLog{t}, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	var seed string
	if err := a.DB.QueryRow(t.Context(), `SELECT totp FROM access_user WHERE regency_id = 3509`).Scan(&seed); err != nil || !keys.IsSealed(seed) {
		t.Errorf("the key of the phone is %q: %v", seed, err)
	}
	ctx := tenant.With(t.Context(), tenant.SystemOf(3509, "test"))
	if b, err := a.Evidence.Get(ctx, "b"); err != nil || b.State != "accepted" {
		t.Errorf("the accepted proof: %+v %v", b, err)
	}
	if report, err := a.Audit.Verify(ctx, 3509); err != nil || len(report.Problems) > 0 {
		t.Errorf("the trail: %+v %v", report, err)
	}
	v := &visitor{t: t, h: a.Handler(), cookies: map[string]string{}}
	for _, path := range []string{"/masuk", "/publik", "/readyz"} {
		if res, _ := v.do("GET", path, nil); res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}
