package backup

import (
	"os"

	"golang.org/x/sys/unix"
)

// keepsSums reports whether the file lies on a file system that compares what it reads with its own sums. Only there may a
// copy share its blocks with the original: elsewhere one rotten sector would take both.
func keepsSums(f *os.File) bool {
	var s unix.Statfs_t
	if unix.Fstatfs(int(f.Fd()), &s) != nil { //nolint:gosec // a descriptor is small
		return false
	}
	const zfs, bcachefs = 0x2fc12fc1, 0xca451a4e
	kind := uint32(s.Type) //nolint:gosec // a magic number of 32 bits
	return kind == unix.BTRFS_SUPER_MAGIC || kind == zfs || kind == bcachefs
}

// clone makes out a copy of in that shares its blocks until one of them is written.
func clone(out, in *os.File) error {
	return unix.IoctlFileClone(int(out.Fd()), int(in.Fd())) //nolint:gosec // descriptors are small
}
