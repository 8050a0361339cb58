package guard

import (
	"encoding/binary"
	"errors"
	"hash/crc64"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/pendapa/pendapa/internal/platform/durable"
)

const (
	markEnd   = "-mark"
	markMagic = "pendapa1"
	// settle is how long a mark may stay unsynced: a power cut within this time and a damaged log at the same place would
	// both be needed to miss a lost commit.
	settle = time.Second
)

// mark is the end of the last acknowledged commit: so many frames of the log with these salts, ending in this checksum.
// frames 0 means that the log owes nothing: all of it stands in the database.
type mark struct {
	turn    uint64 // counts up; the larger of the two sectors counts
	salts   [8]byte
	frames  uint32
	commits uint32 // since the log began anew
	sum     [8]byte
}

var crcTable = crc64.MakeTable(crc64.ECMA)

func (m mark) bytes() []byte {
	b := make([]byte, sector)
	copy(b, markMagic)
	binary.BigEndian.PutUint64(b[8:], m.turn)
	copy(b[16:24], m.salts[:])
	binary.BigEndian.PutUint32(b[24:], m.frames)
	binary.BigEndian.PutUint32(b[28:], m.commits)
	copy(b[32:40], m.sum[:])
	binary.BigEndian.PutUint64(b[40:], crc64.Checksum(b[:40], crcTable))
	return b
}

// newest gives the later of the two marks in the bytes of a mark file.
func newest(b []byte) (m mark, ok bool) {
	for ; len(b) >= sector; b = b[sector:] {
		if string(b[:8]) != markMagic || binary.BigEndian.Uint64(b[40:]) != crc64.Checksum(b[:40], crcTable) {
			continue
		}
		if turn := binary.BigEndian.Uint64(b[8:]); !ok || turn > m.turn {
			m = mark{turn: turn, salts: [8]byte(b[16:24]), frames: binary.BigEndian.Uint32(b[24:]),
				commits: binary.BigEndian.Uint32(b[28:]), sum: [8]byte(b[32:40])}
			ok = true
		}
	}
	return m, ok
}

func readMark(path string) (mark, bool) {
	b, err := os.ReadFile(path)
	if err != nil {
		return mark{}, false
	}
	return newest(b)
}

// markFile writes marks into two sectors in turn.
type markFile struct {
	mu    sync.Mutex
	f     *os.File
	timer *time.Timer // waits to sync what is not yet
	buf   [2 * sector]byte
}

func openMark(path string) (*markFile, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if size(path) < 2*sector { // its room is taken now, so that a full disk never stops a mark
		_, err = f.WriteAt(make([]byte, 2*sector), 0)
		if err = errors.Join(err, f.Sync(), durable.SyncDir(dirOf(path))); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return &markFile{f: f}, nil
}

// write keeps a mark; only the holder of SQLite's lock for writing calls it. Another process may have written the last
// one, so it is read first. now asks for the disk before it returns.
func (f *markFile) write(m mark, now bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.f.ReadAt(f.buf[:], 0); err != nil {
		return err
	}
	last, _ := newest(f.buf[:])
	m.turn, m.commits = last.turn+1, 0
	if m.frames > 0 {
		m.commits = 1
		if last.salts == m.salts {
			m.commits += last.commits
		}
	}
	if _, err := f.f.WriteAt(m.bytes(), int64(m.turn&1)*sector); err != nil { //nolint:gosec // 0 or 1
		return err
	}
	if now {
		return datasync(f.f)
	}
	if f.timer == nil {
		f.timer = time.AfterFunc(settle, f.late)
	}
	return nil
}

// late makes a mark durable some time after its commit. A disk that fails here fails at the next commit too, which is
// told; so nothing is told here.
func (f *markFile) late() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.timer != nil {
		f.timer = nil
		_ = datasync(f.f)
	}
}

func (f *markFile) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.timer != nil {
		f.timer.Stop()
		f.timer = nil
	}
	return errors.Join(datasync(f.f), f.f.Close())
}

func dirOf(path string) string { return filepath.Dir(path) }
