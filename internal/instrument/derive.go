package instrument

import "math/big"

// Why no mark follows from a figure: keys that rooms translate.
const (
	WhyNoFigure   = "no-figure"   // the question asks for none
	WhyNoValue    = "no-value"    // a year it needs was not entered
	WhyNoNumber   = "no-number"   // what was entered is no number
	WhyZeroBefore = "zero-before" // growth from zero
)

// ValueOf gives a figure of a year: as a number, or nil where it is a grade, and as it was entered. ok is false when the
// year was not entered.
type ValueOf func(key string, year int) (number *big.Rat, text string, ok bool)

// DeriveFrom finds what a question asks of its external figure in the round of a year: the value itself, or its rise, fall
// or growth in percent over Span years, all exact. basisYears are the years it used or wanted, oldest first. text is what
// was entered where that is a grade; when ok is false it is one of the Why keys.
func DeriveFrom(q Question, year int, value ValueOf) (raw *big.Rat, text string, basisYears []int, ok bool) {
	if q.Figure == "" || q.Derive.By == "" {
		return nil, WhyNoFigure, nil, false
	}
	now := year - q.Derive.Lag
	if q.Derive.By == "value" {
		number, entered, known := value(q.Figure, now)
		switch {
		case !known:
			return nil, WhyNoValue, []int{now}, false
		case number == nil && len(q.Derive.Values) == 0:
			return nil, WhyNoNumber, []int{now}, false
		}
		return number, entered, []int{now}, true
	}
	then := now - max(q.Derive.Span, 1)
	years := []int{then, now}
	before, _, knownBefore := value(q.Figure, then)
	after, _, knownAfter := value(q.Figure, now)
	switch {
	case !knownBefore || !knownAfter:
		return nil, WhyNoValue, years, false
	case before == nil || after == nil:
		return nil, WhyNoNumber, years, false
	}
	change := new(big.Rat).Sub(after, before)
	switch q.Derive.By {
	case "fall":
		change.Neg(change)
	case "growth":
		if before.Sign() == 0 {
			return nil, WhyZeroBefore, years, false
		}
		change.Quo(change, before).Mul(change, big.NewRat(100, 1))
	}
	return change, "", years, true
}

// MarkFrom turns what DeriveFrom found into a mark, through the published words where the question has some, else through
// its brackets. ok is false when the word is unknown or the question has neither.
func (p *Pack) MarkFrom(q Question, raw *big.Rat, text string, o Options) (r Reading, ok bool) {
	if len(q.Derive.Values) == 0 {
		if raw == nil {
			return Reading{}, false
		}
		return p.ReadRaw(q.Code, "", raw, o)
	}
	for word, mark := range q.Derive.Values {
		if sameWords(word, text) {
			return Reading{Raw: raw, Points: decimal(mark)}, true
		}
	}
	return Reading{}, false
}
