package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/mail"
	"github.com/pendapa/pendapa/internal/tenant"
)

// TestForgettingKeysSaysWhatItCloses: kept backups and moments of the copy are named, and nothing is removed without a yes.
func TestForgettingKeysSaysWhatItCloses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, place, settings := filepath.Join(dir, "a"), filepath.Join(dir, "copy"), filepath.Join(dir, "pendapa.yaml")
	if err := os.MkdirAll(place, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(settings, []byte("data: "+data+"\ncopy: "+place+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	seals := func() int {
		text, err := os.ReadFile(filepath.Join(dir, "a-keys", "seal.key"))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(text), "\n")
	}
	must(t, "ready", "sample", "--config", settings)
	must(t, "one sealing key", "keys", "forget", "--config", settings)
	base := filepath.Join(place, "log", "20261128T000000", "0000000001.base")
	for _, err := range []error{os.MkdirAll(filepath.Dir(base), 0o700), os.WriteFile(base, nil, 0o600)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(t, "proven", "backup", "--config", settings)
	for _, words := range [][]string{{"keys", "rotate", "--forget"}, {"keys", "rotate"}, {"keys", "forget"}} {
		code, said := pendapa(t, append(words, "--config", settings)...)
		if words[len(words)-1] == "rotate" {
			if code != 0 || seals() != 2 {
				t.Fatalf("rotate: %d %s; %d keys", code, said, seals())
			}
			continue
		}
		if code != 1 || !strings.Contains(said, "the backup "+data) || !strings.Contains(said, "continuous copy "+place) ||
			!strings.Contains(said, "nothing was changed") {
			t.Errorf("%v: %d %s", words, code, said)
		}
	}
	if seals() != 2 {
		t.Errorf("%d sealing keys, want the two", seals())
	}
	must(t, "removed: 1 older", "keys", "forget", "--yes", "--config", settings)
	must(t, `"problems":null`, "audit", "verify", "--config", settings)
}

// TestForgettingIsFreeWhenNothingIsOlder: what was made after the rotation needs the newest key only.
func TestForgettingIsFreeWhenNothingIsOlder(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "a")
	must(t, "ready", "sample", "--data", data)
	must(t, "sealing key", "keys", "rotate", "--data", data)
	was := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(data+"-keys", "seal.key"), was, was); err != nil {
		t.Fatal(err)
	}
	must(t, "proven", "backup", "--data", data)
	must(t, "removed: 1 older", "keys", "forget", "--data", data)
}

// TestRotateForgetNamesAFreshLetter: it is sealed with the newest key until the rotation makes that an older one.
func TestRotateForgetNamesAFreshLetter(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "a")
	must(t, "ready", "sample", "--data", data)
	o := newOptions("test", os.Stderr)
	if _, err := o.parse([]string{"--data", data}); err != nil {
		t.Fatal(err)
	}
	code := within(t.Context(), "test", o, os.Stderr, func(a *app.App) error {
		return a.DB.Tx(t.Context(), func(tx *db.Tx) error {
			ctx := tenant.With(t.Context(), tenant.SystemOf(3509, "test"))
			return mail.Enqueue(ctx, tx, a.Keys.Box(), mail.Message{To: "a@b.example", Subject: "Undangan", Body: "Tautan"})
		})
	})
	if code != 0 {
		t.Fatalf("the letter: %d", code)
	}
	if code, said := pendapa(t, "keys", "rotate", "--forget", "--data", data); code != 1 || !strings.Contains(said, "letters that wait to be sent") {
		t.Errorf("%d %s", code, said)
	}
	must(t, "sealing key", "keys", "rotate", "--forget", "--yes", "--data", data)
}
