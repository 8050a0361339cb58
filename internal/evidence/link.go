package evidence

import (
	"context"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Hang hangs a proof on a place; a draft is thereby handed in. The room that owns the place says whether the actor may; a
// warning that was answered with a reason goes into the trail with the link, or neither does.
func (s *Service) Hang(ctx context.Context, p proof.Place, id, reason string) error {
	i, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	override, err := s.mayHang(ctx, p, i, reason)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.hang(ctx, tx, i, p, override) })
}

// HangIn is Hang within a change of the room that owns the place, which asks nobody.
func (s *Service) HangIn(ctx context.Context, tx *db.Tx, p proof.Place, id string) error {
	i, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if i.State == Rejected {
		return errs.E(errs.Conflict, "evidence.error.rejected", nil)
	}
	return s.hang(ctx, tx, i, p, nil)
}

// mayHang asks the room that owns a place.
func (s *Service) mayHang(ctx context.Context, p proof.Place, i Item, reason string) (proof.Override, error) {
	if i.State == Rejected {
		return nil, errs.E(errs.Conflict, "evidence.error.rejected", nil)
	}
	holder, err := s.holder(p.Thing)
	if err != nil {
		return nil, err
	}
	return holder.MayHang(ctx, p, i.card(), reason)
}

// holder is the room on whose things a kind of places is.
func (s *Service) holder(t proof.Thing) (proof.Holder, error) {
	if h := s.Holders[t.Kind]; h != nil {
		return h, nil
	}
	return nil, errs.E(errs.NotFound, "evidence.error.place", nil)
}

func (s *Service) hang(ctx context.Context, tx *db.Tx, i Item, p proof.Place, override proof.Override) error {
	a := tenant.From(ctx)
	fresh, err := s.store.insertLink(tx, a.Regency, p, i.ID, a.UserID, s.now())
	if err != nil || !fresh {
		return err
	}
	if err := s.store.handIn(tx, a.Regency, i.ID); err != nil {
		return err
	}
	if err := s.placeChanged(ctx, tx, p); err != nil {
		return err
	}
	if override != nil {
		if err := s.Audit.Record(ctx, tx, *override); err != nil {
			return err
		}
	}
	if err := s.record(ctx, tx, "link", i, "", nil, p); err != nil {
		return err
	}
	return s.Bus.Publish(ctx, tx, "evidence.linked", map[string]string{"round": p.Thing.String(), "item": p.Spot.String(), "agency": i.Agency, "evidence": i.ID})
}

// Unhang takes a proof from a place; it stays in the library. The room that owns the place says whether the actor may. A place
// that an acceptance was bound to is given up only by who decides on proofs, and the acceptance is bound anew; a round that
// has ended gives up nothing.
func (s *Service) Unhang(ctx context.Context, p proof.Place, id string) error {
	i, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	holder, err := s.holder(p.Thing)
	if err != nil {
		return err
	}
	if err := holder.MayUnhang(ctx, p, i.card()); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.unhang(ctx, tx, i, p) })
}

func (s *Service) unhang(ctx context.Context, tx *db.Tx, i Item, p proof.Place) error {
	a := tenant.From(ctx)
	bound, sealed, err := s.store.linkOf(ctx, tx, a.Regency, p, i.ID)
	switch {
	case db.NotFound(err):
		return nil
	case err != nil:
		return err
	case sealed:
		return s.errSealed(ctx, p)
	case bound && !a.Can(Check, ""):
		return errs.E(errs.Conflict, "evidence.error.bound", nil)
	}
	if err := s.store.deleteLink(tx, a.Regency, p, i.ID); err != nil {
		return err
	}
	if err := s.placeChanged(ctx, tx, p); err != nil {
		return err
	}
	if !bound {
		return s.record(ctx, tx, "unlink", i, "", p, nil)
	}
	if i, err = s.store.get(ctx, tx, a.Regency, i.ID); err != nil {
		return err
	}
	hash, err := s.bind(ctx, tx, a.Regency, i, a.UserID)
	if err != nil {
		return err
	}
	return s.record(ctx, tx, "unlink", i, "", p, seal.Decision{State: i.State, Decided: hash})
}
