package reuse

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Suggestion is an accepted proof that probably answers an open question. Why says so in sentences, the strongest first. Slot
// is the one proposed where the question has slots. Want and Got are years when the proof is of another one than asked for;
// NeedsReason says that linking it wants a reason.
type Suggestion struct {
	Proof       proof.Card
	Strength    string
	Score       int
	How         string
	Why         []errs.Msg
	Slot        string
	Want, Got   int
	NeedsReason bool
}

// Strong reports whether it may be linked without reading.
func (s Suggestion) Strong() bool { return s.Strength == Strong }

// Open is an open question with the proofs that may answer it. Slots are those still open. MayLink says that the actor may
// link something to it.
type Open struct {
	Item
	Question    instrument.Question
	Label       string
	Slots       []instrument.Slot
	WantYear    int
	MayLink     bool
	Suggestions []Suggestion
}

// Sheet is everything suggested for a holder. Without counts the open questions for which nothing was found.
type Sheet struct {
	Holder, Title string
	Pack          *instrument.Pack
	Linkable      bool // something can be linked here now
	Open          []Open
	Without       int
}

// Files counts the proofs suggested, each once.
func (x Sheet) Files() int {
	seen := map[string]bool{}
	for _, o := range x.Open {
		for _, s := range o.Suggestions {
			seen[s.Proof.ID] = true
		}
	}
	return len(seen)
}

// Strong counts the strong suggestions.
func (x Sheet) Strong() (n int) {
	for _, o := range x.Open {
		n += o.strong()
	}
	return n
}

func (o Open) strong() (n int) {
	for _, s := range o.Suggestions {
		if s.Strong() {
			n++
		}
	}
	return n
}

// Filter narrows a sheet; empty fields match everything. Agency is that of the question.
type Filter struct{ Agency, Strength string }

// Narrow leaves what fits a filter.
func (x Sheet) Narrow(f Filter) Sheet {
	var open []Open
	for _, o := range x.Open {
		if f.Agency != "" && o.Lead != f.Agency && !slices.Contains(o.Support, f.Agency) {
			continue
		}
		var fit []Suggestion
		for _, s := range o.Suggestions {
			if f.Strength == "" || s.Strength == f.Strength {
				fit = append(fit, s)
			}
		}
		if o.Suggestions = fit; len(fit) > 0 {
			open = append(open, o)
		}
	}
	x.Open = open
	return x
}

// mostSuggested is how many proofs are named for one question; nobody reads more.
const mostSuggested = 5

// Suggest lists the open questions of a round or an innovation with the accepted proofs that probably answer them.
func (s *Service) Suggest(ctx context.Context, holder string) (Sheet, error) {
	if err := allow(ctx, Read); err != nil {
		return Sheet{}, err
	}
	w, err := s.world(ctx)
	if err != nil {
		return Sheet{}, err
	}
	return s.suggest(ctx, w, holder)
}

func (s *Service) suggest(ctx context.Context, w *world, holder string) (Sheet, error) {
	at, err := w.place(holder)
	if err != nil {
		return Sheet{}, err
	}
	items, err := s.Rounds.OpenItems(ctx, proof.ParseThing(holder))
	if err != nil {
		return Sheet{}, err
	}
	lang := tenant.From(ctx).Lang
	x := Sheet{Holder: at.ID, Title: at.Title, Pack: at.Pack, Linkable: at.Open}
	var open []Open
	for _, i := range items {
		q, c, ok := at.Pack.Question(i.Code)
		if !ok || i.Ready {
			continue
		}
		o := Open{Item: i, Question: q, Label: labelOf(c, q, lang), Slots: openSlots(q, i.Slots), MayLink: at.Open && mayUse(ctx, i)}
		if i.Proofs > 0 && len(o.Slots) == 0 {
			continue
		}
		if offset, asked := w.mapping.asked(at.Pack, q); asked {
			o.WantYear = at.Year + offset
		}
		open = append(open, o)
	}
	f := w.finder(at, s.Evidence.Sees(ctx), lang)
	for _, o := range open {
		if o.Suggestions = f.find(o); len(o.Suggestions) == 0 {
			x.Without++
			continue
		}
		x.Open = append(x.Open, o)
	}
	return x, nil
}

// labelOf names a question shortly: "Output 1" where codes are a letter and a number, else the code and its short name.
func labelOf(c instrument.Component, q instrument.Question, lang string) string {
	if number, ok := strings.CutPrefix(q.Code, c.Code); ok && len(c.Code) == 1 && q.Short.ID == "" {
		return c.Name.In(lang) + " " + number
	}
	if short := q.Short.In(lang); short != "" {
		return q.Code + " " + short
	}
	return q.Code
}

// found is a proof on its way to become a suggestion.
type found struct {
	proof    int
	how      string
	line     *Line
	relation int // among those of the question, -1 by words
	held     int // the link it was found by, -1 by words
	score    int
	common   []string // words in common
	fit      fit
	kind     bool // its kind fits
}

// strong reports whether nothing speaks against linking it unread; the slot is looked at later.
func (f found) strong() bool {
	switch {
	case f.how == ByWords, f.how == ByLine && f.line.Strength != Strong:
		return false
	}
	return f.kind && f.fit.firm()
}

// base weighs where a proof was found: the mapping and the same question first, then the same figure, then words.
func (f found) base() int {
	switch {
	case f.how == ByQuestion:
		return 100
	case f.how == ByLine && f.line.Strength == Strong:
		return 95
	case f.how == ByFigure:
		return 80
	case f.how == ByLine:
		return 55
	}
	return 20
}

func byScore(w *world) func(a, b found) int {
	return func(a, b found) int {
		p, q := w.proofs[a.proof], w.proofs[b.proof]
		return cmp.Or(b.score-a.score, cmp.Compare(q.Date, p.Date), strings.Compare(p.Title, q.Title), strings.Compare(p.ID, q.ID))
	}
}
