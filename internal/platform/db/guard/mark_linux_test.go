package guard

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// unsyncable gives a mark file that takes every write and refuses to be made durable.
func unsyncable(t *testing.T) *markFile {
	t.Helper()
	f, err := os.OpenFile("/dev/zero", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	m := &markFile{f: f}
	t.Cleanup(func() { _ = m.close() })
	return m
}

// exchangeMark gives an open database another mark file.
func exchangeMark(path string, m *markFile) (before *markFile) {
	s := opened(clean(path))
	s.mu.Lock()
	defer s.mu.Unlock()
	before, s.mark = s.mark, m
	return before
}

// TestTheLogIsNotGivenUpBeforeTheMarkIsDurable lets the mark that says so fail at the disk: neither may the head of the log
// be written anew nor the log be emptied, or a power cut would leave a mark that names a log which is gone.
func TestTheLogIsNotGivenUpBeforeTheMarkIsDurable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	pool := openFile(t, path, Name)
	fill(t, pool, 0, 20)
	var busy, frames, moved int
	if err := pool.QueryRow("PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &frames, &moved); err != nil || frames != moved {
		t.Fatal(frames, moved, err)
	}
	log, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	before := exchangeMark(path, unsyncable(t))
	if _, err := pool.Exec("INSERT INTO t VALUES (100, 'x')"); err == nil {
		t.Error("the log began anew")
	}
	if err := pool.QueryRow("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err == nil && busy == 0 {
		t.Error("the log was emptied")
	}
	if after, err := os.ReadFile(path + "-wal"); err != nil || !bytes.Equal(after, log) {
		t.Errorf("the log has another content: %v", err)
	}
	exchangeMark(path, before)
	fill(t, pool, 100, 101)
	if err := pool.Close(); err != nil {
		t.Error(err)
	}
}

// TestTheMarkOfACommitNeedNotBeDurableAtOnce tells that only giving up a log waits for the disk.
func TestTheMarkOfACommitNeedNotBeDurableAtOnce(t *testing.T) {
	t.Parallel()
	m := unsyncable(t)
	if err := m.write(mark{frames: 1}, false); err != nil {
		t.Error(err)
	}
	if err := m.write(mark{}, true); err == nil {
		t.Error("a mark that must be durable was not synced")
	}
}

// TestPagesAreNotDurableBeforeTheirSums lets the sums fail at the disk: the checkpoint must not count as done, or the log
// begins anew while a power cut would leave pages with older sums.
func TestPagesAreNotDurableBeforeTheirSums(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	pool := openFile(t, path, Name)
	fill(t, pool, 0, 20)
	s := opened(clean(path)).sums
	exchange := func(f *os.File) (before *os.File) {
		s.mu.Lock()
		defer s.mu.Unlock()
		before, s.f = s.f, f
		return before
	}
	before := exchange(unsyncable(t).f)
	var busy, frames, moved int
	if err := pool.QueryRow("PRAGMA wal_checkpoint(FULL)").Scan(&busy, &frames, &moved); err == nil && busy == 0 {
		t.Error("the checkpoint is done")
	}
	exchange(before)
	if err := Forget(path); err != nil { // what was written to the other file is lost
		t.Error(err)
	}
	_ = pool.Close()
}
