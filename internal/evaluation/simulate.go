package evaluation

import (
	"context"

	"github.com/pendapa/pendapa/internal/instrument"
)

// Standing is where a round stands by the agencies' own marks. It is a simulation: an unanswered question counts 0.
type Standing struct {
	Index      string
	Components []ComponentStanding
	Ready      int
	Total      int
}

// ComponentStanding is one component of a Standing.
type ComponentStanding struct {
	Code, Name, Weight, Value string
	Ready, Total              int
}

// Standing computes the index from self marks.
func (s *Service) Standing(p *instrument.Pack, items []Item, lang string) Standing {
	var marks []instrument.Mark
	for _, i := range items {
		if v, err := p.ParseMark(i.SelfMark); err == nil && i.SelfMark != "" {
			marks = append(marks, instrument.Mark{Item: i.Code, Value: v})
		}
	}
	r := p.Evaluate(marks, instrument.Options{NotTakenPart: true})
	out := Standing{Index: instrument.Decimal(r.Index, 2), Total: len(items)}
	ready := map[string]int{}
	for _, i := range items {
		if i.Ready() {
			ready[i.Code[:1]]++
			out.Ready++
		}
	}
	for _, c := range r.Components {
		out.Components = append(out.Components, ComponentStanding{Code: c.Code, Name: c.Name.In(lang), Weight: trimDecimal(c.Weight),
			Value: instrument.Decimal(c.Value, 2), Ready: ready[c.Code], Total: len(c.Questions)})
	}
	return out
}

// Past is what is known of the same question a year before.
type Past struct {
	Round Round
	Item  Item
	Marks PastMark
	Known bool
}

// Past gives last year's answer, self mark and the assessors' marks.
func (s *Service) Past(ctx context.Context, r Round, code string) (Past, error) {
	if r.Previous == "" {
		return Past{}, nil
	}
	now, err := s.Packs.Find(ctx, r.Pack)
	if err != nil {
		return Past{}, err
	}
	before, err := s.Round(ctx, r.Previous)
	if err != nil {
		return Past{}, err
	}
	then, err := s.Packs.Find(ctx, before.Pack)
	if err != nil {
		return Past{}, err
	}
	was := sameQuestion(now, code, then)
	if was == "" {
		return Past{}, nil
	}
	p := Past{Round: before, Known: true}
	if p.Item, err = s.Item(ctx, before.ID, was); err != nil {
		return Past{}, err
	}
	p.Marks, err = s.Marks.Past(ctx, before.ID, was)
	return p, err
}
