package instrument

import (
	"math/big"
	"slices"
)

// Entry is one innovation in the index: its points by the order of the pack's entry items, Unfilled where none were given,
// and its main government affair. Touching are its other affairs; the gate counts them like the main one, so they are
// filled only where that reading is chosen (option "affairs" is "all").
type Entry struct {
	ID       string
	Affair   string
	Touching []string
	Points   []int8
}

// Unfilled is a point that nobody gave. It counts as 0 and is listed as missing.
const Unfilled int8 = -1

// Sheet is what WeightTimes computes with: the regency's points by the order of the regency items, the entries, and, when
// Affairs is not negative, how many basic affairs are covered although the entries do not say which.
type Sheet struct {
	Regency []int8
	Entries []Entry
	Affairs int
}

// AffairsOfEntries says that the covered affairs are read from the entries.
const AffairsOfEntries = -1

// Divided is the index of a Sheet with every component. Sums are exact.
type Divided struct {
	Regency *big.Rat // SPD
	Sum     *big.Rat // of all entries
	Mean    *big.Rat // Sum / Divisor
	Count   *big.Rat // what the number of entries adds, 0 when the gate is closed
	Index   *big.Rat // 0..100
	N       int
	Divisor int
	Covered []string // basic affairs that are covered
	Affairs int      // how many are covered
	Gate    bool     // enough affairs are covered
	Assumed bool     // no entry names an affair: the gate is taken as open
	Scores  []*big.Rat
}

// divider holds the weights of WeightTimes as whole numbers of a millionth, so that hundreds of thousands of items are
// added without a single rational number.
type divider struct {
	regency, entry []int64 // weight of each item
	regencyAt      []Question
	entryAt        []Question
	basic          []string
	most           int64 // points
}

func (p *Pack) prepareDivider(say say) {
	r := &divider{}
	whole := p.max != nil && p.max.IsInt() && p.step != nil && p.step.IsInt()
	if whole && p.min != nil && p.min.Sign() == 0 && p.max.Cmp(big.NewRat(100, 1)) <= 0 {
		r.most = p.max.Num().Int64()
	} else {
		say("scale: %s wants whole points from 0 to at most 100 in whole steps", WeightTimes)
	}
	total := new(big.Rat)
	for _, c := range p.Components {
		for _, q := range c.Questions {
			w, ok := inMicro(q.weight)
			if !ok {
				say("question %s: weight %q has more than six decimals or is too large", q.Code, q.Weight)
			}
			if c.Entries {
				r.entry, r.entryAt = append(r.entry, w), append(r.entryAt, q)
			} else {
				r.regency, r.regencyAt = append(r.regency, w), append(r.regencyAt, q)
			}
			if q.weight != nil {
				total.Add(total, new(big.Rat).Mul(q.weight, big.NewRat(r.most, 1)))
			}
		}
	}
	total.Add(total, new(big.Rat).Mul(p.Divisor.countWeight, big.NewRat(int64(p.Divisor.CountCap), 1)))
	if total.Cmp(p.Divisor.total) != 0 {
		say("divisor: the parts sum to %s, total says %s", Decimal(total, 2), p.Divisor.Total)
	}
	for _, a := range p.Affairs {
		if a.Basic {
			r.basic = append(r.basic, a.Code)
		}
	}
	p.ruler = r
}

func inMicro(r *big.Rat) (int64, bool) {
	if r == nil {
		return 0, false
	}
	m := new(big.Rat).Mul(r, big.NewRat(micro, 1))
	if !m.IsInt() || !m.Num().IsInt64() || m.Num().Int64() > 1e9 {
		return 0, false
	}
	return m.Num().Int64(), true
}

// RegencyItems lists the items that are asked once of the regency, in order; nil for other rules.
func (p *Pack) RegencyItems() []Question {
	if p.ruler == nil {
		return nil
	}
	return p.ruler.regencyAt
}

// EntryItems lists the items that are asked of every innovation, in order; nil for other rules.
func (p *Pack) EntryItems() []Question {
	if p.ruler == nil {
		return nil
	}
	return p.ruler.entryAt
}

// BlankEntry gives an entry in which nothing is filled yet.
func (p *Pack) BlankEntry(id, affair string) Entry {
	return Entry{ID: id, Affair: affair, Points: slices.Repeat([]int8{Unfilled}, len(p.ruler.entryAt))}
}

// BlankSheet gives a sheet in which nothing is filled yet.
func (p *Pack) BlankSheet() Sheet {
	return Sheet{Regency: slices.Repeat([]int8{Unfilled}, len(p.ruler.regencyAt)), Affairs: AffairsOfEntries}
}

func weigh(weights []int64, points []int8) (sum int64) {
	for i, pt := range points {
		if pt > 0 {
			sum += weights[i] * int64(pt)
		}
	}
	return sum
}

// Divide computes the index by WeightTimes (letter 400.10.11/1887/BSKDN of 29 April 2026, annexes I and II):
// the regency's points, plus the entries' sum divided by at least Minimum, plus a share for their number that needs enough
// basic affairs, over Total, in percent.
func (p *Pack) Divide(s Sheet) Divided {
	d, r := p.Divisor, p.ruler
	out := Divided{N: len(s.Entries), Divisor: max(d.Minimum, len(s.Entries)), Scores: make([]*big.Rat, len(s.Entries))}
	var sum int64
	for i, e := range s.Entries {
		one := weigh(r.entry, e.Points)
		out.Scores[i] = big.NewRat(one, micro)
		sum += one
	}
	p.gate(&out, s)
	out.Regency, out.Sum = big.NewRat(weigh(r.regency, s.Regency), micro), big.NewRat(sum, micro)
	out.Mean = new(big.Rat).Quo(out.Sum, big.NewRat(int64(out.Divisor), 1))
	out.Count = new(big.Rat)
	if out.Gate {
		out.Count.Mul(d.countWeight, big.NewRat(int64(min(out.N, d.CountCap)), 1))
	}
	out.Index = new(big.Rat).Add(out.Regency, out.Mean)
	out.Index.Add(out.Index, out.Count).Mul(out.Index, big.NewRat(100, 1)).Quo(out.Index, d.total)
	return out
}

// gate finds which basic affairs are covered. Without any entry the gate stays closed; entries of which none names an
// affair leave it open, marked as assumed, when the pack requires any.
func (p *Pack) gate(out *Divided, s Sheet) {
	named := false
	for _, e := range s.Entries {
		named = named || e.Affair != ""
		p.cover(out, e.Affair)
		for _, affair := range e.Touching {
			p.cover(out, affair)
		}
	}
	slices.Sort(out.Covered)
	out.Affairs = len(out.Covered)
	switch {
	case s.Affairs >= 0:
		out.Affairs = s.Affairs
	case !named && len(s.Entries) > 0 && p.Divisor.Affairs > 0:
		out.Assumed, out.Gate = true, true
		return
	}
	out.Gate = out.N > 0 && out.Affairs >= p.Divisor.Affairs
}

func (p *Pack) cover(out *Divided, affair string) {
	if slices.Contains(p.ruler.basic, affair) && !slices.Contains(out.Covered, affair) {
		out.Covered = append(out.Covered, affair)
	}
}

// MissingAffairs lists the basic affairs that no entry covers, in the order of the pack.
func (p *Pack) MissingAffairs(d Divided) []Affair {
	var out []Affair
	for _, a := range p.Affairs {
		if a.Basic && !slices.Contains(d.Covered, a.Code) {
			out = append(out, a)
		}
	}
	return out
}
