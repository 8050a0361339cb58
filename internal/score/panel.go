package score

import (
	"context"
	"math/big"

	"github.com/pendapa/pendapa/internal/errs"
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

// Panel gives the score of one innovation; ok is false when the register does not know it.
func (s *Service) Panel(ctx context.Context, id string) (p Panel, ok bool, err error) {
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
	p = Panel{Instrument: b.Pack.Name.In(lang), Score: trim(score), Max: trim(b.MaxScore()), Average: trim(b.average()), Counts: row.Counts, Why: row.Why}
	for _, it := range row.Items {
		p.Items = append(p.Items, s.panelItem(lang, it))
	}
	with := new(big.Rat).Set(score)
	for _, n := range b.StepsOf(row, panelSteps) {
		with.Add(with, n.OwnGain)
		p.Steps = append(p.Steps, PanelStep{Item: n.Item, Title: n.Question.Short.In(lang), Text: s.stepText(lang, n), Gain: trim(n.OwnGain), Days: trim(big.NewRat(int64(n.Effort), 1)),
			Path: "/inovasi/" + id + "/skor#b-" + n.Item})
	}
	p.WithSteps = trim(with)
	return p, true, nil
}

func (s *Service) panelItem(lang string, it Item) PanelItem {
	w := rat(it.Question.Weight)
	out := PanelItem{Code: it.Question.Code, Short: it.Question.Short.In(lang), Weight: trim(w), Points: int(max(it.Points, 0)), State: it.State,
		Score: trim(new(big.Rat).Mul(w, big.NewRat(int64(max(it.Points, 0)), 1)))}
	if it.Auto.Known {
		out.Why = s.Text(lang, it.Auto.Why)
	}
	return out
}

func (s *Service) stepText(lang string, n Next) string {
	if n.Claimed {
		return s.Text(lang, errs.M("score.step.link"))
	}
	return n.Question.Rubric[trim(big.NewRat(int64(n.To), 1))].In(lang)
}

// StepsOf gives the first steps of one innovation, each item once: the step with the largest gain a day.
func (b *Board) StepsOf(r Row, limit int) []Next {
	var out []Next
	seen := map[string]bool{}
	for _, n := range b.Steps(r.Fact.ID, 0) {
		if seen[n.Item] {
			continue
		}
		seen[n.Item] = true
		if out = append(out, n); len(out) == limit {
			break
		}
	}
	return out
}

// average is the mean own score of the innovations that count; nil while none does.
func (b *Board) average() *big.Rat {
	if len(b.Result.Divided.Scores) == 0 {
		return nil
	}
	return new(big.Rat).Quo(b.Result.Divided.Sum, big.NewRat(int64(len(b.Result.Divided.Scores)), 1))
}

// Shown is a number of the pack's scale for people: "–" while nothing is filled.
func Shown(points int8) string {
	if points == instrument.Unfilled {
		return "–"
	}
	return trim(big.NewRat(int64(points), 1))
}
