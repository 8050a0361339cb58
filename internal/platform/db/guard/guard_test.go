package guard

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver that the layer stands in
)

// openFile opens a database with or without the guard.
func openFile(t testing.TB, path, vfs string) *sql.DB {
	t.Helper()
	if err := Register(); err != nil {
		t.Fatal(err)
	}
	if vfs != "" {
		vfs = "&vfs=" + vfs
	}
	pool, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate"+vfs+"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(1)
	if _, err := pool.Exec("CREATE TABLE t (n INTEGER PRIMARY KEY, body TEXT NOT NULL)"); err != nil {
		t.Fatal(err)
	}
	return pool
}

func fill(t testing.TB, pool *sql.DB, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		if _, err := pool.Exec("INSERT INTO t VALUES ($1, $2)", n, fmt.Sprintf("%0300d", n)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheMarkFollowsTheLog(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	pool := openFile(t, path, Name)
	fill(t, pool, 0, 20)
	m, ok := readMark(path + markEnd)
	if r, err := CheckStart(path); err != nil || !ok || r.Frames != int(m.frames) || r.Commits != int(m.commits) || r.Commits < 20 {
		t.Fatalf("%+v %+v %v", r, m, err)
	}
	if _, err := pool.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	if m, _ = readMark(path + markEnd); m.frames != 0 {
		t.Errorf("an emptied log still owes %d frames", m.frames)
	}
	if bad, next, err := Scrub(path, 1, 1000); err != nil || next != 0 || len(bad) > 0 {
		t.Errorf("scrub: %v %d %v", bad, next, err)
	}
	if err := pool.Close(); err != nil || IsOpen(path) {
		t.Errorf("still open: %v", err)
	}
}

func TestMarksOfTwoProcessesAreMerged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db-mark")
	one, err := openMark(path)
	if err != nil {
		t.Fatal(err)
	}
	two, err := openMark(path)
	if err != nil {
		t.Fatal(err)
	}
	salts := [8]byte{1}
	for i, f := range []*markFile{one, two, two, one, two} {
		if err := f.write(mark{salts: salts, frames: uint32(i + 1)}, false); err != nil {
			t.Fatal(err)
		}
		if m, ok := readMark(path); !ok || m.frames != uint32(i+1) || m.commits != uint32(i+1) || m.turn != uint64(i+1) {
			t.Fatalf("after %d: %+v", i+1, m)
		}
	}
	data, _ := os.ReadFile(path)
	data[sector+20] ^= 1 // the newest has an odd turn; the one before takes its place
	if m, ok := newest(data); !ok || m.turn != 4 {
		t.Errorf("with one sector lost: %+v", m)
	}
	if err := join(one.close(), two.close()); err != nil {
		t.Error(err)
	}
}

func TestOneBitIsPutBackOnlyWhenOneFits(t *testing.T) {
	t.Parallel()
	b := []byte{0b1010, 7}
	if at, bit, ok := oneBitOf(b, func() bool { return b[0] == 0b1110 }); !ok || at != 0 || bit != 2 {
		t.Errorf("one: %d %d %v", at, bit, ok)
	}
	if _, _, ok := oneBitOf(b, func() bool { return b[1] != 7 }); ok {
		t.Error("several bits fit and one was taken")
	}
	if !bytes.Equal(b, []byte{0b1010, 7}) {
		t.Error("the bytes were left changed")
	}
}

func TestSumsThatAreMissingAreNoFirstStart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	pool := openFile(t, path, Name)
	fill(t, pool, 0, 3)
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	if has, err := Guarded(path); err != nil || !has {
		t.Fatalf("guarded: %v %v", has, err)
	}
	if err := os.Remove(path + sumEnd); err != nil {
		t.Fatal(err)
	}
	if _, err := Guarded(path); err == nil {
		t.Error("sums that were there once are missing, and nobody is told")
	}
	if err := Forget(path); err != nil {
		t.Fatal(err)
	}
	if has, err := Guarded(path); err != nil || has {
		t.Errorf("a database of an older program: %v %v", has, err)
	}
	if err := Take(path); err != nil {
		t.Fatal(err)
	}
	if bad, _, err := Scrub(path, 1, 100); err != nil || len(bad) > 0 {
		t.Errorf("sums taken: %v %v", bad, err)
	}
}

