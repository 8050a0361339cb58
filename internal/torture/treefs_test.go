//go:build linux

package torture

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// tree is a filesystem with folders that loses power at its n-th change, whatever that is. Names are durable as POSIX
// promises (strict: only when their folder was synced) or as ext4 keeps them (also when the file itself was).
type tree struct {
	mu      sync.Mutex
	strict  bool
	names   map[string]*name
	changes int
	limit   int  // changes until the power fails, 0 never
	lies    bool // says that a sync is done and does nothing
	numbers map[any]uint64
}

// number is the same for the same file or folder, so that the kernel knows it again.
func (t *tree) number(of any) uint64 {
	if t.numbers[of] == 0 {
		t.numbers[of] = uint64(len(t.numbers)) + 2 // 1 is the root
	}
	return t.numbers[of]
}

// name is an entry of a folder. Until it is durable a cut may bring back where it was and what it replaced.
type name struct {
	file    *inode // nil is a folder
	durable bool
	was     string
	over    *name
}

func newTree(strict bool) *tree {
	return &tree{strict: strict, numbers: map[any]uint64{}, names: map[string]*name{"": {durable: true}}}
}

// off takes the power away: nothing changes any more.
func (t *tree) off() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changes = max(t.changes, 1)
	t.limit = t.changes
}

// change counts a change; false when the power is gone.
func (t *tree) change() bool {
	if t.limit > 0 && t.changes >= t.limit {
		return false
	}
	t.changes++
	return true
}

func (t *tree) settle(at string) {
	n := t.names[at]
	n.durable, n.was, n.over = true, "", nil
}

// synced makes durable what a sync of a folder promises: the names in it.
func (t *tree) synced(dir string) {
	for at := range t.names {
		if at != "" && strings.TrimPrefix(path.Dir(at), ".") == dir {
			t.settle(at)
		}
	}
}

type branch struct {
	fs.Inode
	t  *tree
	at string // "" is the root
}

var (
	_ fs.NodeLookuper  = (*branch)(nil)
	_ fs.NodeCreater   = (*branch)(nil)
	_ fs.NodeMkdirer   = (*branch)(nil)
	_ fs.NodeMknoder   = (*branch)(nil)
	_ fs.NodeUnlinker  = (*branch)(nil)
	_ fs.NodeRmdirer   = (*branch)(nil)
	_ fs.NodeLinker    = (*branch)(nil)
	_ fs.NodeRenamer   = (*branch)(nil)
	_ fs.NodeReaddirer = (*branch)(nil)
	_ fs.NodeFsyncer   = (*branch)(nil)
	_ fs.NodeGetattrer = (*branch)(nil)
	_ fs.NodeSetattrer = (*branch)(nil)
)

func (b *branch) below(name string) string { return path.Join(b.at, name) }

func (b *branch) node(ctx context.Context, at string, n *name, out *fuse.EntryOut) *fs.Inode {
	if n.file == nil {
		out.Mode = syscall.S_IFDIR | 0o700
		return b.NewInode(ctx, &branch{t: b.t, at: at}, fs.StableAttr{Mode: syscall.S_IFDIR, Ino: b.t.number(n)})
	}
	out.Mode, out.Size = n.file.kind()|0o600, uint64(len(n.file.data))
	return b.NewInode(ctx, &leaf{t: b.t, f: n.file}, fs.StableAttr{Mode: n.file.kind(), Ino: b.t.number(n.file)})
}

func (b *branch) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	b.t.mu.Lock()
	defer b.t.mu.Unlock()
	n := b.t.names[b.below(name)]
	if n == nil {
		return nil, syscall.ENOENT
	}
	return b.node(ctx, b.below(name), n, out), 0
}

func (b *branch) put(ctx context.Context, as string, n *name, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	b.t.mu.Lock()
	defer b.t.mu.Unlock()
	if !b.t.change() {
		return nil, syscall.EIO
	}
	b.t.names[b.below(as)] = n
	return b.node(ctx, b.below(as), n, out), 0
}

func (b *branch) Create(ctx context.Context, as string, _, _ uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	n, errno := b.put(ctx, as, &name{file: &inode{}}, out)
	return n, nil, 0, errno
}

func (b *branch) Mkdir(ctx context.Context, as string, _ uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	return b.put(ctx, as, &name{}, out)
}

// Mknod makes the socket for commands.
func (b *branch) Mknod(ctx context.Context, as string, mode, _ uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	return b.put(ctx, as, &name{file: &inode{socket: mode&syscall.S_IFMT == syscall.S_IFSOCK}}, out)
}

func (b *branch) Link(ctx context.Context, target fs.InodeEmbedder, as string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	return b.put(ctx, as, &name{file: target.(*leaf).f}, out)
}

func (b *branch) Unlink(_ context.Context, as string) syscall.Errno {
	b.t.mu.Lock()
	defer b.t.mu.Unlock()
	if !b.t.change() {
		return syscall.EIO
	}
	delete(b.t.names, b.below(as))
	return 0
}

