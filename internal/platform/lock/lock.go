// Package lock lets one process at a time use a folder.
//
// The lock is held by the open file, so it ends with the process however that ends; what the file says (who and since
// when) is only for the message to the second one.
package lock

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Name is the lock file in the folder. It stays there; its presence means nothing.
const Name = "pendapa.lock"

// Holder says who holds a folder.
type Holder struct {
	PID   int    `json:"pid"`
	Since int64  `json:"since"` // milliseconds
	What  string `json:"what"`  // what the process does, e.g. "serve"
}

// Held is the error of a folder that another process uses.
type Held struct {
	Dir string
	By  Holder
}

// Error names the process, since when, and what to do.
func (h *Held) Error() string {
	who := "another process"
	if h.By.PID != 0 {
		who = fmt.Sprintf("process %d (pendapa %s, since %s)", h.By.PID, h.By.What, time.UnixMilli(h.By.Since).Format("2 Jan 2006 15:04:05"))
	}
	return fmt.Sprintf("the folder %s is in use by %s; two programs on one folder would damage it. Stop that one first", h.Dir, who)
}

// Lock is a folder that this process holds.
type Lock struct{ f *os.File }

// Take takes a folder, which must exist, or says who has it: the error is *Held. what is told to the second one.
func Take(dir, what string, now time.Time) (*Lock, error) {
	f, err := os.OpenFile(filepath.Join(dir, Name), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	taken, err := try(f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the folder %s cannot be locked: %w", dir, err), f.Close())
	}
	if !taken {
		return nil, errors.Join(&Held{Dir: dir, By: holder(f)}, f.Close())
	}
	if !lies(f) { // whoever held the folder removed or renamed it meanwhile
		err := fmt.Errorf("the folder %s went away while it was being locked; try again: %w", dir, fs.ErrNotExist)
		return nil, errors.Join(err, f.Close())
	}
	data, err := json.Marshal(Holder{PID: os.Getpid(), Since: now.UnixMilli(), What: what})
	if err == nil {
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = f.WriteAt(append(data, '\n'), 0)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Lock{f: f}, nil
}

// lies reports whether an open file still has its name.
func lies(f *os.File) bool {
	open, err := f.Stat()
	named, failed := os.Lstat(f.Name())
	return err == nil && failed == nil && os.SameFile(open, named)
}

func holder(f *os.File) (h Holder) {
	data, err := io.ReadAll(io.LimitReader(f, 1<<10))
	if err != nil || json.Unmarshal(data, &h) != nil {
		return Holder{}
	}
	return h
}

// Who says which process holds a folder, without taking it; false when none does.
func Who(dir string) (Holder, bool) {
	f, err := os.OpenFile(filepath.Join(dir, Name), os.O_RDWR, 0)
	if err != nil {
		return Holder{}, false
	}
	defer f.Close()
	if taken, err := try(f); taken || err != nil {
		return Holder{}, false
	}
	return holder(f), true
}

// Release gives the folder free. It may be called more than once, and on none.
func (l *Lock) Release() error {
	if l == nil || l.f == nil {
		return nil
	}
	f := l.f
	l.f = nil
	return errors.Join(free(f), f.Close())
}
