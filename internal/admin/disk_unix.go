//go:build unix

package admin

import "syscall"

// disk gives free and whole bytes of the disk that holds a folder.
func disk(dir string) (free, whole int64) {
	var st syscall.Statfs_t
	if syscall.Statfs(dir, &st) != nil {
		return 0, 0
	}
	return int64(st.Bavail) * int64(st.Bsize), int64(st.Blocks) * int64(st.Bsize) //nolint:gosec // sizes of a disk fit
}
