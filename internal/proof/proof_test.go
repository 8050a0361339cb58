package proof_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/proof"
)

func TestAProofOfAnotherYear(t *testing.T) {
	t.Parallel()
	yearOf := func(ms int64) int { return int(1970 + ms) }
	for _, c := range []struct {
		name  string
		card  proof.Card
		got   int
		other bool
	}{
		{"no date", proof.Card{}, 0, false},
		{"the year asked for", proof.Card{Date: 55}, 2025, false},
		{"the year after", proof.Card{Date: 56}, 2026, true},
		{"a period around it", proof.Card{Date: 60, From: 54, To: 56}, 2024, false},
		{"a period before it", proof.Card{Date: 55, From: 52, To: 54}, 2022, true},
		{"a period without end", proof.Card{From: 55}, 2025, false},
	} {
		if got, other := c.card.OtherYear(2025, yearOf); got != c.got || other != c.other {
			t.Errorf("%s: %d %v", c.name, got, other)
		}
	}
}

// TestNamesOfPlacesNeverChange: decisions are bound to these texts.
func TestNamesOfPlacesNeverChange(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]proof.Place{
		"r26 A1":            proof.OfRound("r26").At("A1", ""),
		"r26 I13:TD_13_01":  proof.OfRound("r26").At("I13", "TD_13_01"),
		"inovasi:i7 gate":   proof.OfInnovation("i7").At("gate", ""),
		"program:p1 hasil:": {Thing: proof.Thing{Kind: "program", ID: "p1"}, Spot: proof.Spot{Item: "hasil:"}},
	} {
		if p.String() != want {
			t.Errorf("%+v is called %q, want %q", p, p, want)
		}
		if back := proof.ParseThing(p.Thing.String()); back != p.Thing {
			t.Errorf("%q is read as %+v", p.Thing, back)
		}
	}
	if s := proof.ParseSpot("I13:TD_13_01"); s != (proof.Spot{Item: "I13", Slot: "TD_13_01"}) || proof.ParseSpot("A1") != (proof.Spot{Item: "A1"}) {
		t.Errorf("spots are read as %+v, %+v", s, proof.ParseSpot("A1"))
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	c := proof.Counts{}
	for _, one := range []struct {
		at    proof.Spot
		state string
	}{{proof.Spot{Item: "I1"}, proof.Accepted}, {proof.Spot{Item: "I1", Slot: "a"}, proof.Submitted}, {proof.Spot{Item: "I1", Slot: "b"}, proof.Expired}, {proof.Spot{Item: "I10"}, proof.Draft}} {
		n := c[one.at]
		n.Add(one.state, 1)
		c[one.at] = n
	}
	if got := c.ByItem(); len(got) != 2 || got["I1"] != (proof.Count{Total: 3, Accepted: 1, Waiting: 1, Returned: 1}) || got["I1"].Good() != 2 || got["I10"].Waiting != 1 {
		t.Errorf("by item: %+v", got)
	}
}
