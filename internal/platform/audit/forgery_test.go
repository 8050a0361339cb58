package audit_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/durable"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/trail"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// estate is a house with two regencies whose checkpoints go to a folder elsewhere.
type estate struct {
	t    *testing.T
	d    *db.DB
	log  *audit.Log
	ring *keys.Ring
	out  audit.Folder
}

const mine, other = 3509, 3510

func settled(t *testing.T, d *db.DB) *estate {
	t.Helper()
	storetest.Migrate(t, d, "audit", audit.Files)
	ring, err := keys.Open(keys.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	e := &estate{t: t, d: d, ring: ring, out: audit.Folder{Path: t.TempDir()}}
	e.log = audit.New(d, time.Now, audit.NewSigner(ring.Audit()))
	e.log.Places(e.out)
	for _, regency := range []int64{mine, other} {
		e.write(regency, 13)
	}
	e.minute()
	e.write(mine, 4)
	e.minute()
	return e
}

func (e *estate) write(regency int64, n int) {
	e.t.Helper()
	ctx := tenant.With(context.Background(), tenant.Actor{Regency: regency, UserID: "u1", Name: "Operator Dishub", Via: "session"})
	for i := range n {
		err := e.d.Tx(ctx, func(tx *db.Tx) error {
			return e.log.Record(ctx, tx, audit.Entry{Action: "test.change", Object: "thing", ObjectID: fmt.Sprint(i), After: map[string]int{"n": i}})
		})
		if err != nil {
			e.t.Fatal(err)
		}
	}
}

// minute is what the server does each minute.
func (e *estate) minute() {
	e.t.Helper()
	ctx := context.Background()
	for _, regency := range []int64{mine, other} {
		if err := e.log.Checkpoint(ctx, regency); err != nil {
			e.t.Fatal(err)
		}
	}
	if err := e.log.SendOutside(ctx); err != nil {
		e.t.Fatal(err)
	}
}

func (e *estate) rows(regency int64) []audit.Row {
	e.t.Helper()
	rows, _, err := e.log.List(context.Background(), regency, audit.Filter{}, 1000, 0)
	if err != nil {
		e.t.Fatal(err)
	}
	out := make([]audit.Row, len(rows))
	for i, r := range rows {
		out[len(rows)-1-i] = r
	}
	return out
}

func (e *estate) exec(query string, args ...any) {
	e.t.Helper()
	err := e.d.Tx(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(query, args...); return err })
	if err != nil {
		e.t.Fatal(err)
	}
}

