// Package guard finds every damaged page and log frame of a SQLite database before it is served.
//
// It is a thin layer between SQLite and its files (a VFS over SQLite's own). Beside the database app.db stand two files:
//
//   - app.db-sum holds a 64-bit sum of every page, bound to the page's number. It is set at every write of a page, made
//     durable before the page is, and compared at every read.
//   - app.db-mark holds where the last acknowledged commit ends in the log. Before SQLite opens the log, CheckStart looks
//     whether it still holds that commit: SQLite by itself ends at the first frame that does not fit and drops what
//     stands behind it without a word.
//
// A frame of the log is compared at every read with SQLite's own running checksum, which SQLite compares only when it
// recovers a log. What does not fit is never handed on: SQLite answers SQLITE_IOERR_DATA (8202), and whoever watches the
// database is told. Scrub compares pages that nobody reads, ScanLog the log, MendPage and MendLog put back a single lost
// bit, and only if exactly one bit fits.
//
// It knows nothing of tables or of what the database is for. Its functions take the path of the database file. A process
// must never open and close a database file by itself while SQLite has it open: that would drop SQLite's locks.
package guard

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// Name is the VFS to name in the address of a database: file:app.db?vfs=pendapa-guard.
const Name = "pendapa-guard"

// Code is what SQLite answers when a page or frame does not fit its sum: SQLITE_IOERR_DATA.
const Code = 10 | 32<<8

// Ends are the ends of the names that belong to a database file. Whoever replaces or removes the file removes these too.
var Ends = []string{"-wal", "-shm", "-sum", "-mark", "-damage"}

// Damage is one place that does not fit its sum.
type Damage struct {
	Path string `json:"path"` // the database file
	Log  bool   `json:"log"`  // in the log, not in the database file
	// Number is the page, or the frame of the log when Log is set; both count from 1.
	Number int64  `json:"number"`
	Why    string `json:"why,omitempty"`
}

// String is the text for the log of the server.
func (d Damage) String() string {
	what := "page"
	if d.Log {
		what = "log frame"
	}
	text := fmt.Sprintf("%s %d of %s is damaged", what, d.Number, filepath.Base(d.Path))
	if d.Why != "" {
		text += ": " + d.Why
	}
	return text
}

// store is what all open files of one database share in this process.
type store struct {
	path  string
	users int // open database files; guarded by all.mu
	sums  *sums
	page  atomic.Int64 // bytes of a page, 0 while not known
	mu    sync.Mutex   // of the fields below
	mark  *markFile
	raw   *os.File // for scrubs; closed only after SQLite has closed the file, because closing drops SQLite's locks
}

// all are the open databases and the watchers, by path.
var all = struct {
	mu       sync.Mutex
	stores   map[string]*store
	watchers map[string]map[*func(Damage)]bool
}{stores: map[string]*store{}, watchers: map[string]map[*func(Damage)]bool{}}

// clean gives a path as SQLite names it: absolute, with links followed.
func clean(path string) string {
	full, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(full)); err == nil {
		full = filepath.Join(dir, filepath.Base(full))
	}
	if to, err := filepath.EvalSymlinks(full); err == nil {
		return to
	}
	return full
}

// Watch calls tell for every damage that is met in the database, until stop is called. tell is called in the middle of a
// read: it must be quick and must not use the database.
func Watch(path string, tell func(Damage)) (stop func()) {
	path = clean(path)
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.watchers[path] == nil {
		all.watchers[path] = map[*func(Damage)]bool{}
	}
	key := &tell
	all.watchers[path][key] = true
	return func() {
		all.mu.Lock()
		defer all.mu.Unlock()
		delete(all.watchers[path], key)
		if len(all.watchers[path]) == 0 {
			delete(all.watchers, path)
		}
	}
}

// tell hands a damage to those who watch the database.
func tell(d Damage) {
	all.mu.Lock()
	var to []func(Damage)
	for f := range all.watchers[d.Path] {
		to = append(to, *f)
	}
	all.mu.Unlock()
	for _, f := range to {
		f(d)
	}
}

// open counts one more open file of a database, and opens its sums with the first.
func open(path string) (*store, error) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if s := all.stores[path]; s != nil {
		s.users++
		return s, nil
	}
	sums, err := openSums(path)
	if err != nil {
		return nil, err
	}
	s := &store{path: path, users: 1, sums: sums}
	all.stores[path] = s
	return s, nil
}

// opened gives a database that is open in this process, nil when it is not.
func opened(path string) *store {
	all.mu.Lock()
	defer all.mu.Unlock()
	return all.stores[path]
}

// IsOpen reports whether this process has the database open through the guard.
func IsOpen(path string) bool { return opened(clean(path)) != nil }

// release is called after SQLite has closed a database file. The last one writes what is left and closes all.
func (s *store) release() error {
	all.mu.Lock()
	defer all.mu.Unlock()
	if s.users--; s.users > 0 {
		return nil
	}
	delete(all.stores, s.path)
	err := s.sums.close()
	if s.mark != nil {
		err = join(err, s.mark.close())
	}
	if s.raw != nil {
		err = join(err, s.raw.Close())
	}
	return err
}

// marks gives the mark file of an open database and opens it at the first use.
func (s *store) marks() (*markFile, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mark != nil {
		return s.mark, nil
	}
	var err error
	s.mark, err = openMark(s.path + markEnd)
	return s.mark, err
}

func join(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
