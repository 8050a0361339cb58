package backup_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"filippo.io/age"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/backup"
	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/storetest"
)

const schema = `-- +goose Up
CREATE TABLE demo (regency_id BIGINT NOT NULL, id TEXT NOT NULL, ok BOOLEAN NOT NULL, PRIMARY KEY (regency_id, id));
CREATE TABLE proof_item (regency_id BIGINT NOT NULL, id TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (regency_id, id));
`

func migrate(ctx context.Context, d *db.DB) error {
	return errors.Join(d.Migrate(ctx, "audit", audit.Files),
		d.Migrate(ctx, "demo", fstest.MapFS{"migrations/0001_demo.sql": {Data: []byte(schema)}}))
}

// house is a store with files and the backups of it.
type house struct {
	backup.Source
	t     *testing.T
	root  string
	clock time.Time
	bad   []string
	trail *audit.Log
	key   keys.Signing
}

func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, root: filepath.Join(t.TempDir(), "backups"), clock: time.Unix(1_800_000_000, 0)}
	h.trail = audit.New(d, func() time.Time { return h.clock }, nil)
	h.key = signing(t)
	h.Source = backup.Source{DB: d, Files: filepath.Join(t.TempDir(), "files"), Columns: []blob.Column{{Table: "proof_item", Column: "hash"}},
		Migrate: migrate, Version: "1", Bad: func(hash, state string) { h.bad = append(h.bad, hash+state) },
		Sign: func(data []byte) (string, error) { return h.key.SignData("backup", data) }}
	if err := migrate(context.Background(), d); err != nil {
		t.Fatal(err)
	}
	for i := range 450 {
		h.exec("INSERT INTO demo (regency_id, id, ok) VALUES ($1, $2, $3)", 1, time.Duration(i).String(), i%2 == 0)
	}
	for _, body := range []string{"bukti satu", "bukti dua"} {
		h.keep(body)
	}
	h.write(filepath.Join(h.Files, "tmp", "in-1"), "half")
	h.write(filepath.Join(h.Files, "ab", "unnamed"), "no row names it")
	return h
}

// exec changes rows without a word in the trail.
func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	err := h.DB.Tx(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(query, args...); return err })
	if err != nil {
		h.t.Fatal(err)
	}
}

// say writes an entry of a room into the trail.
func (h *house) say(action string) {
	h.t.Helper()
	ctx := context.Background()
	err := h.DB.Tx(ctx, func(tx *db.Tx) error { return h.trail.Record(ctx, tx, audit.Entry{Regency: 1, Action: action}) })
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) write(path, body string) {
	h.t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(body), 0o600)); err != nil {
		h.t.Fatal(err)
	}
}

func name(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// at is where a file lies below a folder of files.
func at(files, body string) string { return filepath.Join(files, name(body)[:2], name(body)[2:]) }

func (h *house) keep(body string) {
	h.t.Helper()
	h.exec("INSERT INTO proof_item (regency_id, id, hash) VALUES (1, $1, $2)", body, name(body))
	h.write(at(h.Files, body), body)
}

// make makes the backup of the next day and gives its folder.
func (h *house) make() (backup.Manifest, string) {
	h.t.Helper()
	h.clock = h.clock.Add(24 * time.Hour)
	m, err := backup.Make(context.Background(), h.Source, h.root, h.clock)
	if err != nil {
		h.t.Fatal(err)
	}
	return m, filepath.Join(h.root, m.Name)
}

func (h *house) check() backup.Check {
	c := backup.Check{Key: h.key.Public, CheckSignature: func(key string, data []byte, signed string) error { return keys.CheckData(key, "backup", data, signed) }}
	if h.Own != nil {
		c.Identities = []age.Identity{h.Own}
	}
	return c
}

func (h *house) verify(dir string, c backup.Check) string {
	h.t.Helper()
	problems, err := backup.Verify(context.Background(), dir, filepath.Join(h.t.TempDir(), "scratch"), c)
	if err != nil {
		h.t.Fatal(err)
	}
	return strings.Join(problems, "; ")
}

// made fills a house and backs it up.
func made(t *testing.T, d *db.DB) (*house, string) {
	t.Helper()
	h := build(t, d)
	m, dir := h.make()
	if m.Tables["demo"].Rows != 450 || len(m.Files) != 3 || m.Files["files/"+name("bukti dua")[:2]+"/"+name("bukti dua")[2:]].Size != 9 {
		t.Fatalf("manifest: %+v", m)
	}
	return h, dir
}

func TestABackupIsProven(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h, dir := made(t, d)
		if got := h.verify(dir, h.check()); got != "" {
			t.Error(got)
		}
	})
}

func TestDamageIsFound(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(dir string) error{
		"one byte of a file": func(dir string) error { return overwrite(at(filepath.Join(dir, "files"), "bukti satu"), "bukti sata") },
		"a missing file":     func(dir string) error { return os.Remove(at(filepath.Join(dir, "files"), "bukti dua")) },
		"a cut database":     func(dir string) error { return os.Truncate(filepath.Join(dir, "app.db"), 5000) },
		"a foreign file":     func(dir string) error { return os.WriteFile(filepath.Join(dir, "files", "x"), nil, 0o600) },
		"a changed row": func(dir string) error {
			d, err := db.Open(context.Background(), "sqlite:"+filepath.Join(dir, "app.db"))
			if err != nil {
				return err
			}
			err = d.Tx(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec("UPDATE demo SET ok = TRUE WHERE id = '1ns'"); return err })
			if err != nil {
				return err
			}
			return d.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, dir := made(t, storetest.SQLite(t))
			if err := harm(dir); err != nil {
				t.Fatal(err)
			}
			if h.verify(dir, h.check()) == "" {
				t.Error("not found")
			}
			if _, err := backup.Restore(context.Background(), dir, filepath.Join(t.TempDir(), "data"), "", migrate, h.check()); err == nil || !strings.Contains(err.Error(), "not proven") {
				t.Errorf("a damaged backup was restored: %v", err)
			}
		})
	}
}

// overwrite replaces a file without touching what it may be linked to.
func overwrite(path, body string) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(body), 0o600)
}

func TestRestoreCrossesStores(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		h, dir := made(t, d)
		data := filepath.Join(t.TempDir(), "data")
		if _, err := backup.Restore(ctx, dir, data, "", migrate, h.check()); err != nil {
			t.Fatal(err)
		}
		back, err := db.Open(ctx, "sqlite:"+filepath.Join(data, "app.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer back.Close()
		var n int
		if err := back.QueryRow(ctx, "SELECT count(*) FROM demo WHERE regency_id = 1 AND ok").Scan(&n); err != nil || n != 225 {
			t.Errorf("%d rows, %v", n, err)
		}
		if _, err := backup.Restore(ctx, dir, data, "", migrate, h.check()); err == nil {
			t.Error("a folder that holds a house was overwritten")
		}
	})
}

func TestPruneKeepsTheNewest(t *testing.T) {
	t.Parallel()
	h, dir := made(t, storetest.SQLite(t))
	for range 3 {
		h.make()
	}
	if err := backup.Prune(h.root, 2); err != nil {
		t.Fatal(err)
	}
	all, err := backup.List(h.root)
	if err != nil || len(all) != 2 || all[0].At != h.clock.UnixMilli() {
		t.Errorf("left: %v %v", all, err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the oldest is still there")
	}
}
