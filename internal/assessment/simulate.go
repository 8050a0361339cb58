package assessment

import (
	"context"
	"math/big"
	"slices"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
)

// Simulation is a result with some marks changed. It is never stored and is no official value.
type Simulation struct {
	Now, Then instrument.Result
	Changed   []string // items that were changed, in the order of the instrument
}

// Delta gives the change of the index, nil while one of the two is unknown.
func (s Simulation) Delta() *big.Rat { return minus(s.Then.Index, s.Now.Index) }

// Simulate computes the index with other marks: item -> mean mark as typed. An item is a question, or a component that
// is known only as a whole. Empty texts change nothing.
func (s *Service) Simulate(ctx context.Context, r Result, typed map[string]string) (Simulation, error) {
	if err := allow(ctx, Read); err != nil {
		return Simulation{}, err
	}
	out := Simulation{Now: r.Sum}
	values, wrong := map[string]*big.Rat{}, map[string]errs.Msg{}
	for _, item := range r.Items() {
		if typed[item] == "" {
			continue
		}
		v, err := r.Pack.ParseMark(typed[item])
		if err != nil {
			wrong["n_"+item] = errs.M("assessment.error.value", "Min", r.Pack.Scale.Min, "Max", r.Pack.Scale.Max)
			continue
		}
		values[item] = v
		out.Changed = append(out.Changed, item)
	}
	marks := slices.DeleteFunc(r.marks(), func(m instrument.Mark) bool { return values[m.Item] != nil })
	for item, v := range values {
		marks = append(marks, instrument.Mark{Item: item, Value: v})
	}
	out.Then = r.Pack.Evaluate(marks, instrument.Options{})
	if len(wrong) > 0 {
		return out, errs.InvalidFields(wrong)
	}
	return out, nil
}

// Items lists what can be marked in a result: questions, and components known only as a whole.
func (r Result) Items() []string {
	var all []string
	for _, c := range r.Pack.Components {
		if r.Whole(c.Code) {
			all = append(all, c.Code)
			continue
		}
		for _, q := range c.Questions {
			all = append(all, q.Code)
		}
	}
	return all
}
