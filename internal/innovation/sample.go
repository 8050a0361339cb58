package innovation

import (
	"context"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// SampleRecord is an innovation of the sample data with everything below it; stages, days and states are taken as given.
type SampleRecord struct {
	Innovation Innovation
	Steps      []Step
	Gates      []Gate
	Members    []Member
	Partners   []Partner
	Counts     []Count
	Budgets    []Budget
	Effects    []Effect
}

// Sample fills the register of a sample regency; it is for the program itself only. Records without an id get one.
func (s *Service) Sample(ctx context.Context, all []SampleRecord) error {
	if !tenant.From(ctx).System {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	const step = 100
	for len(all) > 0 {
		some := all[:min(step, len(all))]
		all = all[len(some):]
		if err := s.DB.Tx(ctx, func(tx *db.Tx) error {
			for n := range some {
				if err := s.sampleOne(ctx, tx, &some[n]); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) sampleOne(ctx context.Context, tx *db.Tx, x *SampleRecord) error {
	regency, i := tenant.From(ctx).Regency, &x.Innovation
	if i.ID == "" {
		i.ID = s.NewID()
	}
	if err := s.store.insert(ctx, tx, regency, i); err != nil {
		return err
	}
	for _, st := range x.Steps {
		st.ID = s.NewID()
		if err := s.store.insertStep(tx, regency, i.ID, st); err != nil {
			return err
		}
	}
	for _, g := range x.Gates {
		g.ID, g.Innovation = s.NewID(), i.ID
		if err := s.store.insertGate(tx, regency, g); err != nil {
			return err
		}
	}
	if err := s.sampleParts(tx, regency, x); err != nil {
		return err
	}
	return s.record(ctx, tx, "sample", *i, "data contoh", nil, i.Title)
}

func (s *Service) sampleParts(tx *db.Tx, regency int64, x *SampleRecord) error {
	id := x.Innovation.ID
	for _, m := range x.Members {
		m.ID = s.NewID()
		if err := s.store.insertMember(tx, regency, id, m); err != nil {
			return err
		}
	}
	for _, p := range x.Partners {
		p.ID = s.NewID()
		if err := s.store.insertPartner(tx, regency, id, p); err != nil {
			return err
		}
	}
	for _, c := range x.Counts {
		c.ID = s.NewID()
		if err := s.store.insertCount(tx, regency, id, c); err != nil {
			return err
		}
	}
	for _, b := range x.Budgets {
		if err := s.store.putBudget(tx, regency, id, b); err != nil {
			return err
		}
	}
	for _, e := range x.Effects {
		e.ID = s.NewID()
		if err := s.store.insertEffect(tx, regency, id, e); err != nil {
			return err
		}
	}
	return nil
}
