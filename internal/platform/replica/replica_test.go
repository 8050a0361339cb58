package replica_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"filippo.io/age"

	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/replica"
)

const schema = `-- +goose Up
CREATE TABLE demo (regency_id BIGINT NOT NULL, id BIGINT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (regency_id, id));
CREATE TABLE proof (regency_id BIGINT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (regency_id, hash));
`

// house is a store in a folder, copied to another place.
type house struct {
	*replica.Shipper
	t     *testing.T
	dir   string
	d     *db.DB
	close func() error
	files *blob.Store
	dest  replica.Dest
	clock time.Time
	n, no int
	own   *age.X25519Identity
	read  []age.Recipient
}

func build(t *testing.T, dest replica.Dest) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), dest: dest, clock: time.UnixMilli(1_800_000_000_000)}
	h.open()
	return h
}

func other(t *testing.T) (replica.Dest, string) {
	t.Helper()
	root := t.TempDir()
	d, err := replica.OpenFolder(root)
	if err != nil {
		t.Fatal(err)
	}
	return d, root
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// open starts the house on its folder, as a new process does.
func (h *house) open() {
	h.t.Helper()
	ctx := context.Background()
	var err error
	h.d, err = db.Open(ctx, "sqlite:"+filepath.Join(h.dir, "app.db"), db.OwnCheckpoints())
	h.must(err)
	h.must(h.d.Migrate(ctx, "demo", fstest.MapFS{"migrations/0001_demo.sql": {Data: []byte(schema)}}))
	h.files, err = blob.New(filepath.Join(h.dir, "files"))
	h.must(err)
	h.close = sync.OnceValue(h.d.Close)
	closing := h.close
	h.t.Cleanup(func() { _ = closing() })
	h.Shipper, err = replica.New(replica.Deps{DB: h.d, Dest: h.dest, Spool: filepath.Join(h.dir, "spool"), Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return h.clock }, NewID: func() string { h.no++; return fmt.Sprint("g", h.no) }, Version: "1", Store: h.files,
		Columns: []blob.Column{{Table: "proof", Column: "hash"}}, Own: h.own, Recipients: h.read})
	h.must(err)
}

// write makes changes, each in a commit of its own.
func (h *house) write(changes int) {
	h.t.Helper()
	for range changes {
		h.n++
		h.must(h.d.Tx(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO demo (regency_id, id, text) VALUES (1, $1, $2)", h.n, strings.Repeat(fmt.Sprint(h.n), 900))
			return err
		}))
	}
}

// ship reads and sends what there is.
func (h *house) ship() {
	h.t.Helper()
	h.clock = h.clock.Add(time.Second)
	h.must(h.Capture(context.Background()))
	h.Based()
	h.must(h.Send(context.Background()))
}

func rows(ctx context.Context, q db.Queryer, _ []string) (string, error) {
	all, err := q.Query(ctx, "SELECT id, text FROM demo WHERE regency_id = 1 ORDER BY id")
	sum := sha256.New()
	_, err = db.Collect(all, err, func(r *sql.Rows) (n int, err error) {
		var id int64
		var text string
		err = r.Scan(&id, &text)
		fmt.Fprintln(sum, id, text)
		return 0, err
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}

// restored brings the copy back and gives its rows.
func (h *house) restored(until replica.Until, trust replica.Trust) (replica.Point, int, string, error) {
	h.t.Helper()
	ctx, data := context.Background(), filepath.Join(h.t.TempDir(), "data")
	p, err := replica.Restore(ctx, h.dest, data, until, trust)
	if err != nil {
		return p, 0, "", err
	}
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(data, "app.db"))
	h.must(err)
	defer d.Close()
	var n int
	h.must(d.QueryRow(ctx, "SELECT count(*) FROM demo WHERE regency_id = 1").Scan(&n))
	text, err := rows(ctx, d, nil)
	h.must(err)
	for hash := range h.named() {
		f, err := os.ReadFile(filepath.Join(data, "files", hash[:2], hash[2:]))
		if err != nil && len(p.Missing) == 0 {
			h.t.Errorf("file %s: %v", hash, err)
		}
		if sum := sha256.Sum256(f); err == nil && hex.EncodeToString(sum[:]) != hash {
			h.t.Errorf("file %s holds something else", hash)
		}
	}
	return p, n, text, nil
}

func (h *house) named() map[string]bool {
	all, err := replica.Named(context.Background(), h.d, []blob.Column{{Table: "proof", Column: "hash"}})
	h.must(err)
	return all
}

// same wants the copy to be the house.
func (h *house) same(trust replica.Trust) replica.Point {
	h.t.Helper()
	p, n, got, err := h.restored(replica.Until{}, trust)
	h.must(err)
	want, err := rows(context.Background(), h.d, nil)
	h.must(err)
	if n != h.n || got != want {
		h.t.Errorf("%d rows came back, %d were written", n, h.n)
	}
	return p
}

func TestTheCopyIsTheHouse(t *testing.T) {
	t.Parallel()
	dest, _ := other(t)
	h := build(t, dest)
	h.write(20)
	h.ship()
	h.same(replica.Trust{})
	for range 8 { // the log is emptied several times on the way
		h.write(700)
		h.ship()
	}
	if info, err := os.Stat(filepath.Join(h.dir, "app.db-wal")); err != nil || info.Size() > 24<<20 {
		t.Errorf("the log was never emptied: %v %v", info, err)
	}
	if p := h.same(replica.Trust{}); p.Segments < 8 {
		t.Errorf("%+v", p)
	}
	if gens, err := h.dest.List(context.Background(), "log/"); err != nil || strings.Count(fmt.Sprint(gens), ".base") != 1 {
		t.Errorf("it began anew: %v %v", gens, err)
	}
	if age := h.Status().Age(h.clock); age > 2*time.Second || h.Status().Waiting != 0 {
		t.Errorf("age %s, %+v", age, h.Status())
	}
}

func TestAStopAndAStartGoOn(t *testing.T) {
	t.Parallel()
	dest, _ := other(t)
	h := build(t, dest)
	h.write(50)
	h.ship()
	for range 3 {
		h.must(h.Stop(context.Background()))
		h.must(h.close())
		h.open()
		h.write(30)
		h.ship()
	}
	h.same(replica.Trust{})
	if all, err := h.dest.List(context.Background(), "log/"); err != nil || strings.Count(fmt.Sprint(all), ".base") != 1 {
		t.Errorf("it began anew: %v %v", all, err)
	}
}

func TestAForeignWriterBeginsAnew(t *testing.T) {
	t.Parallel()
	dest, _ := other(t)
	h := build(t, dest)
	h.write(50)
	h.ship()
	h.must(h.Stop(context.Background()))
	h.must(h.close())
	ctx := context.Background()
	foreign, err := db.Open(ctx, "sqlite:"+filepath.Join(h.dir, "app.db"))
	h.must(err)
	h.must(foreign.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE demo SET text = 'by somebody else' WHERE regency_id = 1 AND id = 7")
		return err
	}))
	h.must(foreign.Close())
	h.open()
	h.write(10)
	h.ship()
	h.same(replica.Trust{})
}

