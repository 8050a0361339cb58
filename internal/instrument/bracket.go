package instrument

import (
	"fmt"
	"math/big"
	"strings"
)

// Options say how to read what the published rules leave open; keys and values are those of Pack.Options, and what is not
// named is the default. RoundQuestions and NotTakenPart serve MeanThenWeight. The zero value is the rule as verified.
type Options struct {
	RoundQuestions int  // digits to which a question's mean is rounded before it is used; 0 does not round
	NotTakenPart   bool // what is missing counts as the lowest mark of the scale
	Chosen         map[string]string
	Affairs        *int // WeightTimes: how many basic affairs are covered, when the entries do not say
}

// Choice gives the choice in force for an option of the pack.
func (p *Pack) Choice(o Options, id string) string {
	for _, one := range p.Options {
		if one.ID != id {
			continue
		}
		for _, c := range one.Choices {
			if c.ID == o.Chosen[id] {
				return c.ID
			}
		}
		return one.Choices[0].ID
	}
	return ""
}

// CheckOptions refuses options and choices that the pack does not know.
func (p *Pack) CheckOptions(chosen map[string]string) error {
	for id, choice := range chosen {
		known := false
		for _, o := range p.Options {
			for _, c := range o.Choices {
				known = known || o.ID == id && c.ID == choice
			}
		}
		if !known {
			return fmt.Errorf("%s has no option %s=%s", p.ID, id, choice)
		}
	}
	return nil
}

// Reading is a raw figure with what it earns.
type Reading struct {
	Raw     *big.Rat // as given; nil when there was nothing to count
	Rounded *big.Rat // as matched
	Points  *big.Rat
	Step    Step // the bracket that holds it; zero when none does
	Basis   string
}

// HalfUp rounds to digits after the point, halves towards plus infinity: the "half up" of the guideline also below zero.
func HalfUp(r *big.Rat, digits int) *big.Rat {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	x := new(big.Rat).Mul(r, new(big.Rat).SetInt(scale))
	x.Add(x, big.NewRat(1, 2))
	floor := new(big.Int).Div(x.Num(), x.Denom()) // Euclidean: floor for a positive denominator
	return new(big.Rat).SetFrac(floor, scale)
}

// Read finds the step of a raw figure. Where two steps hold it, the first from the top counts, which gives the higher
// points; with lower the last one does.
func (b *Brackets) Read(raw *big.Rat, lower bool) Reading {
	out := Reading{Raw: raw, Rounded: HalfUp(raw, b.Decimals), Points: new(big.Rat)}
	found := false
	for _, s := range b.Steps {
		if s.from != nil && out.Rounded.Cmp(s.from) < 0 || s.to != nil && out.Rounded.Cmp(s.to) > 0 || found && !lower {
			continue
		}
		out.Step, out.Points, found = s, s.points, true
	}
	return out
}

// BracketsOf gives the brackets of an item and, for an item with several bases, of the basis named.
func (p *Pack) BracketsOf(item, basis string) (*Brackets, bool) {
	q, _, ok := p.Question(item)
	if !ok {
		return nil, false
	}
	for i := range q.Bases {
		if q.Bases[i].Code == basis {
			return &q.Bases[i].Brackets, true
		}
	}
	return q.Brackets, q.Brackets != nil && basis == ""
}

// ReadRaw turns a raw figure of an item into points under the options in force.
func (p *Pack) ReadRaw(item, basis string, raw *big.Rat, o Options) (Reading, bool) {
	b, ok := p.BracketsOf(item, basis)
	if !ok {
		return Reading{}, false
	}
	out := b.Read(raw, p.Choice(o, "edges") == "lower")
	out.Basis = basis
	if out.Step.Beyond && p.Choice(o, "beyond") == "zero" {
		out.Points = new(big.Rat)
	}
	return out, true
}

// ReadNothing gives what an item earns when there was nothing to count; ok is false where the pack does not say. Raw of the
// reading is nil.
func (p *Pack) ReadNothing(item, basis string, o Options) (r Reading, ok bool) {
	b, ok := p.BracketsOf(item, basis)
	if !ok || b.Nothing == nil {
		return Reading{}, false
	}
	out := Reading{Points: b.Nothing.points, Step: *b.Nothing, Basis: basis}
	if p.Choice(o, "no-complaints") == "zero" {
		out.Points = new(big.Rat)
	}
	return out, true
}

// basisOf splits 33a into item 33 and basis a; ok is false when the code names no basis.
func (p *Pack) basisOf(code string) (item, basis string, ok bool) {
	code = strings.TrimSpace(code)
	if len(code) < 2 {
		return "", "", false
	}
	item, basis = p.Canonical(code[:len(code)-1]), strings.ToLower(code[len(code)-1:])
	q, _, known := p.Question(item)
	if !known {
		return "", "", false
	}
	for _, b := range q.Bases {
		if b.Code == basis {
			return item, basis, true
		}
	}
	return "", "", false
}

// BandOf gives the class of an index; nil when the pack has no bands or the index is below the lowest.
func (p *Pack) BandOf(index *big.Rat, o Options) *Band {
	if index == nil {
		return nil
	}
	open := p.Choice(o, "bands") == "half-open"
	rounded := HalfUp(index, 2)
	for i, b := range p.Bands {
		from, value := decimal(b.From), rounded
		if open && b.OpenFrom != "" {
			from, value = decimal(b.OpenFrom), index
		}
		if value.Cmp(from) >= 0 {
			return &p.Bands[i]
		}
	}
	return nil
}
