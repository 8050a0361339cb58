package guard

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"modernc.org/sqlite"
)

// flipAt changes one bit of a file.
func flipAt(t *testing.T, path string, at int64) {
	t.Helper()
	if err := flip(path, Bit{Offset: at, Bit: 3}); err != nil {
		t.Fatal(err)
	}
}

// damaged wants an error that is told as damage, and the watchers to know the place.
func damaged(t *testing.T, err error, heard <-chan Damage, want Damage) {
	t.Helper()
	if lite, ok := errors.AsType[*sqlite.Error](err); !ok || lite.Code() != Code {
		t.Errorf("served, or refused for another reason: %v", err)
	}
	select {
	case got := <-heard:
		if got != want {
			t.Errorf("told %+v, want %+v", got, want)
		}
	default:
		t.Errorf("nobody was told of %+v", want)
	}
}

// listen hears of the damages of a database.
func listen(t *testing.T, path string) <-chan Damage {
	t.Helper()
	heard := make(chan Damage, 100)
	t.Cleanup(Watch(path, func(d Damage) { heard <- d }))
	return heard
}

func readAll(pool *sql.DB) error {
	var n int
	return pool.QueryRow("SELECT sum(length(body)) FROM t").Scan(&n)
}

// connect opens a database that has its table.
func connect(t *testing.T, path string) *sql.DB {
	t.Helper()
	pool, err := sql.Open("sqlite", "file:"+path+"?vfs="+Name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

const pageLength = 4096

func TestADamagedPageIsNotServed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	pool := openFile(t, path, Name)
	fill(t, pool, 0, 100)
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	flipAt(t, path, 3*pageLength-5) // in the text of a row
	heard := listen(t, path)
	damaged(t, readAll(connect(t, path)), heard, Damage{Path: clean(path), Number: 3})
	flipAt(t, path, 3*pageLength-5)
	if err := readAll(connect(t, path)); err != nil {
		t.Errorf("with the bit put back: %v", err)
	}
}

// TestADamagedFrameIsNotServed damages the log that SQLite has open, where SQLite itself compares nothing: what a reader
// or a checkpoint takes out of it must fit.
func TestADamagedFrameIsNotServed(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]int64{"in the page": frameHead + 4000, "in the page number": 3, "in the checksum": 17} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "a.db")
			pool := openFile(t, path, Name)
			t.Cleanup(func() { _ = pool.Close() })
			fill(t, pool, 0, 100)
			last, _ := readMark(path + markEnd)
			offset := logHead + (int64(last.frames)-1)*(pageLength+frameHead) + at
			flipAt(t, path+"-wal", offset)
			heard := listen(t, path)
			want := Damage{Path: clean(path), Log: true, Number: int64(last.frames)}
			damaged(t, readAll(connect(t, path)), heard, want)
			var busy, frames, moved int
			damaged(t, pool.QueryRow("PRAGMA wal_checkpoint(FULL)").Scan(&busy, &frames, &moved), heard, want)
			flipAt(t, path+"-wal", offset)
			if err := readAll(connect(t, path)); err != nil {
				t.Errorf("with the bit put back: %v", err)
			}
		})
	}
}

// TestAFrameOfALogBeforeIsNotServed brings back what stood in the log before it began anew: a lost write. Its own checksum
// fits nothing any more.
func TestAFrameOfALogBeforeIsNotServed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	pool := openFile(t, path, Name)
	t.Cleanup(func() { _ = pool.Close() })
	fill(t, pool, 0, 100)
	before, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	var busy, frames, moved int
	if err := pool.QueryRow("PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &frames, &moved); err != nil || frames != moved {
		t.Fatal(frames, moved, err)
	}
	fill(t, pool, 100, 101)
	last, _ := readMark(path + markEnd)
	at := logHead + (int64(last.frames)-1)*(pageLength+frameHead)
	f, err := os.OpenFile(path+"-wal", os.O_RDWR, 0)
	if err == nil {
		_, err = f.WriteAt(before[at:at+pageLength+frameHead], at)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	heard := listen(t, path)
	damaged(t, readAll(connect(t, path)), heard, Damage{Path: clean(path), Log: true, Number: int64(last.frames)})
}
