package app

import (
	"bufio"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// mostColumns is how wide a line of a view may be.
const mostColumns = 120

// TestViewsAreWrittenForPeople: no line of a view is wider than a person reads, and a diff shows what changed.
func TestViewsAreWrittenForPeople(t *testing.T) {
	t.Parallel()
	seen := 0
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".html" || !strings.Contains(name, "views") {
			return err
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		seen++
		lines := bufio.NewScanner(f)
		for n := 1; lines.Scan(); n++ {
			if width := utf8.RuneCountInString(lines.Text()); width > mostColumns {
				t.Errorf("%s:%d is %d columns wide, at most %d", name, n, width, mostColumns)
			}
		}
		return lines.Err()
	})
	if err != nil || seen < 100 {
		t.Fatalf("%d views were read: %v", seen, err)
	}
}
