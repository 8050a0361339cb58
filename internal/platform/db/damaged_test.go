package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// worn is a store at rest with rows in a table, of which something is damaged.
type worn struct {
	t    *testing.T
	path string
}

func wornOut(t *testing.T) worn {
	t.Helper()
	w := worn{t, filepath.Join(t.TempDir(), "app.db")}
	d := w.open()
	w.do(d.Migrate(t.Context(), "t", table()))
	for _, id := range []string{"a", "b", "c"} {
		w.do(d.Tx(t.Context(), func(tx *db.Tx) error { return insert(tx, id) }))
	}
	w.do(d.Close())
	return w
}

func (w worn) do(all ...error) {
	w.t.Helper()
	if err := errors.Join(all...); err != nil {
		w.t.Fatal(err)
	}
}

func (w worn) open() *db.DB {
	w.t.Helper()
	d, err := db.Open(w.t.Context(), "sqlite:"+w.path)
	w.do(err)
	return d
}

// page gives the page at the root of a table, from 1.
func (w worn) page(name string) (no int64) {
	w.t.Helper()
	d := w.open()
	w.do(d.QueryRow(w.t.Context(), "SELECT rootpage FROM sqlite_schema WHERE name = $1", name).Scan(&no), d.Close())
	return no
}

// damage changes so many bytes in the middle of a page.
func (w worn) damage(no int64, n int) {
	w.t.Helper()
	data, err := os.ReadFile(w.path)
	w.do(err)
	for i := range n {
		data[(no-1)*4096+2000+int64(i)] ^= 4
	}
	w.do(os.WriteFile(w.path, data, 0o600))
}

// words wants an error that says all there is to know.
func (w worn) words(err error, place string) {
	w.t.Helper()
	told, is := errors.AsType[*db.Damaged](err)
	if !is || told.Mended || !db.IsDamaged(err) {
		w.t.Fatalf("not told as damage: %v", err)
	}
	for _, want := range []string{"damaged (rusak)", place, "pendapa repair", "docs/operations/repair.md"} {
		if !strings.Contains(err.Error(), want) {
			w.t.Errorf("%q is not in %q", want, err)
		}
	}
}

const tableName = "t"

func TestDamageNamesItsTableAndTheWayBack(t *testing.T) {
	t.Parallel()
	w := wornOut(t)
	w.damage(w.page(tableName), 300)
	d := w.open()
	w.words(d.Explain(read(d)), "(table "+tableName+")")
	err := d.Tx(t.Context(), func(tx *db.Tx) error { return insert(tx, "d") })
	w.words(err, "(table "+tableName+")")
	if state, _ := d.State(); state != "damaged" {
		t.Errorf("state %s", state)
	}
	w.do(d.Close())
	w.words(d.Explain(err), "(table "+tableName+")") // also of a store that is closed
	w.do(os.Remove(w.path + "-damage"))

	d, err = db.OpenRead(t.Context(), w.path)
	w.do(err)
	w.words(d.Explain(read(d)), "(table "+tableName+")")
	w.do(d.Close())
	if _, err := os.Stat(w.path + "-damage"); err == nil {
		t.Error("a look wrote into the folder")
	}
}

func TestDamageOfTheFirstPageIsToldAtTheOpening(t *testing.T) {
	t.Parallel()
	w := wornOut(t)
	w.damage(1, 300)
	_, err := db.Open(t.Context(), "sqlite:"+w.path)
	w.words(err, "page 1 of app.db is damaged (list of tables)")
	_, err = db.OpenRead(t.Context(), w.path)
	w.words(err, "page 1 of app.db is damaged (list of tables)")
}

func TestALostBitIsPutBackAndTold(t *testing.T) {
	t.Parallel()
	w := wornOut(t)
	w.damage(w.page(tableName), 1)
	d := w.open()
	told, is := errors.AsType[*db.Damaged](d.Explain(read(d)))
	if !is || !told.Mended || !strings.Contains(told.Error(), "is mended") {
		t.Errorf("%v", told)
	}
	w.do(read(d), d.Close())
	other := errors.New("another")
	if d.Explain(other) != other || d.Explain(nil) != nil { //nolint:errorlint // the very same
		t.Error("another error was changed")
	}
}

func read(d *db.DB) error {
	var n int
	return d.QueryRow(context.Background(), "SELECT max(length(data)) FROM "+tableName+" WHERE regency_id > 0").Scan(&n)
}
