// Package blob keeps files by their content: the name is the SHA-256 of the bytes, so the same file is kept once and every
// file can be proved unchanged. A file is on the disk, synced, before Put returns.
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

	"github.com/pendapa/pendapa/internal/errs"
)

// Store is a folder of files: ab/cdef... by the first byte of the hash.
type Store struct{ dir string }

// Ref names a kept file. Size is in bytes.
type Ref struct {
	Hash string
	Size int64
}

// New opens or makes the folder and clears what an earlier crash left half-written.
func New(dir string) (*Store, error) {
	s := &Store{dir: dir}
	if err := os.RemoveAll(s.temp()); err != nil {
		return nil, err
	}
	return s, os.MkdirAll(s.temp(), 0o750)
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

// Put streams r to the disk and gives its name. A stream over most bytes is refused and leaves nothing behind.
func (s *Store) Put(ctx context.Context, r io.Reader, most int64) (Ref, error) {
	f, err := os.CreateTemp(s.temp(), "in-*")
	if err != nil {
		return Ref{}, diskError(err)
	}
	ref, err := s.receive(ctx, f, r, most)
	if err == nil {
		err = s.keep(f.Name(), ref.Hash)
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

// keep moves a synced file to its place and syncs the folders that name it.
func (s *Store) keep(temp, hash string) error {
	to, err := s.path(hash)
	if err != nil {
		return err
	}
	if _, err := os.Stat(to); err == nil {
		return os.Remove(temp)
	}
	if err := os.Mkdir(filepath.Dir(to), 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
		return diskError(err)
	}
	if err := os.Rename(temp, to); err != nil {
		return diskError(err)
	}
	return diskError(errors.Join(syncDir(filepath.Dir(to)), syncDir(s.dir)))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open gives a kept file for reading.
func (s *Store) Open(hash string) (*os.File, error) {
	path, err := s.path(hash)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errs.E(errs.NotFound, "web.error.not_found", err)
	}
	return f, err
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

// Check reads a file again and compares it with its name.
func (s *Store) Check(hash string) error {
	f, err := s.Open(hash)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != hash {
		return fmt.Errorf("file %s holds %s", hash, got)
	}
	return nil
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
