package score

import (
	"context"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Sample claims levels in a sample regency; it is for the program itself only.
func (s *Service) Sample(ctx context.Context, all []Claim) error {
	a := tenant.From(ctx)
	if !a.System {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, c := range all {
			c.At = s.now()
			if err := s.store.putClaim(tx, a.Regency, c); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, "sample", "item", "", "data contoh", nil, len(all))
	})
}
