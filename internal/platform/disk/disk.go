// Package disk says how much room there is, and how much a folder takes.
package disk

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// Room is what is left on the disk that holds a folder. Zero values are not known, as on systems that do not tell.
type Room struct {
	Free, Whole   int64 // bytes
	Names, Places int64 // how many more files it takes, and how many it can hold at all; 0 and 0 where it knows no limit
}

// Used is what a folder and all below it take.
type Used struct {
	Bytes int64
	Files int64
}

// Of counts what a folder takes; one that is not there takes nothing. Files that go away meanwhile are not counted.
func Of(dir string) (u Used, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			u.Bytes, u.Files = u.Bytes+info.Size(), u.Files+1
		}
		return err
	})
	return u, err
}
