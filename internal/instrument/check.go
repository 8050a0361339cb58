package instrument

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"slices"
)

var (
	idForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{2,63}$`)
	codeForm = regexp.MustCompile(`^[A-Z][1-9][0-9]{0,2}$`)
)

// Dimensions lists the six dimensions by their short keys.
func Dimensions() []string { return []string{"gov", "brand", "econ", "live", "soc", "env"} }

// prepare checks everything a reader of the file cannot see at once and fills the look-up tables.
func (p *Pack) prepare() error {
	var problems []error
	say := func(format string, a ...any) { problems = append(problems, fmt.Errorf(format, a...)) }
	if !idForm.MatchString(p.ID) {
		say("id %q: want small letters, digits and hyphens", p.ID)
	}
	if p.Kind == "" || p.Year < 2000 || p.Year > 2100 || p.Source == "" {
		say("kind, year (2000-2100) and source are needed")
	}
	if p.Rule != MeanThenWeight {
		say("rule %q: this version computes %s only", p.Rule, MeanThenWeight)
	}
	if p.Name.ID == "" || p.Name.EN == "" {
		say("name: both languages are needed")
	}
	p.min, p.max = decimal(p.Scale.Min), decimal(p.Scale.Max)
	if p.min == nil || p.max == nil || p.min.Cmp(p.max) >= 0 {
		say("scale: min and max must be numbers, min below max")
	}
	p.checkComponents(say)
	return errors.Join(problems...)
}

func (p *Pack) checkComponents(say func(string, ...any)) {
	p.places, p.weights = map[string]place{}, nil
	sum, seen := new(big.Rat), map[string]bool{}
	for i, c := range p.Components {
		if len(c.Code) != 1 || c.Code < "A" || c.Code > "Z" || seen[c.Code] {
			say("component %q: the code must be one letter, used once", c.Code)
		}
		seen[c.Code] = true
		w := decimal(c.Weight)
		if w == nil || w.Sign() <= 0 {
			say("component %s: weight %q is not a number above 0", c.Code, c.Weight)
			w = new(big.Rat)
		}
		p.weights = append(p.weights, w)
		sum.Add(sum, w)
		if len(c.Questions) == 0 || c.Name.ID == "" || c.Name.EN == "" {
			say("component %s: a name in both languages and questions are needed", c.Code)
		}
		for j, q := range c.Questions {
			p.checkQuestion(c, q, say)
			p.places[q.Code] = place{i, j}
		}
	}
	if sum.Cmp(big.NewRat(100, 1)) != 0 {
		say("the weights sum to %s, want 100", Decimal(sum, 2))
	}
}

func (p *Pack) checkQuestion(c Component, q Question, say func(string, ...any)) {
	if _, twice := p.places[q.Code]; twice {
		say("question %s stands twice", q.Code)
	}
	if !codeForm.MatchString(q.Code) || q.Code[:1] != c.Code {
		say("question %q: the code must be the component's letter and a number", q.Code)
	}
	if q.Text.ID == "" || q.Text.EN == "" {
		say("question %s: text in both languages is needed", q.Code)
	}
	if q.Dimension != "" && !slices.Contains(Dimensions(), q.Dimension) {
		say("question %s: unknown dimension %q", q.Code, q.Dimension)
	}
	for mark := range q.Rubric {
		if v := decimal(mark); v == nil || p.min == nil || p.max == nil || v.Cmp(p.min) < 0 || v.Cmp(p.max) > 0 {
			say("question %s: rubric for %q, which is no mark of the scale", q.Code, mark)
		}
	}
}
