package db

import (
	"path/filepath"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db/guard"
)

// TestADamageMetAtTheEndComesTooLate: whoever read just before the store was closed may tell of it after.
func TestADamageMetAtTheEndComesTooLate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.db")
	d, err := Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	k := d.keeper
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	k.found(guard.Damage{Path: path, Number: 2}) // panics when it wakes a keeper that has ended
	if len(k.open) != 0 {
		t.Errorf("%d places are kept", len(k.open))
	}
}
