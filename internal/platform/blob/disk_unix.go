//go:build unix

package blob

import (
	"errors"
	"syscall"

	"github.com/pendapa/pendapa/internal/errs"
)

// diskError names a full disk, so that the page can say what to do.
func diskError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return errs.E(errs.Internal, "web.error.disk_full", err)
	}
	return err
}

// isBroken tells a disk that cannot read the place of a file, which is damage to the file, from one that cannot be asked.
func isBroken(err error) bool { return errors.Is(err, syscall.EIO) || errors.Is(err, syscall.EBADMSG) }
