// Package blob keeps files by their content: the name is the SHA-256 of the bytes, so the same file is kept once and every
// file can be proved unchanged. A file is on the disk, synced, before Put returns, and no byte that differs from what was
// put is ever given out: a file is compared with its name before its first byte is read, and each part again when it is
// read later (see File).
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/durable"
)

// Store is a folder of files: ab/cdef... by the first byte of the hash.
type Store struct {
	dir   string
	parts parts
	ears  atomic.Pointer[Ears]
}

// Ref names a kept file. Size is in bytes.
type Ref struct {
	Hash string
	Size int64
}

// Ears are told what happens to files; a nil function is not called. They must return quickly and must not write rows:
// a file may be read while a change is being written.
type Ears struct {
	Kept func(Ref)                // a file is on the disk
	Bad  func(hash, state string) // a file was found Damaged or Missing
	Good func(hash string)        // a file that was bad is whole again
}

// States of a file that is not as it was put.
const (
	Damaged = "damaged" // the bytes are not those of the name
	Missing = "missing" // there is no file
)

// abandoned is after how long a half-written upload belongs to nobody: longer than any request may last.
const abandoned = 24 * time.Hour

// New opens or makes the folder and clears what was left half-written a day ago or more. Younger parts may belong to
// another process that is receiving a file now.
func New(dir string) (*Store, error) {
	s := &Store{dir: dir, parts: parts{sums: map[string]stamped{}}}
	s.ears.Store(&Ears{})
	if err := durable.MkdirAll(s.temp()); err != nil {
		return nil, err
	}
	return s, s.clear(time.Now().Add(-abandoned))
}

func (s *Store) clear(before time.Time) error {
	entries, err := os.ReadDir(s.temp())
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // its writer finished meanwhile
		}
		if err == nil && info.ModTime().Before(before) {
			err = ignoreGone(os.RemoveAll(filepath.Join(s.temp(), e.Name())))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Listen names who is told; the last call counts.
func (s *Store) Listen(e Ears) { s.ears.Store(&e) }

func (s *Store) bad(hash, state string) {
	if f := s.ears.Load().Bad; f != nil {
		f(hash, state)
	}
}

func (s *Store) temp() string { return filepath.Join(s.dir, "tmp") }

// Dir gives the folder, for backups.
func (s *Store) Dir() string { return s.dir }

func (s *Store) path(hash string) (string, error) {
	if len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return "", errs.E(errs.NotFound, "web.error.not_found", nil)
	}
	return filepath.Join(s.dir, hash[:2], hash[2:]), nil
}

// Put streams r to the disk and gives its name. A stream over most bytes is refused and leaves nothing behind. When the
// file is kept already, the kept one is compared with its name and replaced if it is damaged.
func (s *Store) Put(ctx context.Context, r io.Reader, most int64) (Ref, error) {
	return s.PutClaimed(ctx, r, most, func(Ref) error { return nil })
}

// PutClaimed is Put with a word in between: claim is called when the bytes are on the disk and their name is known, and
// before the file is looked for or put in its place. Who removes files looks at the claims first; so a file that is "kept
// already" cannot vanish between this answer and the row that will name it. An error of claim leaves nothing behind.
func (s *Store) PutClaimed(ctx context.Context, r io.Reader, most int64, claim func(Ref) error) (Ref, error) {
	return s.take(ctx, r, most, claim)
}

// Mend puts the file of this name back from a copy. A copy that is another file is refused and changes nothing.
func (s *Store) Mend(ctx context.Context, hash string, r io.Reader) (Ref, error) {
	if _, err := s.path(hash); err != nil {
		return Ref{}, err
	}
	return s.take(ctx, r, 1<<62, func(ref Ref) error {
		if ref.Hash != hash {
			return fmt.Errorf("the copy of file %s holds %s", hash, ref.Hash)
		}
		return nil
	})
}

