package app

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/reuse"
)

// openItems gives the questions of rounds and the rows of innovations to the room that lets proofs serve more than one.
type openItems struct{ a *App }

func (x openItems) Rounds(ctx context.Context) ([]reuse.Round, error) {
	all, err := x.a.Evaluation.Rounds(ctx)
	var out []reuse.Round
	for _, r := range all {
		out = append(out, reuse.Round{ID: r.ID, Title: r.Title, Year: r.Year, Pack: r.Pack, State: r.State})
	}
	return out, err
}

func (x openItems) OpenItems(ctx context.Context, holder proof.Thing) ([]reuse.Item, error) {
	if holder.Kind == proof.Innovation {
		return x.ofInnovation(ctx, holder)
	}
	all, err := x.a.Evaluation.Items(ctx, holder.ID)
	if err != nil {
		return nil, err
	}
	counts, err := x.a.Evidence.Counts(ctx, holder)
	var out []reuse.Item
	for _, i := range all {
		one := reuse.Item{Code: i.Code, Lead: i.Lead, Support: i.Support, Ready: i.Ready(), Path: "/evaluasi/" + holder.ID + "/soal/" + i.Code}
		one.Proofs, one.Slots = hungOn(counts, i.Code)
		out = append(out, one)
	}
	return out, err
}

// hungOn counts the proofs of a question, also those in its slots.
func hungOn(counts proof.Counts, code string) (total int, slots map[string]int) {
	slots = map[string]int{}
	for at, c := range counts {
		if at.Item != code {
			continue
		}
		total += c.Total
		if at.Slot != "" {
			slots[at.Slot] += c.Total
		}
	}
	return total, slots
}

// ofInnovation lists the rows of the innovation index that are asked of every innovation.
func (x openItems) ofInnovation(ctx context.Context, holder proof.Thing) ([]reuse.Item, error) {
	i, err := x.a.Innovation.Get(ctx, holder.ID)
	if err != nil {
		return nil, err
	}
	pack, _, err := x.a.indexPack(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := x.a.Evidence.Counts(ctx, holder)
	var out []reuse.Item
	for _, q := range pack.EntryItems() {
		out = append(out, reuse.Item{Code: q.Code, Lead: i.Agency, Proofs: counts[proof.Spot{Item: q.Code}].Total, Path: "/inovasi/" + holder.ID + "/skor#b-" + q.Code})
	}
	return out, err
}

// indexPack gives the instrument of the newest round of the innovation index and its year; without a round, that of this year.
func (a *App) indexPack(ctx context.Context) (*instrument.Pack, int, error) {
	r, ok, err := iidRounds{a}.Latest(ctx, "iid")
	if err != nil {
		return nil, 0, err
	}
	if !ok {
		p, err := instrument.Find(affairPack)
		return p, p.Year, err
	}
	p, err := a.Packs.Find(ctx, r.Pack)
	return p, r.Year, err
}

// openInnovations gives the register to the same room.
type openInnovations struct{ a *App }

func (x openInnovations) Innovations(ctx context.Context) ([]reuse.Innovation, error) {
	titles, err := x.a.Innovation.Titles(ctx)
	if err != nil {
		return nil, err
	}
	pack, year, err := x.a.indexPack(ctx)
	var out []reuse.Innovation
	for _, i := range slices.SortedFunc(maps.Values(titles), func(p, q innovation.Innovation) int { return cmp.Compare(p.Number, q.Number) }) {
		if err == nil && i.MergedInto == "" && i.Stage != innovation.Idea && i.Stage != innovation.Problem {
			out = append(out, reuse.Innovation{ID: i.ID, Title: i.Title, Agency: i.Agency, Year: year, Pack: pack.ID})
		}
	}
	return out, err
}
