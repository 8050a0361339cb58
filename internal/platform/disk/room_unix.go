//go:build unix

package disk

import "golang.org/x/sys/unix"

// RoomOf tells the room on the disk that holds a folder.
func RoomOf(dir string) (Room, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return Room{}, err
	}
	size := int64(st.Bsize)
	return Room{
		Free: int64(st.Bavail) * size, Whole: int64(st.Blocks) * size, //nolint:gosec // sizes of a disk fit
		Names: int64(st.Ffree), Places: int64(st.Files), //nolint:gosec // so do their numbers
	}, nil
}
