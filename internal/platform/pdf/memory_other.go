//go:build !linux

package pdf

import "github.com/tetratelabs/wazero/experimental"

// room is PDFium's memory, grown by copying.
type room struct{ all []byte }

func reserve(size, most uint64) experimental.LinearMemory {
	return &room{make([]byte, 0, min(size, most))}
}

// Reallocate gives size bytes.
func (r *room) Reallocate(size uint64) []byte {
	if size > uint64(cap(r.all)) {
		grown := make([]byte, size, size+size/4)
		copy(grown, r.all)
		r.all = grown
	}
	r.all = r.all[:size]
	return r.all
}

// Free forgets the bytes.
func (r *room) Free() { r.all = nil }
