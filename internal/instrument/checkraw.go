package instrument

import (
	"math/big"
	"slices"
	"strings"
)

func (p *Pack) checkRaw(q *Question, say say) {
	if q.Brackets != nil {
		p.checkBrackets(q.Code, q.Brackets, say)
	}
	seen := map[string]bool{}
	for i := range q.Bases {
		b := &q.Bases[i]
		if len(b.Code) != 1 || b.Code < "a" || b.Code > "z" || seen[b.Code] || !b.Name.whole() {
			say("question %s: a basis wants one small letter, used once, and a name in both languages", q.Code)
		}
		seen[b.Code] = true
		p.checkBrackets(q.Code+b.Code, &b.Brackets, say)
	}
	if q.Brackets != nil && len(q.Bases) > 0 {
		say("question %s: brackets stand in the bases or in the question, not in both", q.Code)
	}
}

func (p *Pack) checkBrackets(code string, b *Brackets, say say) {
	if b.Decimals < 0 || b.Decimals > 6 || len(b.Steps) == 0 || len(b.Steps) > 20 {
		say("question %s: brackets want 0 to 6 decimals and steps", code)
	}
	for i := range b.Steps {
		p.checkStep(code, &b.Steps[i], say)
	}
	if b.Nothing != nil {
		p.checkStep(code, b.Nothing, say)
	}
}

func (p *Pack) checkStep(code string, s *Step, say say) {
	s.from, s.to, s.points = bound(s.From), bound(s.To), decimal(s.Points)
	if s.From != "" && s.from == nil || s.To != "" && s.to == nil || s.from != nil && s.to != nil && s.from.Cmp(s.to) > 0 {
		say("question %s: step for %s: the bounds must be numbers, from not above to", code, s.Points)
	}
	p.checkMark(code, "step", s.Points, say)
}

func bound(text string) *big.Rat {
	if text == "" {
		return nil
	}
	return decimal(text)
}

func (p *Pack) checkSlots(q *Question, say say) {
	seen := map[string]bool{}
	for _, s := range q.Slots {
		if s.Code == "" || len(s.Code) > 40 || strings.ContainsAny(s.Code, " /\\") || seen[s.Code] || !s.Name.whole() || s.Level < 1 || s.Level > 5 {
			say("question %s: slot %q wants a code used once, a level from 1 to 5 and a name in both languages", q.Code, s.Code)
		}
		seen[s.Code] = true
	}
}

func (p *Pack) checkDerive(q *Question, say say) {
	d := q.Derive
	if d.By != "" && (!slices.Contains([]string{"value", "rise", "fall", "growth"}, d.By) || q.Figure == "") {
		say("question %s: derive wants a figure and value, rise, fall or growth", q.Code)
	}
	if d.Span < 0 || d.Span > 20 || d.Lag < 0 || d.Lag > 20 || len(d.Values) > 0 && d.By != "value" {
		say("question %s: derive wants a span and a lag of 0 to 20 years, and words only for a value", q.Code)
	}
	for word, mark := range d.Values {
		p.checkMark(q.Code, "the word "+word, mark, say)
	}
}
