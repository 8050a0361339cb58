package disk_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/disk"
)

func TestAFolderAndItsDiskAreMeasured(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	below := filepath.Join(dir, "a", "b")
	err := errors.Join(os.MkdirAll(below, 0o700), os.WriteFile(filepath.Join(below, "x"), make([]byte, 1000), 0o600),
		os.WriteFile(filepath.Join(dir, "y"), make([]byte, 24), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	if u, err := disk.Of(dir); err != nil || u != (disk.Used{Bytes: 1024, Files: 2}) {
		t.Errorf("%+v, %v", u, err)
	}
	if u, err := disk.Of(filepath.Join(dir, "none")); err != nil || u != (disk.Used{}) {
		t.Errorf("a folder that is not there: %+v, %v", u, err)
	}
	if r, err := disk.RoomOf(dir); err != nil || r.Free > r.Whole || r.Names > r.Places {
		t.Errorf("%+v, %v", r, err)
	}
}
