package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
)

// partSize is how much of a file has one sum: what is read and compared at once.
const partSize = 64 << 10

// mostParts bounds the sums kept in memory: 8 bytes for each part, so 2 MiB for 16 GiB of files.
const mostParts = 1 << 18

// seed is new in every process; the sums never leave memory.
var seed = maphash.MakeSeed()

// parts remembers, for files that were compared with their name, a sum of each part.
type parts struct {
	mu    sync.Mutex
	sums  map[string]stamped
	total int
}

// stamped are the sums of a file as it was: one that was written since is compared with its name again.
type stamped struct {
	sums []uint64
	size int64
	at   time.Time
}

func (p *parts) get(hash string, info fs.FileInfo) ([]uint64, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.sums[hash]
	return s.sums, ok && s.size == info.Size() && s.at.Equal(info.ModTime())
}

func (p *parts) set(hash string, info fs.FileInfo, sums []uint64) {
	p.forget(hash)
	p.mu.Lock()
	defer p.mu.Unlock()
	for old, s := range p.sums { // any will do: what is read again is compared again
		if p.total+len(sums) <= mostParts {
			break
		}
		p.total -= len(s.sums)
		delete(p.sums, old)
	}
	p.sums[hash] = stamped{sums, info.Size(), info.ModTime()}
	p.total += len(sums)
}

func (p *parts) forget(hash string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total -= len(p.sums[hash].sums)
	delete(p.sums, hash)
}

// sumsOf reads a whole file: a sum of each part, and the name it should have.
func sumsOf(f *os.File) (sums []uint64, name string, err error) {
	h, buf := sha256.New(), make([]byte, partSize)
	for at := int64(0); ; at += partSize {
		n, err := f.ReadAt(buf, at)
		if n > 0 {
			h.Write(buf[:n])
			sums = append(sums, maphash.Bytes(seed, buf[:n]))
		}
		if errors.Is(err, io.EOF) {
			return sums, hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return nil, "", err
		}
	}
}

// File is a kept file being read. Every part is compared with what it was when the whole file was last compared with its
// name; a part that changed is an error and never given out. It may be read at several places, but by one reader at a time.
type File struct {
	f     *os.File
	store *Store
	hash  string
	sums  []uint64
	info  fs.FileInfo

	at   int64 // of Read
	buf  []byte
	have int64 // number of the part in buf, -1 none
}

// Open gives a kept file for reading, compared with its name. A damaged one is refused.
func (s *Store) Open(hash string) (*File, error) {
	path, err := s.path(hash)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		s.bad(hash, Missing)
		return nil, errs.E(errs.NotFound, "web.error.file_missing", err)
	}
	if err != nil {
		return nil, err
	}
	out, err := s.compared(f, hash)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return out, nil
}

func (s *Store) compared(f *os.File, hash string) (*File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	out := &File{f: f, store: s, hash: hash, info: info, have: -1}
	var ok bool
	if out.sums, ok = s.parts.get(hash, info); ok {
		return out, nil
	}
	sums, name, err := sumsOf(f)
	if err != nil && !isBroken(err) {
		return nil, err
	}
	if err != nil || name != hash {
		return nil, out.damaged(err)
	}
	s.parts.set(hash, info, sums)
	out.sums = sums
	return out, nil
}

func (f *File) damaged(cause error) error {
	f.store.parts.forget(f.hash)
	f.store.bad(f.hash, Damaged)
	if cause == nil {
		cause = errors.New("file " + f.hash + " does not hold the bytes of its name")
	}
	return errs.E(errs.Internal, "web.error.file_damaged", cause)
}

// part brings a part into the buffer.
func (f *File) part(no int64) error {
	if f.have == no {
		return nil
	}
	if no >= int64(len(f.sums)) {
		return io.EOF
	}
	if f.buf == nil {
		f.buf = make([]byte, partSize)
	}
	f.have = -1
	n, err := f.f.ReadAt(f.buf[:min(partSize, f.info.Size()-no*partSize)], no*partSize)
	if err != nil && !errors.Is(err, io.EOF) && !isBroken(err) {
		return err
	}
	if maphash.Bytes(seed, f.buf[:n]) != f.sums[no] {
		return f.damaged(err)
	}
	f.have = no
	return nil
}

// ReadAt implements io.ReaderAt.
func (f *File) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) {
		pos := at + int64(n)
		if pos >= f.info.Size() {
			return n, io.EOF
		}
		if err := f.part(pos / partSize); err != nil {
			return n, err
		}
		end := min(partSize, f.info.Size()-f.have*partSize)
		n += copy(p[n:], f.buf[pos%partSize:end])
	}
	return n, nil
}

// Read implements io.Reader.
func (f *File) Read(p []byte) (int, error) {
	n, err := f.ReadAt(p[:min(len(p), partSize)], f.at)
	f.at += int64(n)
	if n > 0 && errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// Seek implements io.Seeker.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += f.info.Size()
	}
	if offset < 0 {
		return 0, fs.ErrInvalid
	}
	f.at = offset
	return offset, nil
}

// Stat gives size and age.
func (f *File) Stat() (fs.FileInfo, error) { return f.info, nil }

// Close ends the reading.
func (f *File) Close() error { return f.f.Close() }
