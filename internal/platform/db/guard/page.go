package guard

import (
	"encoding/binary"
	"io"

	sqlite3 "modernc.org/sqlite/lib"
)

// pageSize reads the size of a page from the head of a database file, in bytes; 0 when it has none yet.
func pageSize(f io.ReaderAt) int64 {
	head := make([]byte, 100)
	if n, _ := f.ReadAt(head, 0); n < len(head) {
		return 0
	}
	return sizeIn(head)
}

func sizeIn(head []byte) int64 {
	if len(head) < 100 || string(head[:15]) != "SQLite format 3" {
		return 0
	}
	size := int64(binary.BigEndian.Uint16(head[16:]))
	if size == 1 {
		return 65536
	}
	if !whole(int32(size)) { //nolint:gosec // 16 bits
		return 0
	}
	return size
}

// readPage compares a page that SQLite has just read with its sum. A page behind the end of the file reads as zeros: that
// is right for one that never was, and damage for one that has a sum.
func (f *file) readPage(data []byte, offset int64, rc int32) int32 {
	length := int64(len(data))
	if known := f.store.page.Load(); known != 0 && known != length || offset%length != 0 {
		return rc
	}
	no := offset/length + 1
	if rc != 0 && no == 1 && size(f.store.path) == 0 {
		return rc // a first start that was cut short left nothing but a sum
	}
	for range 4 { // another process may be writing this sum
		if f.store.sums.fits(data, no) {
			return rc
		}
	}
	tell(Damage{Path: f.store.path, Number: no})
	return Code
}

// writePage notes the sum of a page that SQLite is about to write.
func (f *file) writePage(data []byte, offset int64) {
	length := int64(len(data))
	if length > 1<<16 || !whole(int32(length)) || offset%length != 0 { //nolint:gosec // small
		return
	}
	if offset == 0 {
		if size := sizeIn(data); size != 0 {
			f.store.page.Store(size)
		}
	}
	no := offset/length + 1
	f.store.sums.set(no, pageSum(data, no))
}

// codeOf gives SQLite's code for a failure of our files: a full disk must look like one, because it heals.
func codeOf(err error, other int32) int32 {
	if noSpace(err) {
		return sqlite3.SQLITE_FULL
	}
	return other
}