// FuzzLog reads any bytes as a log: it must end, and must not call a log whole that does not hold the commit of the mark.
func FuzzLog(f *testing.F) {
	path := filepath.Join(f.TempDir(), "a.db")
	pool := openFile(f, path, Name)
	fill(f, pool, 0, 5)
	log, err := os.ReadFile(path + "-wal")
	if err != nil {
		f.Fatal(err)
	}
	m, _ := readMark(path + markEnd)
	if err := pool.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(log, m.bytes())
	f.Add(log[:len(log)/2], m.bytes())
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, log, marks []byte) {
		m, _ := newest(marks)
		r, err := checkLog(bytes.NewReader(log), int64(len(log)), m)
		if err == nil && r.Why == "" && int(m.frames) > r.Frames {
			t.Errorf("%+v is called whole, the mark is %+v", r, m)
		}
		if r.Why != "" && r.Lost < 0 || r.Frames < 0 {
			t.Errorf("%+v", r)
		}
	})
}

// BenchmarkCommit compares one durable commit with and without the guard: read the ratio, not the figures.
func BenchmarkCommit(b *testing.B) {
	for name, vfs := range map[string]string{"plain": "", "guard": Name} {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "a.db")
			pool := openFile(b, path, vfs)
			n := 0
			for b.Loop() {
				fill(b, pool, n, n+1)
				n++
			}
			if err := pool.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

const (
	// grouped is how many changes one commit carries when many people save at once.
	grouped = 64
	// benchRows keeps the table smaller than the caches. All connections of a process share one list of cached pages: when
	// it is full the connection with fewer pages reads every page anew for every statement, whichever of the two that is.
	benchRows = 10_000
)

// BenchmarkGroupedCommit makes a durable commit of 64 changes with and without the guard in turns, so that other work on
// the machine meets both, with the settings of the house. Read the ratio of the medians, which is what one commit costs,
// and that of all time together, which also holds the checkpoints; not the times.
func BenchmarkGroupedCommit(b *testing.B) {
	pools := map[string]*sql.DB{"": nil, Name: nil}
	for vfs := range pools {
		pools[vfs] = openFile(b, filepath.Join(b.TempDir(), "a.db"), vfs)
		for _, set := range []string{"cache_size(-16000)", "wal_autocheckpoint(4000)"} {
			if _, err := pools[vfs].Exec("PRAGMA " + set); err != nil {
				b.Fatal(err)
			}
		}
	}
	took, all := map[string][]time.Duration{}, map[string]time.Duration{}
	for n := 0; b.Loop(); n++ {
		order := []string{"", Name}
		if n%2 == 1 {
			slices.Reverse(order)
		}
		for _, vfs := range order {
			start := time.Now()
			commitGroup(b, pools[vfs], n*grouped)
			took[vfs] = append(took[vfs], time.Since(start))
			all[vfs] += time.Since(start)
		}
	}
	middle := func(vfs string) float64 {
		slices.Sort(took[vfs])
		return float64(took[vfs][len(took[vfs])/2].Microseconds())
	}
	b.ReportMetric(middle(""), "plain-us")
	b.ReportMetric(middle(Name), "guard-us")
	b.ReportMetric(middle(Name)/max(1, middle("")), "ratio")
	b.ReportMetric(float64(all[Name])/float64(max(1, all[""])), "ratio-of-all")
	for _, pool := range pools {
		if err := pool.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func commitGroup(b *testing.B, pool *sql.DB, from int) {
	b.Helper()
	tx, err := pool.Begin()
	for n := from; err == nil && n < from+grouped; n++ {
		_, err = tx.Exec("INSERT OR REPLACE INTO t VALUES ($1, $2)", n%benchRows, fmt.Sprintf("%0300d", n))
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		b.Fatal(err)
	}
}
