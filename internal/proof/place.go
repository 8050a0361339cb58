package proof

import "strings"

// Kinds of things that hold proofs. A kind is the first half of what a thing is called in rows, forms and seals; never change one.
const (
	Round      = "round"   // an evaluation; its items are questions
	Innovation = "inovasi" // an innovation; its items are those of the index, or a word such as "gate"
)

// Thing is what holds proofs: one round, one innovation.
type Thing struct{ Kind, ID string }

// OfRound is an evaluation as a thing that holds proofs.
func OfRound(id string) Thing { return Thing{Round, id} }

// OfInnovation is an innovation as a thing that holds proofs.
func OfInnovation(id string) Thing { return Thing{Innovation, id} }

// String names a thing in forms, seals and the audit trail: "<id>" for a round, "<kind>:<id>" for everything else. Decisions are
// bound to it (package seal), so it stays as it is.
func (t Thing) String() string {
	if t.Kind == Round {
		return t.ID
	}
	return t.Kind + ":" + t.ID
}

// ParseThing reads what String wrote.
func ParseThing(text string) Thing {
	if kind, id, ok := strings.Cut(text, ":"); ok {
		return Thing{kind, id}
	}
	return OfRound(text)
}

// At is a place of the thing.
func (t Thing) At(item, slot string) Place { return Place{t, Spot{item, slot}} }

// Spot is where a proof hangs within a thing: an item and, where the item asks for several documents, the slot of one of them.
type Spot struct{ Item, Slot string }

// String names a spot in forms and seals: "I13" or "I13:TD_13_01".
func (s Spot) String() string {
	if s.Slot == "" {
		return s.Item
	}
	return s.Item + ":" + s.Slot
}

// ParseSpot reads what String wrote.
func ParseSpot(text string) Spot {
	item, slot, _ := strings.Cut(text, ":")
	return Spot{item, slot}
}

// Place is where a proof hangs in a regency.
type Place struct {
	Thing
	Spot
}

// String names a place in seals and the audit trail.
func (p Place) String() string { return p.Thing.String() + " " + p.Spot.String() }
