package app

import (
	"context"
	"math/big"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/tenant"
)

// The bridges of the room that computes the innovation index.

// facts gives the register to the index.
type facts struct{ a *App }

func (f facts) Facts(ctx context.Context, only ...string) (map[string]score.Fact, error) {
	all, err := f.a.Innovation.Facts(ctx, only...)
	out := map[string]score.Fact{}
	for of, x := range all {
		out[of] = factOf(x)
	}
	return out, err
}

func factOf(x *innovation.Fact) score.Fact {
	var saving *big.Rat
	if x.BestCost != nil {
		saving = x.BestCost.Percent
	}
	return score.Fact{ID: x.ID, Title: x.Title, Agency: x.Agency, Affair: x.Affair, Stage: x.Stage, National: x.National, State: x.State, Touching: x.Touching, Counting: x.Counting,
		Published: x.Published, ProposedAt: x.ProposedAt, TrialAt: x.TrialAt, LiveAt: x.LiveAt, People: x.People, Agencies: x.Agencies, Actors: x.Actors, BudgetYears: x.BudgetYears,
		Users: x.Users, Complaints: x.Complaints, Resolved: x.Resolved, CostSaving: saving, AfterDays: x.AfterDays, VideoElements: x.VideoElements, Video: x.Video}
}

func (f facts) MayEdit(ctx context.Context, of string) (bool, error) {
	i, err := f.a.Innovation.Get(ctx, of)
	if err != nil {
		return false, err
	}
	return f.a.Innovation.MayEdit(ctx, i)
}

// Title gives the title of an innovation that the actor may see.
func (f facts) Title(ctx context.Context, of string) (string, error) {
	i, err := f.a.Innovation.Get(ctx, of)
	return i.Title, err
}

// iidRounds gives the round of the innovation index to the room that computes it.
type iidRounds struct{ a *App }

func (x iidRounds) Latest(ctx context.Context, kind string) (score.Round, bool, error) {
	all, err := x.a.Evaluation.Rounds(ctx)
	if err != nil {
		return score.Round{}, false, err
	}
	for _, r := range all {
		p, err := x.a.Packs.Find(ctx, r.Pack)
		if err != nil {
			return score.Round{}, false, err
		}
		if p.Kind == kind {
			out, err := x.round(ctx, r)
			return out, err == nil, err
		}
	}
	return score.Round{}, false, nil
}

// Of gives one round, if there is such a one.
func (x iidRounds) Of(ctx context.Context, of string) (score.Round, bool, error) {
	r, err := x.a.Evaluation.Round(ctx, of)
	if errs.Is(err, errs.NotFound) {
		return score.Round{}, false, nil
	}
	if err != nil {
		return score.Round{}, false, err
	}
	out, err := x.round(ctx, r)
	return out, err == nil, err
}

func (x iidRounds) round(ctx context.Context, r evaluation.Round) (score.Round, error) {
	out := score.Round{ID: r.ID, Title: r.Title, Pack: r.Pack, State: r.State, Year: r.Year, Choices: r.Choices, Marks: map[string]string{}, Checked: map[string]bool{}}
	items, err := x.a.Evaluation.Items(ctx, r.ID)
	for _, i := range items {
		out.Marks[i.Code], out.Checked[i.Code] = i.SelfMark, i.State == evaluation.Checked
	}
	if err != nil {
		return out, err
	}
	out.Published, err = x.a.Assessment.PublishedIndex(ctx, r.ID)
	return out, err
}

// scores gives the index of one innovation to its page.
type scores struct{ a *App }

func (x scores) Panel(ctx context.Context, of string) (innovation.ScorePanel, error) {
	p, ok, err := x.a.Score.Panel(ctx, of)
	if err != nil || !ok {
		return innovation.ScorePanel{}, err
	}
	out := innovation.ScorePanel{Known: true, Instrument: p.Instrument, Score: p.Score, Max: p.Max, WithSteps: p.WithSteps, Average: p.Average, Path: "/inovasi/" + of + "/skor"}
	for _, i := range p.Items {
		out.Items = append(out.Items, innovation.ScoreItem{Code: i.Code, Short: i.Short, Weight: i.Weight, Points: i.Points, Score: i.Score, State: i.State, Why: i.Why})
		if i.State == score.StateAuto {
			out.Found = append(out.Found, innovation.ScoreFound{Item: i.Code, Text: i.Why})
		}
	}
	for _, s := range p.Steps {
		out.Steps = append(out.Steps, innovation.ScoreStep(s))
	}
	return out, nil
}

// entries gives an evaluation round of the innovation index its innovations.
type entries struct{ a *App }

func (x entries) SheetOf(ctx context.Context, round string) (instrument.Sheet, error) {
	return x.a.Score.SheetOf(ctx, round)
}

func (x entries) Rows(ctx context.Context, round string) ([]evaluation.EntryRow, error) {
	b, err := x.a.Score.Board(ctx)
	if err != nil {
		return nil, err
	}
	sheet, err := x.a.Score.SheetOf(ctx, round)
	if err != nil {
		return nil, err
	}
	titles, err := x.a.Innovation.Titles(ctx)
	if err != nil {
		return nil, err
	}
	pack, err := x.a.Evaluation.PackOf(ctx, round)
	if err != nil {
		return nil, err
	}
	names, err := x.a.agencyNames(ctx)
	var out []evaluation.EntryRow
	for _, e := range sheet.Entries {
		out = append(out, entryRow(pack, b, e, titles[e.ID], names, tenant.From(ctx).Lang))
	}
	slices.SortFunc(out, func(p, q evaluation.EntryRow) int { return strings.Compare(p.Number, q.Number) })
	return out, err
}

func entryRow(pack *instrument.Pack, b *score.Board, e instrument.Entry, i innovation.Innovation, names map[string]string, lang string) evaluation.EntryRow {
	row := evaluation.EntryRow{ID: e.ID, Number: i.Numbered(), Title: i.Title, Agency: names[i.Agency], Stage: i.National(), Points: map[string]string{}, States: map[string]string{}, Files: map[string]int{}}
	for _, one := range pack.Affairs {
		if one.Code == e.Affair {
			row.Affair = one.Name.In(lang)
		}
	}
	sum := new(big.Rat)
	known, _ := b.Row(e.ID)
	for n, q := range pack.EntryItems() {
		if p := e.Points[n]; p != instrument.Unfilled {
			row.Points[q.Code] = score.Shown(p)
			w, _ := new(big.Rat).SetString(q.Weight)
			sum.Add(sum, w.Mul(w, big.NewRat(int64(p), 1)))
		}
		if n < len(known.Items) {
			row.States[q.Code], row.Files[q.Code] = known.Items[n].State, known.Items[n].Proofs.Total
		}
	}
	row.Score = sum.FloatString(2)
	return row
}
