package torture

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/db/guard"
)

// specimen is a store at rest that damage is done to. Its files are kept in memory and laid out anew for every case.
type specimen struct {
	files map[string][]byte // by the end of the name
	older []byte            // the database file some changes earlier
	rows  string            // hash of all rows
	n     int
}

var kept = []string{"", "-wal", "-sum", "-mark"}

const someRows = 120

// prepare makes a store. With a log its latest changes stand only there, as after a kill.
func prepare(t *testing.T, log bool) specimen {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app.db")
	d, err := db.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context(), "t", tables()); err != nil {
		t.Fatal(err)
	}
	s := specimen{files: map[string][]byte{}}
	for n := 1; n <= someRows; n++ {
		if err := put1(t.Context(), d, int64(n)); err != nil {
			t.Fatal(err)
		}
		if n == someRows/2 {
			checkpoint(t, d)
			s.older = read(t, path)
		}
	}
	if !log {
		checkpoint(t, d)
	}
	if s.rows, s.n, err = rowsOf(t.Context(), d); err != nil || s.n != someRows {
		t.Fatalf("%d rows: %v", s.n, err)
	}
	for _, end := range kept {
		s.files[end] = read(t, path+end)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return s
}

func checkpoint(t *testing.T, d *db.DB) {
	t.Helper()
	var busy, frames, moved int
	if err := d.SQL().QueryRow("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil || busy != 0 {
		t.Fatalf("checkpoint: busy %d, %v", busy, err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return data
}

// put1 is one acknowledged change with a text of its own.
func put1(ctx context.Context, d *db.DB, n int64) error {
	body := strings.Repeat(fmt.Sprintf("%x", sha256.Sum256([]byte{byte(n)})), 5)
	return d.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO t_head (regency_id, writer, n, body) VALUES (1, 0, $1, $2)", n, body)
		return err
	})
}

// rowsOf reads all rows and gives a hash over them.
func rowsOf(ctx context.Context, d *db.DB) (hash string, n int, err error) {
	h := sha256.New()
	rows, err := d.Query(ctx, "SELECT n, body FROM t_head WHERE regency_id = 1 ORDER BY writer, n")
	all, err := db.Collect(rows, err, func(r *sql.Rows) (int64, error) {
		var n int64
		var body string
		err := r.Scan(&n, &body)
		fmt.Fprintln(h, n, body)
		return n, err
	})
	return fmt.Sprintf("%x", h.Sum(nil)), len(all), err
}

