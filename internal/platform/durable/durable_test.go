package durable_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/durable"
)

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

func TestFilesAreWholeAndPrivate(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := errors.Join(durable.MkdirAll(dir), durable.MkdirAll(dir)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "key")
	if err := durable.CreateFile(path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := durable.CreateFile(path, []byte("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("an existing file was taken for none: %v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "one" {
		t.Errorf("kept %q", got)
	}
	if err := durable.WriteFile(path, []byte("three")); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); string(got) != "three" {
		t.Errorf("kept %q", got)
	}
	if mode(t, path) != 0o600 || mode(t, dir) != 0o700 || mode(t, filepath.Dir(dir)) != 0o700 {
		t.Errorf("modes %o %o", mode(t, path), mode(t, dir))
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	if err := durable.SyncTree(filepath.Dir(dir)); err != nil {
		t.Error(err)
	}
}

func TestAFolderWhereAFileStandsIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := durable.MkdirAll(filepath.Join(path, "y")); err == nil {
		t.Error("a folder was made below a file")
	}
	if err := durable.WriteFile(filepath.Join(path, "y"), nil); err == nil {
		t.Error("a file was made below a file")
	}
}

func TestPrivateTakesAwayOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, closed, folder := filepath.Join(dir, "f"), filepath.Join(dir, "c"), filepath.Join(dir, "d")
	err := errors.Join(os.WriteFile(file, nil, 0o600), os.Chmod(file, 0o644), os.WriteFile(closed, nil, 0o400),
		os.Mkdir(folder, 0o700), os.Chmod(folder, 0o755), os.Chmod(dir, 0o755))
	if err != nil {
		t.Fatal(err)
	}
	if open, err := durable.Exposed(dir); err != nil || !slices.Equal(open, []string{dir, folder, file}) {
		t.Errorf("open to others: %v, %v", open, err)
	}
	if err := durable.Private(dir); err != nil {
		t.Fatal(err)
	}
	if left, err := durable.Exposed(dir); err != nil || len(left) > 0 {
		t.Errorf("still open to others: %v, %v", left, err)
	}
	for path, want := range map[string]fs.FileMode{dir: 0o700, file: 0o600, closed: 0o400, folder: 0o700} {
		if got := mode(t, path); got != want {
			t.Errorf("%s is %o, want %o", path, got, want)
		}
	}
}

func TestAppendedLinesAreWholeLines(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	for _, lines := range []string{"one\n", "half", "two\nthree\n"} {
		if err := durable.Append(path, lines); err != nil {
			t.Fatal(err)
		}
	}
	if got, _ := os.ReadFile(path); string(got) != "one\nhalf\ntwo\nthree\n" || mode(t, path) != 0o600 {
		t.Errorf("%q, %o", got, mode(t, path))
	}
	if err := durable.Append(filepath.Join(path, "x"), "y"); err == nil {
		t.Error("a file below a file")
	}
}
