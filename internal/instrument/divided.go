package instrument

import (
	"math/big"
	"slices"
	"strconv"
)

// Items that are no questions but stand in marks files of WeightTimes: the main affair of an entry, and the bare number of
// entries when they are not listed.
const (
	ItemAffair = "affair"
	ItemCount  = "36"
)

// SheetOf sorts marks into a sheet. A count given instead of entries makes that many blank ones.
func (p *Pack) SheetOf(marks []Mark, o Options) Sheet {
	s := p.BlankSheet()
	at := map[string]int{}
	entry := func(id string) *Entry {
		i, ok := at[id]
		if !ok {
			i = len(s.Entries)
			at[id] = i
			s.Entries = append(s.Entries, p.BlankEntry(id, ""))
		}
		return &s.Entries[i]
	}
	count := 0
	for _, m := range marks {
		switch {
		case m.Item == ItemCount:
			count = int(m.Value.Num().Int64())
		case m.Item == ItemAffair && m.Entry != "":
			e := entry(m.Entry)
			e.Affair = m.Affair
			if p.Choice(o, "affairs") == "all" {
				e.Touching = m.Touching
			}
		case m.Entry != "":
			e := entry(m.Entry)
			if i := indexOf(p.ruler.entryAt, m.Item); i >= 0 {
				e.Points[i] = int8(m.Value.Num().Int64())
			}
		default:
			if i := indexOf(p.ruler.regencyAt, m.Item); i >= 0 {
				s.Regency[i] = int8(m.Value.Num().Int64())
			}
		}
	}
	for n := len(s.Entries); n < count; n++ {
		s.Entries = append(s.Entries, p.BlankEntry("#"+strconv.Itoa(n+1), ""))
	}
	if o.Affairs != nil {
		s.Affairs = *o.Affairs
	}
	return s
}

// divided shows a Sheet as a Result: the regency's items and the entries' items as components, then what their number adds.
func (p *Pack) divided(marks []Mark, o Options) Result {
	s := p.SheetOf(marks, o)
	r := p.EvaluateSheet(s)
	raw := map[[2]string]*Reading{}
	for _, m := range marks {
		if m.Raw != nil {
			raw[[2]string{m.Entry, m.Item}] = m.Raw
		}
	}
	for i := range r.Components {
		for j := range r.Components[i].Questions {
			q := &r.Components[i].Questions[j]
			q.Raw = raw[[2]string{"", q.Code}]
		}
	}
	for i := range r.Entries {
		for j := range r.Entries[i].Questions {
			q := &r.Entries[i].Questions[j]
			q.Raw = raw[[2]string{r.Entries[i].ID, q.Code}]
		}
	}
	return r
}

// EvaluateSheet computes a Sheet and shows every part of it.
func (p *Pack) EvaluateSheet(s Sheet) Result {
	d := p.Divide(s)
	r := Result{Instrument: p.ID, Rule: p.Rule, Divided: &d, Index: d.Index}
	most := big.NewRat(p.ruler.most, 1)
	for i, c := range p.Components {
		cr := ComponentResult{Code: c.Code, Name: c.Name, Weight: p.weights[i], Max: new(big.Rat).Mul(p.weights[i], most)}
		if c.Entries {
			cr.Value = d.Mean
		} else {
			cr.Value = d.Regency
			cr.Questions = p.scored(p.ruler.regencyAt, s.Regency, "", &r)
		}
		r.Components = append(r.Components, cr)
	}
	r.Components = append(r.Components, ComponentResult{Code: "COUNT", Name: Text{ID: "Jumlah inovasi", EN: "Number of innovations"}, Weight: p.Divisor.countWeight,
		Value: d.Count, Max: new(big.Rat).Mul(p.Divisor.countWeight, big.NewRat(int64(p.Divisor.CountCap), 1))})
	top := new(big.Rat)
	for _, q := range p.ruler.entryAt {
		top.Add(top, new(big.Rat).Mul(q.weight, most))
	}
	for i, e := range s.Entries {
		r.Entries = append(r.Entries, EntryResult{ID: e.ID, Affair: e.Affair, Score: d.Scores[i], Max: top, Questions: p.scored(p.ruler.entryAt, e.Points, e.ID+":", &r)})
	}
	r.Band = p.BandOf(r.Index, Options{})
	return r
}

func (p *Pack) scored(items []Question, points []int8, prefix string, r *Result) []QuestionResult {
	out := make([]QuestionResult, 0, len(items))
	for i := range items {
		q := &items[i]
		one := QuestionResult{Code: q.Code, Weight: q.weight, Score: new(big.Rat)}
		if points[i] != Unfilled {
			one.Value, one.Count = big.NewRat(int64(points[i]), 1), 1
			one.Score.Mul(q.weight, one.Value)
			r.Answered++
		} else {
			r.Missing = append(r.Missing, prefix+q.Code)
		}
		out = append(out, one)
	}
	return out
}

// AffairCode finds an affair by its code or its name in either language; ok is false when there is none.
func (p *Pack) AffairCode(text string) (string, bool) {
	i := slices.IndexFunc(p.Affairs, func(a Affair) bool {
		return sameWords(text, a.Code) || sameWords(text, a.Name.ID) || sameWords(text, a.Name.EN)
	})
	if i < 0 {
		return "", false
	}
	return p.Affairs[i].Code, true
}
