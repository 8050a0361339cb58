// Package testdata finds the folder of real files that some tests read. The files are not part of the repository:
// their licences allow trials, not redistribution.
package testdata

import (
	"os"
	"path/filepath"
	"testing"
)

// Dir gives the folder of real data: PENDAPA_DATA, or shared/data beside the checkout. The test fails with
// a clear message when it is absent, so that a missing folder never looks like a passing test.
func Dir(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("PENDAPA_DATA"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		candidate := filepath.Join(dir, "..", "shared", "data")
		if _, err := os.Stat(filepath.Join(candidate, "MANIFEST.csv")); err == nil {
			return candidate
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		t.Fatal("the real data is absent: set PENDAPA_DATA to the folder that holds MANIFEST.csv")
	}
}
