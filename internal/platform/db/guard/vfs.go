package guard

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// SQLite is C translated to Go: its structures lie in memory that Go does not manage, and its functions are numbers. The
// names used here are no promised interface of the driver, so the driver is pinned and a test at every start flips a bit.

type (
	openFunc  = func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32
	readFunc  = func(*libc.TLS, uintptr, uintptr, int32, int64) int32 // also writes
	fileFunc  = func(*libc.TLS, uintptr) int32
	sizeFunc  = func(*libc.TLS, uintptr, int64) int32
	flagsFunc = func(*libc.TLS, uintptr, int32) int32 // also deletes: vfs, name, flag differ, see deleteFunc
	askFunc   = func(*libc.TLS, uintptr, int32, uintptr) int32

	deleteFunc = func(*libc.TLS, uintptr, uintptr, int32) int32
)

// at gives what stands at an address of SQLite's memory.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// bytesAt gives n bytes at an address of SQLite's memory.
func bytesAt(p uintptr, n int32) []byte { return unsafe.Slice(at[byte](p), n) }

// funcOf turns a number of SQLite into the function it stands for; numberOf is the way back. Only functions of the
// package may be given, because nothing keeps others alive.
func funcOf[T any](p uintptr) T   { return *(*T)(unsafe.Pointer(&p)) }
func numberOf[T any](f T) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// base is SQLite's own VFS.
var base struct {
	once   sync.Once
	err    error
	size   uintptr // bytes of its file object; the number of our handle stands behind
	open   openFunc
	remove deleteFunc
}

// files are the open files under watch, by number; methods are our method tables by SQLite's.
var (
	files   sync.Map
	lastNo  atomic.Uint64
	methods sync.Map
)

// Register makes the VFS known to SQLite. It may be called often.
func Register() error {
	base.once.Do(func() { base.err = register() })
	return base.err
}

func register() error {
	tls := libc.NewTLS()
	found := sqlite3.Xsqlite3_vfs_find(tls, 0)
	if found == 0 {
		return errors.New("guard: SQLite has no file system")
	}
	theirs := at[sqlite3.Tsqlite3_vfs](found)
	name, err := libc.CString(Name)
	if err != nil {
		return err
	}
	mem := libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(*theirs)))
	if mem == 0 {
		return errors.New("guard: no memory")
	}
	ours := at[sqlite3.Tsqlite3_vfs](mem)
	*ours = *theirs
	base.size = (uintptr(theirs.FszOsFile) + 7) &^ 7 //nolint:gosec // a size
	ours.FszOsFile = int32(base.size + 8)            //nolint:gosec // small
	ours.FpNext, ours.FzName = 0, name
	base.open = funcOf[openFunc](theirs.FxOpen)
	base.remove = funcOf[deleteFunc](theirs.FxDelete)
	ours.FxOpen, ours.FxDelete = numberOf(vfsOpen), numberOf(vfsDelete)
	if rc := sqlite3.Xsqlite3_vfs_register(tls, mem, 0); rc != 0 {
		return errors.New("guard: SQLite did not take the file system")
	}
	return nil
}

// file is one open file under watch.
type file struct {
	base  *sqlite3.Tsqlite3_io_methods
	store *store
	log   *logState // nil for a database file
}

func of(p uintptr) *file {
	f, ok := files.Load(*at[uint64](p + base.size))
	if !ok {
		panic("guard: a file that was never opened")
	}
	return f.(*file)
}

// vfsOpen opens a file with SQLite's own VFS and watches it if it is a database or a log.
func vfsOpen(tls *libc.TLS, vfs, name, p uintptr, flags int32, out uintptr) int32 {
	rc := base.open(tls, vfs, name, p, flags, out)
	theirs := at[sqlite3.Tsqlite3_file](p).FpMethods
	kind := flags & (sqlite3.SQLITE_OPEN_MAIN_DB | sqlite3.SQLITE_OPEN_WAL)
	if rc != 0 || theirs == 0 || name == 0 || kind == 0 {
		return rc
	}
	f := &file{base: at[sqlite3.Tsqlite3_io_methods](theirs)}
	path := libc.GoString(name)
	var err error
	if kind == sqlite3.SQLITE_OPEN_WAL {
		f.log = &logState{}
		if f.store = opened(strings.TrimSuffix(path, "-wal")); f.store == nil {
			err = errors.New("a log without its database")
		}
	} else {
		f.store, err = open(path)
	}
	if err != nil {
		funcOf[fileFunc](f.base.FxClose)(tls, p)
		at[sqlite3.Tsqlite3_file](p).FpMethods = 0
		return sqlite3.SQLITE_CANTOPEN
	}
	no := lastNo.Add(1)
	files.Store(no, f)
	*at[uint64](p + base.size) = no
	at[sqlite3.Tsqlite3_file](p).FpMethods = watching(tls, theirs)
	return 0
}

