package evaluation

import (
	"reflect"
	"testing"

	"github.com/pendapa/pendapa/internal/instrument"
)

// TestASheetIsComputedOnce gives the same sheet again, in other memory, and one with each part changed.
func TestASheetIsComputedOnce(t *testing.T) {
	t.Parallel()
	p, err := instrument.Find("iid-2026")
	if err != nil {
		t.Fatal(err)
	}
	sheet := func(change func(*instrument.Sheet)) instrument.Sheet {
		s := p.BlankSheet()
		s.Regency[0] = 1
		points := make([]int8, len(p.EntryItems()))
		points[0] = 2
		s.Entries = []instrument.Entry{{ID: "i1", Affair: "kesehatan", Touching: []string{"sosial"}, Points: points}}
		if change != nil {
			change(&s)
		}
		return s
	}
	var kept sheets
	key := sheetKey{1, p}
	first := kept.result(key, sheet(nil))
	if again := kept.result(key, sheet(nil)); again.Index != first.Index {
		t.Error("the same sheet is computed again")
	}
	for what, change := range map[string]func(*instrument.Sheet){
		"regency":   func(s *instrument.Sheet) { s.Regency[0] = 3 },
		"points":    func(s *instrument.Sheet) { s.Entries[0].Points[0] = 3 },
		"affair":    func(s *instrument.Sheet) { s.Entries[0].Affair = "pendidikan" },
		"touching":  func(s *instrument.Sheet) { s.Entries[0].Touching = nil },
		"no entry":  func(s *instrument.Sheet) { s.Entries = nil },
		"one entry": func(s *instrument.Sheet) { s.Entries = append(s.Entries, s.Entries[0]) },
		"affairs":   func(s *instrument.Sheet) { s.Affairs = 2 },
	} {
		kept.result(key, sheet(nil))
		if got, want := kept.result(key, sheet(change)), p.EvaluateSheet(sheet(change)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s changed: the kept result differs from a new one", what)
		}
	}
	if other := kept.result(sheetKey{2, p}, sheet(nil)); other.Index == first.Index {
		t.Error("two regencies share a result")
	}
}
