package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/durable"
)

// folder is a second folder: another disk, or one that another machine shows here.
type folder struct{ root string }

// OpenFolder gives a folder as the other place. A folder that is not there is not made: an empty mount point would take
// the copy onto the same disk.
func OpenFolder(root string) (Dest, error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, errors.New(root + " is no folder")
	}
	return folder{root}, nil
}

func (f folder) path(name string) string { return filepath.Join(f.root, filepath.FromSlash(name)) }

// there tells whether the folder itself can be reached: with the disk away nothing in it is known to be missing.
func (f folder) there() error {
	if _, err := os.Stat(f.root); err != nil {
		return fmt.Errorf("the folder of the copy cannot be reached: %v", err) //nolint:errorlint // it is no missing file
	}
	return nil
}

func (f folder) Put(ctx context.Context, name string, body io.ReadSeeker, _ int64) (err error) {
	if err := f.there(); err != nil {
		return err
	}
	to := f.path(name)
	if err := errors.Join(ctx.Err(), durable.MkdirAll(filepath.Dir(to))); err != nil {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(to), ".part-*")
	if err != nil {
		return err
	}
	_, err = io.Copy(part, body)
	if err = errors.Join(err, part.Sync(), part.Close()); err == nil {
		err = durable.Rename(part.Name(), to)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return nil
}

func (f folder) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	in, err := os.Open(f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		if err := f.there(); err != nil {
			return nil, err
		}
	}
	return in, err
}

func (f folder) List(ctx context.Context, prefix string) (out []Object, err error) {
	if err := f.there(); err != nil {
		return nil, err
	}
	err = filepath.WalkDir(f.path(prefix), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err := errors.Join(err, ctx.Err()); err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".part-") {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(f.root, path)
		out = append(out, Object{Name: filepath.ToSlash(rel), Size: info.Size(), At: info.ModTime().UnixMilli()})
		return err
	})
	return out, err
}

func (f folder) Remove(ctx context.Context, name string) error {
	if err := errors.Join(ctx.Err(), os.Remove(f.path(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (f folder) Close() error { return nil }
