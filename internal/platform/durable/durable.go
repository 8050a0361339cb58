// Package durable makes files and folders that are still there after a power cut.
//
// A file is on the disk only when its bytes, its name and the names of the folders above it were synced. Everything that
// must be found again whole (keys, manifests, restored folders) is written through this package: never half a file, never
// a name without its bytes. Everything it makes is private: folders 0700, files 0600.
package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	folderMode = 0o700
	fileMode   = 0o600
)

// WriteFile puts data into path, whole or not at all, also over an older file. The bytes are written beside it, synced and
// renamed, and the folder is synced. The folder must exist. When it returns nil, a power cut cannot take the file away.
func WriteFile(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, gone(os.Remove(f.Name())))
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return Rename(f.Name(), path)
}

// CreateFile is WriteFile for a file that must not exist yet: an existing one is never replaced and gives fs.ErrExist.
func CreateFile(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, gone(os.Remove(f.Name()))) }()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = os.Link(f.Name(), path); err != nil {
		if !errors.Is(err, fs.ErrExist) { // a file system without hard links
			return createOn(f.Name(), path)
		}
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// Append adds lines to a file, which it makes when it is missing, and returns when they are on the disk. After half a line, left
// by a power cut, they begin a new one. Only what is added is written and no more than one byte is read.
func Append(path, lines string) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, fileMode)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	last := []byte{'\n'}
	if err == nil && info.Size() > 0 {
		_, err = f.ReadAt(last, info.Size()-1)
	}
	if err == nil && last[0] != '\n' {
		lines = "\n" + lines
	}
	if err == nil {
		_, err = f.WriteString(lines)
	}
	return errors.Join(err, f.Sync(), f.Close(), SyncDir(filepath.Dir(path)))
}

// createOn renames where links are unknown; it looks first, which is enough under the lock of the folder.
func createOn(from, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	return Rename(from, path)
}

// Rename moves a file or folder to its final name and makes both names durable. What is moved must be synced already.
func Rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	err := SyncDir(filepath.Dir(to))
	if above := filepath.Dir(from); above != filepath.Dir(to) {
		err = errors.Join(err, SyncDir(above))
	}
	return err
}

// Place moves a synced file out of a scratch folder to its name and makes that name durable. The old name may come back after a
// power cut, which is no harm in a folder that is swept.
func Place(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(to))
}

// MkdirAll makes a folder and those above it that are missing, and makes each new name durable.
func MkdirAll(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return &fs.PathError{Op: "mkdir", Path: path, Err: errors.New("a file has this name")}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	above := filepath.Dir(path)
	if above != path {
		if err := MkdirAll(above); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, folderMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return SyncDir(above)
}

// SyncFile makes the bytes of a file durable that something else wrote.
func SyncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// SyncTree makes a whole folder durable: the bytes of every file and the names in every folder below it.
func SyncTree(root string) error {
	var folders []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			folders = append(folders, path)
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		return SyncFile(path)
	})
	for i := len(folders) - 1; err == nil && i >= 0; i-- {
		err = SyncDir(folders[i])
	}
	return err
}

// Private takes away what others may do with a folder and the files and folders that stand directly in it. A folder that
// is itself private hides everything deeper. Sockets are left alone.
func Private(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	failed := []error{tighten(dir, folderMode)}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir():
			failed = append(failed, tighten(path, folderMode))
		case e.Type().IsRegular():
			failed = append(failed, tighten(path, fileMode))
		}
	}
	return errors.Join(failed...)
}

// Exposed names the folder and what stands directly in it when others may open it; it changes nothing.
func Exposed(dir string) (exposed []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	names := []string{dir}
	for _, e := range entries {
		if e.IsDir() || e.Type().IsRegular() {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	for _, path := range names {
		info, err := os.Lstat(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err == nil && told && info.Mode().Perm()&^folderMode != 0 {
			exposed = append(exposed, path)
		}
	}
	return exposed, nil
}

// tighten removes bits that most does not allow; it never adds one.
func tighten(path string, most fs.FileMode) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	mode := info.Mode().Perm()
	if mode&^most == 0 {
		return nil
	}
	if err := os.Chmod(path, mode&most); err != nil {
		return fmt.Errorf("%s is open to others (%o) and cannot be closed: %w", path, mode, err)
	}
	return nil
}

func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
