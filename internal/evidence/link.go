package evidence

import (
	"context"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// hanging is a place for a proof and what the room that owns it said of a card there: the warning that was answered.
type hanging struct {
	place    proof.Place
	reason   string
	card     proof.Card
	override proof.Override
}

// Hang hangs a proof on a place; a draft is thereby handed in. The room that owns the place says whether the actor may; a
// warning that was answered with a reason goes into the trail with the link, or neither does.
func (s *Service) Hang(ctx context.Context, p proof.Place, id, reason string) error {
	i, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	h, err := s.ask(ctx, i, p, reason)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		i, err := s.hold(ctx, tx, id)
		if err != nil {
			return err
		}
		return s.hangAsked(ctx, tx, i, h)
	})
}

// HangIn is Hang within a change of the room that owns the place, which asks nobody.
func (s *Service) HangIn(ctx context.Context, tx *db.Tx, p proof.Place, id string) error {
	i, err := s.hold(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := notRejected(i); err != nil {
		return err
	}
	return s.hang(ctx, tx, i, p, nil)
}

// hold gives a proof that the actor may see and keeps it as it is until the transaction ends.
func (s *Service) hold(ctx context.Context, tx *db.Tx, id string) (Item, error) {
	if err := tx.Hold(cardLock(id)); err != nil {
		return Item{}, err
	}
	return s.get(ctx, tx, id)
}

// cardLock is what everything holds that hangs a proof, decides on it, changes or removes it. It comes after files and quotas
// and before rounds.
func cardLock(id string) string { return "evidence card " + id }

// ask asks the room that owns a place about a card.
func (s *Service) ask(ctx context.Context, i Item, p proof.Place, reason string) (h hanging, err error) {
	if err := notRejected(i); err != nil {
		return h, err
	}
	holder, err := s.holder(p.Thing)
	if err != nil {
		return h, err
	}
	h = hanging{place: p, reason: reason, card: i.card()}
	h.override, err = holder.MayHang(ctx, p, h.card, reason)
	return h, err
}

// hangAsked hangs a proof that is held. When it is not the card that the room was asked about, the room is asked again.
func (s *Service) hangAsked(ctx context.Context, tx *db.Tx, i Item, h hanging) (err error) {
	if i.card() != h.card {
		if h, err = s.ask(ctx, i, h.place, h.reason); err != nil {
			return err
		}
	}
	return s.hang(ctx, tx, i, h.place, h.override)
}

func notRejected(i Item) error {
	if i.State == Rejected {
		return errs.E(errs.Conflict, "evidence.error.rejected", nil)
	}
	return nil
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
// that an acceptance was bound to is given up only by who may accept the proof, and the acceptance is bound anew to the places
// that are left of it; a round that has ended gives up nothing.
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
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		i, err := s.hold(ctx, tx, id)
		if err != nil {
			return err
		}
		return s.unhang(ctx, tx, i, p)
	})
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
	case bound:
		if err := s.mayAcceptAgain(ctx, tx, i); err != nil {
			return err
		}
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
	hash, err := s.rebind(ctx, tx, a.Regency, i, a.UserID)
	if err != nil {
		return err
	}
	return s.record(ctx, tx, "unlink", i, "", p, seal.Decision{State: i.State, Decided: hash})
}

// mayAcceptAgain says whether the actor may accept a proof as it was accepted: it still is that, and they did not write it.
func (s *Service) mayAcceptAgain(ctx context.Context, tx *db.Tx, i Item) error {
	if err := s.unaltered(ctx, tx, i); err != nil {
		return err
	}
	author, err := s.store.author(ctx, tx, tenant.From(ctx).Regency, i)
	if err != nil {
		return err
	}
	_, err = decisions().Take(ctx, Accepted, decidable{i, author}, "")
	return err
}
