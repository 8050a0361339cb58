package bench

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/instrument"
)

const (
	regency = 3509
	pack    = "smartcity-2022-kppn"
)

// filler writes rows in bulk into an existing house. The numbers of one house are those of the goals: 75 agencies, 59
// questions x 8 marked rounds, 20,000 links, 2,000 innovations, 500 people, 200,000 entries of the audit trail.
type filler struct {
	t     testing.TB
	d     *sql.DB
	times int
}

// house makes the sample regency in dir and fills it to times the size of the goals.
func house(t testing.TB, dir string, times int) {
	t.Helper()
	ctx := context.Background()
	a, err := app.New(ctx, config(dir), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.LoadSample(ctx); err != nil {
		t.Fatal(err)
	}
	f := &filler{t, a.DB.SQL(), times}
	f.must(`PRAGMA synchronous = OFF`)
	f.must(`BEGIN`)
	f.lists()
	f.rounds()
	f.evidence()
	f.words()
	f.innovations()
	f.people()
	f.audit()
	f.quiet()
	f.must(`COMMIT`)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

// must runs a statement; N stands for the size of the house, R for the regency.
func (f *filler) must(query string, args ...any) {
	f.t.Helper()
	query = strings.NewReplacer("{N}", fmt.Sprint(f.times), "{R}", fmt.Sprint(regency)).Replace(query)
	if _, err := f.d.Exec(query, args...); err != nil {
		f.t.Fatalf("%.200s: %v", query, err)
	}
}

// lists makes what the other statements join with: numbers, agencies, questions, assessors, people.
func (f *filler) lists() {
	f.must(`CREATE TEMP TABLE n (i INTEGER PRIMARY KEY)`)
	f.must(`INSERT INTO n WITH RECURSIVE x(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM x WHERE i < 2000 * {N}) SELECT i FROM x`)
	f.must(`CREATE TEMP TABLE office AS SELECT id, row_number() OVER (ORDER BY code) - 1 AS i FROM agency_agency WHERE regency_id = {R} AND active`)
	f.must(`CREATE TEMP TABLE offices AS SELECT count(*) AS most FROM office`)
	f.must(`CREATE TEMP TABLE question (i INTEGER PRIMARY KEY, code TEXT, text TEXT)`)
	f.must(`CREATE TEMP TABLE word (i INTEGER, word TEXT, PRIMARY KEY (i, word))`)
	p, err := instrument.Find(pack)
	if err != nil {
		f.t.Fatal(err)
	}
	for i, code := range p.Codes() {
		q, _, _ := p.Question(code)
		f.must(`INSERT INTO question VALUES ($1, $2, $3)`, i, code, q.Text.ID)
		for _, w := range strings.Fields(strings.ToLower(q.Text.ID)) {
			if w = strings.Trim(w, "?.,()/"); len(w) > 2 && !strings.ContainsAny(w, "-/().,") {
				f.must(`INSERT OR IGNORE INTO word VALUES ($1, $2)`, i, w)
			}
		}
	}
}

func (f *filler) rounds() {
	f.must(`INSERT INTO evaluation_round (regency_id, id, title, year, pack, state, self_from, self_to, check_to, assess_from, assess_to, previous_id, created_at, rev)
		SELECT {R}, 'besar-' || i, 'Putaran ' || i, 2025 - i, '` + pack + `', CASE i WHEN 0 THEN 'open' WHEN 1 THEN 'assess' ELSE 'done' END,
			1700000000000 - i * 31536000000, 1900000000000 - i * 31536000000, 1900000000000 - i * 31536000000, 1700000000000 - i * 31536000000,
			1900000000000 - i * 31536000000, 'besar-' || (i + 1), 1700000000000, 1 FROM n WHERE i < 8 * {N}`)
	f.must(`INSERT INTO evaluation_item (regency_id, round_id, code, lead, due, state, answer, self_mark, note, reason, answered_by, submitted_by, approved_by, changed_at, rev)
		SELECT {R}, 'besar-' || n.i, q.code, o.id, 1900000000000, CASE WHEN n.i > 0 THEN 'checked' ELSE (CASE (q.i % 5) WHEN 0 THEN 'draft' WHEN 1 THEN 'submitted'
			WHEN 2 THEN 'approved' WHEN 3 THEN 'returned' ELSE 'checked' END) END, 'Jawaban: ' || q.text || ' Ya, dengan bukti terlampir. ' || q.text, '3', '', '', '', '', '', 1700000000000, 1
		FROM n JOIN question q JOIN offices JOIN office o ON o.i = (n.i + q.i) % most WHERE n.i < 8 * {N}`)
	f.must(`INSERT INTO evaluation_request (regency_id, id, round_id, code, agency_id, text, due, state, asked_by, asked_at, closed_at, reminders, reminded_at)
		SELECT {R}, 'minta-' || n.i, 'besar-' || (n.i / 40), q.code, o.id, 'Unggah dokumen tahun ini yang sudah ditandatangani.', 1700000000000 + n.i, CASE WHEN n.i < 40 THEN 'open' ELSE 'done' END,
			'', 1690000000000, 0, 0, 0 FROM n JOIN question q ON q.i = n.i % 59 JOIN offices JOIN office o ON o.i = n.i % most WHERE n.i < 320 * {N}`)
	f.must(`CREATE TEMP TABLE judge AS SELECT id, row_number() OVER (ORDER BY name) AS i FROM access_user WHERE regency_id = {R} AND name LIKE 'Penilai %'`)
	f.must(`INSERT INTO assessment_invite (regency_id, round_id, user_id, number, until, invited_at, revoked_at)
		SELECT {R}, 'besar-' || n.i, j.id, j.i, 0, 1700000000000, 0 FROM n JOIN judge j WHERE n.i BETWEEN 1 AND 8 * {N} - 1`)
	f.must(`INSERT INTO assessment_mark (regency_id, round_id, item, assessor_id, value, comment, state, at, rev)
		SELECT {R}, 'besar-' || n.i, q.code, j.id, CAST(1 + (n.i + q.i + j.i) % 4 AS TEXT), 'Catatan penilai untuk ' || q.code, 'submitted', 1700000000000, 1
		FROM n JOIN question q JOIN judge j WHERE n.i BETWEEN 1 AND 8 * {N} - 1`)
	f.must(`INSERT INTO assessment_followup (regency_id, id, round_id, finding_id, title, agency_id, due, status, note, changed_by, changed_at, rev)
		SELECT {R}, 'tl-' || n.i, 'besar-' || (n.i / 10 + 1), '', 'Tindak lanjut ' || n.i, o.id, 1700000000000, CASE WHEN n.i < 40 THEN 'open' ELSE 'done' END, '', '', 1700000000000, 1
		FROM n JOIN offices JOIN office o ON o.i = n.i % most WHERE n.i < 40 * {N}`)
}

func (f *filler) evidence() {
	f.must(`INSERT INTO evidence_item (regency_id, id, title, kind, number, date, period_from, period_to, agency_id, page, confidentiality, valid_until, supersedes, note, state, reason, url,
			file_name, file_type, file_group, file_hash, file_size, created_by, created_at, changed_at, rev)
		SELECT {R}, 'b-' || printf('%07d', n.i * 10 + k.i), 'Bukti ' || q.code || ' nomor ' || (n.i * 10 + k.i) || ' ' || substr(q.text, 1, 60), 'report', 'B/' || (n.i * 10 + k.i), 1650000000000, 0, 0,
			o.id, 'hal. 3', CASE WHEN q.i % 9 = 0 THEN 'restricted' ELSE 'internal' END, 0, '', '', CASE WHEN n.i % 7 = 0 THEN 'submitted' ELSE 'accepted' END, '', 'https://contoh.example/' || n.i,
			'', '', '', '', 0, '', 1650000000000 + n.i * 10 + k.i, 1650000000000 + n.i * 10 + k.i, 1
		FROM n JOIN n k ON k.i < 10 JOIN question q ON q.i = (n.i * 10 + k.i) % 59 JOIN offices JOIN office o ON o.i = q.i % most WHERE n.i < 2000 * {N}`)
	f.must(`INSERT INTO evidence_link (regency_id, holder_kind, holder_id, item, slot, evidence_id, linked_by, at)
		SELECT {R}, 'round', 'besar-' || ((n.i * 10 + k.i) / 59 % (8 * {N})), q.code, '', 'b-' || printf('%07d', n.i * 10 + k.i), '', 1650000000000
		FROM n JOIN n k ON k.i < 10 JOIN question q ON q.i = (n.i * 10 + k.i) % 59 WHERE n.i < 2000 * {N} AND n.i % 1000 <> 7`)
}

func (f *filler) words() {
	f.must(`INSERT OR IGNORE INTO evidence_word (regency_id, word, evidence_id, source)
		SELECT {R}, w.word, 'b-' || printf('%07d', n.i * 10 + k.i), 'card' FROM n JOIN n k ON k.i < 10 JOIN word w ON w.i = (n.i * 10 + k.i) % 59 WHERE n.i < 2000 * {N}`)
	f.must(`INSERT OR IGNORE INTO evidence_word (regency_id, word, evidence_id, source)
		SELECT {R}, 'bukti', 'b-' || printf('%07d', n.i * 10 + k.i), 'card' FROM n JOIN n k ON k.i < 10 WHERE n.i < 2000 * {N}`)
}

// copies multiplies the rows of a table; set gives expressions for columns, in which x is the row and n.i the number of the copy.
func (f *filler) copies(table, where string, copies int, set map[string]string) {
	f.t.Helper()
	rows, err := f.d.Query(`SELECT name FROM pragma_table_info($1)`, table)
	if err != nil {
		f.t.Fatal(err)
	}
	var columns, values []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			f.t.Fatal(err)
		}
		columns = append(columns, name)
		if v, ok := set[name]; ok {
			values = append(values, v)
		} else {
			values = append(values, "x."+name)
		}
	}
	_ = rows.Close()
	f.must(fmt.Sprintf(`INSERT INTO %s (%s) SELECT %s FROM (SELECT * FROM %s WHERE regency_id = {R} AND %s) x JOIN n ON n.i BETWEEN 1 AND %d`,
		table, strings.Join(columns, ", "), strings.Join(values, ", "), table, where, copies))
}

