//go:build linux

package torture

import (
	"context"
	"slices"
	"sync"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// power is a flat filesystem in memory that loses power. What was not synced may be there, or not, or in part: a write is
// torn into sectors of 512 bytes and every sector reaches the disk by itself. A name is durable once the file or its folder
// was synced.
type power struct {
	mu      sync.Mutex
	files   map[string]*inode
	syncErr syscall.Errno // what fsync answers, 0 is well
	full    bool          // writes that make a file longer answer ENOSPC
	syncs   int
	numbers map[*inode]uint64
}

// number is the same for the same file, so that the kernel knows it again and all who map it see one memory.
func (p *power) number(f *inode) uint64 {
	if p.numbers[f] == 0 {
		p.numbers[f] = uint64(len(p.numbers)) + 2 // 1 is the root
	}
	return p.numbers[f]
}

type inode struct {
	data, durable []byte
	pending       []change
	named         bool // the name is durable
	socket        bool
}

func (f *inode) kind() uint32 {
	if f.socket {
		return syscall.S_IFSOCK
	}
	return syscall.S_IFREG
}

// change is one write or truncation that no sync has covered yet.
type change struct {
	at   int64
	data []byte
	cut  bool // truncation to at
}

const sector = 512

func newPower() *power { return &power{files: map[string]*inode{}, numbers: map[*inode]uint64{}} }

// cut gives the filesystem as it is after the power came back. mood is how likely an unsynced sector survived.
func (p *power) cut() *power {
	p.mu.Lock()
	defer p.mu.Unlock()
	mood := []float64{0, 0.1, 0.5, 0.9, 1}[luck.IntN(5)]
	out := newPower()
	for name, f := range p.files {
		if len(name) > 4 && name[len(name)-4:] == "-shm" || !f.named && luck.Float64() > mood {
			continue // shared memory is never read back; an unsynced name may be gone
		}
		data := slices.Clone(f.durable)
		for _, c := range f.pending {
			data = c.survive(data, mood)
		}
		out.files[name] = &inode{data: data, durable: slices.Clone(data), named: true}
	}
	return out
}

func (c change) survive(data []byte, mood float64) []byte {
	if c.cut {
		if luck.Float64() > mood {
			return data
		}
		return resize(data, c.at)
	}
	for from := int64(0); from < int64(len(c.data)); {
		to := min(int64(len(c.data)), (c.at+from)/sector*sector+sector-c.at)
		if luck.Float64() < mood {
			data = put(data, c.at+from, c.data[from:to])
		}
		from = to
	}
	return data
}

func put(data []byte, at int64, part []byte) []byte {
	if need := at + int64(len(part)); need > int64(len(data)) {
		data = resize(data, need)
	}
	copy(data[at:], part)
	return data
}

func resize(data []byte, n int64) []byte {
	if n <= int64(len(data)) {
		return data[:n]
	}
	return append(data, make([]byte, n-int64(len(data)))...)
}

// The rest makes it a filesystem for the kernel.

type root struct {
	fs.Inode
	p *power
}

type node struct {
	fs.Inode
	p *power
	f *inode
}

var (
	_ fs.NodeLookuper  = (*root)(nil)
	_ fs.NodeCreater   = (*root)(nil)
	_ fs.NodeUnlinker  = (*root)(nil)
	_ fs.NodeRenamer   = (*root)(nil)
	_ fs.NodeReaddirer = (*root)(nil)
	_ fs.NodeFsyncer   = (*root)(nil)
	_ fs.NodeOpener    = (*node)(nil)
	_ fs.NodeReader    = (*node)(nil)
	_ fs.NodeWriter    = (*node)(nil)
	_ fs.NodeFsyncer   = (*node)(nil)
	_ fs.NodeGetattrer = (*node)(nil)
	_ fs.NodeSetattrer = (*node)(nil)
)

func (r *root) child(ctx context.Context, f *inode) *fs.Inode {
	return r.NewInode(ctx, &node{p: r.p, f: f}, fs.StableAttr{Mode: syscall.S_IFREG, Ino: r.p.number(f)})
}

func (r *root) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	f, ok := r.p.files[name]
	if !ok {
		return nil, syscall.ENOENT
	}
	out.Mode, out.Size = syscall.S_IFREG|0o600, uint64(len(f.data))
	return r.child(ctx, f), 0
}

func (r *root) Create(ctx context.Context, name string, _, _ uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	if r.p.files[name] == nil {
		r.p.files[name] = &inode{}
	}
	out.Mode = syscall.S_IFREG | 0o600
	return r.child(ctx, r.p.files[name]), nil, 0, 0
}

func (r *root) Unlink(_ context.Context, name string) syscall.Errno {
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	delete(r.p.files, name)
	return 0
}

func (r *root) Rename(_ context.Context, name string, _ fs.InodeEmbedder, to string, _ uint32) syscall.Errno {
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	r.p.files[to] = r.p.files[name]
	delete(r.p.files, name)
	return 0
}

func (r *root) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	var all []fuse.DirEntry
	for name := range r.p.files {
		all = append(all, fuse.DirEntry{Name: name, Mode: syscall.S_IFREG})
	}
	return fs.NewListDirStream(all), 0
}

func (r *root) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	for _, f := range r.p.files {
		f.named = true
	}
	return 0
}

func (n *node) file() *inode { return n.f }

func (n *node) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) { return nil, 0, 0 }

func (n *node) Read(_ context.Context, _ fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	n.p.mu.Lock()
	defer n.p.mu.Unlock()
	data := n.file().data
	if off >= int64(len(data)) {
		return fuse.ReadResultData(nil), 0
	}
	return fuse.ReadResultData(slices.Clone(data[off:min(int64(len(data)), off+int64(len(dest)))])), 0
}

func (n *node) Write(_ context.Context, _ fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	n.p.mu.Lock()
	defer n.p.mu.Unlock()
	f := n.file()
	if n.p.full && off+int64(len(data)) > int64(len(f.data)) {
		return 0, syscall.ENOSPC
	}
	data = slices.Clone(data)
	f.data = put(f.data, off, data)
	f.pending = append(f.pending, change{at: off, data: data})
	return uint32(len(data)), 0
}

func (n *node) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	n.p.mu.Lock()
	defer n.p.mu.Unlock()
	if n.p.syncErr != 0 {
		return n.p.syncErr
	}
	f := n.file()
	for _, c := range f.pending { // the same as copying all of it, but cheap for a large file
		if c.cut {
			f.durable = resize(f.durable, c.at)
		} else {
			f.durable = put(f.durable, c.at, c.data)
		}
	}
	f.pending, f.named = nil, true
	n.p.syncs++
	return 0
}

func (n *node) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	n.p.mu.Lock()
	defer n.p.mu.Unlock()
	out.Mode, out.Size = syscall.S_IFREG|0o600, uint64(len(n.file().data))
	return 0
}

func (n *node) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	n.p.mu.Lock()
	defer n.p.mu.Unlock()
	f := n.file()
	if size, ok := in.GetSize(); ok {
		f.data = resize(f.data, int64(size))
		f.pending = append(f.pending, change{at: int64(size), cut: true})
	}
	out.Mode, out.Size = syscall.S_IFREG|0o600, uint64(len(f.data))
	return 0
}
