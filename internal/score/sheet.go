package score

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Proof states of an item.
const (
	StateAuto    = "auto"    // found by the house itself
	StateLinked  = "linked"  // claimed, with evidence
	StateMissing = "missing" // nothing, or claimed without evidence
	StateExpired = "expired" // its evidence expired or was returned
)

// Claim is the level a team says an item has reached.
type Claim struct {
	Innovation, Item, Basis, Raw, Note string
	Points                             int8
	By                                 string
	At, Rev                            int64
}

// Item is one item of one innovation, or of the regency, as it stands.
type Item struct {
	Question instrument.Question
	Points   int8 // that count
	Claimed  int8 // what the team says; Unfilled when it says nothing
	State    string
	Auto     Auto
	Claim    Claim
	Proofs   ProofCount
	Figure   *FigureRead // regency items that follow from an external figure
}

// FigureRead is a regency item read from an external figure.
type FigureRead struct {
	Raw   string
	Years []int
}

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
	efforts  map[string]int
	index    map[string]int
}

// Row gives an innovation of the board.
func (b *Board) Row(id string) (Row, bool) {
	i, ok := b.index[id]
	if !ok {
		return Row{}, false
	}
	return b.Rows[i], true
}

// Board computes the index of the actor's regency from everything the house knows now.
func (s *Service) Board(ctx context.Context) (*Board, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, err
	}
	b := &Board{index: map[string]int{}}
	if err := s.head(ctx, b); err != nil {
		return nil, err
	}
	if err := s.rows(ctx, b); err != nil {
		return nil, err
	}
	if err := s.regency(ctx, b); err != nil {
		return nil, err
	}
	b.Sheet = b.Pack.BlankSheet()
	for i, it := range b.Regency {
		b.Sheet.Regency[i] = it.Points
	}
	for _, r := range b.Rows {
		if r.Counts {
			b.Sheet.Entries = append(b.Sheet.Entries, b.Entry(r))
		}
	}
	b.Result = b.Pack.EvaluateSheet(b.Sheet)
	return b, nil
}

// head finds the instrument: that of the latest round, else the regency's choice, else the newest shipped one.
func (s *Service) head(ctx context.Context, b *Board) (err error) {
	if b.Setting, err = s.Setting(ctx); err != nil {
		return err
	}
	if b.Round, b.HasRound, err = s.Rounds.Latest(ctx, kindIID); err != nil {
		return err
	}
	id := b.Setting.Pack
	if b.HasRound {
		id = b.Round.Pack
	}
	if id == "" {
		id = defaultPack
	}
	if b.Pack, err = s.Packs.Find(ctx, id); err != nil {
		return err
	}
	if b.Pack.Rule != instrument.WeightTimes {
		return errs.E(errs.Invalid, "score.error.pack", nil)
	}
	b.Options = instrument.Options{Chosen: b.Setting.Choices}
	if b.Year = b.Pack.Year; b.HasRound {
		b.Year = b.Round.Year
		if len(b.Round.Choices) > 0 {
			b.Options.Chosen = b.Round.Choices
		}
	}
	b.efforts, err = s.store.efforts(ctx, tenant.From(ctx).Regency)
	return err
}

