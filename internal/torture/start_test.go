//go:build linux

package torture

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// startOn runs a start as a process of its own on a tree and gives what it said.
func startOn(t *testing.T, on *tree, environ ...string) (said string, ok bool) {
	t.Helper()
	dir := t.TempDir()
	server, err := fs.Mount(dir, &branch{t: on}, &fs.Options{MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "tree"}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), append(environ, "PENDAPA_TEST_START="+dir)...)
	out, err := cmd.CombinedOutput()
	for range 50 { // the kernel may hold the mount for a moment
		if server.Unmount() == nil {
			return string(out), err == nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the tree stays mounted")
	return "", false
}

// cutStarts starts a house on a tree, cuts the power at any change of it, and wants the next start to succeed.
func cutStarts(t *testing.T, from func(strict bool) *tree) {
	if !haveFUSE(t) {
		return
	}
	n := times("PENDAPA_TEST_STARTS", 3)
	for kind, strict := range map[string]bool{"names as ext4": false, "names as POSIX": true} {
		begin := from(strict)
		whole := begin.rest()
		if said, ok := startOn(t, whole); !ok {
			t.Fatalf("%s: a start without any cut failed: %s", kind, said)
		}
		for range n {
			on := begin.rest()
			on.limit = 1 + luck.IntN(whole.changes)
			_, _ = startOn(t, on)
			if said, ok := startOn(t, on.cut()); !ok {
				t.Errorf("%s: cut at change %d of %d, and no start since: %s", kind, on.limit, whole.changes, said)
			}
		}
		t.Logf("%s: %d cuts within %d changes, every next start succeeded", kind, n, whole.changes)
	}
}

// TestPowerCutsInTheFirstStart begins with an empty disk.
func TestPowerCutsInTheFirstStart(t *testing.T) { cutStarts(t, newTree) }

// TestPowerCutsInAnUpgrade begins with the folder of an older program: sums are taken, tables of most rooms are made.
func TestPowerCutsInAnUpgrade(t *testing.T) {
	cutStarts(t, func(strict bool) *tree {
		old := newTree(strict)
		if said, ok := startOn(t, old, "PENDAPA_TEST_OLD=1"); !ok {
			t.Fatalf("the old folder: %s", said)
		}
		return old.rest()
	})
}
