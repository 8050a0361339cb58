package lock

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// openKeeps: a folder with an open file cannot be removed or renamed.
const openKeeps = true

// try locks an open file without waiting; false when another holds it. A byte far behind the text is locked, because a
// locked byte cannot be read by others here.
func try(f *os.File) (bool, error) {
	place := &windows.Overlapped{Offset: 1 << 20}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, place)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return false, nil
	}
	return err == nil, err
}

// free gives the lock back; closing the file does it here.
func free(*os.File) error { return nil }
