package app

import (
	"context"
	"path/filepath"
	"testing"
)

// TestOwnKeyOutlivesForgottenSealingKeys: what the house encrypted for itself opens after the older sealing keys are gone.
func TestOwnKeyOutlivesForgottenSealingKeys(t *testing.T) {
	t.Parallel()
	dir, ctx := filepath.Join(t.TempDir(), "data"), context.Background()
	a := mustOpen(t, dir)
	own := a.own.String()
	if err := a.Keys.Rotate(a.KeyOptions(ctx)); err != nil {
		t.Fatal(err)
	}
	if err := a.ForgetKeys(ctx); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = mustOpen(t, dir)
	if a.own.String() != own {
		t.Error("the house has another key of its own; its backups and copies stay closed to it")
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}