// forge writes a whole log as its owner would like it: entries, hashes, head, and a checkpoint signed with key when there
// is one.
func (e *estate) forge(regency int64, rows []audit.Row, key note.Signer) {
	e.t.Helper()
	for _, table := range []string{"audit_entry", "audit_hash", "audit_head", "audit_checkpoint"} {
		e.exec("DELETE FROM "+table+" WHERE regency_id = $1", regency)
	}
	var tree trail.Tree
	index := int64(0)
	for i, r := range rows {
		r.Seq = int64(i)
		e.exec(`INSERT INTO audit_entry (regency_id, seq, at, actor_id, actor_name, via, ip, action, object, object_id, agency_id, why, before, after)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, regency, r.Seq, r.At, r.ActorID, r.ActorName, r.Via, r.IP,
			r.Action, r.Object, r.ObjectID, r.Agency, r.Why, r.Before, r.After)
		for _, h := range tree.Add(r.Leaf()) {
			e.exec(`INSERT INTO audit_hash (regency_id, idx, hash) VALUES ($1, $2, $3)`, regency, index, h[:])
			index++
		}
	}
	e.exec(`INSERT INTO audit_head (regency_id, size) VALUES ($1, $2)`, regency, len(rows))
	if key != nil {
		e.sign(regency, regency, tree.Size(), tree.Root(), key)
	}
}

func (e *estate) sign(regency, of, size int64, root tlog.Hash, key note.Signer) {
	e.t.Helper()
	text, err := note.Sign(&note.Note{Text: trail.Checkpoint{Origin: trail.Origin(of), Size: size, Root: root}.Body()}, key)
	if err != nil {
		e.t.Fatal(err)
	}
	e.exec(`DELETE FROM audit_checkpoint WHERE regency_id = $1 AND size = $2`, regency, size)
	e.exec(`INSERT INTO audit_checkpoint (regency_id, size, at, note) VALUES ($1, $2, 0, $3)`, regency, size, string(text))
}

// found gives what verifying against the outside says, and whether the minute's comparison got loud.
func (e *estate) found() (problems []string, loud bool) {
	e.t.Helper()
	ctx := context.Background()
	wants, wrong, err := e.log.SinceOutside(ctx)
	if err != nil {
		e.t.Fatal(err)
	}
	reports, gone, err := e.log.VerifyAll(ctx, wants)
	if err != nil {
		e.t.Fatal(err)
	}
	for _, p := range append(wrong, gone...) {
		problems = append(problems, p.Words("en"))
	}
	for _, r := range reports {
		problems = append(problems, r.Problems...)
	}
	if err := e.log.SendOutside(ctx); err != nil {
		e.t.Fatal(err)
	}
	for _, regency := range []int64{mine, other} {
		states, err := e.log.OutsideOf(ctx, regency)
		if err != nil {
			e.t.Fatal(err)
		}
		for _, s := range states {
			loud = loud || s.State == audit.OutsideDiffers
		}
	}
	return problems, loud
}

func altered(rows []audit.Row) []audit.Row { rows[5].After = `{"n":99}`; return rows }

// forgeries are what somebody does who owns the whole data folder, and most of them the key folder too. quiet marks those
// that the comparison of each minute leaves to verifying, because the tree itself is whole.
func forgeries() map[string]struct {
	do    func(e *estate)
	want  string
	quiet bool
} {
	stolen := func(e *estate) note.Signer { return e.ring.Audit().Signer }
	type forgery = struct {
		do    func(e *estate)
		want  string
		quiet bool
	}
	return map[string]forgery{
		"entry altered, hashes rebuilt, checkpoints deleted": {func(e *estate) { e.forge(mine, altered(e.rows(mine)), nil) }, "does not fit", false},
		"entry altered, signed with the stolen key":          {func(e *estate) { e.forge(mine, altered(e.rows(mine)), stolen(e)) }, "does not fit", false},
		"tail cut":                       {func(e *estate) { e.forge(mine, e.rows(mine)[:10], stolen(e)) }, "only 10", false},
		"log of a regency dropped":       {func(e *estate) { e.drop(other) }, "it was dropped", false},
		"two entries exchanged":          {func(e *estate) { r := e.rows(mine); r[2], r[3] = r[3], r[2]; e.forge(mine, r, stolen(e)) }, "does not fit", false},
		"entry put in":                   {func(e *estate) { r := e.rows(mine); e.forge(mine, append(r[:4:4], r[3:]...), stolen(e)) }, "does not fit", false},
		"entry taken out":                {func(e *estate) { r := e.rows(mine); e.forge(mine, append(r[:4:4], r[5:]...), stolen(e)) }, "does not fit", false},
		"clock changed":                  {func(e *estate) { r := e.rows(mine); r[6].At -= 86_400_000; e.forge(mine, r, stolen(e)) }, "does not fit", false},
		"head only cut":                  {func(e *estate) { e.exec(`UPDATE audit_head SET size = 10 WHERE regency_id = $1`, mine) }, "should hold 10", true},
		"log that no head names":         {func(e *estate) { e.invent(3511) }, "should hold 0", true},
		"hashes dropped":                 {func(e *estate) { e.exec(`DELETE FROM audit_hash WHERE regency_id = $1`, mine) }, "0 hashes are stored", true},
		"entry altered, hashes left":     {func(e *estate) { e.exec(`UPDATE audit_entry SET why = 'x' WHERE regency_id = $1 AND seq = 3`, mine) }, "entry 3 was changed", true},
		"checkpoint with another root":   {func(e *estate) { e.sign(mine, mine, 17, tlog.RecordHash([]byte("x")), stolen(e)) }, "does not fit", true},
		"key replaced":                   {func(e *estate) { e.forge(mine, altered(e.rows(mine)), e.newKey()) }, "not signed with the key", false},
		"checkpoint of another regency":  {func(e *estate) { e.sign(mine, other, 17, tlog.RecordHash([]byte("x")), stolen(e)) }, "belongs to the log pendapa/3510", false},
		"older folder put back":          {func(e *estate) { e.forge(mine, e.rows(mine)[:13], stolen(e)) }, "only 13", false},
		"older folder put back and used": {func(e *estate) { e.forge(mine, e.rows(mine)[:13], stolen(e)); e.write(mine, 9) }, "does not fit", false},
		"all entries invented":           {func(e *estate) { e.forge(mine, e.rows(other), stolen(e)); e.write(mine, 4) }, "does not fit", false},
	}
}

func (e *estate) drop(regency int64) {
	for _, table := range []string{"audit_entry", "audit_hash", "audit_head", "audit_checkpoint", "audit_outside"} {
		e.exec("DELETE FROM "+table+" WHERE regency_id = $1", regency)
	}
}

// invent puts entries in for a regency that has no head.
func (e *estate) invent(regency int64) {
	e.exec(`INSERT INTO audit_entry (regency_id, seq, at, actor_id, actor_name, via, ip, action, object, object_id, agency_id, why, before, after)
		SELECT CAST($1 AS BIGINT), seq, at, actor_id, actor_name, via, ip, action, object, object_id, agency_id, why, before, after
		FROM audit_entry WHERE regency_id = $2`, regency, mine)
}

func (e *estate) newKey() note.Signer {
	r, err := keys.Open(keys.Options{Dir: e.t.TempDir()})
	if err != nil {
		e.t.Fatal(err)
	}
	return r.Audit().Signer
}

// TestForgeriesAreFound: what left the machine finds every forgery by the owner of the whole data folder.
func TestForgeriesAreFound(t *testing.T) {
	t.Parallel()
	for name, f := range forgeries() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, d *db.DB) {
				e := settled(t, d)
				f.do(e)
				problems, loud := e.found()
				if !strings.Contains(strings.Join(problems, "; "), f.want) {
					t.Errorf("problems %q, want %q", problems, f.want)
				}
				if loud == f.quiet {
					t.Errorf("the comparison of the minute: loud = %v", loud)
				}
			})
		})
	}
}

// TestAnHonestTrailAgreesWithTheOutside also over a power cut that left half a checkpoint in the folder.
func TestAnHonestTrailAgreesWithTheOutside(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		e := settled(t, d)
		e.write(mine, 3)
		if problems, loud := e.found(); len(problems) > 0 || loud {
			t.Fatalf("problems %q, loud %v", problems, loud)
		}
		path := e.out.Path + "/pendapa-3509.txt"
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("pendapa/3509\n20"); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		e.minute()
		e.write(mine, 1)
		e.minute()
		if problems, loud := e.found(); len(problems) > 0 || loud {
			t.Fatalf("after half a checkpoint: %q, loud %v", problems, loud)
		}
		all, err := e.out.Read(trail.Origin(mine))
		if err != nil || len(all) != 4 {
			t.Errorf("%d checkpoints are outside, %v: %q", len(all), err, all)
		}
		states, err := e.log.OutsideOf(context.Background(), mine)
		if err != nil || len(states) != 1 || states[0].State != audit.OutsideOK || states[0].Size != 21 {
			t.Errorf("states %+v, %v", states, err)
		}
	})
}

// TestAFolderOutOfReachIsLateAndNotMade: a stick that is not in must not become a folder on this disk.
func TestAFolderOutOfReachIsLateAndNotMade(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		e := settled(t, d)
		gone := audit.Folder{Path: e.out.Path + "/stick"}
		e.log.Places(gone)
		if err := e.log.SendOutside(context.Background()); err != nil {
			t.Fatal(err)
		}
		states, err := e.log.OutsideOf(context.Background(), mine)
		if err != nil || len(states) != 1 || states[0].State != audit.OutsideLate || states[0].At != 0 {
			t.Errorf("states %+v, %v", states, err)
		}
		if _, err := os.Stat(gone.Path); !os.IsNotExist(err) {
			t.Errorf("the folder was made: %v", err)
		}
	})
}

// TestASendReadsTheEndOfTheFolderAlone: the file of a folder grows for years, a checkpoint comes every minute. Not parallel: it
// counts what the process allocates.
func TestASendReadsTheEndOfTheFolderAlone(t *testing.T) {
	e := settled(t, storetest.SQLite(t))
	all, err := e.out.Read(trail.Origin(mine))
	if err != nil || len(all) == 0 {
		t.Fatalf("%d checkpoints, %v", len(all), err)
	}
	name := filepath.Join(e.out.Path, strings.ReplaceAll(trail.Origin(mine), "/", "-")+".txt")
	years := strings.Repeat(all[0]+"\n", 16<<20/len(all[0]))
	kept, err := os.ReadFile(name)
	if err == nil {
		err = os.WriteFile(name, append([]byte(years), kept...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, half := range []string{"", all[0][:len(all[0])/2]} { // also after a cut of the power
		if err := durable.Append(name, half); err != nil {
			t.Fatal(err)
		}
		e.write(mine, 1)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		e.minute()
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
			t.Errorf("a minute took %d bytes", used)
		}
	}
	now, err := e.out.Read(trail.Origin(mine))
	if want := len(all) + 2 + 16<<20/len(all[0]); err != nil || len(now) < want {
		t.Errorf("%d checkpoints, want %d; %v", len(now), want, err)
	}
}
