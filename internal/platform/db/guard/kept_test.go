package guard

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAPartOfACheckpointLeavesItsSums: while a reader holds an older state, a checkpoint moves only a part and syncs nothing.
// Another process may read those pages at once, so their sums must stand in the file.
func TestAPartOfACheckpointLeavesItsSums(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	pool := openFile(t, path, Name)
	t.Cleanup(func() { _ = pool.Close() })
	fill(t, pool, 0, 100)
	reader, err := connect(t, path).Begin()
	if err != nil {
		t.Fatal(err)
	}
	var n, busy, frames, moved int
	if err := reader.QueryRow("SELECT count(*) FROM t").Scan(&n); err != nil {
		t.Fatal(err)
	}
	fill(t, pool, 100, 200)
	if err := pool.QueryRow("PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &frames, &moved); err != nil || moved == 0 || moved >= frames {
		t.Fatalf("%d of %d: %v", moved, frames, err)
	}
	other, err := openSums(clean(path)) // as another process sees them
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil || len(data) < 3*pageLength {
		t.Fatal(len(data), err)
	}
	for no := 1; no*pageLength <= len(data); no++ {
		if !other.fits(data[(no-1)*pageLength:no*pageLength], int64(no)) {
			t.Errorf("page %d has no sum yet", no)
		}
	}
	if err := join(other.close(), reader.Rollback()); err != nil {
		t.Error(err)
	}
}

// TestALogThatSQLiteRemovesOwesNothing: the last connection moves the log into the database and removes it.
func TestALogThatSQLiteRemovesOwesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	pool := openFile(t, path, Name)
	fill(t, pool, 0, 20)
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); err == nil {
		t.Fatal("the log is still there")
	}
	if r, err := CheckStart(path); err != nil {
		t.Errorf("%+v %v", r, err)
	}
}

// TestAChangeThatDoesNotFitIntoMemory writes its pages into the log before it is done and rewrites them there. SQLite sums
// them at the commit; until then none of its own reads may be taken for damage.
func TestAChangeThatDoesNotFitIntoMemory(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	pool := openFile(t, path, Name)
	t.Cleanup(func() { _ = pool.Close() })
	heard := listen(t, path)
	if _, err := pool.Exec("PRAGMA cache_size(5)"); err != nil {
		t.Fatal(err)
	}
	fill(t, pool, 0, 400)
	tx, err := pool.Begin()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	for _, text := range []string{"b", "c", "d"} {
		if _, err := tx.Exec("UPDATE t SET body = $1", strings.Repeat(text, 300)); err != nil {
			t.Fatal(err)
		}
		if err := tx.QueryRow("SELECT count(*) FROM t WHERE body LIKE $1", text+"%").Scan(&n); err != nil || n != 400 {
			t.Fatalf("%d rows: %v", n, err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if r, err := CheckStart(path); err != nil || len(heard) > 0 {
		t.Errorf("%+v %v, told %d", r, err, len(heard))
	}
	if err := readAll(connect(t, path)); err != nil {
		t.Error(err)
	}
}

// TestALongTextIsComparedToo: SQLite may read the pages of a long text past its cache, and then only a part of each.
func TestALongTextIsComparedToo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	pool := openFile(t, path, Name)
	if _, err := pool.Exec("INSERT INTO t VALUES (1, $1)", strings.Repeat("z", 40*pageLength)); err != nil {
		t.Fatal(err)
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	last := size(path) / pageLength // is read in part
	for _, no := range []int64{20, last} {
		flipAt(t, path, (no-1)*pageLength+10)
		heard := listen(t, path)
		var text string
		err := connect(t, path).QueryRow("SELECT body FROM t WHERE n = 1").Scan(&text)
		damaged(t, err, heard, Damage{Path: clean(path), Number: no})
		flipAt(t, path, (no-1)*pageLength+10)
	}
}

// TestBrokenSumsProveNothing: a sector of sums that lost more than a bit vouches for no page, also not for one whose own
// sum still fits.
func TestBrokenSumsProveNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	pool := openFile(t, path, Name)
	fill(t, pool, 0, 100)
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path + sumEnd)
	if err != nil {
		t.Fatal(err)
	}
	data[8*40] ^= 1 // of page 41, which is not there
	data[8*41] ^= 1
	if err := os.WriteFile(path+sumEnd, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if fits, err := CheckPage(path, 2); err != nil || fits {
		t.Errorf("page 2 fits: %v %v", fits, err)
	}
}