func (f *filler) innovations() {
	var have int
	if err := f.d.QueryRow(`SELECT count(*) FROM innovation_innovation WHERE regency_id = 3509`).Scan(&have); err != nil || have == 0 {
		f.t.Fatal(have, err)
	}
	copies := 2000 * f.times / have
	id := "x.id || '-' || n.i"
	f.copies("innovation_innovation", "TRUE", copies, map[string]string{"id": id, "number": "x.number + n.i * 1000", "title": "x.title || ' ' || n.i", "title_key": "x.title_key || ' ' || n.i", "previous_id": "''",
		"step_at": "x.step_at - n.i * 3600000", "changed_at": "x.changed_at - n.i * 3600000", "agency_id": "(SELECT o.id FROM office o WHERE o.i = (n.i + x.number) % (SELECT most FROM offices))"})
	for _, table := range []string{"innovation_log", "innovation_member", "innovation_partner", "innovation_count", "innovation_budget", "innovation_effect"} {
		f.copies(table, "TRUE", copies, map[string]string{"innovation_id": "x.innovation_id || '-' || n.i"})
	}
	f.copies("score_item", "TRUE", copies, map[string]string{"innovation_id": "x.innovation_id || '-' || n.i"})
	f.copies("evidence_link", "holder_kind = 'inovasi'", copies, map[string]string{"holder_id": "x.holder_id || '-' || n.i"})
	f.copies("adoption_replica", "TRUE", 100*f.times, map[string]string{"id": id})
	f.copies("adoption_adoption", "TRUE", 100*f.times, map[string]string{"id": id, "origin_id": "x.origin_id || '-' || n.i"})
}

