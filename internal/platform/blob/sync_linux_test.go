package blob

import (
	"os"
	"strings"
	"testing"
)

// TestAKeptFileIsOnTheDisk before it gets its name: a file that takes every write and refuses to be made durable is an error.
func TestAKeptFileIsOnTheDisk(t *testing.T) {
	t.Parallel()
	s, err := New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile("/dev/zero", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.receive(t.Context(), f, strings.NewReader("proof"), 9); err == nil {
		t.Error("it was not synced")
	}
}