// lay writes the files of a specimen into a new folder.
func (s specimen) lay(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app.db")
	for _, end := range kept {
		if s.files[end] == nil {
			continue
		}
		if err := os.WriteFile(path+end, s.files[end], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func change1(t *testing.T, path string, f func(b []byte) []byte) {
	t.Helper()
	if err := os.WriteFile(path, f(read(t, path)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func flipAny(b []byte) []byte {
	b[luck.IntN(len(b))] ^= 1 << luck.IntN(8)
	return b
}

const page = 4096

// kinds are the ways in which a database file at rest was seen to change by itself.
func (s specimen) kinds() map[string]func(b []byte) []byte {
	pages := len(s.files[""]) / page
	return map[string]func(b []byte) []byte{
		"one bit": flipAny,
		"noise in a sector": func(b []byte) []byte {
			at := luck.IntN(len(b)/sector) * sector
			for i := range sector {
				b[at+i] = byte(luck.IntN(256))
			}
			return b
		},
		"a page of zeros": func(b []byte) []byte {
			at := luck.IntN(pages) * page
			clear(b[at : at+page])
			return b
		},
		"two pages exchanged": func(b []byte) []byte {
			x := 1 + luck.IntN(pages-1)
			y := 1 + (x+luck.IntN(pages-2))%(pages-1)
			one := bytes.Clone(b[x*page : x*page+page])
			copy(b[x*page:], b[y*page:y*page+page])
			copy(b[y*page:], one)
			return b
		},
		"a lost write": func(b []byte) []byte {
			for {
				at := luck.IntN(len(s.older)/page) * page
				if !bytes.Equal(b[at:at+page], s.older[at:at+page]) {
					copy(b[at:], s.older[at:at+page])
					return b
				}
			}
		},
	}
}

// TestRotInTheDatabase changes the database file at rest: no wrong row is ever served, the scrub finds every change, and a
// lost bit is put back to the very bit.
func TestRotInTheDatabase(t *testing.T) {
	t.Parallel()
	s := prepare(t, false)
	n := times("PENDAPA_TEST_FLIPS", 12)
	for kind, change := range s.kinds() {
		told, mended := 0, 0
		for range n {
			path := s.lay(t)
			change1(t, path, change)
			changed := !bytes.Equal(read(t, path), s.files[""])
			atRest := guardScrub(t, path)
			if changed && atRest == 0 {
				t.Fatalf("%s: a changed page passed the scrub", kind)
			}
			d, err := db.Open(t.Context(), "sqlite:"+path)
			if err == nil {
				rows, _, err := rowsOf(t.Context(), d)
				if err == nil && rows != s.rows {
					t.Fatalf("%s: wrong rows were served", kind)
				}
				if err != nil && !db.IsDamaged(err) {
					t.Fatalf("%s: %v", kind, err)
				}
				if _, _, err := d.Scrub(t.Context()); err != nil && !db.IsDamaged(err) {
					t.Fatalf("%s: scrub: %v", kind, err)
				}
				_ = d.Close()
			}
			told += min(1, atRest)
			if kind == "one bit" && bytes.Equal(read(t, path), s.files[""]) {
				mended++
			}
		}
		t.Logf("%-20s %d tried, %d told, 0 wrong rows, %d mended to the bit", kind, n, told, mended)
	}
}

// guardScrub compares all pages of a store at rest and gives how many do not fit.
func guardScrub(t *testing.T, path string) int {
	t.Helper()
	bad := 0
	for from := int64(1); from > 0; {
		wrong, next, err := guard.Scrub(path, from, 64)
		if err != nil {
			return bad + 1 // the head itself
		}
		bad, from = bad+len(wrong), next
	}
	return bad
}

// TestRotInTheSums flips bits in the file of sums: nothing is served wrong and no page is lost by it.
func TestRotInTheSums(t *testing.T) {
	t.Parallel()
	s := prepare(t, false)
	for range times("PENDAPA_TEST_FLIPS", 12) {
		path := s.lay(t)
		change1(t, path+"-sum", flipAny)
		d, err := db.Open(t.Context(), "sqlite:"+path)
		if err != nil {
			t.Fatal(err)
		}
		if rows, _, err := rowsOf(t.Context(), d); err != nil || rows != s.rows {
			t.Fatalf("a bit lost in the sums took rows away: %v", err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRotInTheLogBetweenRestarts damages the log of a store that was killed. SQLite alone would drop what stands behind
// the damage without a word; the start is refused instead, with the number of changes that would be gone.
func TestRotInTheLogBetweenRestarts(t *testing.T) {
	t.Parallel()
	s := prepare(t, true)
	if len(s.files["-wal"]) < 20*page {
		t.Fatalf("the log has only %d bytes", len(s.files["-wal"]))
	}
	n := times("PENDAPA_TEST_FLIPS", 12)
	mended := 0
	for kind, change := range map[string]func(b []byte) []byte{
		"one bit":    flipAny,
		"cut off":    func(b []byte) []byte { return b[:luck.IntN(len(b))] },
		"zeros":      func(b []byte) []byte { at := luck.IntN(len(b) / page); clear(b[at*page : at*page+page]); return b },
		"is missing": func([]byte) []byte { return nil },
		"noise at its end": func(b []byte) []byte {
			for i := range sector {
				b[len(b)-sector+i] = byte(luck.IntN(256))
			}
			return b
		},
	} {
		for range n {
			path := s.lay(t)
			change1(t, path+"-wal", change)
			d, err := db.Open(t.Context(), "sqlite:"+path)
			refused, ok := errors.AsType[*guard.Refused](err)
			if !ok || refused.Report.Lost < 1 {
				if d != nil {
					_ = d.Close()
				}
				t.Fatalf("%s: the start was not refused: %v %+v", kind, err, refused)
			}
			if bit := refused.Report.Mend; bit != nil {
				mended++
				if err := guard.MendLog(path, *bit); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(read(t, path+"-wal"), s.files["-wal"]) {
					t.Fatalf("%s: mended into something else", kind)
				}
				whole(t, path, s)
			}
		}
	}
	t.Logf("%d of each kind, all refused, %d mended to the bit", n, mended)
	whole(t, s.lay(t), s)
}

// whole opens a store and expects all rows.
func whole(t *testing.T, path string, s specimen) {
	t.Helper()
	d, err := db.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if rows, n, err := rowsOf(t.Context(), d); err != nil || rows != s.rows {
		t.Fatalf("%d rows: %v", n, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestRotInTheOpenLog flips bits in the log of a running store: no wrong row is served, also after a checkpoint, and the
// regular scan tells of every one.
func TestRotInTheOpenLog(t *testing.T) {
	t.Parallel()
	s := prepare(t, true)
	told := 0
	n := times("PENDAPA_TEST_FLIPS", 12)
	for range n {
		path := s.lay(t)
		d, err := db.Open(t.Context(), "sqlite:"+path)
		if err != nil {
			t.Fatal(err)
		}
		heard := make(chan string, 8)
		d.OnDamage(func(text string, mended bool) { heard <- fmt.Sprint(text, " mended: ", mended) })
		f, err := os.OpenFile(path+"-wal", os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		var b [1]byte
		at := luck.Int64N(int64(len(s.files["-wal"])))
		_, _ = f.ReadAt(b[:], at)
		b[0] ^= 1 << luck.IntN(8)
		_, err = f.WriteAt(b[:], at)
		if err := errors.Join(err, f.Close(), d.ScanLog(t.Context())); err != nil {
			t.Fatal(err)
		}
		t.Log(<-heard)
		told++
		if rows, _, err := rowsOf(t.Context(), d); err == nil && rows != s.rows {
			t.Fatal("wrong rows were served")
		}
		state, _ := d.State()
		_ = d.Close()
		if state == "ok" {
			whole(t, path, s)
		}
	}
	t.Logf("%d flips, %d told, 0 wrong rows", n, told)
}
