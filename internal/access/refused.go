package access

import (
	"context"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/tenant"
)

// refused writes a failed sign-in into the trail of each regency that knows the address, and of the first one when
// none does. The address itself is not written: people type passwords into that field.
func (s *Service) refused(ctx context.Context, found []credential, email, ip, action string) {
	for _, c := range found[:min(len(found), mostAccounts)] {
		s.refusedOne(ctx, c.Regency, c.User.ID, ip, action)
	}
	if len(found) > 0 {
		return
	}
	if b, err := s.Brand(ctx, 0); err == nil && b.Regency != 0 {
		s.refusedOne(ctx, b.Regency, "", ip, action)
	}
}

// refusedOne writes what was refused; the trail itself counts and bounds, so that guessing cannot fill it. A trail
// that cannot be written does not change what the person is answered.
func (s *Service) refusedOne(ctx context.Context, regency int64, userID, ip, action string) {
	ctx = tenant.With(ctx, tenant.Actor{Regency: regency, IP: ip})
	s.Audit.Refused(ctx, audit.Refusal{Action: action, Object: "access_user", ObjectID: userID})
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// cutAt divides "3509:id" at the first colon.
func cutAt(text string) (before, after string) {
	before, after, _ = strings.Cut(text, ":")
	return before, after
}
