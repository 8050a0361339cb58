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
	if held := (*Held)(nil); errors.As(err, &held) {
		return false, err
	}
	if err == nil {
		err = l.Release()
	}
	return true, errors.Join(err, os.RemoveAll(part))
}