func (f *filler) people() {
	f.copies("access_user", "name = 'Operator Dishub'", 500*f.times, map[string]string{"id": "x.id || '-' || n.i", "name": "x.name || ' ' || n.i", "email": "n.i || x.email", "sample": "FALSE",
		"agency_id": "(SELECT o.id FROM office o WHERE o.i = n.i % (SELECT most FROM offices))"})
	f.copies("access_grant", "user_id = (SELECT id FROM access_user WHERE regency_id = {R} AND name = 'Operator Dishub')", 500*f.times, map[string]string{"id": "x.id || '-' || n.i", "user_id": "x.user_id || '-' || n.i",
		"role": "CASE WHEN n.i % 3 = 0 THEN 'staff' ELSE x.role END", "agency_id": "(SELECT o.id FROM office o WHERE o.i = n.i % (SELECT most FROM offices))"})
	f.must(`INSERT INTO notice_notice (regency_id, id, user_id, key, args, path, once, at, read_at, mailed_at)
		SELECT {R}, u.id || '-' || n.i, u.id, 'innovation.notice.stage', '{}', '/inovasi', 'k-' || n.i, 1700000000000 + n.i, CASE WHEN n.i % 10 = 0 THEN 0 ELSE 1 END, 1
		FROM access_user u JOIN n ON n.i BETWEEN 1 AND 30 * {N} WHERE u.regency_id = {R} AND u.sample`)
}

