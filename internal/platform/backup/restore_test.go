package backup_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/backup"
	"github.com/pendapa/pendapa/internal/platform/lock"
	"github.com/pendapa/pendapa/internal/storetest"
)

// TestOneRestoreAtATimeAndNothingOfAKilledOne: what runs is left alone, what was killed is no part of the house.
func TestOneRestoreAtATimeAndNothingOfAKilledOne(t *testing.T) {
	t.Parallel()
	h, dir := made(t, storetest.SQLite(t))
	data := filepath.Join(t.TempDir(), "data")
	part, running, err := lock.Build(data)
	if err == nil {
		err = os.WriteFile(filepath.Join(part, "stray"), []byte("x"), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = backup.Restore(t.Context(), dir, data, "", migrate, h.check())
	if _, held := errors.AsType[*lock.Held](err); !held {
		t.Errorf("beside a running one: %v", err)
	}
	if _, err := os.Stat(filepath.Join(part, "stray")); err != nil {
		t.Errorf("what the running one made: %v", err)
	}
	if err := running.Release(); err != nil { // as the end of its process does
		t.Fatal(err)
	}
	if _, err := backup.Restore(t.Context(), dir, data, "", migrate, h.check()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(data, "stray")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the house holds what a killed one left: %v", err)
	}
}
