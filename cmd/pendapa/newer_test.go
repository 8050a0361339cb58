package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/replica"
)

// TestWhatANewerProgramMadeIsNotRestored: a backup and a continuous copy with tables this program does not know are
// refused with words, and nothing is left behind.
func TestWhatANewerProgramMadeIsNotRestored(t *testing.T) {
	t.Parallel()
	dir, to, ctx := t.TempDir(), t.TempDir(), context.Background()
	data, again := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	a, err := app.New(ctx, app.Config{DataDir: data, Database: "sqlite:" + filepath.Join(data, "app.db"), Copy: replica.Address{URL: to}},
		slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	err = a.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO schema_admin (version_id, is_applied) VALUES (9999, 1)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	run, err := a.Admin.MakeAndProve(ctx)
	if err != nil || run.State != "proven" {
		t.Fatalf("%+v: %v", run, err)
	}
	if err := a.Copy.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	key, folder := filepath.Join(dir, "a-keys", "backup.pub"), filepath.Join(data, "backups", run.Name)
	for name, args := range map[string][]string{
		"verify":         {"verify", folder, "--key", key},
		"restore":        {"restore", folder, "--data", again, "--key", key},
		"restore a copy": {"restore", "--from", to, "--data", again, "--key", key},
	} {
		code, said := pendapa(t, args...)
		if code != 1 || !strings.Contains(said, "made by a newer Pendapa: the tables of admin are at 9999") {
			t.Errorf("%s: %d %s", name, code, said)
		}
	}
	left, err := filepath.Glob(again + "*")
	if err != nil || len(left) > 1 || len(left) == 1 && !empty(t, left[0]) {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func empty(t *testing.T, dir string) bool {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(entries) == 0
}
