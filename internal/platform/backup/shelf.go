package backup

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path/filepath"

	"filippo.io/age"
)

// Shelf gives single files out of the backups below Root, newest first. Identities open encrypted ones.
type Shelf struct {
	Root       string
	Identities []age.Identity
}

// Fetch hands each copy of a file to try until one is taken.
func (s Shelf) Fetch(ctx context.Context, hash string, try func(r io.Reader, from string) error) error {
	all, err := names(s.Root)
	if err != nil {
		return err
	}
	var failed []error
	for _, name := range all {
		err := errors.Join(ctx.Err(), s.one(name, hash, try))
		if err == nil {
			return nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

func (s Shelf) one(name, hash string, try func(r io.Reader, from string) error) error {
	dir := filepath.Join(s.Root, name)
	m, err := Open(dir)
	if err != nil {
		return err
	}
	r, err := m.open(dir, blobName(hash), s.Identities...)
	if err != nil {
		return err
	}
	return errors.Join(try(r, name), r.Close())
}
