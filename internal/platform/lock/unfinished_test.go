package lock_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/lock"
)

// TestWhatARestoreLeftIsSwept, unless it is running.
func TestWhatARestoreLeftIsSwept(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	if removed, err := lock.Sweep(data); removed || err != nil {
		t.Errorf("where nothing is: %v, %v", removed, err)
	}
	part, l, err := lock.Build(data)
	if err == nil {
		err = os.WriteFile(filepath.Join(part, "app.db"), []byte("rows"), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	var held *lock.Held
	if _, err := lock.Sweep(data); !errors.As(err, &held) || held.By.What != "restore" {
		t.Errorf("a running restore was swept: %v", err)
	}
	if _, _, err := lock.Build(data); !errors.As(err, &held) {
		t.Errorf("two restores build one folder: %v", err)
	}
	if err := l.Release(); err != nil { // as the end of its process does
		t.Fatal(err)
	}
	if removed, err := lock.Sweep(data); !removed || err != nil {
		t.Errorf("what is left: %v, %v", removed, err)
	}
	if _, err := os.Stat(part); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("still there: %v", err)
	}
}
