package trail

import (
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Tree computes a Merkle tree from its leaves in order and keeps only the roots of its whole parts: one hash per bit of the
// number of entries.
type Tree struct {
	size  int64
	parts []tlog.Hash // roots of whole subtrees, the largest first
}

// Size is the number of leaves.
func (t *Tree) Size() int64 { return t.size }

// Add takes the next leaf and gives the hashes that are stored with it, in the order in which tlog stores them.
func (t *Tree) Add(leaf []byte) []tlog.Hash {
	h := tlog.RecordHash(leaf)
	made := []tlog.Hash{h}
	for range bits.TrailingZeros64(^uint64(t.size)) { //nolint:gosec // never negative
		last := len(t.parts) - 1
		h = tlog.NodeHash(t.parts[last], h)
		t.parts = t.parts[:last]
		made = append(made, h)
	}
	t.parts = append(t.parts, h)
	t.size++
	return made
}

// Root is the root over all leaves so far.
func (t *Tree) Root() tlog.Hash {
	if t.size == 0 {
		h, _ := tlog.TreeHash(0, nil)
		return h
	}
	h := t.parts[len(t.parts)-1]
	for i := len(t.parts) - 2; i >= 0; i-- {
		h = tlog.NodeHash(t.parts[i], h)
	}
	return h
}
