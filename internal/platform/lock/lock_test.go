package lock_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/lock"
)

func TestOneAtATime(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.UnixMilli(1_800_000_000_000)
	if _, held := lock.Who(dir); held {
		t.Error("an empty folder is held")
	}
	first, err := lock.Take(dir, "serve", now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = lock.Take(dir, "backup", now)
	held, ok := errors.AsType[*lock.Held](err)
	if !ok || held.By.PID != os.Getpid() || held.By.What != "serve" || held.By.Since != now.UnixMilli() {
		t.Fatalf("the second one got %v", err)
	}
	if who, is := lock.Who(dir); !is || who.PID != os.Getpid() {
		t.Errorf("held by %+v, %v", who, is)
	}
	if err := errors.Join(first.Release(), first.Release()); err != nil {
		t.Fatal(err)
	}
	again, err := lock.Take(dir, "repair", now)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Release(); err != nil {
		t.Fatal(err)
	}
	if _, err := lock.Take(filepath.Join(dir, "none"), "serve", now); err == nil {
		t.Error("a folder that is not there was taken")
	}
}
