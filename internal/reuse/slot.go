package reuse

import (
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/proof"
)

// takes gives the kinds of evidence that a slot takes; nil when its name does not say.
func (m *Mapping) takes(s instrument.Slot) []string {
	for _, k := range m.Slots {
		if strings.HasPrefix(s.Name.ID, k.Begins) {
			return k.Kinds
		}
	}
	return nil
}

// openSlots gives the slots of a question that hold no proof yet, the lowest level first.
func openSlots(q instrument.Question, counts map[string]int) []instrument.Slot {
	out := slices.DeleteFunc(slices.Clone(q.Slots), func(s instrument.Slot) bool { return counts[s.Code] > 0 })
	slices.SortStableFunc(out, func(a, b instrument.Slot) int { return a.Level - b.Level })
	return out
}

// pickSlot proposes one of the open slots for a proof: the lowest level of those that take its kind or share two words with
// its title, a main one before a supporting one; else the lowest level that is open. fits is false when it is only open.
func (m *Mapping) pickSlot(open []instrument.Slot, p proof.Card) (code string, fits bool) {
	var supporting, first string
	for _, s := range open {
		if first == "" && !s.Supporting {
			first = s.Code
		}
		if !slices.Contains(m.takes(s), p.Kind) && inCommon(s.Name.ID, p.Title) < 2 {
			continue
		}
		if !s.Supporting {
			return s.Code, true
		}
		if supporting == "" {
			supporting = s.Code
		}
	}
	switch {
	case supporting != "":
		return supporting, true
	case first == "" && len(open) > 0:
		return open[0].Code, false
	}
	return first, false
}

// inCommon counts the telling words that two texts share.
func inCommon(a, b string) (n int) {
	boring, have := dull(), map[string]bool{}
	words(a, func(w []byte) { have[string(w)] = !boring[string(w)] })
	words(b, func(w []byte) {
		if have[string(w)] {
			have[string(w)] = false
			n++
		}
	})
	return n
}
