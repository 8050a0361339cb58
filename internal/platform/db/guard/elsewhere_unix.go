//go:build unix

package guard

import (
	"os"

	"golang.org/x/sys/unix"
)

// sharedByte is where every process that has a database open holds a lock, in the file of shared memory beside it.
const sharedByte = 128

// OpenElsewhere says which other process has a database open. This process must not have it open: looking would drop its
// locks, so then the answer is no.
func OpenElsewhere(path string) (pid int, open bool) {
	path = clean(path)
	if opened(path) != nil {
		return 0, false
	}
	f, err := os.OpenFile(path+"-shm", os.O_RDWR, 0)
	if err != nil {
		return 0, false
	}
	defer f.Close()
	l := unix.Flock_t{Type: unix.F_WRLCK, Start: sharedByte, Len: 1}
	if unix.FcntlFlock(f.Fd(), unix.F_GETLK, &l) != nil || l.Type == unix.F_UNLCK {
		return 0, false
	}
	return int(l.Pid), true
}