func (s *Service) rows(ctx context.Context, b *Board) error {
	facts, err := s.Innovations.Facts(ctx)
	if err != nil {
		return err
	}
	copied, err := s.Adoptions.Replications(ctx)
	if err != nil {
		return err
	}
	known := map[string]Known{}
	if s.Others != nil {
		if known, err = s.Others.Known(ctx); err != nil {
			return err
		}
	}
	claims, err := s.store.claims(ctx, tenant.From(ctx).Regency, "")
	if err != nil {
		return err
	}
	proofs, err := s.Evidence.Counts(ctx)
	if err != nil {
		return err
	}
	for _, f := range facts {
		other, ok := known[f.ID]
		if !ok {
			other = Known{-1, -1, -1, -1, -1}
		}
		src := source{pack: b.Pack, fact: f, copied: copied[f.ID], other: other, year: b.Year, zone: s.Zone, o: b.Options}
		b.Rows = append(b.Rows, s.row(b, src, claims[f.ID], proofs[Holder(f.ID)]))
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

func (s *Service) row(b *Board, src source, claims map[string]Claim, proofs map[string]ProofCount) Row {
	r := Row{Fact: src.fact}
	for _, q := range b.Pack.EntryItems() {
		claim, claimed := claims[q.Code]
		it := Item{Question: q, Points: instrument.Unfilled, Claimed: instrument.Unfilled, State: StateMissing, Auto: src.auto(q), Proofs: proofs[q.Code]}
		if claimed {
			it.Claim, it.Claimed = claim, claim.Points
		}
		it.settle()
		r.Items = append(r.Items, it)
	}
	r.Counts, r.Why = counts(b.Pack, src.fact, s.Zone)
	return r
}

// settle decides what counts: the better of what the house knows and what is claimed with evidence.
func (it *Item) settle() {
	proven := it.Claimed != instrument.Unfilled && it.Proofs.Good() > 0
	switch {
	case proven && (!it.Auto.Known || it.Claimed > it.Auto.Points):
		it.Points, it.State = it.Claimed, StateLinked
	case it.Auto.Known:
		it.Points, it.State = it.Auto.Points, StateAuto
	case it.Claimed != instrument.Unfilled && it.Proofs.Total > 0:
		it.State = StateExpired
	case it.Claimed == 0:
		it.Points = 0
	}
}

// counts tells whether an innovation counts: ready or sent, and live inside the window of the instrument.
func counts(p *instrument.Pack, f Fact, zone *time.Location) (bool, string) {
	day := time.UnixMilli(f.LiveAt).In(zone).Format(time.DateOnly)
	switch {
	case !f.Counting:
		return false, "score.not.draft"
	case f.LiveAt == 0:
		return false, "score.not.live"
	case p.Divisor.From != "" && day < p.Divisor.From, p.Divisor.To != "" && day > p.Divisor.To:
		return false, "score.not.window"
	}
	return true, ""
}

// Entry gives an innovation as the instrument counts it; touching affairs count where that reading is chosen.
func (b *Board) Entry(r Row) instrument.Entry {
	e := instrument.Entry{ID: r.Fact.ID, Affair: r.Fact.Affair, Points: make([]int8, len(r.Items))}
	if b.Pack.Choice(b.Options, "affairs") == "all" {
		e.Touching = r.Fact.Touching
	}
	for i, it := range r.Items {
		e.Points[i] = it.Points
	}
	return e
}

// regency reads the items that are asked once: the mark of the round, else what follows from an external figure.
func (s *Service) regency(ctx context.Context, b *Board) error {
	values, err := s.Figures.Values(ctx)
	if err != nil {
		return err
	}
	for _, q := range b.Pack.RegencyItems() {
		it := Item{Question: q, Points: instrument.Unfilled, Claimed: instrument.Unfilled, State: StateMissing}
		it.fromFigure(b, values)
		if v, err := b.Pack.ParseMark(b.Round.Marks[q.Code]); err == nil && b.Round.Marks[q.Code] != "" {
			it.Claimed = int8(v.Num().Int64())
		}
		switch {
		case it.Claimed != instrument.Unfilled:
			it.Points, it.State = it.Claimed, StateLinked
		case it.Auto.Known:
			it.Points, it.State = it.Auto.Points, StateAuto
		}
		b.Regency = append(b.Regency, it)
	}
	return nil
}

// fromFigure reads an item of the regency from the external figure it asks for.
func (it *Item) fromFigure(b *Board, values instrument.ValueOf) {
	raw, text, basis, ok := instrument.DeriveFrom(it.Question, b.Year, values)
	if !ok {
		return
	}
	r, ok := b.Pack.MarkFrom(it.Question, raw, text, b.Options)
	if !ok {
		return
	}
	if text == "" {
		text = trim(raw)
	}
	it.Auto = Auto{Known: true, Points: int8(r.Points.Num().Int64()), Raw: trim(raw), Why: errs.M("score.why.figure", "Figure", text, "Years", years(basis))}
	it.Figure = &FigureRead{Raw: text, Years: basis}
}

func years(all []int) string {
	text := ""
	for _, y := range slices.Backward(all) {
		if text != "" {
			text += " – "
		}
		text += strconv.Itoa(y)
	}
	return text
}

// Covered lists the basic affairs with how many counting innovations each has, in the order of the pack.
func (b *Board) Covered() []Affair {
	n := map[string]int{}
	for _, e := range b.Sheet.Entries {
		for _, affair := range append([]string{e.Affair}, e.Touching...) {
			n[affair]++
		}
	}
	var out []Affair
	for _, a := range b.Pack.Affairs {
		if a.Basic {
			out = append(out, Affair{Affair: a, N: n[a.Code]})
		}
	}
	return out
}

// Affair is a basic affair with how many innovations cover it.
type Affair struct {
	instrument.Affair
	N int
}
