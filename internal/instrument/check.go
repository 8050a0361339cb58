package instrument

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
)

var (
	idForm        = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{2,63}$`)
	codeForm      = regexp.MustCompile(`^[A-Z]?[1-9][0-9]{0,2}[a-z]?$`)
	componentForm = regexp.MustCompile(`^[A-Z]{1,6}[0-9]{0,2}$`)
)

// Dimensions lists the six dimensions by their short keys.
func Dimensions() []string { return []string{"gov", "brand", "econ", "live", "soc", "env"} }

type say func(format string, a ...any)

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
	if !slices.Contains(Rules(), p.Rule) {
		say("rule %q: this version computes %s", p.Rule, strings.Join(Rules(), ", "))
	}
	if !p.Name.whole() {
		say("name: both languages are needed")
	}
	p.checkScale(say)
	p.checkComponents(say)
	p.checkSpellings()
	p.checkOptions(say)
	p.checkBands(say)
	p.checkPhases(say)
	p.checkDivisor(say)
	return errors.Join(problems...)
}

func (t Text) whole() bool { return t.ID != "" && t.EN != "" }

func (p *Pack) checkScale(say say) {
	p.min, p.max = decimal(p.Scale.Min), decimal(p.Scale.Max)
	if p.min == nil || p.max == nil || p.min.Cmp(p.max) >= 0 {
		say("scale: min and max must be numbers, min below max")
	}
	p.step = nil
	if p.Scale.Step == "" {
		return
	}
	if p.step = decimal(p.Scale.Step); p.step == nil || p.step.Sign() <= 0 {
		say("scale: step %q is not a number above 0", p.Scale.Step)
		p.step = nil
	}
}

// weighsQuestions reports whether the rule weighs questions and not only components.
func (p *Pack) weighsQuestions() bool { return p.Rule != MeanThenWeight }

func (p *Pack) checkComponents(say say) {
	p.places, p.weights = map[string]place{}, nil
	sum, seen := new(big.Rat), map[string]bool{}
	for i := range p.Components {
		c := &p.Components[i]
		if !componentForm.MatchString(c.Code) || seen[c.Code] {
			say("component %q: the code must be capital letters, used once", c.Code)
		}
		seen[c.Code] = true
		w := decimal(c.Weight)
		if w == nil || w.Sign() <= 0 {
			say("component %s: weight %q is not a number above 0", c.Code, c.Weight)
			w = new(big.Rat)
		}
		p.weights = append(p.weights, w)
		sum.Add(sum, w)
		if len(c.Questions) == 0 || !c.Name.whole() {
			say("component %s: a name in both languages and questions are needed", c.Code)
		}
		p.checkQuestions(i, w, say)
	}
	if p.Rule != WeightTimes && sum.Cmp(big.NewRat(100, 1)) != 0 {
		say("the weights sum to %s, want 100", Decimal(sum, 2))
	}
}

func (p *Pack) checkQuestions(at int, weight *big.Rat, say say) {
	c := &p.Components[at]
	sum := new(big.Rat)
	for j := range c.Questions {
		q := &c.Questions[j]
		p.checkQuestion(*c, q, say)
		p.places[q.Code] = place{at, j}
		if q.weight != nil {
			sum.Add(sum, q.weight)
		}
	}
	if p.weighsQuestions() && sum.Cmp(weight) != 0 {
		say("component %s: the weights of its questions sum to %s, want %s", c.Code, Decimal(sum, 2), c.Weight)
	}
}

func (p *Pack) checkQuestion(c Component, q *Question, say say) {
	if _, twice := p.places[q.Code]; twice {
		say("question %s stands twice", q.Code)
	}
	if !codeForm.MatchString(q.Code) || !p.weighsQuestions() && q.Code[:1] != c.Code {
		say("question %q: the code must be the component's letter and a number", q.Code)
	}
	if !q.Text.whole() {
		say("question %s: text in both languages is needed", q.Code)
	}
	if q.Dimension != "" && !slices.Contains(Dimensions(), q.Dimension) {
		say("question %s: unknown dimension %q", q.Code, q.Dimension)
	}
	q.weight = nil
	if p.weighsQuestions() {
		if q.weight = decimal(q.Weight); q.weight == nil || q.weight.Sign() < 0 || q.weight.Sign() == 0 && p.Rule != WeightedPoints {
			say("question %s: weight %q is not a number above 0", q.Code, q.Weight)
			q.weight = nil
		}
	}
	for mark := range q.Rubric {
		p.checkMark(q.Code, "rubric", mark, say)
	}
	for mark := range q.Effort {
		p.checkMark(q.Code, "effort", mark, say)
	}
	p.checkRaw(q, say)
	p.checkSlots(q, say)
	p.checkDerive(q, say)
}

func (p *Pack) checkMark(code, what, mark string, say say) {
	v := decimal(mark)
	known := v != nil && p.min != nil && p.max != nil && v.Cmp(p.min) >= 0 && v.Cmp(p.max) <= 0
	if !known || p.step != nil && !new(big.Rat).Quo(new(big.Rat).Sub(v, p.min), p.step).IsInt() {
		say("question %s: %s for %q, which is no mark of the scale", code, what, mark)
	}
}

// checkSpellings fills the ways in which a code may be written. A bare number names an item that is called letter and
// number when that is the only one.
func (p *Pack) checkSpellings() {
	p.spelling = map[string]string{}
	bare := map[string][]string{}
	for code := range p.places {
		p.spelling[spell(code)] = code
		bare[strings.TrimLeft(spell(code), "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] = append(bare[strings.TrimLeft(spell(code), "ABCDEFGHIJKLMNOPQRSTUVWXYZ")], code)
	}
	for number, codes := range bare {
		if len(codes) == 1 && number != "" && p.spelling[number] == "" {
			p.spelling[number] = codes[0]
		}
	}
	for _, c := range p.Components {
		p.spelling[c.Code] = c.Code
	}
}

func (p *Pack) checkOptions(say say) {
	seen := map[string]bool{}
	for _, o := range p.Options {
		if o.ID == "" || seen[o.ID] || len(o.Choices) < 2 || !o.Note.whole() {
			say("option %q: an id used once, a note in both languages and two choices are needed", o.ID)
		}
		seen[o.ID] = true
		for _, c := range o.Choices {
			if c.ID == "" || !c.Name.whole() {
				say("option %s: a choice wants an id and a name in both languages", o.ID)
			}
		}
	}
}

func (p *Pack) checkBands(say say) {
	var last *big.Rat
	for _, b := range p.Bands {
		from := decimal(b.From)
		if from == nil || !b.Name.whole() || last != nil && from.Cmp(last) >= 0 || b.OpenFrom != "" && decimal(b.OpenFrom) == nil {
			say("band %q: a lower bound below the band above it and a name in both languages are needed", b.From)
			continue
		}
		last = from
	}
}

func (p *Pack) checkPhases(say say) {
	if len(p.Phases) == 0 {
		return
	}
	sum := new(big.Rat)
	for _, ph := range p.Phases {
		share := decimal(ph.Share)
		if ph.Code == "" || !ph.Name.whole() || share == nil || share.Sign() <= 0 {
			say("phase %q: a code, a name in both languages and a share above 0 are needed", ph.Code)
			continue
		}
		sum.Add(sum, share)
	}
	if sum.Cmp(big.NewRat(100, 1)) != 0 {
		say("the shares of the phases sum to %s, want 100", Decimal(sum, 2))
	}
}

func (p *Pack) checkDivisor(say say) {
	d := p.Divisor
	if (p.Rule == WeightTimes) != (d != nil) {
		say("the rule %s and the part divisor belong together", WeightTimes)
	}
	if d == nil {
		return
	}
	d.countWeight, d.total = decimal(d.CountWeight), decimal(d.Total)
	if d.Minimum < 1 || d.countWeight == nil || d.countWeight.Sign() < 0 || d.CountCap < 0 || d.total == nil || d.total.Sign() <= 0 {
		say("divisor: minimum from 1, count_weight, count_cap and total above 0 are needed")
		d.countWeight, d.total = new(big.Rat), big.NewRat(1, 1)
	}
	parts := map[bool]int{}
	for _, c := range p.Components {
		parts[c.Entries]++
	}
	if parts[true] != 1 || parts[false] != 1 {
		say("%s wants one component of the regency and one of its entries", WeightTimes)
	}
	basic := 0
	for _, a := range p.Affairs {
		if a.Code == "" || !a.Name.whole() {
			say("affair %q: a code and a name in both languages are needed", a.Code)
		}
		if a.Basic {
			basic++
		}
	}
	if d.Affairs < 0 || d.Affairs > basic {
		say("divisor: %d basic affairs are required, %d are named", d.Affairs, basic)
	}
	p.prepareDivider(say)
}
