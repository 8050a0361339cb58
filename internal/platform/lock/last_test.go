package lock

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// TestTheLastThingIsDoneWhileTheFolderIsHeld, and once.
func TestTheLastThingIsDoneWhileTheFolderIsHeld(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	part, l, err := Build(data)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	do := func() error {
		if _, held := Who(part); !held && !openKeeps {
			t.Error("it was given free before")
		}
		n++
		return nil
	}
	if err := errors.Join(l.last(do), l.last(do)); err != nil || n != 1 {
		t.Errorf("done %d times: %v", n, err)
	}
}

// TestAFinishedFolderHasItsName, and what comes after it is left alone by whoever finished.
func TestAFinishedFolderHasItsName(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	part, l, err := Build(data)
	if err == nil {
		err = os.WriteFile(filepath.Join(part, "app.db"), []byte("rows"), 0o600)
	}
	if err = errors.Join(err, l.Finish(data)); err != nil {
		t.Fatal(err)
	}
	part, second, err := Build(data)
	if err = errors.Join(err, l.Drop(data)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(data, "app.db"), part} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	if err := second.Finish(data); err == nil {
		t.Error("a folder that holds something was overwritten")
	}
	if _, err := os.Stat(part); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that could not be finished is left: %v", err)
	}
}

// TestSweepsLeaveWhatIsBeingBuilt: starts sweep while restores build; what a restore wrote is there as long as it holds it.
func TestSweepsLeaveWhatIsBeingBuilt(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	var stop atomic.Bool
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for !stop.Load() {
				_, _ = Sweep(data)
			}
		})
	}
	defer all.Wait()
	defer stop.Store(true)
	built := 0
	for range 2000 {
		part, l, err := Build(data)
		if err != nil {
			continue
		}
		built++
		path := filepath.Join(part, "app.db")
		if err := os.WriteFile(path, []byte("rows"), 0o600); err != nil {
			t.Fatalf("the folder that is held: %v", err)
		}
		for range 20 {
			if _, err := os.Stat(path); err != nil {
				t.Fatalf("it was swept: %v", err)
			}
		}
		if err := l.Release(); err != nil { // as the end of its process does
			t.Fatal(err)
		}
	}
	if built == 0 {
		t.Error("nothing was built")
	}
}
