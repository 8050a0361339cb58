//go:build unix

package backup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lockRoot keeps a second run out of the folder until the returned function is called or the process ends.
func lockRoot(root string) (unlock func() error, err error) {
	f, err := os.OpenFile(filepath.Join(root, ".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil { //nolint:gosec // a descriptor is small
		return nil, errors.Join(fmt.Errorf("another backup into %s is running; wait until it has ended", root), f.Close())
	}
	return f.Close, nil
}