// TestAPowerCutThatTookTheEndOfTheLog takes commits back that the copy already had.
func TestAPowerCutThatTookTheEndOfTheLog(t *testing.T) {
	t.Parallel()
	dest, _ := other(t)
	h := build(t, dest)
	h.write(50)
	before, err := os.ReadFile(filepath.Join(h.dir, "app.db-wal"))
	h.must(err)
	h.write(5)
	h.ship()
	for _, name := range []string{"app.db", "app.db-sum", "spool/state.json"} {
		body, err := os.ReadFile(filepath.Join(h.dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		to := filepath.Join(h.dir, "cut", name)
		h.must(errors.Join(err, os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, body, 0o600)))
	}
	cut := filepath.Join(h.dir, "cut")
	h.must(os.WriteFile(filepath.Join(cut, "app.db-wal"), before, 0o600))
	h.dir, h.n = cut, 50
	h.open()
	h.write(3) // numbers 51 to 53 with other neighbours
	h.ship()
	h.same(replica.Trust{})
}

// signs is how somebody signs.
func signs(who string) func(data []byte) (string, error) {
	return func(data []byte) (string, error) {
		sum := sha256.Sum256(append([]byte(who), data...))
		return hex.EncodeToString(sum[:]), nil
	}
}

// signedBy is a signature good enough to tell one signer from another.
func signedBy(who string) func(data []byte, signature string) error {
	return func(data []byte, signature string) error {
		if sum := sha256.Sum256(append([]byte(who), data...)); signature != hex.EncodeToString(sum[:]) {
			return errors.New("not of this key")
		}
		return nil
	}
}

func TestAnEncryptedAndSignedCopy(t *testing.T) {
	t.Parallel()
	dest, root := other(t)
	reader, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	h := build(t, dest)
	h.own, err = age.GenerateX25519Identity()
	h.must(err)
	h.read = []age.Recipient{reader.Recipient()}
	h.must(h.close())
	h.open()
	h.Shipper.Sign = signs("here")
	h.keep("bukti dukung")
	h.write(30)
	h.ship()
	h.must(h.AllFiles(context.Background()))
	for _, id := range []age.Identity{reader, h.own} {
		h.same(replica.Trust{Identities: []age.Identity{id}, Check: signedBy("here")})
	}
	if _, _, _, err := h.restored(replica.Until{}, replica.Trust{}); err == nil || !strings.Contains(err.Error(), "--identity") {
		t.Errorf("without a key: %v", err)
	}
	if _, _, _, err := h.restored(replica.Until{}, replica.Trust{Identities: []age.Identity{reader}, Check: signedBy("a thief")}); err == nil {
		t.Error("signed by another")
	}
	h.must(filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if strings.Contains(string(body), "bukti") || !strings.HasPrefix(string(body), "age-encryption.org/") {
			t.Errorf("%s can be read", path)
		}
		return err
	}))
}

// keep puts a file and a row that names it.
func (h *house) keep(body string) string {
	h.t.Helper()
	ref, err := h.files.Put(context.Background(), strings.NewReader(body), 1<<20)
	h.must(err)
	h.must(h.d.Tx(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO proof (regency_id, hash) VALUES (1, $1)", ref.Hash)
		return err
	}))
	return ref.Hash
}
