package guard

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/pendapa/pendapa/internal/platform/durable"
)

const damageEnd = "-damage"

// reader gives the file of the database for reading and writing past SQLite, and its sums. done must be called at the end.
func reader(path string) (f *os.File, s *sums, done func() error, err error) {
	if o := opened(path); o != nil { // the file must stay open as long as SQLite has it open
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.raw == nil {
			if o.raw, err = os.OpenFile(path, os.O_RDWR, 0); err != nil {
				return nil, nil, nil, err
			}
		}
		return o.raw, o.sums, func() error { return nil }, nil
	}
	if size(path+sumEnd) <= 0 {
		return nil, nil, nil, fmt.Errorf("%s has no sums", path)
	}
	if f, err = os.OpenFile(path, os.O_RDWR, 0); err != nil {
		return nil, nil, nil, err
	}
	if s, err = openSums(path); err != nil {
		return nil, nil, nil, errors.Join(err, f.Close())
	}
	return f, s, func() error { return errors.Join(s.close(), f.Close()) }, nil
}

// Pages gives the file of a database for reading past SQLite. It must be used instead of opening the file: a process that
// closes a database file which SQLite has open drops SQLite's locks on it. done must be called at the end, and nothing read
// after it.
func Pages(path string) (f *os.File, done func() error, err error) {
	f, _, done, err = reader(clean(path))
	return f, done, err
}

// Scrub compares pages of the database file with their sums, past all caches: count pages from the page from on, and gives
// the next page, 0 at the end. No commit and no checkpoint may run meanwhile. A page that the log holds anew may lag behind
// its sum after a power cut; such a page is passed over, a checkpoint writes it again. Damage is told to the watchers.
func Scrub(path string, from, count int64) (bad []int64, next int64, err error) {
	path = clean(path)
	f, s, done, err := reader(path)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, done()) }()
	length := pageSize(f)
	if length == 0 {
		return nil, 0, emptyOrBroken(f)
	}
	bad, next, err = compare(f, s, length, from, count)
	if err != nil || len(bad) == 0 {
		return bad, next, err
	}
	anew, err := inLog(path + "-wal")
	if err != nil {
		return nil, 0, err
	}
	kept := bad[:0]
	for _, no := range bad {
		if !anew[no] {
			kept = append(kept, no)
			tell(Damage{Path: path, Number: no})
		}
	}
	return kept, next, nil
}

func compare(f *os.File, s *sums, length, from, count int64) (bad []int64, next int64, err error) {
	buf := make([]byte, length)
	for no := from; no < from+count; no++ {
		n, err := f.ReadAt(buf, (no-1)*length)
		if n == 0 && errors.Is(err, io.EOF) {
			return bad, 0, nil
		}
		if int64(n) < length && !errors.Is(err, io.EOF) {
			return bad, 0, err
		}
		if int64(n) < length || !s.fits(buf, no) {
			bad = append(bad, no)
		}
	}
	return bad, from + count, nil
}

// emptyOrBroken tells a database without pages from one whose head cannot be read.
func emptyOrBroken(f *os.File) error {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	return fmt.Errorf("the head of %s cannot be read", f.Name())
}

// inLog gives the pages that the log holds in commits.
func inLog(path string) (map[int64]bool, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	l, _ := openLog(f, info.Size())
	if l == nil {
		return nil, nil
	}
	pages, open := map[int64]bool{}, map[int64]bool{}
	for i := 1; i <= l.frames; i++ {
		fits, err := l.fits(i)
		if err != nil || !fits {
			return pages, err
		}
		open[l.pageOf(i)] = true
		if l.commits(i) {
			for no := range open {
				pages[no] = true
			}
			clear(open)
		}
	}
	return pages, l.err
}

// CheckPage compares one page with its sum.
func CheckPage(path string, no int64) (fits bool, err error) {
	path = clean(path)
	f, s, done, err := reader(path)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, done()) }()
	length := pageSize(f)
	if length == 0 {
		length = 4096
	}
	bad, _, err := compare(f, s, length, no, 1)
	return err == nil && len(bad) == 0, err
}

// MendPage puts back the one bit that a page has lost; false when none or several bits fit. The page as it was is kept
// aside. No commit and no checkpoint may run meanwhile.
func MendPage(path string, no int64) (mended bool, err error) {
	path = clean(path)
	f, s, done, err := reader(path)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, done()) }()
	for _, length := range lengths(f) {
		buf := make([]byte, length)
		if _, err := f.ReadAt(buf, (no-1)*length); err != nil {
			return false, err
		}
		want, ok := s.get(no)
		if !ok || want == 0 {
			return false, nil
		}
		at, bit, ok := oneBitOf(buf, func() bool { return pageSum(buf, no) == want })
		if !ok {
			continue
		}
		if _, err := Aside(path, "page-"+strconv.FormatInt(no, 10), buf); err != nil {
			return false, err
		}
		return true, flipIn(f, Bit{Offset: (no-1)*length + int64(at), Bit: bit})
	}
	return false, nil
}

// lengths are the sizes a page may have: what the head says, and the usual one where the head itself may be damaged.
func lengths(f *os.File) []int64 {
	if n := pageSize(f); n != 0 && n != 4096 {
		return []int64{n, 4096}
	}
	return []int64{4096}
}

// TakePage replaces a damaged page with that of a copy whose pages have the same numbers, if it fits the sum to the bit.
func TakePage(path string, no int64, copied io.ReaderAt) (taken bool, err error) {
	path = clean(path)
	f, s, done, err := reader(path)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, done()) }()
	for _, length := range lengths(f) {
		good, old := make([]byte, length), make([]byte, length)
		if n, _ := copied.ReadAt(good, (no-1)*length); int64(n) < length {
			continue
		}
		if want, ok := s.get(no); !ok || want != pageSum(good, no) {
			continue
		}
		_, _ = f.ReadAt(old, (no-1)*length)
		if _, err := Aside(path, "page-"+strconv.FormatInt(no, 10), old); err != nil {
			return false, err
		}
		if _, err := f.WriteAt(good, (no-1)*length); err != nil {
			return false, err
		}
		return true, f.Sync()
	}
	return false, nil
}

// Aside keeps bytes that a repair replaces, beside the database, and gives the name of the file.
func Aside(path, what string, data []byte) (name string, err error) {
	stamp := time.Now().UTC().Format("20060102-150405.000000")
	name = fmt.Sprintf("%s-old-%s-%s", path, what, stamp)
	return name, durable.CreateFile(name, data)
}

// Remember keeps the damages that could not be mended, so that the next start knows of them; nil forgets them.
func Remember(path string, all []Damage) error {
	path = clean(path) + damageEnd
	if len(all) == 0 {
		err := os.Remove(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return errors.Join(err, durable.SyncDir(filepath.Dir(path)))
	}
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return durable.WriteFile(path, data)
}

// Remembered gives the damages that an earlier run could not mend.
func Remembered(path string) (all []Damage, err error) {
	data, err := os.ReadFile(clean(path) + damageEnd)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return all, json.Unmarshal(data, &all)
}
