package seal_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/platform/seal"
)

func TestTheFormIsFixed(t *testing.T) {
	t.Parallel()
	f := seal.New("sample").Text("title", "a\nb").Number("date", -5).List("places", []string{"z", "a"})
	if want := "pendapa/sample/1\ntitle 3\na\nb\ndate 2\n-5\nplaces.count 1\n2\nplaces 1\na\nplaces 1\nz\n"; f.String() != want {
		t.Errorf("got %q, want %q", f.String(), want)
	}
	// Written by hand with: printf 'pendapa/sample/1\ntitle 3\na\nb\ndate 2\n-5\nplaces.count 1\n2\nplaces 1\na\nplaces 1\nz\n' | sha256sum
	if want := "ae98313ab75acff8aeeffebbdac58721bbe22350eadabf6b4d02a90ff8e95867"; f.Hash() != want {
		t.Errorf("got %s, want %s", f.Hash(), want)
	}
}

func TestNoTwoContentsShareAForm(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for name, f := range map[string]*seal.Form{
		"two parts":       seal.New("x").Text("a", "1").Text("b", "2"),
		"one part":        seal.New("x").Text("a", "1\nb 1\n2"),
		"empty":           seal.New("x").Text("a", "1").Text("b", ""),
		"shifted":         seal.New("x").Text("a", "1b").Text("b", "2"),
		"another kind":    seal.New("y").Text("a", "1").Text("b", "2"),
		"a list":          seal.New("x").List("a", []string{"1", "2"}),
		"a list of one":   seal.New("x").List("a", []string{"1\n2"}),
		"an empty list":   seal.New("x").List("a", nil),
		"a list of empty": seal.New("x").List("a", []string{""}),
	} {
		if other, ok := seen[f.Hash()]; ok {
			t.Errorf("%s and %s have one fingerprint", name, other)
		}
		seen[f.Hash()] = name
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	hash := seal.New("x").Hash()
	if got := seal.Short(hash); got != hash[:4]+" "+hash[4:8]+" "+hash[8:12] {
		t.Error(got)
	}
	if seal.Short(seal.Unbound) != "" || seal.Short("") != "" || seal.Bound(seal.Unbound) {
		t.Error("something without a fingerprint shows one")
	}
}