func (s *Store) take(ctx context.Context, r io.Reader, most int64, allow func(Ref) error) (Ref, error) {
	f, err := os.CreateTemp(s.temp(), "in-*")
	if err != nil {
		return Ref{}, diskError(err)
	}
	ref, err := s.receive(ctx, f, r, most)
	if err == nil {
		err = allow(ref)
	}
	if err == nil {
		err = s.keep(f.Name(), ref)
	}
	if err != nil {
		return Ref{}, errors.Join(err, ignoreGone(os.Remove(f.Name())))
	}
	return ref, nil
}

func (s *Store) receive(ctx context.Context, f *os.File, r io.Reader, most int64) (ref Ref, err error) {
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	n, err := io.CopyBuffer(io.MultiWriter(f, h), io.LimitReader(stopping{ctx, r}, most+1), make([]byte, 64<<10))
	if err != nil {
		return ref, diskError(err)
	}
	if n > most {
		return ref, errs.E(errs.Invalid, "web.error.too_big", nil, "Most", most)
	}
	if err := f.Sync(); err != nil {
		return ref, diskError(err)
	}
	return Ref{Hash: hex.EncodeToString(h.Sum(nil)), Size: n}, nil
}

// keep moves a synced file to its place and syncs the folders that name it. A whole file that is there already stays, and
// is as young as the new one, so that nobody takes it for forgotten.
func (s *Store) keep(temp string, ref Ref) error {
	to, err := s.path(ref.Hash)
	if err != nil {
		return err
	}
	if s.whole(to, ref.Hash) {
		now := time.Now()
		if err := os.Chtimes(to, now, now); err == nil {
			if err := s.syncNames(to); err != nil { // who put it there may have been ended before
				return err
			}
			s.told(ref)
			return os.Remove(temp)
		}
	}
	if err := errors.Join(durable.MkdirAll(filepath.Dir(to)), durable.Place(temp, to)); err != nil {
		return diskError(err)
	}
	if err := s.syncNames(to); err != nil {
		return err
	}
	s.parts.forget(ref.Hash)
	s.told(ref)
	return nil
}

// syncNames makes the name of a file durable, and that of its folder.
func (s *Store) syncNames(path string) error {
	return diskError(errors.Join(durable.SyncDir(filepath.Dir(path)), durable.SyncDir(s.dir)))
}

func (s *Store) told(ref Ref) {
	e := s.ears.Load()
	if e.Kept != nil {
		e.Kept(ref)
	}
	if e.Good != nil {
		e.Good(ref.Hash)
	}
}

// whole reads a file past the sums in memory and reports whether it is the one of its name.
func (s *Store) whole(path, hash string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	_, got, err := sumsOf(f)
	return err == nil && got == hash
}

// Column names a column of a table whose rows name kept files: "" in a row names none. The table has regency_id.
type Column struct{ Table, Column string }

// Size gives the bytes a file takes on the disk.
func (s *Store) Size(hash string) (int64, error) {
	path, err := s.path(hash)
	if err != nil {
		return 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Has reports whether a file is kept.
func (s *Store) Has(hash string) bool {
	path, err := s.path(hash)
	if err != nil {
		return false
	}
	_, err = os.Stat(path)
	return err == nil
}

// Remove forgets a file that no row names any more.
func (s *Store) Remove(hash string) error {
	path, err := s.path(hash)
	if err != nil {
		return err
	}
	s.parts.forget(hash)
	return ignoreGone(os.Remove(path))
}

// Each calls f for every kept file.
func (s *Store) Each(f func(hash string, size int64) error) error {
	return filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && path == s.temp() {
				return filepath.SkipDir
			}
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return f(filepath.Base(filepath.Dir(path))+filepath.Base(path), info.Size())
	})
}

// Check reads a whole file again and gives its state: "" when it is the one of its name, else Damaged or Missing. An
// error is a disk that cannot be read.
func (s *Store) Check(hash string) (state string, err error) {
	path, err := s.path(hash)
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		s.bad(hash, Missing)
		return Missing, nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	_, got, err := sumsOf(f)
	if err == nil && got == hash {
		return "", nil
	}
	if err == nil || isBroken(err) {
		s.parts.forget(hash)
		s.bad(hash, Damaged)
		return Damaged, nil
	}
	return "", err
}

// stopping ends a stream when the request is gone.
type stopping struct {
	ctx context.Context
	r   io.Reader
}

func (s stopping) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
