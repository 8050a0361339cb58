package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/trail"
	"github.com/pendapa/pendapa/internal/storetest"
)

// benchEntries is how long the trail is; PENDAPA_TEST_TRAIL asks for another length.
const benchEntries = 200_000

// madeRow is an entry like those of a busy house.
func madeRow(seq int64) trail.Row {
	return trail.Row{Seq: seq, At: 1_790_000_000_000 + seq*1000, ActorID: fmt.Sprintf("u%011d", seq%750), ActorName: "Operator Dishub",
		Via: "session", IP: "10.1.2.3", Action: "evaluation.item.save", Object: "evaluation_item", ObjectID: fmt.Sprintf("contoh-2026/A%d", seq%90),
		Agency: fmt.Sprintf("a%011d", seq%75), Before: fmt.Sprintf(`{"answer":"Jawaban ke-%d","mark":2,"rev":%d}`, seq, seq%9),
		After: fmt.Sprintf(`{"answer":"Jawaban ke-%d, dengan tambahan","mark":3,"rev":%d}`, seq, seq%9+1)}
}

// sink takes entries and the hashes that are stored with them.
type sink interface {
	put(r trail.Row, first int64, made []tlog.Hash) error
	end(n int64, signed string) error
}

// makeTrail streams n entries into a sink, so that its length does not need memory, and signs the end.
func makeTrail(b *testing.B, n int64, signer note.Signer, to sink) {
	b.Helper()
	var tree trail.Tree
	var stored int64
	for seq := range n {
		r := madeRow(seq)
		made := tree.Add(r.Leaf())
		if err := to.put(r, stored, made); err != nil {
			b.Fatal(err)
		}
		stored += int64(len(made))
	}
	body := trail.Checkpoint{Origin: trail.Origin(3509), Size: n, Root: tree.Root()}.Body()
	signed, err := note.Sign(&note.Note{Text: body}, signer)
	if err == nil {
		err = to.end(n, string(signed))
	}
	if err != nil {
		b.Fatal(err)
	}
}

// lines is an exported trail. The head comes first, so it is written once the end is known.
type lines struct {
	f *os.File
	w *bufio.Writer
}

func (l lines) put(r trail.Row, _ int64, _ []tlog.Hash) error { return trail.WriteRow(l.w, r) }
func (l lines) end(int64, string) error                       { return errors.Join(l.w.Flush(), l.f.Close()) }

// table is the store: one transaction of prepared inserts.
type table struct {
	d           *sql.DB
	tx          *sql.Tx
	entry, hash *sql.Stmt
}

func newTable(b *testing.B, path string) *table {
	b.Helper()
	d, err := db.Open(b.Context(), "sqlite:"+path)
	if err != nil {
		b.Fatal(err)
	}
	storetest.Migrate(b, d, "audit", audit.Files)
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
	t := &table{}
	if t.d, err = sql.Open("sqlite", path+"?_pragma=synchronous(0)"); err == nil {
		t.tx, err = t.d.BeginTx(context.Background(), nil)
	}
	if err == nil {
		t.entry, err = t.tx.Prepare(`INSERT INTO audit_entry VALUES (3509, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	}
	if err == nil {
		t.hash, err = t.tx.Prepare(`INSERT INTO audit_hash VALUES (3509, ?, ?)`)
	}
	if err != nil {
		b.Fatal(err)
	}
	return t
}

func (t *table) put(r trail.Row, first int64, made []tlog.Hash) error {
	_, err := t.entry.Exec(r.Seq, r.At, r.ActorID, r.ActorName, r.Via, r.IP, r.Action, r.Object, r.ObjectID, r.Agency, r.Why, r.Before, r.After)
	for i, h := range made {
		if err == nil {
			_, err = t.hash.Exec(first+int64(i), h[:])
		}
	}
	return err
}

func (t *table) end(n int64, signed string) error {
	_, err := t.tx.Exec(`INSERT INTO audit_head VALUES (3509, ?)`, n)
	if err == nil {
		_, err = t.tx.Exec(`INSERT INTO audit_checkpoint VALUES (3509, ?, 0, ?)`, n, signed)
	}
	return errors.Join(err, t.tx.Commit(), t.d.Close())
}

// BenchmarkVerify checks a long trail in both forms, as an inspector does, with key and a checkpoint from outside.
func BenchmarkVerify(b *testing.B) {
	n := int64(benchEntries)
	if asked, err := strconv.ParseInt(os.Getenv("PENDAPA_TEST_TRAIL"), 10, 64); err == nil {
		n = asked
	}
	dir := b.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	ring, err := keys.Open(keys.Options{Dir: at("keys")})
	if err != nil {
		b.Fatal(err)
	}
	f, err := os.Create(at("trail.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err := trail.WriteHead(w, trail.LogHead{Log: trail.Origin(3509), Size: n}); err != nil {
		b.Fatal(err)
	}
	makeTrail(b, n, ring.Audit().Signer, lines{f, w})
	makeTrail(b, n, ring.Audit().Signer, newTable(b, at("app.db")))
	if err := os.WriteFile(at("audit.pub"), []byte(ring.Audit().Public+"\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"trail.jsonl", "app.db"} {
		b.Run(name, func(b *testing.B) {
			before := spent(b)
			for b.Loop() {
				if status, out := (stick{}).run("--key", at("audit.pub"), at(name)); status != 0 {
					b.Fatal(out)
				}
			}
			b.ReportMetric((spent(b)-before)/float64(b.N), "cpu-s/op") // what others do on the machine does not count
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

// spent is how many seconds of the processors this process has used.
func spent(b *testing.B) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}
