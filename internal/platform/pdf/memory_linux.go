package pdf

import (
	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// room is PDFium's memory: an address range reserved whole and filled as it is used, so that growing never copies and the
// collector of the language does not count it.
type room struct{ all []byte }

func reserve(_, most uint64) experimental.LinearMemory {
	all, err := unix.Mmap(-1, 0, int(most), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return &room{}
	}
	return &room{all}
}

// Reallocate gives the first size bytes; nil when there are not so many.
func (r *room) Reallocate(size uint64) []byte {
	if size > uint64(len(r.all)) {
		return nil
	}
	return r.all[:size:len(r.all)]
}

// Free gives the range back.
func (r *room) Free() {
	_ = unix.Munmap(r.all)
	r.all = nil
}
