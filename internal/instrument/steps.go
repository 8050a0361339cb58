package instrument

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"
)

// NextStep raises one item to a higher mark. Gain is in points of the index (0..100) and exact, the divisor included; steps
// share it, so it is not to be changed. Effort is in working days.
type NextStep struct {
	Entry    string // "" for an item of the regency
	Item     string
	From, To int
	Effort   int
	Gain     *big.Rat
	rank     int64 // numerator of the gain over a common denominator
	order    int   // of the item in the pack
}

// PerDay gives the gain for one working day.
func (s NextStep) PerDay() *big.Rat { return new(big.Rat).Quo(s.Gain, big.NewRat(int64(s.Effort), 1)) }

// Efforts tells the working days from a mark to a higher one; 0 says that the step cannot be made.
type Efforts func(entry, item string, from, to int) int

// defaultEffort is assumed where neither the regency nor the pack says how long a step takes.
const defaultEffort = 10

// PackEffort is the estimate of the pack: the effort of the higher mark, less what the lower one took already.
func (p *Pack) PackEffort(_, item string, from, to int) int {
	q, _, ok := p.Question(item)
	if !ok {
		return defaultEffort
	}
	days, known := q.Effort[strconv.Itoa(to)]
	if !known {
		return defaultEffort * (to - max(from, 0))
	}
	return max(1, days-q.Effort[strconv.Itoa(from)])
}

// NextSteps ranks every way to raise one item of a sheet by gain per working day, the largest first. limit 0 gives all.
// Steps that open the gate are no single item and are found by Affairs and Divide.
func (p *Pack) NextSteps(s Sheet, effort Efforts, limit int) []NextStep {
	divisor := int64(max(p.Divisor.Minimum, len(s.Entries)))
	out := p.raise(nil, "", p.ruler.regencyAt, p.ruler.regency, s.Regency, divisor, effort)
	for _, e := range s.Entries {
		out = p.raise(out, e.ID, p.ruler.entryAt, p.ruler.entry, e.Points, 1, effort)
	}
	slices.SortFunc(out, func(a, b NextStep) int {
		// gain/effort compared as a.rank*b.effort and b.rank*a.effort: whole numbers, no rounding.
		return cmp.Or(cmp.Compare(b.rank*int64(a.Effort), a.rank*int64(b.Effort)), cmp.Compare(b.rank, a.rank), cmp.Compare(a.Entry, b.Entry), cmp.Compare(a.order, b.order), cmp.Compare(a.To, b.To))
	})
	if limit > 0 && len(out) > limit {
		out = out[:limit:limit]
	}
	unit := new(big.Rat).Mul(p.Divisor.total, big.NewRat(divisor, 1))
	unit.Quo(big.NewRat(100, micro), unit)
	gains := map[int64]*big.Rat{} // a few dozen different gains among thousands of steps
	for i := range out {
		rank := out[i].rank
		if gains[rank] == nil {
			gains[rank] = new(big.Rat).Mul(unit, big.NewRat(rank, 1))
		}
		out[i].Gain = gains[rank]
	}
	return out
}

func (p *Pack) raise(out []NextStep, entry string, items []Question, weights []int64, points []int8, factor int64, effort Efforts) []NextStep {
	for i := range items {
		q := &items[i]
		from := max(int(points[i]), 0)
		for to := from + 1; to <= int(p.ruler.most); to++ {
			days := effort(entry, q.Code, from, to)
			if days <= 0 {
				continue
			}
			out = append(out, NextStep{Entry: entry, Item: q.Code, From: from, To: to, Effort: days, rank: weights[i] * int64(to-from) * factor, order: i})
		}
	}
	return out
}

// WithPoint gives the sheet with one point changed: of the regency when entry is "". The given sheet stays as it is.
func (p *Pack) WithPoint(s Sheet, entry, item string, point int8) Sheet {
	if entry == "" {
		if i := indexOf(p.ruler.regencyAt, item); i >= 0 {
			s.Regency = slices.Clone(s.Regency)
			s.Regency[i] = point
		}
		return s
	}
	i := indexOf(p.ruler.entryAt, item)
	s.Entries = slices.Clone(s.Entries)
	for n := range s.Entries {
		if s.Entries[n].ID == entry && i >= 0 {
			s.Entries[n].Points = slices.Clone(s.Entries[n].Points)
			s.Entries[n].Points[i] = point
		}
	}
	return s
}

// Without gives the sheet without some entries.
func (s Sheet) Without(ids ...string) Sheet {
	var kept []Entry
	for _, e := range s.Entries {
		if !slices.Contains(ids, e.ID) {
			kept = append(kept, e)
		}
	}
	s.Entries = kept
	return s
}

// With gives the sheet with more entries.
func (s Sheet) With(more ...Entry) Sheet {
	s.Entries = append(slices.Clone(s.Entries), more...)
	return s
}

// Point gives the point of an item in an entry, or of the regency when entry is ""; Unfilled when there is none.
func (p *Pack) Point(s Sheet, entry, item string) int8 {
	if entry == "" {
		if i := indexOf(p.ruler.regencyAt, item); i >= 0 {
			return s.Regency[i]
		}
		return Unfilled
	}
	i := indexOf(p.ruler.entryAt, item)
	for _, e := range s.Entries {
		if e.ID == entry && i >= 0 {
			return e.Points[i]
		}
	}
	return Unfilled
}

func indexOf(items []Question, code string) int {
	return slices.IndexFunc(items, func(q Question) bool { return q.Code == code })
}
