package lock_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/lock"
)

func patient(told func(lock.Holder)) lock.Waiting {
	return lock.Waiting{Patience: time.Hour, Tick: time.Millisecond, Now: time.Now, Told: told}
}

func taken(t *testing.T, what string) (string, *lock.Lock) {
	t.Helper()
	dir := t.TempDir()
	l, err := lock.Take(dir, what, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Release(); err != nil {
			t.Error(err)
		}
	})
	return dir, l
}

// TestAServerWaitsForACommand and is told once who has the folder.
func TestAServerWaitsForACommand(t *testing.T) {
	t.Parallel()
	dir, command := taken(t, "backup")
	var told []string
	l, err := lock.Wait(t.Context(), dir, patient(func(h lock.Holder) {
		told = append(told, h.What)
		if err := command.Release(); err != nil {
			t.Error(err)
		}
	}))
	if err != nil || len(told) != 1 || told[0] != "backup" {
		t.Fatalf("told %q, %v", told, err)
	}
	if who, is := lock.Who(dir); !is || !who.Serves() {
		t.Errorf("held by %+v, %v", who, is)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
}

// TestAServerDoesNotWaitForAServer, not for ever, and not when it is told to stop.
func TestAServerDoesNotWaitForAServer(t *testing.T) {
	t.Parallel()
	dir, _ := taken(t, lock.Serve)
	_, err := lock.Wait(t.Context(), dir, patient(func(h lock.Holder) { t.Errorf("waits for %+v", h) }))
	if held, is := errors.AsType[*lock.Held](err); !is || !held.By.Serves() {
		t.Errorf("another server: %v", err)
	}
	dir, _ = taken(t, "backup")
	over := patient(nil)
	over.Patience = 0
	if _, err := lock.Wait(t.Context(), dir, over); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("without patience: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	_, err = lock.Wait(ctx, dir, patient(func(lock.Holder) { stop() }))
	if held, is := errors.AsType[*lock.Held](err); !is || held.By.What != "backup" || !errors.Is(err, context.Canceled) {
		t.Errorf("told to stop: %v", err)
	}
}
