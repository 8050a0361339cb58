package guard

import (
	"os"
	"syscall"
)

// datasync makes the bytes of a file durable whose length does not change.
func datasync(f *os.File) error {
	for {
		if err := syscall.Fdatasync(int(f.Fd())); err != syscall.EINTR { //nolint:errorlint,gosec // a plain errno
			return err
		}
	}
}
