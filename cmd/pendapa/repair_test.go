package main

import (
	"path/filepath"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// statement changes a store past the program.
func statement(t *testing.T, data, text string) {
	t.Helper()
	d, err := db.Open(t.Context(), "sqlite:"+filepath.Join(data, "app.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Tx(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}