// quiet puts off the regular work that would run beside what is measured and be counted with it: the first backup of a full house
// takes longer than all its pages.
func (f *filler) quiet() {
	for kind, in := range map[string]time.Duration{"admin.backup": 23 * time.Hour, "admin.decisions": 23 * time.Hour, "evidence.expire": 23 * time.Hour, "evidence.sweep": 23 * time.Hour, "admin.scrub": 23 * time.Hour,
		"keeper.scrub": 25 * time.Minute} {
		f.must(`INSERT INTO jobs_schedule (regency_id, kind, next_at) VALUES (0, $1, $2) ON CONFLICT (regency_id, kind) DO UPDATE SET next_at = excluded.next_at`,
			kind, time.Now().Add(in).UnixMilli())
	}
}

// audit writes entries before the first one of the tree, so that the tree itself stays whole.
func (f *filler) audit() {
	f.must(`INSERT INTO audit_entry (regency_id, seq, at, actor_id, actor_name, via, ip, action, object, object_id, agency_id, why, before, after)
		SELECT {R}, -(n.i * 100 + k.i) - 1, 1700000000000 - (n.i * 100 + k.i) * 1000, u.id, u.name, 'session', '127.0.0.1', CASE k.i % 4 WHEN 0 THEN 'evaluation.item.save' WHEN 1 THEN 'evidence.add'
			WHEN 2 THEN 'access.sign_in' ELSE 'innovation.change' END, CASE k.i % 4 WHEN 0 THEN 'evaluation_item' WHEN 1 THEN 'evidence_item' WHEN 2 THEN 'access_user' ELSE 'innovation_innovation' END,
			'o-' || (n.i % 997), (SELECT o.id FROM office o WHERE o.i = k.i % (SELECT most FROM offices)), '', '{"answer":"' || substr(q.text, 1, 150) || '"}', '{"answer":"' || q.text || '"}'
		FROM n JOIN n k ON k.i < 100 JOIN question q ON q.i = k.i % 59
		JOIN (SELECT id, name, row_number() OVER (ORDER BY id) - 1 AS i FROM access_user WHERE regency_id = {R} AND sample) u ON u.i = k.i % 12 WHERE n.i < 2000 * {N}`)
}

// sizes are how many times the goal's rows are measured; PENDAPA_TEST_SIZES=1 measures only the goal itself.
func sizes() []int {
	switch os.Getenv("PENDAPA_TEST_SIZES") {
	case "1":
		return []int{1}
	case "10":
		return []int{10}
	}
	return []int{1, 10}
}

// filled gives the folder of a house of that size. With PENDAPA_BENCH_HOUSE it is kept there for the next run, since filling ten
// times the rows takes longer than asking for a few pages.
func filled(t testing.TB, times int) string {
	t.Helper()
	keep := os.Getenv("PENDAPA_BENCH_HOUSE")
	if keep == "" {
		dir := t.TempDir()
		house(t, dir, times)
		return dir
	}
	dir := filepath.Join(keep, fmt.Sprint("x", times))
	if _, err := os.Stat(filepath.Join(dir, "app.db")); err != nil {
		house(t, dir, times)
	}
	return dir
}
