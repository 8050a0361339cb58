package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheckboxesWithTextHaveRoom: the class check gives its element the size of a bare box, so on a label it squeezes the
// text to a strip.
func TestCheckboxesWithTextHaveRoom(t *testing.T) {
	t.Parallel()
	views, err := filepath.Glob("../*/views/*.html")
	if err != nil || len(views) < 50 {
		t.Fatalf("%d views, %v", len(views), err)
	}
	for _, path := range views {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), `<label class="check"`) {
			t.Errorf("%s: a label of the class check; use choice", path)
		}
	}
}
