package innovation

import (
	"context"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// carry copies a record with its team, partners, counts, budgets, effects and the links to its files into a new draft. It is
// not shown to the public until somebody says so again.
func (s *Service) carry(ctx context.Context, old Innovation, developed string) (string, error) {
	regency, now := tenant.From(ctx).Regency, s.now()
	taken, err := s.store.carriedInto(ctx, regency, old.ID)
	if err != nil {
		return "", err
	}
	if taken != "" {
		return "", errs.E(errs.Conflict, "innovation.error.again_twice", nil)
	}
	files, err := s.Evidence.Held(ctx, proof.OfInnovation(old.ID))
	if err != nil {
		return "", err
	}
	i := old
	i.ID, i.Number, i.Previous, i.State, i.SubmittedBy, i.Reason = s.NewID(), 0, old.ID, Draft, "", ""
	i.DevelopedAt, i.CreatedAt, i.ChangedAt, i.StepAt = now, now, now, now
	i.Profile.Developed, i.Profile.PactAt, i.Profile.PactBy, i.Published = developed, 0, "", false
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.insert(ctx, tx, regency, &i); err != nil {
			return err
		}
		if err := s.store.copyParts(tx, regency, old.ID, i.ID); err != nil {
			return err
		}
		st := Step{ID: s.NewID(), Kind: KindStatus, From: Sent, To: Draft, At: now, EnteredAt: now, User: tenant.From(ctx).UserID, Note: developed}
		if err := s.store.insertStep(tx, regency, i.ID, st); err != nil {
			return err
		}
		if err := s.carryFiles(ctx, tx, files, i.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, "again", i, developed, old.ID, &i)
	})
	if db.IsUnique(err) {
		return "", errs.E(errs.Conflict, "innovation.error.again_twice", err)
	}
	if err != nil {
		return "", err
	}
	return i.ID, nil
}

// carryFiles hangs the files of the old record on the new one too; what the library would not hang again stays behind.
// They go in the order of their cards, as everybody does who holds several.
func (s *Service) carryFiles(ctx context.Context, tx *db.Tx, files []proof.Hanging, to string) error {
	slices.SortStableFunc(files, func(a, b proof.Hanging) int { return strings.Compare(a.Card.ID, b.Card.ID) })
	for _, h := range files {
		at := proof.Place{Thing: proof.OfInnovation(to), Spot: h.Spot}
		if err := s.Evidence.HangIn(ctx, tx, at, h.Card.ID); err != nil && errs.KindOf(err) == errs.Internal {
			return err
		}
	}
	return nil
}
