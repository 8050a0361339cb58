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
		for _, statement := range append(olderDecisions(),
			`INSERT INTO access_regency (regency_id, code, name, province, zone, created_at) VALUES (3509, '35.09', 'Kabupaten Jember', 'Jawa Timur', 'Asia/Jakarta', 1)`,
			`INSERT INTO access_user (regency_id, id, name, email, agency_id, password, totp, totp_on, totp_last, lang, active, until, sample, created_at, rev)
				VALUES (3509, 'u', 'Admin', 'admin@jember.example', '', '', 'JBSWY3DPEHPK3PXP', TRUE, 0, 'id', TRUE, 0, FALSE, 1, 1)`,
			`INSERT INTO access_grant (regency_id, id, user_id, role, agency_id, until, granted_by, at) VALUES (3509, 'g', 'u', 'admin', '', 0, '', 1)`,
			`INSERT INTO access_session (regency_id, hash, user_id, created_at, seen_at, ip, agent, full_right) VALUES (3509, 'x', 'u', 1, 1, '', '', TRUE)`,
			`INSERT INTO access_token (regency_id, id, hash, user_id, name, writes, created_at, expires, used_at) VALUES (3509, 't', 'y', 'u', 'n', TRUE, 1, 9999999999999, 0)`,
			`INSERT INTO evidence_item (regency_id, id, title, kind, number, date, period_from, period_to, agency_id, page, confidentiality, valid_until, supersedes, note,
				state, reason, url, file_name, file_type, file_group, file_hash, file_size, created_by, created_at, changed_at, rev)
				VALUES (3509, 'b', 'Bukti', 'report', '1', 1, 0, 0, 'd', '', 'internal', 0, '', '', 'accepted', '', 'https://jember.example/b', '', '', '', '', 0, 'u', 1, 1, 1)`,
		) {
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

// olderDecisions are rows that were decided on when decisions carried no fingerprint: one of each kind beside the proof.
func olderDecisions() []string {
	return []string{
		`INSERT INTO evaluation_round (regency_id, id, title, year, pack, state, self_from, self_to, check_to, assess_from, assess_to, previous_id, created_at, rev)
			VALUES (3509, 'r', 'Putaran 2025', 2025, '` + samplePack + `', 'done', 1, 2, 3, 4, 5, '', 1, 1)`,
		`INSERT INTO evaluation_item (regency_id, round_id, code, lead, due, state, answer, self_mark, note, reason, answered_by, submitted_by, approved_by, changed_at, rev)
			VALUES (3509, 'r', 'A1', 'd', 0, 'checked', 'Ada', '4', '', '', 'u', 'u', 'u', 1, 1)`,
		`INSERT INTO assessment_mark (regency_id, round_id, item, assessor_id, value, comment, state, at, rev) VALUES (3509, 'r', 'A1', 'p', '4', '', 'submitted', 1, 1)`,
		`INSERT INTO assessment_published (regency_id, round_id, letter, date, index_value, components, note, changed_by, changed_at, rev)
			VALUES (3509, 'r', '100/2025', 1, '3.5', '{}', '', 'u', 1, 1)`,
		`INSERT INTO innovation_gate (regency_id, id, innovation_id, from_stage, to_stage, day, proof, evidence_id, decider, asked_by, asked_at, state, decided_by, decided_at, reason)
			VALUES (3509, 'g', 'i', 'idea', 'trial', 1, 'Surat', '', 'head', 'u', 1, 'passed', 'u', 1, '')`,
		`INSERT INTO adoption_adoption (regency_id, id, origin_regency, origin_id, origin_title, origin_agency_id, origin_agency_name, origin_regency_name, agency_id, state,
			started_at, changes, result, users, reason, started_by, noted_by, signed_by, signed_at, created_at, changed_at, rev)
			VALUES (3509, 'a', 3509, 'i', 'Antrean', 'd', 'Dinas', 'Jember', 'e', 'signed', 1, 'Tidak ada', 'Cepat', 5, '', 'u', 'u', 'u', 1, 1, 1, 1)`,
		`INSERT INTO adoption_replica (regency_id, innovation_id, id, title, origin_agency_id, adopter_regency, adopter_regency_name, agency_id, agency_name, changes, result, users, signed_at)
			VALUES (3509, 'i', 'a', 'Antrean', 'd', 3509, 'Jember', 'e', 'Dinas lain', 'Tidak ada', 'Cepat', 5, 1)`,
	}
}

// forged gives every decided row no fingerprint and another content, as if it had never been bound.
func forged() []string {
	return []string{
		`UPDATE evidence_item SET decided_hash = 'unbound', title = 'Palsu'`,
		`UPDATE evaluation_item SET decided_hash = 'unbound', answer = 'Palsu'`,
		`UPDATE evaluation_round SET seal = 'unbound', title = 'Palsu'`,
		`UPDATE assessment_mark SET decided_hash = 'unbound', value = '1'`,
		`UPDATE assessment_published SET decided_hash = 'unbound', index_value = '4'`,
		`UPDATE innovation_gate SET decided_hash = '', reason = 'Palsu'`,
		`UPDATE adoption_adoption SET decided_hash = 'unbound', users = 9`,
		`UPDATE adoption_replica SET decided_hash = 'unbound', users = 9`,
	}
}

// newRows gives every decided row another name, so that the trail knows nothing of it.
func newRows() []string {
	return []string{
		`UPDATE evidence_item SET id = 'palsu'`,
		`UPDATE evaluation_item SET round_id = 'palsu'`,
		`UPDATE evaluation_round SET id = 'palsu'`,
		`UPDATE assessment_mark SET round_id = 'palsu'`,
		`UPDATE assessment_published SET round_id = 'palsu'`,
		`UPDATE innovation_gate SET id = 'palsu'`,
		`UPDATE adoption_adoption SET id = 'palsu'`,
		`UPDATE adoption_replica SET id = 'palsu'`,
	}
}

// TestOldDecisionsAreBoundInTheUpgradeOnly: the first start binds what was decided before; whatever stands there without a
// fingerprint later is told, also after the next start, and never bound.
func TestOldDecisionsAreBoundInTheUpgradeOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	url := "sqlite:" + filepath.Join(dir, "app.db")
	olderHouse(t, url)
	start := func() *App {
		a, err := New(t.Context(), Config{DataDir: dir, Database: url, Hosts: "localhost"}, slog.New(slog.NewTextHandler(testLog{t}, nil)))
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := start()
	if n, wrong, err := a.Decisions(t.Context()); err != nil || n != len(forged()) || len(wrong) != 0 {
		t.Errorf("after the upgrade: %d decisions, %v, %v", n, wrong, err)
	}
	if err := a.DB.Tx(t.Context(), func(tx *db.Tx) error {
		for _, statement := range append(forged(), newRows()...) {
			if _, err := tx.Exec(statement + ` WHERE regency_id = 3509`); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = start()
	t.Cleanup(func() { _ = a.Close() })
	n, wrong, err := a.Decisions(t.Context())
	told := map[string]int{}
	for _, m := range wrong {
		told[m.Why]++
	}
	// What was forged is bound to nothing, and what it was before it got another name is gone.
	if each := len(forged()); err != nil || n != 2*each || told["unbound"] != each || told["gone"] != each {
		t.Errorf("what was forged: %d decisions, found %v, %v", n, told, err)
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
