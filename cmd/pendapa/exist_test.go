package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A folder that was typed wrongly is refused and stays as it was.
func TestAFolderWithoutAHouseIsRefused(t *testing.T) {
	list := filepath.Join(t.TempDir(), "opd.csv")
	if err := os.WriteFile(list, []byte("kode,nama\n1,Dinas\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, words := range [][]string{{"audit", "verify"}, {"audit", "decisions"}, {"backup"}, {"user", "list"}, {"regency", "list"},
		{"import", "agencies", list}, {"keys", "rotate"}} {
		parent := t.TempDir()
		code, said := pendapa(t, append(words, "--data", filepath.Join(parent, "salah"))...)
		if code != 1 || !strings.Contains(said, "no house in") {
			t.Errorf("pendapa %s: %d %s", strings.Join(words, " "), code, said)
		}
		if left, err := os.ReadDir(parent); err != nil || len(left) > 0 {
			t.Errorf("pendapa %s left %v behind: %v", strings.Join(words, " "), left, err)
		}
	}
}
