package backup_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pendapa/pendapa/internal/platform/backup"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
)

func migrate(ctx context.Context, d *db.DB) error {
	return d.Migrate(ctx, "demo", fstest.MapFS{"migrations/0001_demo.sql": {Data: []byte(
		"-- +goose Up\nCREATE TABLE demo (regency_id BIGINT NOT NULL, id TEXT NOT NULL, ok BOOLEAN NOT NULL, PRIMARY KEY (regency_id, id));\n")}})
}

// made fills a house and backs it up.
func made(t *testing.T, d *db.DB) (backup.Source, string) {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	src := backup.Source{DB: d, Files: filepath.Join(dir, "files"), Keys: filepath.Join(dir, "keys"), Migrate: migrate, Version: "1"}
	if err := migrate(ctx, d); err != nil {
		t.Fatal(err)
	}
	err := d.Tx(ctx, func(tx *db.Tx) error {
		for i := range 450 {
			if _, err := tx.Exec("INSERT INTO demo (regency_id, id, ok) VALUES ($1, $2, $3)", 1, time.Duration(i).String(), i%2 == 0); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, body := range map[string]string{"files/ab/cdef": "bukti", "files/tmp/in-1": "half", "keys/audit.key": "secret"} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root := filepath.Join(t.TempDir(), "backups")
	m, err := backup.Make(ctx, src, root, time.Unix(1_800_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	if m.Tables["demo"].Rows != 450 || m.Files["files/ab/cdef"].Size != 5 || m.Files["files/tmp/in-1"].Size != 0 {
		t.Fatalf("manifest: %+v", m)
	}
	return src, filepath.Join(root, m.Name)
}

func TestABackupIsProven(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		_, dir := made(t, d)
		problems, err := backup.Verify(context.Background(), dir, filepath.Join(t.TempDir(), "scratch"))
		if err != nil || len(problems) > 0 {
			t.Errorf("%v %v", problems, err)
		}
	})
}

func TestDamageIsFound(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(dir string) error{
		"one byte of a file": func(dir string) error { return overwrite(filepath.Join(dir, "files", "ab", "cdef"), "buktj") },
		"a missing file":     func(dir string) error { return os.Remove(filepath.Join(dir, "keys", "audit.key")) },
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
			_, dir := made(t, storetest.SQLite(t))
			if err := harm(dir); err != nil {
				t.Fatal(err)
			}
			problems, err := backup.Verify(context.Background(), dir, filepath.Join(t.TempDir(), "scratch"))
			if err != nil || len(problems) == 0 {
				t.Errorf("not found: %v", err)
			}
			if _, err := backup.Restore(context.Background(), dir, filepath.Join(t.TempDir(), "data"), "", migrate); err == nil || !strings.Contains(err.Error(), "damaged") {
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
		_, dir := made(t, d)
		data := filepath.Join(t.TempDir(), "data")
		if _, err := backup.Restore(ctx, dir, data, "", migrate); err != nil {
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
		if _, err := backup.Restore(ctx, dir, data, "", migrate); err == nil {
			t.Error("a folder that holds a house was overwritten")
		}
	})
}

func TestPruneKeepsTheNewest(t *testing.T) {
	t.Parallel()
	src, dir := made(t, storetest.SQLite(t))
	root := filepath.Dir(dir)
	for i := range 3 {
		if _, err := backup.Make(context.Background(), src, root, time.Unix(1_800_000_100+int64(i), 0)); err != nil {
			t.Fatal(err)
		}
	}
	if err := backup.Prune(root, 2); err != nil {
		t.Fatal(err)
	}
	all, err := backup.List(root)
	if err != nil || len(all) != 2 || all[0].At != 1_800_000_102_000 {
		t.Errorf("left: %v %v", all, err)
	}
}
