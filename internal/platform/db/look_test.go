package db_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
)

// names lists a folder with the size of every file but the memory that SQLite shares.
func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(e.Name(), "-shm") {
			out.WriteString(e.Name() + " " + string(data) + "\n")
		}
	}
	return out.String()
}

// TestALookChangesNothing reads a store at rest, one that is being written, and one whose process was killed.
func TestALookChangesNothing(t *testing.T) {
	t.Parallel()
	dir, ctx := t.TempDir(), t.Context()
	path := filepath.Join(dir, "app.db")
	d, err := db.Open(ctx, "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Migrate(t, d, "m", marks())
	change(t, d, `INSERT INTO m_mark (regency_id, round_id, n) VALUES ($1, $2, $3)`, int64(1), "a", 7)
	look := func(in string) {
		t.Helper()
		r, err := db.OpenRead(ctx, filepath.Join(in, "app.db"))
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if err := r.QueryRow(ctx, "SELECT n FROM m_mark WHERE regency_id = $1", int64(1)).Scan(&n); err != nil || n != 7 {
			t.Errorf("%s: read %d, %v", in, n, err)
		}
		err = r.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("DELETE FROM m_mark WHERE regency_id = $1", int64(1))
			return err
		})
		if err == nil {
			t.Errorf("%s: a look could write", in)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	look(dir)
	killed := t.TempDir()
	for _, end := range []string{"", "-wal", "-sum", "-mark"} {
		data, err := os.ReadFile(path + end)
		if err == nil {
			err = os.WriteFile(filepath.Join(killed, "app.db"+end), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for _, in := range []string{dir, killed} {
		before := names(t, in)
		look(in)
		if names(t, in) != before {
			t.Errorf("%s: a look changed the folder", in)
		}
	}
	if _, err := os.Stat(path + "-shm"); err == nil {
		t.Error("a look at a store at rest left files behind")
	}
	if _, err := db.OpenRead(ctx, filepath.Join(dir, "none.db")); err == nil {
		t.Error("a file that is not there was opened")
	}
}
