package score

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"time"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Row is one innovation with its items.
type Row struct {
	Fact   Fact
	Items  []Item
	Counts bool   // it is ready or sent, and inside the window of the instrument
	Why    string // text key why it does not count; "" when it does
}

// Board is the whole computation of a regency.
type Board struct {
	Pack     *instrument.Pack
	Options  instrument.Options
	Setting  Setting
	Round    Round
	HasRound bool
	Year     int
	Regency  []Item
	Rows     []Row // those that count first, then the others, by title
	Sheet    instrument.Sheet
	Result   instrument.Result

	zone    *time.Location
	own     map[string]int      // efforts of the regency, by effortKey
	days    map[string][]int    // working days from nothing to each level, by item
	weights map[string]*big.Rat // by item
	places  map[string]int      // of an item among those of an innovation or of the regency
	index   map[string]int      // of an innovation among the rows
	covered map[string]int      // how many counting innovations cover each basic affair

	once    sync.Once // drops and adds
	drops   []Effect
	adds    []Effect
	mu      sync.Mutex
	first   map[int][]Next // the first steps of the regency, by how many
	steps   []Next         // the best steps of the regency, as many as a program may ask for
	entries []apiEntry     // the rows as a program gets them
}

// Row gives an innovation of the board.
func (b *Board) Row(id string) (Row, bool) {
	i, ok := b.index[id]
	if !ok {
		return Row{}, false
	}
	return b.Rows[i], true
}

// found gives the places of the rows that fit, in their order. A row is large and there are thousands, so none is copied.
func (b *Board) found(fits func(*Row) bool) []int {
	out := make([]int, 0, len(b.Rows))
	for n := range b.Rows {
		if fits(&b.Rows[n]) {
			out = append(out, n)
		}
	}
	return out
}

// item gives an item of an innovation, or of the regency when entry is "".
func (b *Board) item(entry, code string) (*Item, bool) {
	items := b.Regency
	if entry != "" {
		i, ok := b.index[entry]
		if !ok {
			return nil, false
		}
		items = b.Rows[i].Items
	}
	i, ok := b.places[code]
	if !ok || i >= len(items) || items[i].Question.Code != code {
		return nil, false
	}
	return &items[i], true
}

// Board computes the index of the actor's regency from everything the house knows now.
func (s *Service) Board(ctx context.Context) (*Board, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, err
	}
	return s.board(ctx, "")
}

// board computes with the instrument and the regency's items of a round; "" is the latest one. The innovations are read only
// when something about them changed since; a board is shared by those who ask and is not changed afterwards.
func (s *Service) board(ctx context.Context, round string) (*Board, error) {
	b, err := s.head(ctx, round)
	if err != nil {
		return nil, err
	}
	if err := s.regency(ctx, b); err != nil {
		return nil, err
	}
	whole := func() (*Board, error) {
		if err := s.rows(ctx, b); err != nil {
			return nil, err
		}
		b.sum()
		return b, nil
	}
	if s.boards == nil {
		return whole()
	}
	return s.boards.Get(ctx, tenant.From(ctx).Regency, s.InputPart, b.print(), whole)
}

// print is a text that differs when anything above the innovations does: instrument, options, efforts, the regency's items.
func (b *Board) print() string {
	return fmt.Sprintf("%p|%v|%v|%v|%v|%v|%v|%s|%v", b.Pack, b.Options, b.Setting, b.Round, b.HasRound, b.Year, b.own, b.zone, b.Regency)
}

// rows reads every innovation of the register.
func (s *Service) rows(ctx context.Context, b *Board) error {
	in, err := s.inputs(ctx)
	if err != nil {
		return err
	}
	for _, f := range in.facts {
		src := source{pack: b.Pack, fact: f, copied: in.copied[f.ID], other: nothingKnown(), year: b.Year, zone: s.Zone(ctx), o: b.Options}
		if other, ok := in.known[f.ID]; ok {
			src.other = other
		}
		b.Rows = append(b.Rows, b.row(src, in.claims[f.ID], in.proofs[f.ID]))
	}
	slices.SortFunc(b.Rows, func(x, y Row) int {
		if x.Counts != y.Counts {
			return map[bool]int{true: -1, false: 1}[x.Counts]
		}
		return cmp.Or(cmp.Compare(x.Fact.Title, y.Fact.Title), cmp.Compare(x.Fact.ID, y.Fact.ID))
	})
	for i, r := range b.Rows {
		b.index[r.Fact.ID] = i
	}
	return nil
}

