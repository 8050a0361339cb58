package reuse

import (
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/proof"
)

// TestTheOrderOfProofsIsKept takes away what an order is made of after it was asked for once: the next reader gets the same, less
// what is hidden from them, and a question with another lead is ordered anew.
func TestTheOrderOfProofsIsKept(t *testing.T) {
	t.Parallel()
	pack, err := instrument.Find("smartcity-2023-kppn")
	if err != nil {
		t.Fatal(err)
	}
	m, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	q, _, _ := pack.Question("A1")
	w := &world{places: map[string]*place{}, packs: map[string]*instrument.Pack{pack.ID: pack}, mapping: m, zone: time.UTC, told: map[string]*told{}, ranks: map[rankKey][]candidate{}}
	w.add(place{ID: "now", Title: "Now", Year: 2026, Pack: pack, Open: true})
	w.add(place{ID: "past", Title: "Past", Year: 2025, Pack: pack})
	var links []proof.Link
	for _, id := range []string{"a", "b", "c"} {
		w.proofs = append(w.proofs, proof.Card{ID: id, Title: id, Kind: "report", Agency: "kom", Confidentiality: map[bool]string{true: "restricted"}[id == "b"], Date: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()})
		links = append(links, proof.Link{ID: id, Place: proof.OfRound("past").At("A1", "")})
	}
	w.hold(links)
	ask := func(lead string, sees func(proof.Card) bool) int {
		return len(w.finder(*w.places["now"], sees, "id").find(Open{Item: Item{Code: "A1", Lead: lead}, Question: q}))
	}
	everything, open := func(proof.Card) bool { return true }, func(p proof.Card) bool { return p.Confidentiality == "" }
	if n := ask("kom", everything); n != 3 {
		t.Fatalf("%d proofs, want 3", n)
	}
	w.sources = nil
	if n, less := ask("kom", everything), ask("kom", open); n != 3 || less != 2 {
		t.Errorf("from what is kept: %d and %d proofs, want 3 and 2", n, less)
	}
	if n := ask("dukcapil", everything); n != 0 {
		t.Errorf("%d proofs for another lead, want them looked for again", n)
	}
}
