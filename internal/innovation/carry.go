package innovation

import (
	"context"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// carry copies a record with its team, partners, counts, budgets and effects into a new draft.
func (s *Service) carry(ctx context.Context, old Innovation, developed string) (string, error) {
	regency, now := tenant.From(ctx).Regency, s.now()
	taken, err := s.store.carriedInto(ctx, regency, old.ID)
	if err != nil {
		return "", err
	}
	if taken != "" {
		return "", errs.E(errs.Conflict, "innovation.error.again_twice", nil)
	}
	i := old
	i.ID, i.Number, i.Previous, i.State, i.SubmittedBy, i.Reason = s.NewID(), 0, old.ID, Draft, "", ""
	i.DevelopedAt, i.CreatedAt, i.ChangedAt, i.StepAt = now, now, now, now
	i.Profile.Developed, i.Profile.PactAt, i.Profile.PactBy = developed, 0, ""
	err = s.numbered(ctx, &i, func(ctx context.Context, tx *db.Tx, i *Innovation) error {
		if err := s.store.insert(ctx, tx, regency, i); err != nil {
			return err
		}
		if err := s.store.copyParts(tx, regency, old.ID, i.ID); err != nil {
			return err
		}
		st := Step{ID: s.NewID(), Kind: KindStatus, From: Sent, To: Draft, At: now, EnteredAt: now, User: tenant.From(ctx).UserID, Note: developed}
		if err := s.store.insertStep(tx, regency, i.ID, st); err != nil {
			return err
		}
		return s.record(ctx, tx, "again", *i, developed, old.ID, i)
	})
	return i.ID, err
}
