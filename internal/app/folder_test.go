package app

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/lock"
)

// TestTheDataFolderIsHeldAndClosedToOthers: a second program is refused, and what an earlier one left open is closed.
func TestTheDataFolderIsHeldAndClosedToOthers(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	c := Config{DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db"), Keys: filepath.Join(t.TempDir(), "keys")}
	open := func() (*App, error) { return New(t.Context(), c, slog.New(slog.DiscardHandler)) }
	a, err := open()
	if err != nil {
		t.Fatal(err)
	}
	_, err = open()
	if held, is := errors.AsType[*lock.Held](err); !is || held.By.PID != os.Getpid() {
		t.Errorf("a second program on the folder: %v", err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(dir, 0o755), os.Chmod(filepath.Join(dir, "files"), 0o755), os.Chmod(filepath.Join(dir, "app.db"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if a, err = open(); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"": 0o700, "files": 0o700, "app.db": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%q is %v, want %o: %v", name, info.Mode(), want, err)
		}
	}
}
