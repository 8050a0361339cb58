package instrument_test

import (
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/instrument"
)

// TestAnchorsAreFoundWhereverTheyStand: also behind a bracket; an ampersand in a sentence is no anchor.
func TestAnchorsAreFoundWhereverTheyStand(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"id: &a x", "[&a x, *a]", "id: [&a", "{a: &b {c: *b}}", "- &a x\n- *a"} {
		if _, err := instrument.Parse([]byte(text)); !contains(err, "anchors and aliases") {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{`id: "a & b *c"`, "id: x & y", "id: 'R&D *'", "name: {id: a &b}"} {
		if _, err := instrument.Parse([]byte(text)); contains(err, "anchors and aliases") {
			t.Errorf("%q is text: %v", text, err)
		}
	}
}

// TestSentencesMayOpenBrackets: half-open spans are written so in rubrics.
func TestSentencesMayOpenBrackets(t *testing.T) {
	t.Parallel()
	p, err := instrument.Find("iid-2026")
	if err != nil {
		t.Fatal(err)
	}
	own, err := p.Clone("iid-sendiri")
	if err != nil {
		t.Fatal(err)
	}
	own.Notes.ID = strings.Repeat("nilai [3,00 sampai 4,00); ", 100)
	body, err := own.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := instrument.Parse(body); err != nil {
		t.Error(err)
	}
}

func TestDeepBracketsAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("[", 1<<20), strings.Repeat("[", 499), strings.Repeat("{a: ", 200_000), strings.Repeat("- ", 500_000) + "x"} {
		if _, err := instrument.Parse([]byte(text)); err == nil {
			t.Errorf("%.20q was taken", text)
		}
	}
}
