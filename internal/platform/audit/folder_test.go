package audit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheNewestOfAFolderIsWhole: one with so many signatures that the end of the file begins in the middle of it.
func TestTheNewestOfAFolderIsWhole(t *testing.T) {
	t.Parallel()
	const origin = "pendapa/3509"
	f := Folder{Path: t.TempDir()}
	signed := func(n int) string { return origin + "\n1\nroot\n\n" + strings.Repeat("— witness c2lnbmF0dXJl\n", n) }
	large := signed(tail / 20)
	name := filepath.Join(f.Path, "pendapa-3509.txt")
	if err := os.WriteFile(name, []byte(signed(1)+"\n"+large+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := f.last(origin); err != nil || got != large {
		t.Errorf("%d of %d bytes, %v", len(got), len(large), err)
	}
}
