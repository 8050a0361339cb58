package guard

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
)

// crowded gives a database of one connection whose changes do not fit into memory, and the last frame of its log, which holds the
// only page of the table u.
func crowded(t *testing.T) (path string, pool *sql.DB, last int64) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "a.db")
	pool = openFile(t, path, Name)
	pool.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = pool.Close() })
	fill(t, pool, 0, 400)
	for _, text := range []string{"PRAGMA cache_size(5)", "CREATE TABLE u (body TEXT)", "INSERT INTO u VALUES ('" + strings.Repeat("u", 300) + "')"} {
		if _, err := pool.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
	m, _ := readMark(path + markEnd)
	return path, pool, int64(m.frames)
}

// rewrite changes all rows twice, so that frames are written anew before the commit.
func rewrite(t *testing.T, pool *sql.DB) *sql.Tx {
	t.Helper()
	tx, err := pool.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"b", "c"} {
		if _, err := tx.Exec("UPDATE t SET body = $1", strings.Repeat(text, 300)); err != nil {
			t.Fatal(err)
		}
	}
	return tx
}

func inFrame(no int64) int64 { return logHead + (no-1)*(pageLength+frameHead) + frameHead + 4000 }

// TestFramesBeforeARewrittenOneAreCompared also while the change that rewrote it goes on.
func TestFramesBeforeARewrittenOneAreCompared(t *testing.T) {
	t.Parallel()
	path, pool, last := crowded(t)
	heard := listen(t, path)
	tx := rewrite(t, pool)
	if _, err := tx.Exec("PRAGMA shrink_memory"); err != nil {
		t.Fatal(err)
	}
	flipAt(t, path+"-wal", inFrame(last))
	var text string
	err := tx.QueryRow("SELECT body FROM u").Scan(&text)
	damaged(t, err, heard, Damage{Path: clean(path), Log: true, Number: last})
	flipAt(t, path+"-wal", inFrame(last))
	_ = tx.Rollback() // SQLite ended it with the damage
}

// TestFramesAreComparedAgainAfterTheCommit of a change that rewrote some.
func TestFramesAreComparedAgainAfterTheCommit(t *testing.T) {
	t.Parallel()
	path, pool, _ := crowded(t)
	heard := listen(t, path)
	if err := rewrite(t, pool).Commit(); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"UPDATE u SET body = '" + strings.Repeat("v", 300) + "'", "PRAGMA shrink_memory"} {
		if _, err := pool.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
	m, _ := readMark(path + markEnd)
	last := int64(m.frames)
	flipAt(t, path+"-wal", inFrame(last))
	var text string
	err := pool.QueryRow("SELECT body FROM u").Scan(&text)
	damaged(t, err, heard, Damage{Path: clean(path), Log: true, Number: last})
	flipAt(t, path+"-wal", inFrame(last))
}
