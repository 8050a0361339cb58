package reuse_test

import (
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/reuse"
)

func TestEveryShippedLineNamesQuestionsThatExist(t *testing.T) {
	t.Parallel()
	m, err := reuse.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	packs, err := instrument.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(m.Lines); n < 60 || n > 120 {
		t.Errorf("%d lines", n)
	}
	if !strings.Contains(m.Label.ID, "Usulan Pendapa") || !strings.Contains(m.Label.EN, "Pendapa's own proposal") {
		t.Errorf("the lines are not labelled as our own: %q", m.Label)
	}
	named := map[string]bool{}
	for _, f := range m.Families {
		named[f.Of] = f.Name.ID != "" && f.Name.EN != ""
	}
	exists := func(where string, r reuse.Ref) {
		used := 0
		for _, p := range packs {
			if !reuse.Belongs(p, r.Of) {
				continue
			}
			used++
			if _, _, ok := p.Question(r.Item); !ok {
				t.Errorf("%s: %s has no question %s", where, p.ID, r.Item)
			}
		}
		if used == 0 || !named[r.Of] {
			t.Errorf("%s: %q belongs to %d instruments, has a name: %v", where, r.Of, used, named[r.Of])
		}
	}
	for _, l := range m.Lines {
		exists(l.ID(), l.From)
		exists(l.ID(), l.To)
		if l.Origin() != "shipped" {
			t.Errorf("%s is called %s", l.ID(), l.Origin())
		}
		// The test reads one direction of the wording: reasons are sentences without a full stop, in both languages.
		if strings.HasSuffix(l.Why.ID, ".") || strings.HasSuffix(l.Why.EN, ".") || l.Why.ID == l.Why.EN {
			t.Errorf("%s: %q %q", l.ID(), l.Why.ID, l.Why.EN)
		}
	}
	for _, a := range m.Asks {
		for _, item := range a.Items {
			exists("asks", reuse.Ref{Of: a.Of, Item: item})
		}
	}
}

// TestFamiliesMeetInTheMapping wants a line between any two instruments that ask a regency for documents.
func TestFamiliesMeetInTheMapping(t *testing.T) {
	t.Parallel()
	m, err := reuse.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	family := func(of string) string { name, _, _ := strings.Cut(of, "-"); return name }
	met := map[string]bool{}
	for _, l := range m.Lines {
		met[family(l.From.Of)+"~"+family(l.To.Of)], met[family(l.To.Of)+"~"+family(l.From.Of)] = true, true
	}
	for _, pair := range []string{"smartcity~smartcity", "smartcity~spbe", "smartcity~pemdi", "smartcity~iid", "iid~iid", "iid~pemdi", "iid~spbe", "iid~kipp", "spbe~pemdi"} {
		if !met[pair] {
			t.Errorf("no line between %s", pair)
		}
	}
}

// TestSlotsOfPemdiAreUnderstood wants slots to say by their name which kinds they take, but for "Bukti", "Tindak lanjut" and reviews,
// which may be anything.
func TestSlotsOfPemdiAreUnderstood(t *testing.T) {
	t.Parallel()
	m, err := reuse.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	p, err := instrument.Find("pemdi-2026")
	if err != nil {
		t.Fatal(err)
	}
	known, all := 0, 0
	for _, code := range p.Codes() {
		q, _, _ := p.Question(code)
		for _, s := range q.Slots {
			all++
			for _, k := range m.Slots {
				if strings.HasPrefix(s.Name.ID, k.Begins) {
					known++
					break
				}
			}
		}
	}
	if all < 140 || known*2 < all {
		t.Errorf("%d of %d slots say what they take", known, all)
	}
}

func TestAMappingFileIsChecked(t *testing.T) {
	t.Parallel()
	line := func(from, to, kinds, strength string) string {
		return "lines:\n  - {from: {of: smartcity, item: " + from + "}, to: {of: spbe, item: " + to + "}, kinds: [" + kinds + "], strength: " + strength + ", why: {id: a, en: b}}\n"
	}
	good := line("A1", `"1"`, "regulation", "strong")
	for name, c := range map[string]struct {
		body string
		ok   bool
	}{"good": {good, true}, "unknown kind": {line("A1", `"1"`, "scroll", "strong"), false}, "unknown strength": {line("A1", `"1"`, "plan", "sure"), false}, "unknown field": {"lines: []\nformula: x\n", false},
		"twice": {good + strings.TrimPrefix(good, "lines:\n"), false}, "slot instead of a question": {line(`"A1:x"`, `"1"`, "plan", "strong"), false}, "no YAML": {"lines: [", false}} {
		if _, err := reuse.ParseMapping([]byte(c.body)); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