func (b *branch) Rmdir(ctx context.Context, as string) syscall.Errno {
	b.t.mu.Lock()
	for at := range b.t.names {
		if strings.HasPrefix(at, b.below(as)+"/") {
			b.t.mu.Unlock()
			return syscall.ENOTEMPTY
		}
	}
	b.t.mu.Unlock()
	return b.Unlink(ctx, as)
}

func (b *branch) Rename(_ context.Context, from string, dir fs.InodeEmbedder, to string, _ uint32) syscall.Errno {
	b.t.mu.Lock()
	defer b.t.mu.Unlock()
	if !b.t.change() {
		return syscall.EIO
	}
	old, at := b.below(from), dir.(*branch).below(to)
	n := b.t.names[old]
	moved := &name{file: n.file, over: b.t.names[at]}
	if moved.over != nil && !moved.over.durable {
		moved.over = moved.over.over
	}
	if n.durable {
		moved.was = old
	}
	delete(b.t.names, old)
	b.t.names[at] = moved
	for inside, x := range b.t.names {
		if rest, is := strings.CutPrefix(inside, old+"/"); is {
			delete(b.t.names, inside)
			b.t.names[at+"/"+rest] = x
		}
	}
	return 0
}

func (b *branch) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	b.t.mu.Lock()
	defer b.t.mu.Unlock()
	var all []fuse.DirEntry
	for at, n := range b.t.names {
		if at == "" || strings.TrimPrefix(path.Dir(at), ".") != b.at {
			continue
		}
		mode := uint32(syscall.S_IFDIR)
		if n.file != nil {
			mode = n.file.kind()
		}
		all = append(all, fuse.DirEntry{Name: path.Base(at), Mode: mode})
	}
	return fs.NewListDirStream(all), 0
}

func (b *branch) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	b.t.mu.Lock()
	defer b.t.mu.Unlock()
	if !b.t.change() {
		return syscall.EIO
	}
	if !b.t.lies {
		b.t.synced(b.at)
	}
	return 0
}

func (b *branch) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	out.Mode = syscall.S_IFDIR | 0o700
	return 0
}

func (b *branch) Setattr(_ context.Context, _ fs.FileHandle, _ *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	out.Mode = syscall.S_IFDIR | 0o700
	return 0
}

type leaf struct {
	fs.Inode
	t *tree
	f *inode
}

var (
	_ fs.NodeOpener    = (*leaf)(nil)
	_ fs.NodeReader    = (*leaf)(nil)
	_ fs.NodeWriter    = (*leaf)(nil)
	_ fs.NodeFsyncer   = (*leaf)(nil)
	_ fs.NodeGetattrer = (*leaf)(nil)
	_ fs.NodeSetattrer = (*leaf)(nil)
)

func (l *leaf) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) { return nil, 0, 0 }

func (l *leaf) Read(_ context.Context, _ fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	l.t.mu.Lock()
	defer l.t.mu.Unlock()
	data := l.f.data
	if off >= int64(len(data)) {
		return fuse.ReadResultData(nil), 0
	}
	return fuse.ReadResultData(slices.Clone(data[off:min(int64(len(data)), off+int64(len(dest)))])), 0
}

func (l *leaf) Write(_ context.Context, _ fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	l.t.mu.Lock()
	defer l.t.mu.Unlock()
	if !l.t.change() {
		return 0, syscall.EIO
	}
	data = slices.Clone(data)
	l.f.data = put(l.f.data, off, data)
	l.f.pending = append(l.f.pending, change{at: off, data: data})
	return uint32(len(data)), 0
}

func (l *leaf) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	l.t.mu.Lock()
	defer l.t.mu.Unlock()
	if !l.t.change() {
		return syscall.EIO
	}
	if l.t.lies {
		return 0
	}
	for _, c := range l.f.pending {
		if c.cut {
			l.f.durable = resize(l.f.durable, c.at)
		} else {
			l.f.durable = put(l.f.durable, c.at, c.data)
		}
	}
	l.f.pending = nil
	if !l.t.strict {
		for at := range l.t.names { // the log of ext4 takes all names with it
			l.t.settle(at)
		}
	}
	return 0
}

func (l *leaf) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	l.t.mu.Lock()
	defer l.t.mu.Unlock()
	out.Mode, out.Size = l.f.kind()|0o600, uint64(len(l.f.data))
	return 0
}

func (l *leaf) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	l.t.mu.Lock()
	defer l.t.mu.Unlock()
	if size, ok := in.GetSize(); ok {
		if !l.t.change() {
			return syscall.EIO
		}
		l.f.data = resize(l.f.data, int64(size))
		l.f.pending = append(l.f.pending, change{at: int64(size), cut: true})
	}
	out.Mode, out.Size = l.f.kind()|0o600, uint64(len(l.f.data))
	return 0
}
