//go:build linux

package torture

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// mounted runs use on the filesystem, mounted at a folder of its own.
func mounted(t *testing.T, p *power, use func(dir string)) {
	t.Helper()
	dir := t.TempDir()
	server, err := fs.Mount(dir, &root{p: p}, &fs.Options{MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "power"}})
	if err != nil {
		t.Fatalf("the power-cut model needs FUSE (/dev/fuse and the right to mount): %v", err)
	}
	use(dir)
	for range 50 { // the kernel may hold the mount for a moment after a kill
		if err = server.Unmount(); err == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal(err)
}

// haveFUSE reports whether a filesystem can be mounted here. Without it the model is tested by itself; make torture, which
// says how many cuts it wants, fails instead.
func haveFUSE(t *testing.T) bool {
	t.Helper()
	server, err := fs.Mount(t.TempDir(), &root{p: newPower()}, &fs.Options{MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "power"}})
	if err != nil {
		if os.Getenv("PENDAPA_TEST_CUTS") != "" {
			t.Fatalf("the power-cut model needs FUSE (/dev/fuse and the right to mount): %v", err)
		}
		t.Logf("no FUSE here, only the model itself is tested: %v", err)
		return false
	}
	if err := server.Unmount(); err != nil {
		t.Fatal(err)
	}
	return true
}

// cuts runs a victim on the model, cuts the power some time later, and counts what the next life has lost.
func cuts(t *testing.T, n int, environ ...string) (acked int, gone int64, broken int) {
	t.Helper()
	p, before := newPower(), life{}
	for range n {
		var now life
		mounted(t, p, func(dir string) {
			now = live(t, filepath.Join(dir, "app.db"), time.Duration(10+luck.IntN(60))*time.Millisecond, append([]string{"PENDAPA_TEST_CUT=1"}, environ...), nil)
		})
		gone += lost(before, now)
		acked += now.count
		if now.end != "" {
			if len(environ) == 0 {
				t.Fatalf("after a cut: %s", now.end)
			}
			broken++
			p, before = newPower(), life{} // a store that the unsafe setting broke starts anew
			continue
		}
		p, before = p.cut(), now
	}
	return acked, gone, broken
}

func TestPowerCuts(t *testing.T) {
	if !haveFUSE(t) {
		return
	}
	n := times("PENDAPA_TEST_CUTS", 12)
	acked, gone, _ := cuts(t, n)
	t.Logf("%d power cuts, %d acknowledged changes, %d lost", n, acked, gone)
	if gone > 0 || acked < n {
		t.Errorf("%d of %d acknowledged changes were lost", gone, acked)
	}
}

// TestTheModelSeesLoss shows that the model can see what synchronous=FULL prevents: with NORMAL something must be lost.
func TestTheModelSeesLoss(t *testing.T) {
	if !haveFUSE(t) {
		return
	}
	total := int64(0)
	for range 10 {
		acked, gone, broken := cuts(t, 6, "PENDAPA_UNSAFE_SYNCHRONOUS=NORMAL")
		total += gone + int64(broken)
		t.Logf("synchronous=NORMAL: %d acknowledged, %d lost, %d stores broken", acked, gone, broken)
		if total > 0 {
			return
		}
	}
	t.Error("nothing was ever lost with synchronous=NORMAL: the model is blind")
}

// TestAFailingDiskStopsWrites lets fsync fail, and lets the disk fill up: writes end with a clear state, and everything
// acknowledged is there afterwards.
func TestAFailingDiskStopsWrites(t *testing.T) {
	if !haveFUSE(t) {
		return
	}
	for name, c := range map[string]struct {
		fail func(p *power)
		want string
	}{
		"fsync fails":  {func(p *power) { p.syncErr = syscall.EIO }, "failed"},
		"disk is full": {func(p *power) { p.full = true }, "full"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPower()
			var now life
			mounted(t, p, func(dir string) {
				now = live(t, filepath.Join(dir, "app.db"), 5*time.Second, []string{"PENDAPA_TEST_CUT=1"}, func() {
					time.AfterFunc(500*time.Millisecond, func() { p.mu.Lock(); c.fail(p); p.mu.Unlock() })
				})
			})
			if !strings.HasPrefix(now.end, c.want) {
				t.Errorf("the victim ended with %q, want state %s", now.end, c.want)
			}
			after := p.cut()
			var later life
			mounted(t, after, func(dir string) {
				later = live(t, filepath.Join(dir, "app.db"), 5*time.Second, []string{"PENDAPA_TEST_LOOK=1"}, nil)
			})
			if n := lost(now, later); n > 0 || now.count == 0 {
				t.Errorf("%d of %d acknowledged changes were lost: %s", n, now.count, later.end)
			}
		})
	}
}

func TestTheModelTearsWrites(t *testing.T) {
	t.Parallel()
	torn := false
	for range 200 {
		p := newPower()
		f := &inode{named: true, durable: make([]byte, 2*sector)}
		f.data = put(make([]byte, 2*sector), 100, make([]byte, sector))
		part := make([]byte, sector)
		for i := range part {
			part[i] = 1
		}
		f.pending = []change{{at: 100, data: part}}
		p.files["a"] = f
		got := p.cut().files["a"].data
		torn = torn || got[100] != got[sector+50]
		if got[99] != 0 || got[100+sector] != 0 {
			t.Fatal("bytes outside the write changed")
		}
	}
	if !torn {
		t.Error("no write was ever torn")
	}
}