func nothingKnown() Known { return Known{-1, -1, -1, -1, -1} }

// inputs is what the other rooms and the claims say of all innovations.
type inputs struct {
	facts  map[string]Fact
	copied map[string]Replication
	known  map[string]Known
	claims map[string]map[string]Claim
	proofs map[string]proof.Counts
}

func (s *Service) inputs(ctx context.Context) (in inputs, err error) {
	if in.facts, err = s.Innovations.Facts(ctx); err != nil {
		return in, err
	}
	if in.copied, err = s.Adoptions.Replications(ctx); err != nil {
		return in, err
	}
	if s.Others != nil {
		if in.known, err = s.Others.Known(ctx); err != nil {
			return in, err
		}
	}
	if in.claims, err = s.store.claims(ctx, tenant.From(ctx).Regency); err != nil {
		return in, err
	}
	in.proofs, err = s.Evidence.CountsOf(ctx, proof.Innovation)
	return in, err
}

func (b *Board) row(src source, claims map[string]Claim, proofs proof.Counts) Row {
	questions := b.Pack.EntryItems()
	r := Row{Fact: src.fact, Items: make([]Item, len(questions))}
	for i := range questions {
		q, it := &questions[i], &r.Items[i]
		*it = Item{Question: q, Claimed: instrument.Unfilled, Auto: src.auto(q), Proofs: proofs[proof.Spot{Item: q.Code}]}
		if c, ok := claims[q.Code]; ok && claimable(q) {
			it.claim(b, c)
		}
		it.settle()
		it.plan(b.days[q.Code], true)
	}
	r.Counts, r.Why = counts(b.Pack, src.fact, src.zone)
	return r
}

// counts tells whether an innovation counts: ready or sent, and live inside the window of the instrument.
func counts(p *instrument.Pack, f Fact, zone *time.Location) (bool, string) {
	day := time.UnixMilli(f.LiveAt).In(zone).Format(time.DateOnly)
	switch {
	case !f.Counting:
		return false, whyDraft
	case f.LiveAt == 0:
		return false, whyNotLive
	case p.Divisor.From != "" && day < p.Divisor.From, p.Divisor.To != "" && day > p.Divisor.To:
		return false, whyWindow
	}
	return true, ""
}

// Why an innovation does not count.
const (
	whyDraft   = "score.not.draft"
	whyNotLive = "score.not.live"
	whyWindow  = "score.not.window"
)

// sum computes the index of everything that counts.
func (b *Board) sum() {
	b.Sheet = b.Pack.BlankSheet()
	for i, it := range b.Regency {
		b.Sheet.Regency[i] = it.Points
	}
	for _, r := range b.Rows {
		if !r.Counts {
			continue
		}
		e := b.Entry(r)
		b.Sheet.Entries = append(b.Sheet.Entries, e)
		for _, affair := range b.basic(e) {
			b.covered[affair]++
		}
	}
	b.Result = b.evaluate(b.Sheet)
}

// evaluate computes a sheet. The instrument is asked for the parts without the entries, because it would list every item of
// every innovation with its own numbers, which no page of this room reads.
func (b *Board) evaluate(sheet instrument.Sheet) instrument.Result {
	d := b.Pack.Divide(sheet)
	r := b.Pack.EvaluateSheet(instrument.Sheet{Regency: sheet.Regency, Affairs: sheet.Affairs})
	r.Divided, r.Index, r.Band = &d, d.Index, b.Pack.BandOf(d.Index, b.Options)
	for i, c := range b.Pack.Components {
		if c.Entries {
			r.Components[i].Value = d.Mean
		}
	}
	r.Components[len(r.Components)-1].Value = d.Count
	return r
}

// Score gives the own score of an innovation on the scale of its items.
func (b *Board) Score(r Row) *big.Rat {
	total := new(big.Rat)
	for _, it := range r.Items {
		if it.Points > 0 {
			total.Add(total, weighed(b.weights[it.Question.Code], it.Points))
		}
	}
	return total
}

// MaxScore is what an innovation can reach.
func (b *Board) MaxScore() *big.Rat {
	total := new(big.Rat)
	for _, q := range b.Pack.EntryItems() {
		total.Add(total, weighed(b.weights[q.Code], levels))
	}
	return total
}

// average is the mean own score of the innovations that count; nil while none does.
func (b *Board) average() *big.Rat {
	d := b.Result.Divided
	if d.N == 0 {
		return nil
	}
	return new(big.Rat).Quo(d.Sum, whole(d.N))
}
