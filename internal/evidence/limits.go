package evidence

import (
	"context"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Limits are the bytes that may be kept: of one file, of one agency, of the whole regency; 0 is without limit.
type Limits struct{ File, Agency, Regency int64 }

// limits are those of the acting regency, else those of the house.
func (s *Service) limits(ctx context.Context) (Limits, error) {
	if s.LimitsOf == nil {
		return Limits{File: s.MaxFile, Agency: s.Quota}, nil
	}
	return s.LimitsOf(ctx, tenant.From(ctx).Regency)
}

// room checks that more bytes fit beside what an agency and its regency keep already. without is the upload whose own
// booking does not count.
func (s *Service) room(ctx context.Context, q db.Queryer, l Limits, agency, without string, more int64) error {
	regency := tenant.From(ctx).Regency
	used, err := s.store.used(ctx, q, regency, agency, without, s.now())
	if err != nil {
		return err
	}
	if l.Agency > 0 && used+more > l.Agency {
		return errs.E(errs.Invalid, "evidence.error.quota", nil, "Used", used>>20, "Quota", l.Agency>>20)
	}
	if l.Regency <= 0 {
		return nil
	}
	all, err := s.store.usedAll(ctx, q, regency, without, s.now())
	if err == nil && all+more > l.Regency {
		err = errs.E(errs.Invalid, "evidence.error.quota_regency", nil, "Used", all>>20, "Quota", l.Regency>>20)
	}
	return err
}
