package backup

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Shelf gives single files out of the backups below Root, newest first.
type Shelf struct{ Root string }

// Fetch hands each copy of a file to try until one is taken.
func (s Shelf) Fetch(ctx context.Context, hash string, try func(r io.Reader, from string) error) error {
	all, err := List(s.Root)
	if err != nil {
		return err
	}
	var failed []error
	for _, m := range all {
		err := errors.Join(ctx.Err(), s.one(m.Name, hash, try))
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
	f, err := os.Open(filepath.Join(s.Root, name, "files", hash[:2], hash[2:]))
	if err != nil {
		return err
	}
	return errors.Join(try(f, name), f.Close())
}
