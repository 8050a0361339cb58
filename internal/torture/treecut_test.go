//go:build linux

package torture

import (
	"path"
	"slices"
	"strings"
)

// cut gives the tree as it is after the power came back.
func (t *tree) cut() *tree {
	t.mu.Lock()
	defer t.mu.Unlock()
	mood := []float64{0, 0.1, 0.5, 0.9, 1}[luck.IntN(5)]
	out := newTree(t.strict)
	kept := map[*inode]*inode{}
	after := func(n *name) *name {
		if n.file == nil {
			return &name{durable: true}
		}
		if kept[n.file] == nil {
			data := slices.Clone(n.file.durable)
			for _, c := range n.file.pending {
				data = c.survive(data, mood)
			}
			kept[n.file] = &inode{data: data, durable: slices.Clone(data), named: true}
		}
		return &name{file: kept[n.file], durable: true}
	}
	undone := t.undone(mood)
	for at, n := range t.names {
		if strings.HasSuffix(at, "-shm") || n.file != nil && n.file.socket {
			continue
		}
		place, is := before(undone, at)
		if !is {
			out.names[place] = after(n)
			continue
		}
		if n.was != "" && t.names[n.was] == nil {
			out.names[place] = after(n)
		}
		if n.over != nil {
			out.names[at] = after(n.over)
		}
	}
	for at := range out.names { // a name below a folder that is gone is gone
		for above := path.Dir(at); above != "."; above = path.Dir(above) {
			if n := out.names[above]; n == nil || n.file != nil {
				delete(out.names, at)
			}
		}
	}
	return out
}

// undone draws which names a cut takes back.
func (t *tree) undone(mood float64) map[string]*name {
	out := map[string]*name{}
	for at, n := range t.names {
		if !n.durable && luck.Float64() >= mood {
			out[at] = n
		}
	}
	return out
}

// before tells where a name is when others are taken back: what stands in a renamed folder goes back with it. undone is
// whether the name itself is.
func before(all map[string]*name, at string) (place string, undone bool) {
	if n := all[at]; n != nil {
		return n.was, true
	}
	if at == "" {
		return at, false
	}
	above := strings.TrimPrefix(path.Dir(at), ".")
	moved, back := before(all, above)
	if back && moved == "" { // the folder never was: a name below it goes too
		moved = above
	}
	return path.Join(moved, path.Base(at)), false
}

// rest gives the tree as it is long after everything was written.
func (t *tree) rest() *tree {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := newTree(t.strict)
	for at, n := range t.names {
		out.names[at] = &name{durable: true}
		if n.file != nil {
			out.names[at].file = &inode{data: slices.Clone(n.file.data), durable: slices.Clone(n.file.data), named: true}
		}
	}
	return out
}
