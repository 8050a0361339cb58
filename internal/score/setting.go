package score

import (
	"context"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Setting is what the regency chose: the instrument while no round is open, how to read what the rule leaves open, and
// whether the public may see the simulated index.
type Setting struct {
	Pack      string
	Choices   map[string]string
	Published bool
	Rev       int64
}

// Setting gives the choices of the regency.
func (s *Service) Setting(ctx context.Context) (Setting, error) {
	return s.store.setting(ctx, s.DB, tenant.From(ctx).Regency)
}

// SaveSetting keeps the choices of the regency. Choices that the instrument does not know, because another one was chosen, are
// left out.
func (s *Service) SaveSetting(ctx context.Context, in Setting) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	p, err := s.Packs.Find(ctx, in.Pack)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	if err != nil || p.Rule != instrument.WeightTimes {
		return errs.InvalidFields(map[string]errs.Msg{"pack": errs.M("score.error.pack")})
	}
	known := map[string]string{}
	for id, choice := range in.Choices {
		if p.CheckOptions(map[string]string{id: choice}) == nil {
			known[id] = choice
		}
	}
	in.Choices = known
	before, err := s.Setting(ctx)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.putSetting(tx, tenant.From(ctx).Regency, in, tenant.From(ctx).UserID, s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, "setting", "setting", "", "", before, in)
	})
}

// mostDays is the longest effort that can be said: eight years of working days.
const mostDays = 2000

// SetEffort says how many working days it takes to bring an item from nothing to a number of points; 0 forgets it.
func (s *Service) SetEffort(ctx context.Context, item string, points, days int) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	b, err := s.head(ctx, "")
	if err != nil {
		return err
	}
	q, _, ok := b.Pack.Question(b.Pack.Canonical(item))
	if !ok {
		return errs.E(errs.NotFound, "score.error.item", nil)
	}
	if points < 1 || points > levels || days < 0 || days > mostDays {
		return errs.InvalidFields(map[string]errs.Msg{"days": errs.M("score.error.days")})
	}
	before := b.own[effortKey(q.Code, points)]
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.putEffort(tx, tenant.From(ctx).Regency, q.Code, points, days, tenant.From(ctx).UserID, s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, "effort", "effort", q.Code+"/"+strconv.Itoa(points), "", before, days)
	})
}
