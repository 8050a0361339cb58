package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/platform/replica"
)

// TestTheContinuousCopyIsRestored fills a house that is copied, loses it, and brings it back from the copy alone.
func TestTheContinuousCopyIsRestored(t *testing.T) {
	t.Parallel()
	dir, to, ctx := t.TempDir(), t.TempDir(), context.Background()
	data, again := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	a, err := app.New(ctx, app.Config{DataDir: data, Database: "sqlite:" + filepath.Join(data, "app.db"), Sample: true, Copy: replica.Address{URL: to}}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.LoadSample(ctx); err != nil {
		t.Fatal(err)
	}
	if err := a.Copy.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(dir, "a-keys", "backup.pub")
	if status, out := pendapa(t, "restore", "--from", to, "--data", again); status != 1 || !strings.Contains(out, "no public key") {
		t.Errorf("without a key: %d %s", status, out)
	}
	other := filepath.Join(dir, "a-keys", "audit.pub")
	if status, out := pendapa(t, "restore", "--from", to, "--data", again, "--key", other); status != 1 || !strings.Contains(out, "not of this key") {
		t.Errorf("with another key: %d %s", status, out)
	}
	if status, out := pendapa(t, "restore", "--from", to, "--data", again, "--key", key, "--until", "kemarin"); status != 1 || !strings.Contains(out, "--until") {
		t.Errorf("a moment that is none: %d %s", status, out)
	}
	must(t, "restored the house as it was at", "restore", "--from", to, "--data", again, "--key", key)
	must(t, `"problems":null`, "audit", "verify", "--data", again, "--keys", filepath.Join(dir, "a-keys"))
	must(t, "operator.dishub@jember.example", "user", "list", "--data", again, "--keys", filepath.Join(dir, "a-keys"))
	if status, out := pendapa(t, "restore", "--from", to, "--data", again, "--key", key); status != 1 || !strings.Contains(out, "not empty") {
		t.Errorf("over a house: %d %s", status, out)
	}
	zero(t, filepath.Join(data, "app.db"), 40*4096)
	if status, out := pendapa(t, "repair", "--data", data); status != 1 || !strings.Contains(out, "open:") {
		t.Errorf("a zeroed sector without a copy: %d %s", status, out)
	}
	must(t, "done:", "repair", "--data", data, "--from", to)
	must(t, `"problems":null`, "audit", "verify", "--data", data)
}

// zero takes a sector of a file away, as a failing disk does.
func zero(t *testing.T, path string, at int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(make([]byte, 512), at)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}