// watching gives SQLite's method table with ours in the places that matter.
func watching(tls *libc.TLS, theirs uintptr) uintptr {
	if t, ok := methods.Load(theirs); ok {
		return t.(uintptr)
	}
	mem := libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_io_methods{})))
	if mem == 0 {
		panic("guard: no memory")
	}
	t := at[sqlite3.Tsqlite3_io_methods](mem)
	*t = *at[sqlite3.Tsqlite3_io_methods](theirs)
	t.FiVersion = min(t.FiVersion, 2) // no mapped memory: a mapped page would pass unseen
	t.FxFetch, t.FxUnfetch = 0, 0
	t.FxRead, t.FxWrite, t.FxSync = numberOf(fileRead), numberOf(fileWrite), numberOf(fileSync)
	t.FxTruncate, t.FxClose = numberOf(fileTruncate), numberOf(fileClose)
	t.FxFileControl, t.FxDeviceCharacteristics = numberOf(fileControl), numberOf(fileTraits)
	got, _ := methods.LoadOrStore(theirs, mem)
	return got.(uintptr)
}

// vfsDelete notes that a log is removed on purpose: its last commit need not be there at the next start.
func vfsDelete(tls *libc.TLS, vfs, name uintptr, dir int32) int32 {
	if path, is := strings.CutSuffix(libc.GoString(name), "-wal"); is {
		if s := opened(path); s != nil && s.owesNothing() != nil {
			return sqlite3.SQLITE_IOERR_DELETE
		}
	}
	return base.remove(tls, vfs, name, dir)
}

// owesNothing makes durable that the log may go: all of it stands in the database.
func (s *store) owesNothing() error {
	m, err := s.marks()
	if err != nil {
		return err
	}
	return m.write(mark{}, true)
}

// fileTraits forbids reading parts of pages, which no sum could be compared with.
func fileTraits(tls *libc.TLS, p uintptr) int32 {
	return funcOf[fileFunc](of(p).base.FxDeviceCharacteristics)(tls, p) &^ sqlite3.SQLITE_IOCAP_SUBPAGE_READ
}

// fileControl waits for the word that a checkpoint has copied its pages: from now on other processes may read them.
func fileControl(tls *libc.TLS, p uintptr, op int32, arg uintptr) int32 {
	f := of(p)
	if op == sqlite3.SQLITE_FCNTL_CKPT_DONE && f.log == nil {
		if err := f.store.sums.flush(); err != nil {
			return codeOf(err, sqlite3.SQLITE_IOERR_WRITE)
		}
	}
	return funcOf[askFunc](f.base.FxFileControl)(tls, p, op, arg)
}

func fileRead(tls *libc.TLS, p, buf uintptr, n int32, offset int64) int32 {
	f := of(p)
	rc := funcOf[readFunc](f.base.FxRead)(tls, p, buf, n, offset)
	if !whole(n) || rc != 0 && rc != sqlite3.SQLITE_IOERR_SHORT_READ {
		return rc
	}
	if f.log != nil {
		if rc != 0 {
			return rc
		}
		return f.readFrame(tls, p, bytesAt(buf, n), offset)
	}
	return f.readPage(bytesAt(buf, n), offset, rc)
}

func fileWrite(tls *libc.TLS, p, buf uintptr, n int32, offset int64) int32 {
	f := of(p)
	var rc int32
	if f.log != nil {
		rc = f.writeLog(tls, p, bytesAt(buf, n), offset)
	} else {
		f.writePage(bytesAt(buf, n), offset)
	}
	if rc != 0 {
		return rc
	}
	if rc = funcOf[readFunc](f.base.FxWrite)(tls, p, buf, n, offset); rc != 0 && f.log != nil {
		f.log.pending = nil // a commit that was not written is not acknowledged by a later sync
	}
	return rc
}

func fileTruncate(tls *libc.TLS, p uintptr, size int64) int32 {
	f := of(p)
	if f.log != nil && size == 0 {
		if err := f.store.owesNothing(); err != nil {
			return codeOf(err, sqlite3.SQLITE_IOERR_TRUNCATE)
		}
	}
	return funcOf[sizeFunc](f.base.FxTruncate)(tls, p, size)
}

// fileSync makes the sums durable before the pages: the log still holds those pages until both are. The mark is written
// after the log was synced, so it never names a commit that is not on the disk.
func fileSync(tls *libc.TLS, p uintptr, flags int32) int32 {
	f := of(p)
	if f.log == nil {
		if err := f.store.sums.sync(); err != nil {
			return codeOf(err, sqlite3.SQLITE_IOERR_FSYNC)
		}
	}
	if rc := funcOf[flagsFunc](f.base.FxSync)(tls, p, flags); rc != 0 || f.log == nil {
		return rc
	}
	return f.acknowledge()
}

func fileClose(tls *libc.TLS, p uintptr) int32 {
	no := *at[uint64](p + base.size)
	f := of(p)
	rc := funcOf[fileFunc](f.base.FxClose)(tls, p)
	files.Delete(no)
	if f.log == nil && f.store.release() != nil && rc == 0 {
		return sqlite3.SQLITE_IOERR_CLOSE
	}
	return rc
}

// whole reports whether n can be the size of a page.
func whole(n int32) bool { return n >= 512 && n&(n-1) == 0 }
