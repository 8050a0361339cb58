package app

import (
	"context"
	"math/big"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/evidence"
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

// scoreProofs gives the evidence room to the index.
type scoreProofs struct{ a *App }

func scoreProof(i evidence.Item) score.Proof {
	return score.Proof{ID: i.ID, Title: i.Title, Kind: i.Kind, Number: i.Number, State: i.State, Agency: i.Agency, Date: i.Date, From: i.From, To: i.To, ValidUntil: i.ValidUntil}
}

func (p scoreProofs) Counts(ctx context.Context) (map[string]map[string]score.ProofCount, error) {
	all, err := p.a.Evidence.HolderCounts(ctx, innovation.Holder(""))
	out := map[string]map[string]score.ProofCount{}
	for holder, items := range all {
		out[holder] = map[string]score.ProofCount{}
		for item, c := range items {
			out[holder][item] = score.ProofCount{Total: c.Total, Accepted: c.Accepted, Waiting: c.Waiting, Returned: c.Returned}
		}
	}
	return out, err
}

func (p scoreProofs) Linked(ctx context.Context, holder string) (map[string][]score.Proof, error) {
	all, err := p.a.Evidence.Held(ctx, holder)
	out := map[string][]score.Proof{}
	for _, h := range all {
		out[h.At] = append(out[h.At], scoreProof(h.Item))
	}
	return out, err
}

func (p scoreProofs) Suggest(ctx context.Context, _, agency, words string, limit int) ([]score.Proof, error) {
	all, err := p.a.Evidence.Suggest(ctx, evidence.Want{Agency: agency, Words: words}, limit)
	var out []score.Proof
	for _, i := range all {
		out = append(out, scoreProof(i))
	}
	return out, err
}

func (p scoreProofs) Get(ctx context.Context, of string) (score.Proof, error) {
	i, err := p.a.Evidence.Get(ctx, of)
	return scoreProof(i), err
}

func (p scoreProofs) Link(ctx context.Context, of, holder, item string) error {
	return p.a.Evidence.Link(ctx, of, holder, item)
}

func (p scoreProofs) Unlink(ctx context.Context, of, holder, item string) error {
	return p.a.Evidence.Unlink(ctx, of, holder, item)
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
