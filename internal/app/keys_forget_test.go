package app

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/tenant"
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

// TestAFreshSecretIsNamedBeforeItsKeyIsForgotten: a letter of this minute is sealed with the newest key, which a rotation makes
// an older one.
func TestAFreshSecretIsNamedBeforeItsKeyIsForgotten(t *testing.T) {
	t.Parallel()
	dir, ctx := filepath.Join(t.TempDir(), "data"), tenant.With(context.Background(), tenant.SystemOf(3509, "test"))
	a := mustOpen(t, dir)
	secretsEverywhere(ctx, t, a)
	named := func(stays string) string {
		all, err := a.Closes(ctx, time.Now(), stays)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(all, "; ")
	}
	const both = "1 letters that wait to be sent; 1 answers kept for a repeated request"
	if said := named(a.Keys.Box().Newest()); said != "" {
		t.Errorf("the key stays: %s", said)
	}
	if said := named(""); said != both {
		t.Errorf("before a new key is made: %s", said)
	}
	if err := a.Keys.Rotate(a.KeyOptions(ctx)); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Reseal(ctx); err != nil {
		t.Fatal(err)
	}
	if said := named(a.Keys.Box().Newest()); said != both {
		t.Errorf("after a new key was made: %s", said)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}
