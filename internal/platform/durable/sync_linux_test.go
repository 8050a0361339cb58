package durable_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/platform/durable"
)

// TestAppendedLinesAreOnTheDisk: a file that takes every write and refuses to be made durable is an error.
func TestAppendedLinesAreOnTheDisk(t *testing.T) {
	t.Parallel()
	if err := durable.Append("/dev/zero", "line\n"); err == nil {
		t.Error("it said that the line is on the disk")
	}
}
