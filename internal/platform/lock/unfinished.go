package lock

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/pendapa/pendapa/internal/platform/durable"
)

// Unfinished is the folder in which a restore builds a data folder before it gets that name.
func Unfinished(data string) string { return filepath.Clean(data) + ".restoring" }

// Build makes that folder empty and takes it, so that a start beside it does not sweep it away.
func Build(data string) (part string, l *Lock, err error) {
	part = Unfinished(data)
	if _, err := Sweep(data); err != nil {
		return "", nil, err
	}
	if err := durable.MkdirAll(part); err != nil {
		return "", nil, err
	}
	l, err = Take(part, "restore", time.Now())
	return part, l, err
}

// Sweep removes what a restore that was killed left behind; removed says whether there was something. One that is running is
// the error *Held.
func Sweep(data string) (removed bool, err error) {
	part := Unfinished(data)
	if _, err := os.Lstat(part); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	l, err := Take(part, "restore", time.Now())
	if errors.Is(err, fs.ErrNotExist) { // it got its name, or another start removed it, meanwhile
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, l.Drop(data)
}

// Drop removes what was built and gives it free. After Finish there is nothing left to do.
func (l *Lock) Drop(data string) error {
	return l.last(func() error { return os.RemoveAll(Unfinished(data)) })
}

// Finish gives what was built the name of the data folder, which must be empty or missing, and gives it free.
func (l *Lock) Finish(data string) error {
	return l.last(func() error {
		err := os.Remove(data)
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			err = durable.Rename(Unfinished(data), data)
		}
		if err != nil {
			err = errors.Join(err, os.RemoveAll(Unfinished(data)))
		}
		return err
	})
}

// last does the last thing with a folder while it is held, so that nobody else begins with it meanwhile. Where a folder with an
// open file cannot be removed or renamed it is given free first.
func (l *Lock) last(do func() error) error {
	switch {
	case l == nil || l.f == nil:
		return nil
	case openKeeps:
		return errors.Join(l.Release(), do())
	}
	return errors.Join(do(), l.Release())
}
