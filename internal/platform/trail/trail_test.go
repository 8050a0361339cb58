package trail_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/pendapa/pendapa/internal/platform/trail"
)

type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		out[i] = m[at]
	}
	return out, nil
}

// TestTreeIsThatOfTlog compares every size up to 300 with the library, roots and stored hashes.
func TestTreeIsThatOfTlog(t *testing.T) {
	t.Parallel()
	var tree trail.Tree
	var stored memory
	for n := range int64(300) {
		leaf := fmt.Appendf(nil, "entry %d", n)
		want, err := tlog.StoredHashes(n, leaf, stored)
		if err != nil {
			t.Fatal(err)
		}
		got := tree.Add(leaf)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("hashes of entry %d differ", n)
		}
		stored = append(stored, want...)
		root, err := tlog.TreeHash(n+1, stored)
		if err != nil || root != tree.Root() {
			t.Fatalf("root of %d entries differs: %v", n+1, err)
		}
	}
}

func TestCosignature(t *testing.T) {
	t.Parallel()
	secret, public, err := note.GenerateKey(rand.Reader, "pendapa-audit")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	witness := trail.NewCosigner("saksi.example", key, func() time.Time { return at })
	body := trail.Checkpoint{Origin: trail.Origin(3509), Size: 7, Root: tlog.RecordHash([]byte("x"))}.Body()
	signed, err := note.Sign(&note.Note{Text: body}, signer, witness)
	if err != nil {
		t.Fatal(err)
	}
	log, err := trail.Verifier(public)
	if err != nil {
		t.Fatal(err)
	}
	other, err := trail.Verifier(witness.Public())
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(signed, note.VerifierList(log, other))
	if err != nil || len(n.Sigs) != 2 {
		t.Fatalf("%v, %v", n, err)
	}
	if seen, ok := trail.Seen(n.Sigs[1]); !ok || !seen.Equal(at) {
		t.Errorf("seen at %v, %v", seen, ok)
	}
	late := strings.Replace(string(signed), "\n7\n", "\n8\n", 1)
	if _, err := note.Open([]byte(late), note.VerifierList(other)); err == nil {
		t.Error("a changed checkpoint passes the witness")
	}
	if _, err := trail.Verifier(strings.Replace(witness.Public(), "saksi", "siapa", 1)); err == nil {
		t.Error("a key under another name passes")
	}
	if all := trail.Split(string(signed) + string(signed)); len(all) != 2 || all[0] != string(signed) {
		t.Errorf("two checkpoints in a file are %q", all)
	}
	if all := trail.Split(body); len(all) != 1 || all[0] != body {
		t.Errorf("a checkpoint from paper is %q", all)
	}
}

func FuzzCheckpoint(f *testing.F) {
	f.Add("pendapa/3509\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— a b\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, one := range trail.Split(text) {
			c, err := trail.ParseBody(one)
			if err == nil && c.Size < 0 {
				t.Errorf("%q has %d entries", one, c.Size)
			}
		}
	})
}
