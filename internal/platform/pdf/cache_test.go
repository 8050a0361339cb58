package pdf

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestDamagedCompiledCodeIsMadeAgain flips a bit of the compiled code.
func TestDamagedCompiledCodeIsMadeAgain(t *testing.T) {
	t.Parallel()
	cache := filepath.Join(t.TempDir(), "readers")
	if err := prepare(cache, true); err != nil {
		t.Fatal(err)
	}
	all, err := filepath.Glob(filepath.Join(cache, "*", "*"))
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	good, err := os.ReadFile(all[0])
	if err != nil {
		t.Fatal(err)
	}
	bad := bytes.Clone(good)
	bad[len(bad)/2] ^= 1
	if err := os.WriteFile(all[0], bad, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := begin(cache, true); err == nil {
		t.Fatal("damaged code was taken as it is")
	}
	if err := prepare(cache, true); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(all[0]); err != nil || !bytes.Equal(again, good) {
		t.Errorf("it was not made again: %v", err)
	}
}
