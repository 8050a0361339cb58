package reuse

import (
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/proof"
)

// told is what a world tells about the questions of one instrument. It is worked out once and shared.
type told struct {
	relations map[string][]relation
	expected  map[string][]string // question -> kinds that lines expect
	telling   map[string][]string // question -> its telling words
	mentions  map[string][]int    // word -> proofs
}

// tells works out what the world tells about an instrument, the first time that it is asked for.
func (w *world) tells(p *instrument.Pack) *told {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.told[p.ID]
	if t == nil {
		t = &told{relations: w.relations(p), expected: w.expected(p), telling: tellingWords(p)}
		wanted := map[string]bool{}
		for _, mine := range t.telling {
			for _, word := range mine {
				wanted[word] = true
			}
		}
		t.mentions = w.mentions(wanted)
		w.told[p.ID] = t
	}
	return t
}

// finder looks for proofs for the questions of one place, among those that its actor may see.
type finder struct {
	*told
	w    *world
	at   place
	lang string
	sees func(proof.Card) bool
	here map[string][]int // question -> proofs that serve it already
}

func (w *world) finder(at place, sees func(proof.Card) bool, lang string) *finder {
	f := &finder{told: w.tells(at.Pack), w: w, at: at, lang: lang, sees: sees, here: map[string][]int{}}
	for _, n := range w.holds[at.ID] {
		h := w.held[n]
		f.here[h.item] = append(f.here[h.item], h.proof)
	}
	return f
}

// expected gives the kinds of evidence that the lines about a question speak of.
func (w *world) expected(p *instrument.Pack) map[string][]string {
	out := map[string][]string{}
	for _, l := range w.lines {
		for _, r := range []Ref{l.From, l.To} {
			if Belongs(p, r.Of) {
				out[r.Item] = append(out[r.Item], l.Kinds...)
			}
		}
	}
	return out
}

// find gives the proofs that may answer a question and that the actor may see, the best first.
func (f *finder) find(o Open) []Suggestion {
	var best []found
	for _, c := range f.ranked(o) {
		if len(best) == 3*mostSuggested {
			break
		}
		if f.sees(f.w.proofs[c.proof]) {
			best = append(best, f.whole(c, o))
		}
	}
	return f.chosen(best, o)
}

// consider takes up a proof that serves a related question, unless a better reason is known.
func (f *finder) consider(best map[int]found, o Open, relation, n int) {
	h, r := &f.w.held[n], &f.relations[o.Code][relation]
	if h.innovation {
		if r.how != ByLine {
			return
		}
		same := r.line.From == r.line.To // a line from a row to itself: another innovation of the same document
		if f.at.Innovation && same == (h.holder == f.at.ID) {
			return
		}
	}
	c := found{proof: h.proof, how: r.how, line: r.line, relation: relation, held: n}
	was, known := best[h.proof]
	if !known || f.better(c, was) {
		best[h.proof] = c
	}
}

// better prefers the stronger reason, then the kind that the line speaks of.
func (f *finder) better(c, was found) bool {
	if c.base() != was.base() {
		return c.base() > was.base()
	}
	return f.kindFits(c) && !f.kindFits(was)
}

func (f *finder) kindFits(c found) bool {
	return c.line == nil || slices.Contains(c.line.Kinds, f.w.proofs[c.proof].Kind)
}

// fewestWords that a proof found by nothing else must share with a question whose kinds of evidence are known, or are not.
const (
	fewestWords   = 2
	fewestUnknown = 3
)

// considerWords counts the telling words in common, and takes up proofs that share enough and are of a kind that fits.
func (f *finder) considerWords(best map[int]found, o Open) {
	common := map[int][]string{}
	for _, word := range f.telling[o.Code] {
		for _, n := range f.mentions[word] {
			common[n] = append(common[n], word)
		}
	}
	kinds := f.expected[o.Code]
	for n, shared := range common {
		if c, ok := best[n]; ok {
			c.common = shared
			best[n] = c
			continue
		}
		p := f.w.proofs[n]
		if p.ValidUntil != 0 && p.ValidUntil < f.w.now {
			continue
		}
		if len(shared) >= fewestWords && slices.Contains(kinds, p.Kind) || len(shared) >= fewestUnknown && len(kinds) == 0 {
			best[n] = found{proof: n, how: ByWords, relation: -1, held: -1, common: shared}
		}
	}
}

func (f *finder) weigh(c *found, o Open) {
	p := f.w.proofs[c.proof]
	c.fit, c.kind = f.w.fitOf(f.at, o.Question, p), f.kindFits(*c)
	c.score = c.base() + c.fit.points() + min(10, 2*len(c.common))
	if c.kind {
		c.score += 10
	}
	if o.Lead != "" && p.Agency == o.Lead {
		c.score += 4
	}
}

// chosen makes suggestions of the best, with slot and strength; strong ones stand first.
func (f *finder) chosen(all []found, o Open) []Suggestion {
	var out []Suggestion
	for _, c := range all {
		p := f.w.proofs[c.proof]
		s := Suggestion{Proof: p, Strength: Possible, Score: c.score, How: c.how}
		strong := c.strong()
		if len(o.Question.Slots) > 0 {
			slot, fits := f.w.mapping.pickSlot(o.Slots, p)
			s.Slot, strong = slot, strong && fits
		}
		if strong {
			s.Strength = Strong
		}
		if c.fit.how == yearWrong {
			s.Want, s.Got, s.NeedsReason = c.fit.want, c.fit.got, true
		}
		s.Why = f.why(c, p)
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int {
		if a.Strong() == b.Strong() {
			return 0
		}
		if a.Strong() {
			return -1
		}
		return 1
	})
	return out[:min(len(out), mostSuggested)]
}

// why tells in sentences what speaks for a proof, and what to look at.
func (f *finder) why(c found, p proof.Card) []errs.Msg {
	var out []errs.Msg
	if c.held >= 0 {
		h := f.w.held[c.held]
		at := f.w.places[h.holder]
		q, component, _ := at.Pack.Question(h.item)
		key, args := "reuse.why."+c.how, []any{"Item", labelOf(component, q, f.lang), "Place", at.Title}
		if h.innovation {
			key = "reuse.why.innovation"
		}
		if c.line != nil {
			why := c.line.Why.In(f.lang)
			if why == "" {
				why = c.line.Why.ID
			}
			args = append(args, "Why", why)
		}
		out = append(out, errs.M(key, args...))
	}
	if len(c.common) > 0 && (c.how == ByWords || len(c.common) > 1) {
		out = append(out, errs.M("reuse.why.words", "Words", strings.Join(c.common, ", ")))
	}
	if !c.kind {
		out = append(out, errs.M("reuse.why.kind", "Kind", errs.M("reuse.kind."+p.Kind)))
	}
	switch c.fit.how {
	case yearWrong:
		out = append(out, errs.M("reuse.why.wrong_year", "Want", c.fit.want, "Got", c.fit.got))
	case yearOld:
		out = append(out, errs.M("reuse.why.old", "Got", c.fit.got))
	case yearUnknown:
		if c.fit.want != 0 {
			out = append(out, errs.M("reuse.why.no_date", "Want", c.fit.want))
		}
	case yearFits:
		if c.fit.want != 0 {
			out = append(out, errs.M("reuse.why.year", "Want", c.fit.want))
		}
	}
	return out
}
