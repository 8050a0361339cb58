package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// stick is what an inspector carries: the public key and a checkpoint; and what they find on the server.
type stick struct{ dir, base, lines, key, since string }

func carried(t *testing.T) stick {
	t.Helper()
	s := stick{dir: t.TempDir()}
	at := func(name string) string { return filepath.Join(s.dir, name) }
	s.base, s.lines, s.key, s.since = at("app.db"), at("trail.jsonl"), at("audit.pub"), at("since.txt")
	ctx := tenant.With(context.Background(), tenant.Actor{Regency: 3509, UserID: "u1", Name: "Operator Dishub", Via: "session"})
	d, err := db.Open(ctx, "sqlite:"+s.base)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Migrate(t, d, "audit", audit.Files)
	ring, err := keys.Open(keys.Options{Dir: at("keys")})
	if err != nil {
		t.Fatal(err)
	}
	log := audit.New(d, time.Now, audit.NewSigner(ring.Audit()))
	for i := range 40 {
		err := d.Tx(ctx, func(tx *db.Tx) error {
			return log.Record(ctx, tx, audit.Entry{Action: "test.change", Object: "thing", ObjectID: fmt.Sprint(i), Why: "<&>\u2028"})
		})
		if err == nil && i == 29 {
			err = log.Checkpoint(ctx, 3509)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	c, _, ok, err := log.Newest(ctx, 3509)
	if err != nil || !ok {
		t.Fatal(err)
	}
	var lines bytes.Buffer
	if err := log.Export(ctx, &lines); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{s.lines: lines.String(), s.key: ring.Audit().Public + "\n", s.since: c.Text} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s stick) run(args ...string) (int, string) {
	var out bytes.Buffer
	status := run(args, &out, &out)
	return status, out.String()
}

func (s stick) tamper(t *testing.T, queries ...string) {
	t.Helper()
	d, err := sql.Open("sqlite", s.base)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range queries {
		if _, err := d.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAnHonestTrailFits(t *testing.T) {
	t.Parallel()
	s := carried(t)
	for _, source := range []string{s.base, s.lines} {
		if status, out := s.run("--key", s.key, "--since", s.since, source); status != 0 || !strings.Contains(out, "40 catatan") || !strings.Contains(out, "Semua cocok") {
			t.Errorf("status %d: %s", status, out)
		}
	}
	if status, out := s.run("--lang", "en", s.base); status != 0 || !strings.Contains(out, "Without --since") || !strings.Contains(out, "Without --key") {
		t.Errorf("without what proves it: %d %s", status, out)
	}
}

// TestAScannedOrTypedLetterIsTaken: what a phone reads from the printed code, and what a person types from the sheet.
func TestAScannedOrTypedLetterIsTaken(t *testing.T) {
	t.Parallel()
	s := carried(t)
	data, err := os.ReadFile(s.since)
	if err != nil {
		t.Fatal(err)
	}
	note := string(data)
	lines, _, _ := strings.Cut(note, "\n\n")
	for name, text := range map[string]string{
		"as it is":    note,
		"no end":      strings.TrimSuffix(note, "\n"),
		"of Windows":  strings.ReplaceAll(note, "\n", "\r\n"),
		"other dash":  strings.ReplaceAll(note, "—", "-"),
		"other signs": strings.ReplaceAll(note, "—", "\u00e2\u20ac\u201d"),
		"typed":       lines,
	} {
		if err := os.WriteFile(s.since, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if status, out := s.run("--key", s.key, "--since", s.since, s.base); status != 0 || !strings.Contains(out, "Semua cocok") {
			t.Errorf("%s: status %d: %s", name, status, out)
		}
	}
	if err := os.WriteFile(s.since, []byte(strings.Replace(note, "\n30\n", "\n29\n", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, out := s.run("--key", s.key, "--since", s.since, s.base); status != 1 {
		t.Errorf("a letter that was changed is taken: %s", out)
	}
}

func TestTheVerifierFindsAndSays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ query, want string }{
		"changed":     {`UPDATE audit_entry SET why = 'x' WHERE regency_id = 3509 AND seq = 7`, "entry 7 was changed"},
		"removed":     {`DELETE FROM audit_entry WHERE regency_id = 3509 AND seq = 7`, "entry 7 is missing"},
		"cut":         {`UPDATE audit_head SET size = 20 WHERE regency_id = 3509`, "should hold 20 entries and holds 40"},
		"dropped":     {`DELETE FROM audit_head; DELETE FROM audit_entry; DELETE FROM audit_hash; DELETE FROM audit_checkpoint`, "it was dropped"},
		"no head":     {`DELETE FROM audit_head WHERE regency_id = 3509`, "should hold 0 entries and holds 40"},
		"signed anew": {`UPDATE audit_checkpoint SET note = replace(note, char(10) || '30' || char(10), char(10) || '29' || char(10)) WHERE regency_id = 3509`, "not signed with the key"},
		"put in behind the head": {`INSERT INTO audit_entry SELECT regency_id, 40, at, actor_id, actor_name, via, ip, action, object,
			object_id, agency_id, why, before, after FROM audit_entry WHERE seq = 39`, "should hold 40 entries and holds 41"},
		"put in far behind": {`INSERT INTO audit_entry SELECT regency_id, 70, at, actor_id, actor_name, via, ip, action, object,
			object_id, agency_id, why, before, after FROM audit_entry WHERE seq = 39`, "entry 40 is missing"},
		"a log without a head": {`INSERT INTO audit_entry SELECT 3510, seq, at, actor_id, actor_name, via, ip, action, object,
			object_id, agency_id, why, before, after FROM audit_entry`, "should hold 0 entries and holds 40"},
		"a hash too many":   {`INSERT INTO audit_hash SELECT regency_id, 1000, hash FROM audit_hash WHERE idx = 0`, "hashes are stored"},
		"head cut":          {`UPDATE audit_head SET size = 35 WHERE regency_id = 3509`, "should hold 35 entries and holds 40"},
		"a trigger":         {`CREATE TRIGGER x AFTER INSERT ON audit_entry BEGIN SELECT 1; END`, "trigger x"},
		"a computed column": {`ALTER TABLE audit_entry ADD COLUMN more TEXT AS (why) VIRTUAL`, "column audit_entry.more"},
		"a kind of value":   {`UPDATE audit_entry SET action = CAST(action AS BLOB) WHERE seq = 7`, "value audit_entry.action (1)"},
		"hash dropped":      {`DELETE FROM audit_hash WHERE regency_id = 3509 AND idx > 20`, "was changed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := carried(t)
			s.tamper(t, c.query)
			if status, out := s.run("--lang", "en", "--key", s.key, "--since", s.since, s.base); status != 1 || !strings.Contains(out, c.want) {
				t.Errorf("status %d, want %q in: %s", status, c.want, out)
			}
		})
	}
}

// TestADisguisedTrailIsRefused: what the check reads is what the file keeps, or it says that it cannot know.
func TestADisguisedTrailIsRefused(t *testing.T) {
	t.Parallel()
	columns := "regency_id, seq, at, actor_id, actor_name, via, ip, action, object, object_id, agency_id, why, before, after"
	honest := strings.Replace(columns, "why", "replace(why, 'forged', '<&>\u2028') AS why", 1)
	for name, c := range map[string]struct {
		steps [][]string
		want  string
	}{
		"a view": {[][]string{{
			`ALTER TABLE audit_entry RENAME TO kept`,
			`UPDATE kept SET why = 'forged' WHERE regency_id = 3509 AND seq = 7`,
			`CREATE VIEW audit_entry AS SELECT ` + honest + ` FROM kept`,
		}}, "view audit_entry"},
		"a view over the heads": {[][]string{{
			`ALTER TABLE audit_head RENAME TO kept`,
			`CREATE VIEW Audit_Head AS SELECT regency_id, size FROM kept`,
		}}, "view Audit_Head"},
		"an index that holds other values": {[][]string{
			{
				`CREATE INDEX over ON audit_entry (` + columns + `)`,
				`CREATE TABLE kept AS SELECT * FROM sqlite_schema WHERE name = 'over'`,
				`PRAGMA writable_schema = ON`,
				`DELETE FROM sqlite_schema WHERE name = 'over'`,
			},
			{
				`UPDATE audit_entry SET why = 'forged' WHERE regency_id = 3509 AND seq = 7`,
				`PRAGMA writable_schema = ON`,
				`INSERT INTO sqlite_schema SELECT * FROM kept`,
			},
		}, "missing from index over"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := carried(t)
			for _, queries := range c.steps {
				s.tamper(t, queries...)
			}
			status, out := s.run("--lang", "en", "--key", s.key, "--since", s.since, s.base)
			if status != 1 || !strings.Contains(out, c.want) || strings.Contains(out, "was dropped") {
				t.Errorf("status %d, want %q in: %s", status, c.want, out)
			}
		})
	}
}

// TestALogBeginsOnce: a second head for the same log would take its place without the checkpoints from outside.
func TestALogBeginsOnce(t *testing.T) {
	t.Parallel()
	s := carried(t)
	data, err := os.ReadFile(s.lines)
	if err != nil {
		t.Fatal(err)
	}
	forged := string(data) + `{"log":"pendapa/3509","size":1,"checkpoints":[]}` + "\n" + `{"seq":0,"why":"forged"}` + "\n"
	if err := os.WriteFile(s.lines, []byte(forged), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out := s.run("--lang", "en", "--key", s.key, "--since", s.since, s.lines)
	if status != 1 || !strings.Contains(out, "pendapa/3509 begins twice") {
		t.Errorf("status %d: %s", status, out)
	}
}

func TestAnExportedTrailThatWasEdited(t *testing.T) {
	t.Parallel()
	s := carried(t)
	data, err := os.ReadFile(s.lines)
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{`"object_id":"9"`: `"object_id":"8"`, `{"seq":5,`: `{"seq":6,`} {
		if err := os.WriteFile(s.lines, []byte(strings.Replace(string(data), from, to, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		if status, out := s.run("--key", s.key, "--since", s.since, s.lines); status != 1 || !strings.Contains(out, "JEJAK INI DIUBAH") {
			t.Errorf("%s: status %d: %s", from, status, out)
		}
	}
}

func TestWhatCannotBeChecked(t *testing.T) {
	t.Parallel()
	s := carried(t)
	other := filepath.Join(s.dir, "x.txt")
	if err := os.WriteFile(other, []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(s.dir, "empty.txt")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{}, {other}, {filepath.Join(s.dir, "none")}, {"--key", other, s.base}, {"--lang", "xx", s.base},
		{"--key", empty, s.base}, {"--key", s.key, "--since", empty, s.base}} {
		if status, out := s.run(args...); status != 2 || out == "" {
			t.Errorf("%v: status %d: %s", args, status, out)
		}
	}
}

// TestTheVerifierWritesNothing compares every file of the folder before and after, names and bytes.
func TestTheVerifierWritesNothing(t *testing.T) {
	t.Parallel()
	s := carried(t)
	before, err := os.ReadFile(s.base)
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(s.dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if status, out := s.run("--key", s.key, s.base); status != 0 {
		t.Fatal(out)
	}
	if now, err := filepath.Glob(filepath.Join(s.dir, "*")); err != nil || strings.Join(now, " ") != strings.Join(names, " ") {
		t.Errorf("files before %v and after %v, %v", names, now, err)
	}
	after, err := os.ReadFile(s.base)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the database file was changed: %v", err)
	}
}

// TestASignedLetterWithoutTheKeyIsCompared by size and root, and the verifier says that the signature was not checked.
func TestASignedLetterWithoutTheKeyIsCompared(t *testing.T) {
	t.Parallel()
	s := carried(t)
	for _, source := range []string{s.base, s.lines} {
		status, out := s.run("--lang", "en", "--since", s.since, source)
		if status != 0 || !strings.Contains(out, "1 checkpoints from elsewhere agree") || !strings.Contains(out, "their signatures were not checked") {
			t.Errorf("an honest trail: %d %s", status, out)
		}
	}
	if status, out := s.run("--lang", "en", "--key", s.key, "--since", s.since, s.base); status != 0 || strings.Contains(out, "not checked") {
		t.Errorf("with the key: %d %s", status, out)
	}
	data, err := os.ReadFile(s.since)
	if err == nil {
		err = os.WriteFile(s.since, []byte(strings.Replace(string(data), "\n30\n", "\n29\n", 1)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if status, out := s.run("--lang", "en", "--since", s.since, s.base); status != 1 || !strings.Contains(out, "does not fit") {
		t.Errorf("another root: %d %s", status, out)
	}
}
