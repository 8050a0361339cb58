package reuse

import (
	"slices"
	"time"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/proof"
)

// How the time of a proof fits a question.
const (
	yearFits     = iota // of the year asked for
	yearStanding        // a regulation, decree, plan or agreement holds until it ends
	yearUnknown         // the card names no date
	yearOld             // from an earlier round than this one looks at
	yearWrong           // the question asks for another year
)

// fit is how the time of a proof fits a question. Want and Got are years; Want is 0 where none is asked for.
type fit struct {
	how       int
	want, got int
}

// standing are the kinds that hold for years.
func standing() []string { return []string{"regulation", "decree", "plan", "agreement"} }

// span gives the first and last year a proof is of: its period, else its date; zeros when the card names none.
func (w *world) span(p proof.Card) (first, last int) {
	year := func(ms int64) int { return time.UnixMilli(ms).In(w.zone).Year() }
	switch {
	case p.From != 0:
		return year(p.From), year(max(p.From, p.To))
	case p.Date != 0:
		return year(p.Date), year(p.Date)
	}
	return 0, 0
}

// fitOf compares the time of a proof with what a question of a place asks for. A question that names no year looks at the
// year of the round and the one before.
func (w *world) fitOf(at place, q instrument.Question, p proof.Card) fit {
	first, last := w.span(p)
	offset, asked := w.mapping.asked(at.Pack, q)
	f := fit{got: first}
	if asked {
		f.want = at.Year + offset
	}
	switch {
	case first == 0:
		f.how = yearUnknown
	case asked && (f.want < first || f.want > last):
		f.how = yearWrong
	case asked:
		f.how = yearFits
	case slices.Contains(standing(), p.Kind):
		f.how = yearStanding
	case last < at.Year-1:
		f.how = yearOld
	default:
		f.how = yearFits
	}
	return f
}

// firm reports whether the time leaves no doubt, as a strong suggestion needs it.
func (f fit) firm() bool {
	return f.how == yearFits || f.how == yearStanding || f.how == yearUnknown && f.want == 0
}

// points weigh the time when suggestions are ordered.
func (f fit) points() int {
	switch f.how {
	case yearFits:
		return 8
	case yearStanding:
		return 4
	case yearOld:
		return -15
	case yearWrong:
		return -40
	}
	return 0
}
