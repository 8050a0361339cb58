package evaluation

import (
	"slices"
	"sync"

	"github.com/pendapa/pendapa/internal/instrument"
)

// sheets keeps the result of the last sheet of innovations of a regency and an instrument: to compare thousands of innovations
// with those of the last time is much less work than to compute all their items again. Results are shared and not changed.
type sheets struct {
	mu  sync.Mutex
	all map[sheetKey]computed
}

type sheetKey struct {
	regency int64
	pack    *instrument.Pack
}

type computed struct {
	sheet  instrument.Sheet
	result instrument.Result
}

// mostSheets is how many results are kept; one of 2,000 innovations takes about 4 MB.
const mostSheets = 8

// result gives the result of a sheet, computing it when it differs from the last one.
func (s *sheets) result(key sheetKey, sheet instrument.Sheet) instrument.Result {
	s.mu.Lock()
	had, ok := s.all[key]
	s.mu.Unlock()
	if ok && sameSheet(had.sheet, sheet) {
		return had.result
	}
	out := key.pack.EvaluateSheet(sheet)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil || len(s.all) >= mostSheets {
		s.all = map[sheetKey]computed{}
	}
	s.all[key] = computed{sheet, out}
	return out
}

func sameSheet(a, b instrument.Sheet) bool {
	return a.Affairs == b.Affairs && slices.Equal(a.Regency, b.Regency) && slices.EqualFunc(a.Entries, b.Entries, func(x, y instrument.Entry) bool {
		return x.ID == y.ID && x.Affair == y.Affair && slices.Equal(x.Touching, y.Touching) && slices.Equal(x.Points, y.Points)
	})
}
