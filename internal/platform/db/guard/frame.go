package guard

import (
	"encoding/binary"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	logHead   = 32 // bytes of the head of a log
	frameHead = 24 // bytes before each page in it
)

// logState is what one open log file remembers between calls.
type logState struct {
	page    int64 // bytes of a page, 0 while not known
	big     bool  // sums are over big-endian words: a log begun on another kind of machine
	head    int64 // where the last head of a frame was written
	stale   int64 // first frame rewritten since the last commit: SQLite sums from here on anew at the commit; 0 none
	pending *mark
}

// readFrame compares a page in the log with the checksum in its frame, which runs on from the frame before.
func (f *file) readFrame(tls *libc.TLS, p uintptr, data []byte, offset int64) int32 {
	size := int64(len(data)) + frameHead
	if offset < logHead+frameHead || (offset-logHead-frameHead)%size != 0 {
		return 0
	}
	no := (offset-logHead-frameHead)/size + 1
	if f.log.stale > 0 && no >= f.log.stale || f.frameFits(tls, p, data, offset, size, no) {
		return 0
	}
	tell(Damage{Path: f.store.path, Log: true, Number: no})
	return Code
}

func (f *file) frameFits(tls *libc.TLS, p uintptr, data []byte, offset, size, no int64) bool {
	if f.log.page == 0 && !f.readLogHead(tls, p) {
		return false
	}
	read := funcOf[readFunc](f.base.FxRead)
	mem := tls.Alloc(logHead)
	defer tls.Free(logHead)
	seed := offset - size - 8 // the checksum in the frame before
	if no == 1 {
		seed = 24 // or in the head of the log
	}
	if read(tls, p, mem, 8, seed) != 0 || read(tls, p, mem+8, frameHead, offset-frameHead) != 0 {
		return false
	}
	head := bytesAt(mem, logHead)
	a, b := binary.BigEndian.Uint32(head), binary.BigEndian.Uint32(head[4:])
	a, b = logSum(head[8:16], a, b, f.log.big)
	a, b = logSum(data, a, b, f.log.big)
	return a == binary.BigEndian.Uint32(head[24:]) && b == binary.BigEndian.Uint32(head[28:])
}

// readLogHead learns the size of pages and the order of bytes from the head of the log.
func (f *file) readLogHead(tls *libc.TLS, p uintptr) bool {
	mem := tls.Alloc(logHead)
	defer tls.Free(logHead)
	if funcOf[readFunc](f.base.FxRead)(tls, p, mem, logHead, 0) != 0 {
		return false
	}
	f.log.learn(bytesAt(mem, logHead))
	return f.log.page > 0
}

func (l *logState) learn(head []byte) {
	l.page, l.big = int64(binary.BigEndian.Uint32(head[8:])), binary.BigEndian.Uint32(head)&1 != 0
}

// writeLog follows what SQLite is about to write into the log: a new head, the head of a frame, a page.
func (f *file) writeLog(tls *libc.TLS, p uintptr, data []byte, offset int64) int32 {
	switch {
	case len(data) == logHead && offset == 0: // the log begins anew: all of the old one stands in the database
		m, err := f.store.marks()
		if err == nil {
			err = m.write(mark{salts: [8]byte(data[16:24])}, true)
		}
		if err != nil {
			return codeOf(err, sqlite3.SQLITE_IOERR_WRITE)
		}
		f.log.learn(data)
	case len(data) == frameHead:
		f.log.head = offset
		if binary.BigEndian.Uint32(data[4:]) == 0 { // not the last of a commit
			break
		}
		if f.log.page == 0 && !f.readLogHead(tls, p) {
			return sqlite3.SQLITE_IOERR_READ
		}
		no := (offset-logHead)/(f.log.page+frameHead) + 1
		f.log.pending = &mark{salts: [8]byte(data[8:16]), frames: uint32(no), sum: [8]byte(data[16:24])} //nolint:gosec // a log is small
		f.log.stale = 0
	case len(data) <= 1<<16 && whole(int32(len(data))) && offset >= logHead+frameHead: //nolint:gosec // small
		if f.log.head == offset-frameHead {
			break
		}
		no := (offset-logHead-frameHead)/int64(len(data)+frameHead) + 1
		if f.log.stale == 0 || no < f.log.stale {
			f.log.stale = no
		}
	}
	return 0
}

// acknowledge keeps the mark of the commit that was just synced.
func (f *file) acknowledge() int32 {
	if f.log.pending == nil {
		return 0
	}
	m, err := f.store.marks()
	if err == nil {
		err = m.write(*f.log.pending, false)
	}
	if err != nil {
		return codeOf(err, sqlite3.SQLITE_IOERR_FSYNC)
	}
	f.log.pending = nil
	return 0
}

// logSum is SQLite's running checksum of the log over pairs of 32-bit words, each pair read at once.
func logSum(p []byte, a, b uint32, big bool) (uint32, uint32) {
	if big {
		for ; len(p) >= 8; p = p[8:] {
			pair := binary.BigEndian.Uint64(p)
			a += uint32(pair>>32) + b
			b += uint32(pair) + a //nolint:gosec // the second word
		}
		return a, b
	}
	for ; len(p) >= 8; p = p[8:] {
		pair := binary.LittleEndian.Uint64(p)
		a += uint32(pair) + b //nolint:gosec // the first word
		b += uint32(pair>>32) + a
	}
	return a, b
}
