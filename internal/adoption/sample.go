package adoption

import (
	"context"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Sample keeps adoptions as if they had gone their way in the past. Of the original only regency and id are wanted; the rest
// is read. State, StartedAt, SignedAt and the texts are taken as given.
func (s *Service) Sample(ctx context.Context, all []Adoption) error {
	own := tenant.From(ctx).Regency
	for _, a := range all {
		o, err := s.original(ctx, a.Origin.Regency, a.Origin.ID, own)
		if err != nil {
			return err
		}
		a.ID, a.Origin = s.NewID(), Origin{Regency: o.Regency, ID: o.ID, Title: o.Title, Agency: o.Agency, AgencyName: o.AgencyName, RegencyName: o.RegencyName}
		a.CreatedAt, a.ChangedAt = s.now(), s.now()
		if a.StartedAt != 0 {
			a.StartedAt = s.day(ctx, a.StartedAt)
			a.CreatedAt = min(a.StartedAt, a.CreatedAt)
		}
		r, err := s.replicaOf(ctx, a)
		if err != nil {
			return err
		}
		if err := s.keepSample(ctx, a, r); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) keepSample(ctx context.Context, a Adoption, r Replica) error {
	return s.both(ctx, a.Origin.Regency, func(tx *db.Tx) error {
		if err := s.store.insert(tx, tenant.From(ctx).Regency, a); err != nil {
			return err
		}
		if err := s.record(ctx, tx, "sample", a, "", nil, a); err != nil || a.State != Signed {
			return err
		}
		return s.bindSigned(ctx, tx, a)
	}, func(ctx context.Context, tx *db.Tx) error {
		if a.State != Signed {
			return nil
		}
		return s.proveThere(ctx, tx, a, r)
	})
}
