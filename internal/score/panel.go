package score

import (
	"context"
	"math/big"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Panel is what the page of one innovation shows of its score. Numbers are decimals.
type Panel struct {
	Instrument                     string
	Score, Max, WithSteps, Average string
	Counts                         bool
	Why                            string // text key why it does not count
	Items                          []PanelItem
	Steps                          []PanelStep
}

// PanelItem is one item: how many of three steps count, and why.
type PanelItem struct {
	Code, Short, Weight string
	Points              int
	Score, State, Why   string
}

// PanelStep is a step that would raise the score.
type PanelStep struct{ Item, Title, Text, Gain, Days, Path string }

// panelSteps is how many next steps a page shows.
const panelSteps = 4

// Panel gives the score of one innovation; ok is false when the register does not know it or the actor may not see scores.
func (s *Service) Panel(ctx context.Context, id string) (p Panel, ok bool, err error) {
	if allow(ctx, Read) != nil {
		return p, false, nil
	}
	b, err := s.Board(ctx)
	if err != nil {
		return p, false, err
	}
	row, ok := b.Row(id)
	if !ok {
		return p, false, nil
	}
	lang := tenant.From(ctx).Lang
	score := b.Score(row)
	p = Panel{Instrument: b.Pack.Name.In(lang), Score: trim(score), Max: trim(b.MaxScore()), Counts: row.Counts, Why: row.Why}
	if mean := b.average(); mean != nil {
		p.Average = trim(instrument.HalfUp(mean, 1))
	}
	for i := range row.Items {
		p.Items = append(p.Items, s.panelItem(lang, b, &row.Items[i]))
	}
	with := new(big.Rat).Set(score)
	for _, n := range b.FirstSteps(id, panelSteps) {
		with.Add(with, n.OwnGain)
		p.Steps = append(p.Steps, PanelStep{Item: n.Item, Title: n.Question.Short.In(lang), Text: s.stepText(lang, n), Gain: trim(n.OwnGain), Days: trim(whole(n.Effort)), Path: n.Path})
	}
	p.WithSteps = trim(with)
	return p, true, nil
}

func (s *Service) panelItem(lang string, b *Board, it *Item) PanelItem {
	w := b.weights[it.Question.Code]
	out := PanelItem{Code: it.Question.Code, Short: it.Question.Short.In(lang), Weight: trim(w), Points: int(max(it.Points, 0)), State: it.State, Score: trim(weighed(w, it.Points))}
	if it.Auto.Known {
		out.Why = s.why(lang, it.Auto.Why)
	}
	return out
}
