//go:build !unix

package backup

import "sync"

var running sync.Mutex

// lockRoot keeps a second run of this process out; the folder lock of the house keeps out other processes.
func lockRoot(string) (unlock func() error, err error) {
	running.Lock()
	return func() error { running.Unlock(); return nil }, nil
}
