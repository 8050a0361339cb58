package score

import (
	"cmp"
	"context"
	"math/big"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/tenant"
)

// head finds the instrument, how it is read, and what steps cost.
func (s *Service) head(ctx context.Context, round string) (*Board, error) {
	b := &Board{zone: s.Zone(ctx), index: map[string]int{}, places: map[string]int{}, days: map[string][]int{}, weights: map[string]*big.Rat{}, covered: map[string]int{}}
	var err error
	if b.Setting, err = s.Setting(ctx); err != nil {
		return nil, err
	}
	if b.Round, b.HasRound, err = s.roundOf(ctx, round); err != nil {
		return nil, err
	}
	if b.Pack, err = s.packOf(ctx, b); err != nil {
		return nil, err
	}
	b.Year, b.Options.Chosen = b.Pack.Year, b.Setting.Choices
	if b.HasRound {
		b.Year = b.Round.Year
	}
	if len(b.Round.Choices) > 0 {
		b.Options.Chosen = b.Round.Choices
	}
	if b.own, err = s.store.efforts(ctx, tenant.From(ctx).Regency); err != nil {
		return nil, err
	}
	b.measure(b.Pack.RegencyItems())
	b.measure(b.Pack.EntryItems())
	return b, nil
}

// roundOf gives a round by its id, the latest one for "".
func (s *Service) roundOf(ctx context.Context, id string) (Round, bool, error) {
	r, ok, err := s.Rounds.Latest(ctx, kindIID)
	if err != nil || id == "" || ok && r.ID == id || s.RoundOf == nil {
		return r, ok, err
	}
	return s.RoundOf(ctx, id)
}

// packOf gives the instrument: that of the round, else the regency's choice, else the shipped one, also when the copy that
// the regency chose was deleted.
func (s *Service) packOf(ctx context.Context, b *Board) (*instrument.Pack, error) {
	id := cmp.Or(b.Setting.Pack, defaultPack)
	if b.HasRound {
		id = b.Round.Pack
	}
	p, err := s.Packs.Find(ctx, id)
	if errs.Is(err, errs.NotFound) && !b.HasRound && id != defaultPack {
		p, err = s.Packs.Find(ctx, defaultPack)
	}
	if err == nil && p.Rule != instrument.WeightTimes {
		err = errs.E(errs.Invalid, "score.error.pack", nil)
	}
	return p, err
}

// measure notes where items stand, what they weigh and what their levels cost.
func (b *Board) measure(items []instrument.Question) {
	for i, q := range items {
		b.places[q.Code], b.weights[q.Code] = i, instrument.Rat(q.Weight)
		days := make([]int, levels+1)
		for n := 1; n <= levels; n++ {
			if days[n] = b.own[effortKey(q.Code, n)]; days[n] == 0 {
				days[n] = b.Pack.PackEffort("", q.Code, 0, n)
			}
		}
		b.days[q.Code] = days
	}
}

// levels is the highest level of an item of this index.
const levels = 3
