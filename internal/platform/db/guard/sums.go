package guard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"

	"github.com/pendapa/pendapa/internal/platform/durable"
)

const (
	sumEnd    = "-sum"
	sector    = 512
	perSector = 63 // sums in a sector; the last 8 bytes are the sector's own sum
)

// sums keeps 8 bytes for every page. A sector is what a disk writes whole, so a power cut leaves old or new ones.
type sums struct {
	mu       sync.Mutex
	f        *os.File
	dirty    map[int64][]byte // sectors that no file holds yet
	unsynced bool
}

// pageSum depends on the place too, so that a page written to the wrong place is found. It is never 0: 0 is "no sum".
func pageSum(p []byte, no int64) uint64 {
	return max(xxhash.Sum64(p)^uint64(no)*0x9E3779B97F4A7C15, 1) //nolint:gosec // a number of a page is never negative
}

func seal(b []byte) uint64 { return xxhash.Sum64(b[:sector-8]) }

func sealed(b []byte) bool { return seal(b) == binary.LittleEndian.Uint64(b[sector-8:]) }

func openSums(path string) (*sums, error) {
	f, err := os.OpenFile(path+sumEnd, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	s := &sums{f: f, dirty: map[int64][]byte{}}
	info, err := f.Stat()
	if err == nil && info.Size() == 0 { // a database that is just being made
		s.dirty[0] = make([]byte, sector)
		err = errors.Join(s.sync(), durable.SyncDir(dirOf(path)))
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return s, nil
}

func place(page int64) (no int64, at int64) {
	return (page - 1) / perSector, (page - 1) % perSector * 8
}

// load reads a sector from the file. A lost bit in it is put back in memory when exactly one fits.
func (s *sums) load(no int64) (b []byte, whole bool) {
	b = make([]byte, sector)
	for range 4 { // another process may be writing it
		n, _ := s.f.ReadAt(b, no*sector)
		if n == sector && sealed(b) {
			return b, true
		}
		if n == 0 || n == sector && !slices.ContainsFunc(b, func(c byte) bool { return c != 0 }) {
			return b, true // none was ever set here
		}
	}
	if at, bit, ok := oneBitOf(b, func() bool { return sealed(b) }); ok {
		b[at] ^= 1 << bit
		return b, true
	}
	return b, false
}

// get gives the sum of a page; ok is false when the sector that holds it is itself broken.
func (s *sums) get(page int64) (sum uint64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	no, at := place(page)
	b, ok := s.dirty[no], true
	if b == nil {
		b, ok = s.load(no)
	}
	return binary.LittleEndian.Uint64(b[at:]), ok
}

// fits compares a page with its sum. A page that was never written has no sum and holds zeros.
func (s *sums) fits(data []byte, no int64) bool {
	want, ok := s.get(no)
	if want == 0 {
		return ok && !slices.ContainsFunc(data, func(c byte) bool { return c != 0 })
	}
	return ok && want == pageSum(data, no)
}

func (s *sums) set(page int64, sum uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	no, at := place(page)
	b := s.dirty[no]
	if b == nil {
		var whole bool
		if b, whole = s.load(no); !whole {
			clear(b) // broken sums must not be sealed again: their pages count as damaged until somebody looks
		}
		s.dirty[no] = b
	}
	binary.LittleEndian.PutUint64(b[at:], sum)
}

// flush writes the sums to where other processes see them.
func (s *sums) flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flushLocked()
}

func (s *sums) flushLocked() error {
	for no, b := range s.dirty {
		binary.LittleEndian.PutUint64(b[sector-8:], seal(b))
		if _, err := s.f.WriteAt(b, no*sector); err != nil {
			return err
		}
		s.unsynced = true
		delete(s.dirty, no)
	}
	return nil
}

// sync makes the sums durable.
func (s *sums) sync() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.flushLocked(); err != nil || !s.unsynced {
		return err
	}
	if err := s.f.Sync(); err != nil {
		return err
	}
	s.unsynced = false
	return nil
}

func (s *sums) close() error { return errors.Join(s.sync(), s.f.Close()) }

// Guarded reports whether the database has sums already. One that had them once and lost them is an error: whoever takes
// them anew must look at the pages first (Take).
func Guarded(path string) (bool, error) {
	path = clean(path)
	if size(path+sumEnd) > 0 {
		return true, nil
	}
	if size(path) <= 0 {
		return false, nil
	}
	if m, ok := readMark(path + markEnd); ok && m.turn > 0 {
		return false, fmt.Errorf("%s%s is missing: no page can be compared; see pendapa repair --rebuild-sums", path, sumEnd)
	}
	return false, nil
}

// size gives the bytes of a file, -1 when there is none.
func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return -1
	}
	return info.Size()
}

// Take takes the sums of all pages as they are now: for a database of an older program, and after a repair. The database
// must not be open and its log must be empty. The file of sums appears whole or not at all.
func Take(path string) (err error) {
	path = clean(path)
	if opened(path) != nil {
		return fmt.Errorf("%s is open", path)
	}
	if size(path+"-wal") > 0 {
		return fmt.Errorf("%s-wal is not empty", path)
	}
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	length := pageSize(in)
	if length == 0 {
		return fmt.Errorf("%s is no database", path)
	}
	out, err := os.CreateTemp(dirOf(path), ".sums-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(out.Name())
		}
	}()
	s := &sums{f: out, dirty: map[int64][]byte{0: make([]byte, sector)}}
	buf := make([]byte, length)
	for no := int64(1); ; no++ {
		if n, _ := in.ReadAt(buf, (no-1)*length); int64(n) < length {
			break
		}
		s.set(no, pageSum(buf, no))
		if len(s.dirty) > 1024 {
			if err := s.flush(); err != nil {
				return errors.Join(err, out.Close())
			}
		}
	}
	if err := s.close(); err != nil {
		return err
	}
	return durable.Rename(out.Name(), path+sumEnd)
}

// Forget removes sums and mark, for a database file that is replaced or removed.
func Forget(path string) error {
	var failed []error
	for _, end := range []string{sumEnd, markEnd, damageEnd} {
		if err := os.Remove(clean(path) + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}
