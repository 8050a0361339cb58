package db

import (
	"io/fs"
	"slices"
)

// flatFS is one folder made of files from several: what the migration library wants to see.
type flatFS map[string]source

type source struct {
	from fs.FS
	path string
}

func (f flatFS) Open(name string) (fs.File, error) {
	s, ok := f[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return s.from.Open(s.path)
}

// ReadDir lists the files; only "." exists as a folder.
func (f flatFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != "." {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	var all []fs.DirEntry
	for _, s := range f {
		info, err := fs.Stat(s.from, s.path)
		if err != nil {
			return nil, err
		}
		all = append(all, fs.FileInfoToDirEntry(info))
	}
	slices.SortFunc(all, func(a, b fs.DirEntry) int {
		if a.Name() < b.Name() {
			return -1
		}
		return 1
	})
	return all, nil
}
