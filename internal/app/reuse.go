package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/instrument"
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

func (x openItems) OpenItems(ctx context.Context, holder string) ([]reuse.Item, error) {
	if of, ok := strings.CutPrefix(holder, innovation.Holder("")); ok {
		return x.ofInnovation(ctx, of)
	}
	all, err := x.a.Evaluation.Items(ctx, holder)
	if err != nil {
		return nil, err
	}
	counts, err := x.a.Evidence.Counts(ctx, holder)
	var out []reuse.Item
	for _, i := range all {
		one := reuse.Item{Code: i.Code, Lead: i.Lead, Support: i.Support, Ready: i.Ready(), Path: "/evaluasi/" + holder + "/soal/" + i.Code}
		one.Proofs, one.Slots = hungOn(counts, i.Code)
		out = append(out, one)
	}
	return out, err
}

// hungOn counts the proofs of a question, also those in its slots ("I13:TD_13_01").
func hungOn(counts map[string]evidence.Count, code string) (total int, slots map[string]int) {
	total, slots = counts[code].Total, map[string]int{}
	for item, c := range counts {
		if slot, ok := strings.CutPrefix(item, code+":"); ok {
			slots[slot] += c.Total
			total += c.Total
		}
	}
	return total, slots
}

// ofInnovation lists the rows of the innovation index that are asked of every innovation.
func (x openItems) ofInnovation(ctx context.Context, of string) ([]reuse.Item, error) {
	i, err := x.a.Innovation.Get(ctx, of)
	if err != nil {
		return nil, err
	}
	pack, _, err := x.a.indexPack(ctx)
	if err != nil {
		return nil, err
	}
	holder := innovation.Holder(of)
	counts, err := x.a.Evidence.Counts(ctx, holder)
	var out []reuse.Item
	for _, q := range pack.EntryItems() {
		out = append(out, reuse.Item{Code: q.Code, Lead: i.Agency, Proofs: counts[q.Code].Total, Path: "/inovasi/" + of + "/skor#b-" + q.Code})
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

// library gives proofs and innovations to the same room.
type library struct{ a *App }

func (l library) Links(ctx context.Context) ([]reuse.Link, error) {
	all, err := l.a.Evidence.Links(ctx)
	out := make([]reuse.Link, 0, len(all))
	for _, h := range all {
		out = append(out, reuse.Link{Evidence: h.Evidence, Holder: h.Target.Round, Item: h.Target.Item, At: h.At})
	}
	return out, err
}

func (l library) LinksVersion(ctx context.Context) (string, error) {
	return l.a.Evidence.LinksVersion(ctx)
}

func (l library) Every(ctx context.Context) ([]reuse.Proof, error) {
	all, err := l.a.Evidence.Cards(ctx, evidence.Accepted)
	out := make([]reuse.Proof, 0, len(all))
	for _, i := range all {
		out = append(out, reusable(i))
	}
	return out, err
}

func (l library) Sees(ctx context.Context) func(reuse.Proof) bool {
	sees := evidence.Sees(ctx)
	return func(p reuse.Proof) bool { return sees(p.Confidentiality, p.Agency) }
}

func (l library) Proofs(ctx context.Context, ids []string) ([]reuse.Proof, error) {
	var out []reuse.Proof
	for _, one := range ids {
		i, err := l.a.Evidence.Get(ctx, one)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return nil, err
		}
		if err == nil && i.State == evidence.Accepted {
			out = append(out, reusable(i))
		}
	}
	return out, nil
}

func reusable(i evidence.Item) reuse.Proof {
	return reuse.Proof{ID: i.ID, Title: i.Title, Kind: i.Kind, Number: i.Number, Agency: i.Agency, State: i.State, Confidentiality: i.Confidentiality, Date: i.Date, From: i.From, To: i.To,
		ValidUntil: i.ValidUntil}
}

func (l library) LinkProof(ctx context.Context, of, holder, item, reason string) error {
	if one, ok := strings.CutPrefix(holder, innovation.Holder("")); ok {
		return l.a.Score.LinkProof(ctx, one, item, of, reason)
	}
	code, slot, _ := strings.Cut(item, ":")
	return l.a.Evaluation.LinkProof(ctx, evaluation.Target{Round: holder, Item: code}, slot, of, reason)
}

// Unlink asks the room that owns the place first. A proof without dates never stands against a year.
func (l library) Unlink(ctx context.Context, of, holder, item string) error {
	if one, ok := strings.CutPrefix(holder, innovation.Holder("")); ok {
		return l.a.Score.UnlinkProof(ctx, one, item, of)
	}
	code, slot, _ := strings.Cut(item, ":")
	if err := l.a.Evaluation.Linkable(ctx, evaluation.Target{Round: holder, Item: code}, slot, evaluation.Proof{}, ""); err != nil {
		return err
	}
	return l.a.Evidence.Unlink(ctx, of, holder, item)
}

func (l library) Innovations(ctx context.Context) ([]reuse.Innovation, error) {
	titles, err := l.a.Innovation.Titles(ctx)
	if err != nil {
		return nil, err
	}
	pack, year, err := l.a.indexPack(ctx)
	var out []reuse.Innovation
	for _, i := range slices.SortedFunc(maps.Values(titles), func(p, q innovation.Innovation) int { return cmp.Compare(p.Number, q.Number) }) {
		if err == nil && i.MergedInto == "" && i.Stage != innovation.Idea && i.Stage != innovation.Problem {
			out = append(out, reuse.Innovation{ID: i.ID, Title: i.Title, Agency: i.Agency, Year: year, Pack: pack.ID})
		}
	}
	return out, err
}
