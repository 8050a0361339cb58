//go:build linux

package torture

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// onTree is a house on a filesystem that loses power.
type onTree struct {
	t      *testing.T
	tree   *tree
	dir    string
	server *fuse.Server
}

func (o *onTree) mount() {
	server, err := fs.Mount(o.dir, &branch{t: o.tree},
		&fs.Options{MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "tree"}})
	if err != nil {
		o.t.Fatal(err)
	}
	o.server = server
}

func (o *onTree) unmount() {
	for range 100 { // the kernel may hold the mount for a moment after a kill
		if o.server.Unmount() == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	o.t.Fatal("the tree stays mounted")
}

func (o *onTree) fail(s *server, beside func()) {
	o.tree.off()
	s.kill()
	beside()
	o.unmount()
	o.tree = o.tree.cut()
	o.mount()
}

// treeOf is a folder of this machine as a tree that has been at rest for long.
func treeOf(t *testing.T, dir string, strict bool) *tree {
	t.Helper()
	out := newTree(strict)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		at, bad := filepath.Rel(dir, path)
		if err != nil || bad != nil || at == "." {
			return err
		}
		out.names[at] = &name{durable: true}
		if d.IsDir() {
			return nil
		}
		data, err := os.ReadFile(path)
		out.names[at].file = &inode{data: data, durable: append([]byte(nil), data...), named: true}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// onPower makes a trial on a tree. Its copy lies on another machine, which keeps its power.
func onPower(t *testing.T, from string, strict bool) (*trial, *onTree) {
	t.Helper()
	o := &onTree{t: t, tree: treeOf(t, from, strict), dir: t.TempDir()}
	o.mount()
	t.Cleanup(o.unmount)
	tr := newTrial(t, houseIn(t, o.dir, t.TempDir()), o)
	return tr, o
}

// TestHousePowerCuts cuts the power of a serving house again and again, in turns with names as ext4 keeps them and as POSIX
// promises.
func TestHousePowerCuts(t *testing.T) {
	if !haveFUSE(t) {
		return
	}
	n, from := times("PENDAPA_TEST_CUTS", 4), sample(t)
	acked, cut := 0, 0
	for strict := false; cut < n && !t.Failed(); strict = !strict {
		tr, _ := onPower(t, from, strict)
		tr.settle()
		cut += tr.lives(min(mostLives/2, (n+1)/2))
		acked += tr.end()
		t.Logf("%d power cuts (strict %v), %d acknowledged changes", cut, strict, acked)
	}
	if acked < n {
		t.Errorf("only %d changes were acknowledged", acked)
	}
}

// TestTheHouseOnATreeSeesLoss is the control: on a disk that says it synced and did not, something acknowledged must be gone.
func TestTheHouseOnATreeSeesLoss(t *testing.T) {
	if !haveFUSE(t) {
		return
	}
	for range 10 {
		tr, o := onPower(t, sample(t), true)
		tr.settle()
		o.tree.lies = true
		if tr.lives(2); len(tr.ledger.failed()) > 0 {
			t.Log("seen: ", tr.ledger.failed()[0])
			return
		}
	}
	t.Error("nothing was ever lost on a disk that syncs nothing: the trial is blind")
}
