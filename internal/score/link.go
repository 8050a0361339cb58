package score

import (
	"context"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/proof"
)

// LinkProof hangs a proof of the library on an item. A proof of another year than the item asks for needs a reason, which
// stays in the audit trail.
func (s *Service) LinkProof(ctx context.Context, innovation, item, id, reason string) error {
	_, q, err := s.claimed(ctx, innovation, item)
	if err != nil {
		return err
	}
	err = s.Evidence.Hang(ctx, proof.OfInnovation(innovation).At(q.Code, ""), id, reason)
	if errs.Is(err, errs.NotFound) {
		return errs.InvalidFields(map[string]errs.Msg{"evidence": errs.M("score.error.evidence")})
	}
	return err
}

// UnlinkProof takes a proof from an item; the file stays in the library.
func (s *Service) UnlinkProof(ctx context.Context, innovation, item, id string) error {
	_, q, err := s.claimed(ctx, innovation, item)
	if err != nil {
		return err
	}
	return s.Evidence.Unhang(ctx, proof.OfInnovation(innovation).At(q.Code, ""), id)
}
