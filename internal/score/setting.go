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

// Effort says how many working days it takes to bring an item from nothing to a level; 0 days forgets it.
type Effort struct {
	Item         string
	Points, Days int
}

// Field is the name of an effort in forms and refusals.
func (e Effort) Field() string { return "hari-" + e.Item + "-" + strconv.Itoa(e.Points) }

// SetEfforts keeps those efforts that differ from what stands.
func (s *Service) SetEfforts(ctx context.Context, all ...Effort) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	b, err := s.head(ctx, "")
	if err != nil {
		return err
	}
	wrong, other := map[string]errs.Msg{}, []Effort{}
	for _, e := range all {
		q, _, ok := b.Pack.Question(b.Pack.Canonical(e.Item))
		if !ok {
			return errs.E(errs.NotFound, "score.error.item", nil)
		}
		if e.Item = q.Code; e.Points < 1 || e.Points > levels || e.Days < 0 || e.Days > mostDays {
			wrong[e.Field()] = errs.M("score.error.days", "Item", e.Item, "Points", e.Points)
		}
		if b.own[effortKey(e.Item, e.Points)] != e.Days {
			other = append(other, e)
		}
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	regency, by := tenant.From(ctx).Regency, tenant.From(ctx).UserID
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, e := range other {
			if err := s.store.putEffort(tx, regency, e.Item, e.Points, e.Days, by, s.now()); err != nil {
				return err
			}
			key := effortKey(e.Item, e.Points)
			if err := s.record(ctx, tx, "effort", "effort", key, "", b.own[key], e.Days); err != nil {
				return err
			}
		}
		return nil
	})
}
