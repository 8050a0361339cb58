package score

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
)

// regency reads the items that are asked once: the mark of the round, else what follows from an external figure.
func (s *Service) regency(ctx context.Context, b *Board) error {
	values, err := s.Figures.Values(ctx, b.Year)
	if err != nil {
		return err
	}
	questions := b.Pack.RegencyItems()
	b.Regency = make([]Item, len(questions))
	for i := range questions {
		q, it := &questions[i], &b.Regency[i]
		*it = Item{Question: q, Points: instrument.Unfilled, Claimed: instrument.Unfilled, State: StateMissing, Checked: b.Round.Checked[q.Code]}
		it.fromFigure(b, values)
		if v, err := b.Pack.ParseMark(b.Round.Marks[q.Code]); err == nil {
			it.Claimed = int8(v.Num().Int64())
		}
		switch {
		case it.Claimed != instrument.Unfilled:
			it.Points, it.State = it.Claimed, StateLinked
		case it.Auto.Known:
			it.Points, it.State = it.Auto.Points, StateAuto
		}
		it.plan(b.days[q.Code], false)
	}
	return nil
}

// fromFigure reads an item of the regency from the external figure it asks for, or says what stands in the way.
func (it *Item) fromFigure(b *Board, values instrument.ValueOf) {
	q := it.Question
	raw, text, basis, ok := instrument.DeriveFrom(*q, b.Year, values)
	if !ok {
		if text != instrument.WhyNoFigure {
			it.Lack = errs.M("score.lack."+strings.ReplaceAll(text, "-", "_"), "Years", years(basis))
		}
		return
	}
	r, ok := b.Pack.MarkFrom(*q, raw, text, b.Options)
	if !ok {
		it.Lack = errs.M("score.lack.word", "Word", text, "Years", years(basis))
		return
	}
	it.Auto = Auto{Known: true, Points: pointsOf(r), Note: r.Step.Note, Why: errs.M("score.why.grade", "Word", text, "Years", years(basis))}
	if len(q.Derive.Values) == 0 {
		it.Auto.Raw = trim(raw)
		it.Auto.Why = errs.M("score.why.figure", "Figure", plain(trim(r.Rounded)), "Unit", q.Brackets.Unit, "Years", years(basis))
	}
}

// years writes the years of a figure, newest first.
func years(all []int) string {
	var words []string
	for _, y := range slices.Backward(all) {
		words = append(words, strconv.Itoa(y))
	}
	return strings.Join(words, ", ")
}
