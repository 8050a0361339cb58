package evaluation

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Standing is where a round stands by the agencies' own marks and the evidence. It is a simulation: an unanswered question
// counts as the lowest mark.
type Standing struct {
	Index      string
	Band       string
	Components []ComponentStanding
	Phases     []PhaseStanding
	Entries    int // innovations that count, for an index of innovations
	Gate       bool
	Waiting    []string // external questions whose value is waited for
	Ready      int
	Total      int
}

// ComponentStanding is one component of a Standing. Max is set where the value is a sum and not a mean.
type ComponentStanding struct {
	Code, Name, Weight, Value, Max string
	Ready, Total                   int
}

// PhaseStanding is one phase of a Standing; Index is "" while it has no marks.
type PhaseStanding struct{ Code, Name, Share, Index string }

// Level gives the level of a question from the accepted evidence in its slots, and the slots that hold it back.
func Level(q instrument.Question, counts proof.Counts) (int, []instrument.Slot) {
	return q.Reached(func(slot string) bool { return counts[proof.Spot{Item: q.Code, Slot: slot}].Accepted > 0 })
}

// Evaluate computes a round as it stands now. strict leaves the index open while something is missing.
//
// Where everything stands in the round itself it is kept until an answer or the round changes: the list of results asks for every
// round. The result is shared and not changed.
func (s *Service) Evaluate(ctx context.Context, x Round, strict bool) (instrument.Result, error) {
	p, err := s.Packs.Find(ctx, x.Pack)
	if err != nil {
		return instrument.Result{}, err
	}
	whole := func() (instrument.Result, error) {
		items, err := s.items(ctx, p, x.ID)
		if err != nil {
			return instrument.Result{}, err
		}
		counts, err := s.Evidence.Counts(ctx, proof.OfRound(x.ID))
		if err != nil {
			return instrument.Result{}, err
		}
		return s.evaluate(ctx, x, p, items, counts, strict)
	}
	if p.Rule == instrument.WeightTimes || slotted(p) {
		return whole() // innovations or proofs decide as well
	}
	return s.results.Get(ctx, tenant.From(ctx).Regency, x.ID, resultKey{p, fmt.Sprint(x.Choices), strict}, whole)
}

// mostResults is how many computed rounds are kept.
const mostResults = 200

// resultKey is what the result of a round depends on besides its rows.
type resultKey struct {
	pack    *instrument.Pack
	choices string
	strict  bool
}

// slotted reports whether marks follow from the proofs in the slots of questions.
func slotted(p *instrument.Pack) bool {
	return slices.ContainsFunc(p.Components, func(c instrument.Component) bool {
		return slices.ContainsFunc(c.Questions, func(q instrument.Question) bool { return len(q.Slots) > 0 })
	})
}

func (s *Service) evaluate(ctx context.Context, x Round, p *instrument.Pack, items []Item, counts proof.Counts, strict bool) (instrument.Result, error) {
	if p.Rule == instrument.WeightTimes {
		sheet, err := s.Entries.SheetOf(ctx, x.ID)
		if err != nil {
			return instrument.Result{}, err
		}
		return s.sheets.result(sheetKey{tenant.From(ctx).Regency, p}, sheet), nil
	}
	marks := ownMarks(p, items, counts)
	o := instrument.Options{NotTakenPart: !strict, Chosen: x.Choices}
	if len(p.Phases) == 0 {
		return p.Evaluate(marks, o), nil
	}
	later, err := s.store.phases(ctx, tenant.From(ctx).Regency, x.ID)
	if err != nil || len(later) == 0 {
		return p.Evaluate(marks, o), err
	}
	return p.Evaluate(append(named(marks, p.Phases[0].Code), laterMarks(p, later)...), o), nil
}

// ownMarks are the agencies' own marks; where a question has slots, the level follows from the accepted evidence.
func ownMarks(p *instrument.Pack, items []Item, counts proof.Counts) []instrument.Mark {
	var marks []instrument.Mark
	for _, i := range items {
		q, _, _ := p.Question(i.Code)
		mark := ownMark(q, i, counts)
		if v, err := p.ParseMark(mark); err == nil && mark != "" {
			marks = append(marks, instrument.Mark{Item: i.Code, Value: v})
		}
	}
	return marks
}

// ownMark is what a question counts with before anybody else marks it: the level that accepted evidence reaches where it has
// slots, else what the agency chose; "" when nothing was chosen.
func ownMark(q instrument.Question, i Item, counts proof.Counts) string {
	if len(q.Slots) == 0 || q.External {
		return i.SelfMark
	}
	level, _ := Level(q, counts)
	return strconv.Itoa(level)
}

func named(marks []instrument.Mark, phase string) []instrument.Mark {
	for i := range marks {
		marks[i].Assessor = phase
	}
	return marks
}

func laterMarks(p *instrument.Pack, all []PhaseMark) []instrument.Mark {
	var marks []instrument.Mark
	for _, m := range all {
		if v, err := p.ParseMark(m.Value); err == nil {
			marks = append(marks, instrument.Mark{Item: m.Code, Assessor: m.Phase, Value: v})
		}
	}
	return marks
}

// standing shows an evaluation as the pages and exports need it.
func (s *Service) standing(ctx context.Context, x Round, p *instrument.Pack, items []Item, counts proof.Counts) (Standing, error) {
	r, err := s.evaluate(ctx, x, p, items, counts, false)
	if err != nil {
		return Standing{}, err
	}
	lang := tenant.From(ctx).Lang
	out := Standing{Index: instrument.Decimal(r.Index, 2), Total: len(items), Waiting: r.Waiting, Gate: true}
	if r.Band != nil {
		out.Band = r.Band.Name.In(lang)
	}
	if r.Divided != nil {
		out.Entries, out.Gate = r.Divided.N, r.Divided.Gate
	}
	ready := map[string]int{}
	for _, i := range items {
		if i.Ready() {
			ready[p.ComponentOf(i.Code)]++
			out.Ready++
		}
	}
	for _, c := range r.Components {
		one := ComponentStanding{Code: c.Code, Name: c.Name.In(lang), Weight: trimDecimal(c.Weight), Value: instrument.Decimal(c.Value, 2), Ready: ready[c.Code], Total: len(c.Questions)}
		if p.Rule == instrument.WeightTimes {
			one.Max = trimDecimal(c.Max)
		}
		out.Components = append(out.Components, one)
	}
	for _, ph := range r.Phases {
		out.Phases = append(out.Phases, PhaseStanding{Code: ph.Code, Name: ph.Name.In(lang), Share: trimDecimal(ph.Share), Index: instrument.Decimal(ph.Index, 2)})
	}
	return out, nil
}
