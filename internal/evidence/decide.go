package evidence

import (
	"context"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

func mayDecide(ctx context.Context) error {
	if !tenant.From(ctx).Can(Check, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return nil
}

// Edit changes the card of a proof. A proof that was returned is handed in again by this. The card of an accepted one stays
// what counts: the change becomes a proposal that goes the same way to a decision. What a round that has ended uses is not
// changed at all.
func (s *Service) Edit(ctx context.Context, i Item) error {
	before, err := s.Get(ctx, i.ID)
	if err != nil {
		return err
	}
	if !mayWrite(ctx, before.Agency) || !mayWrite(ctx, i.Agency) {
		return errs.E(errs.Forbidden, "evidence.error.other_agency", nil)
	}
	card := i.Card()
	if before.HasFile() {
		card.URL = before.URL
	}
	after := before.With(card)
	after.Rev, after.ChangedAt = i.Rev, s.now()
	if err := after.tidy(); err != nil {
		return err
	}
	valid := after.ValidUntil == 0 || after.ValidUntil > s.now()
	if (valid || before.State == Revise) && decisions().Can(ctx, moveMend, decidable{Item: before}) {
		after.State, after.Reason = Submitted, ""
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := tx.Hold(cardLock(before.ID)); err != nil {
			return err
		}
		if err := s.notSealed(ctx, tx, before.ID); err != nil {
			return err
		}
		if before.State == Accepted {
			return s.propose(ctx, tx, before, after)
		}
		return s.change(ctx, tx, before, after)
	})
}

func (s *Service) change(ctx context.Context, tx *db.Tx, before, after Item) error {
	regency := tenant.From(ctx).Regency
	if err := s.store.update(tx, regency, after); err != nil {
		return err
	}
	undone := before.DecidedHash != "" && (after.State != before.State || after.Card() != before.Card())
	if undone {
		if err := s.unbind(tx, regency, after.ID); err != nil {
			return err
		}
		after.DecidedHash = ""
	}
	if before.Pending != 0 {
		if err := s.endVersion(ctx, tx, before.ID, before.Pending, Replaced, "", ""); err != nil {
			return err
		}
		now := after
		now.Rev++
		if err := s.store.setPending(tx, regency, now, 0, s.now()); err != nil {
			return err
		}
	}
	if before.URL != after.URL {
		if err := s.contentChanged(ctx, tx, after); err != nil {
			return err
		}
	}
	if err := s.store.setWords(tx, regency, after.ID, "card", after.words()); err != nil {
		return err
	}
	if undone {
		return s.record(ctx, tx, "edit", after, "", before, struct {
			Item
			Decided string `json:"decided"`
		}{Item: after})
	}
	return s.record(ctx, tx, "edit", after, "", before, after)
}

// propose keeps a change of an accepted proof until somebody decides on it.
func (s *Service) propose(ctx context.Context, tx *db.Tx, before, after Item) error {
	a := tenant.From(ctx)
	if before.Card() == after.Card() {
		return errs.E(errs.Invalid, "evidence.error.same", nil)
	}
	if before.Pending != 0 {
		if err := s.endVersion(ctx, tx, before.ID, before.Pending, Replaced, "", ""); err != nil {
			return err
		}
	}
	n, err := s.addVersion(ctx, tx, a.Regency, before.ID, Version{Card: after.Card(), State: Submitted, By: a.UserID, MadeAt: s.now()})
	if err != nil {
		return err
	}
	if err := s.store.setPending(tx, a.Regency, after, n, s.now()); err != nil {
		return err
	}
	return s.record(ctx, tx, "propose", before, "", before.Card(), after.Card())
}

// Withdraw takes a change of an accepted proof back before it was decided on; what was accepted stands. The agency that owns
// the proof may do it, with the revision that its page showed.
func (s *Service) Withdraw(ctx context.Context, id string, rev int64) error {
	before, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if before.Agency == "" || !tenant.From(ctx).Can(Write, before.Agency) { // who decides on proposals returns or rejects them, with a reason
		return errs.E(errs.Forbidden, "evidence.error.other_agency", nil)
	}
	v, waiting, err := s.Proposal(ctx, before)
	if err != nil {
		return err
	}
	if !waiting {
		return errs.E(errs.Conflict, "evidence.error.no_proposal", nil)
	}
	before.Rev = rev
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.setPending(tx, tenant.From(ctx).Regency, before, 0, s.now()); err != nil {
			return err
		}
		if err := s.endVersion(ctx, tx, id, v.Number, Replaced, "", ""); err != nil {
			return err
		}
		return s.record(ctx, tx, "withdraw", before, "", v.Card, before.Card())
	})
}

// Decide accepts a proof, returns it with a reason, or rejects it with a reason; where a change of an accepted proof waits, it
// decides on that. Nobody decides on what they wrote. An accepted proof is bound to what was accepted.
func (s *Service) Decide(ctx context.Context, id, state, reason string, rev int64) error {
	if err := mayDecide(ctx); err != nil {
		return err
	}
	before, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	proposal, waiting, err := s.Proposal(ctx, before)
	if err != nil {
		return err
	}
	author, err := s.store.author(ctx, s.DB, tenant.From(ctx).Regency, before)
	if err != nil {
		return err
	}
	if waiting {
		author = proposal.By
	}
	step, err := decide(ctx, state, decidable{before, author}, reason)
	if err != nil {
		return err
	}
	state, reason = step.To, step.Reason
	before.Rev = rev
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := tx.Hold(cardLock(id)); err != nil {
			return err
		}
		if err := s.notSealed(ctx, tx, id); err != nil {
			return err
		}
		if waiting {
			return s.decideProposal(ctx, tx, before, proposal, state, reason)
		}
		return s.decideItem(ctx, tx, before, state, reason)
	})
}

func (s *Service) decideItem(ctx context.Context, tx *db.Tx, before Item, state, reason string) error {
	a := tenant.From(ctx)
	after := before
	after.State, after.Reason, after.ChangedAt = state, reason, s.now()
	if err := s.store.update(tx, a.Regency, after); err != nil {
		return err
	}
	if err := s.unbind(tx, a.Regency, after.ID); err != nil {
		return err
	}
	d := seal.Decision{State: state}
	if state == Accepted {
		var err error
		if d.Decided, d.Version, err = s.accept(ctx, tx, after, 0); err != nil {
			return err
		}
	}
	return s.decided(ctx, tx, after, state, reason, before.State, d)
}

// accept binds a proof and keeps the accepted card; number is that of the proposal which was accepted, 0 for the first card.
func (s *Service) accept(ctx context.Context, tx *db.Tx, i Item, number int64) (string, int64, error) {
	a := tenant.From(ctx)
	hash, err := s.bind(ctx, tx, a.Regency, i, a.UserID)
	if err != nil {
		return "", 0, err
	}
	if number != 0 {
		return hash, number, s.endVersion(ctx, tx, i.ID, number, Accepted, "", hash)
	}
	number, err = s.addVersion(ctx, tx, a.Regency, i.ID, Version{Card: i.Card(), State: Accepted, Hash: hash, By: i.CreatedBy, MadeAt: i.CreatedAt,
		DecidedBy: a.UserID, DecidedAt: s.now()})
	return hash, number, err
}

// decideProposal puts an accepted change in the place of the old card, or leaves that standing.
func (s *Service) decideProposal(ctx context.Context, tx *db.Tx, before Item, v Version, state, reason string) error {
	a := tenant.From(ctx)
	if state != Accepted {
		pending := int64(0)
		if state == Revise {
			pending = v.Number
		}
		if err := s.store.setPending(tx, a.Regency, before, pending, s.now()); err != nil {
			return err
		}
		if err := s.endVersion(ctx, tx, before.ID, v.Number, state, reason, ""); err != nil {
			return err
		}
		return s.decided(ctx, tx, before, state, reason, v.Card, map[string]any{"version": v.Number, "state": state, "standing": before.DecidedHash})
	}
	if err := s.unaltered(ctx, tx, before); err != nil {
		return err
	}
	after := before.With(v.Card)
	after.State, after.Reason, after.ChangedAt = Accepted, "", s.now()
	if err := s.store.update(tx, a.Regency, after); err != nil {
		return err
	}
	after.Rev++
	if err := s.store.setPending(tx, a.Regency, after, 0, s.now()); err != nil {
		return err
	}
	if err := s.store.setWords(tx, a.Regency, after.ID, "card", after.words()); err != nil {
		return err
	}
	if before.URL != after.URL {
		if err := s.contentChanged(ctx, tx, after); err != nil {
			return err
		}
	}
	hash, n, err := s.accept(ctx, tx, after, v.Number)
	if err != nil {
		return err
	}
	return s.decided(ctx, tx, after, Accepted, reason, before.Card(), seal.Decision{State: Accepted, Decided: hash, Version: n})
}

func (s *Service) decided(ctx context.Context, tx *db.Tx, i Item, state, reason string, before, after any) error {
	if err := s.record(ctx, tx, state, i, reason, before, after); err != nil {
		return err
	}
	return s.Bus.Publish(ctx, tx, "evidence.decided", map[string]string{"evidence": i.ID, "state": state, "agency": i.Agency})
}

// contentChanged tells every place of a proof that there is something else behind it now.
func (s *Service) contentChanged(ctx context.Context, tx *db.Tx, i Item) error {
	places, err := s.store.places(ctx, tx, tenant.From(ctx).Regency, i.ID, false)
	for _, p := range places {
		if err == nil {
			err = s.placeChanged(ctx, tx, p)
		}
	}
	return err
}

func (s *Service) placeChanged(ctx context.Context, tx *db.Tx, p proof.Place) error {
	holder, err := s.holder(p.Thing)
	if err != nil {
		return err
	}
	return holder.Changed(ctx, tx, p)
}

// Delete forgets a proof that serves no question and was never accepted. What was accepted is part of a decision and stays;
// who decides can take the decision back first. The file goes with the daily sweep when nothing else names it.
func (s *Service) Delete(ctx context.Context, id string) error {
	i, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if !mayWrite(ctx, i.Agency) {
		return errs.E(errs.Forbidden, "evidence.error.other_agency", nil)
	}
	regency := tenant.From(ctx).Regency
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.notSealed(ctx, tx, id); err != nil {
			return err
		}
		now, err := s.hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if now.State == Accepted || now.DecidedHash != "" {
			return errs.E(errs.Conflict, "evidence.error.accepted", nil)
		}
		n, err := tx.Exec(`DELETE FROM evidence_item WHERE regency_id = $1 AND id = $2 AND rev = $3
			AND NOT EXISTS (SELECT 1 FROM evidence_link l WHERE l.regency_id = $1 AND l.evidence_id = $2)`, regency, id, now.Rev)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.E(errs.Conflict, "evidence.error.in_use", nil)
		}
		if err := s.forget(tx, regency, id); err != nil {
			return err
		}
		return s.record(ctx, tx, "delete", i, "", i, nil)
	})
}

// forget removes what hangs on a proof that is gone: its words, what reading its file gave, proposals and releases.
func (s *Service) forget(tx *db.Tx, regency int64, id string) error {
	for _, statement := range []string{
		`DELETE FROM evidence_word WHERE regency_id = $1 AND evidence_id = $2`,
		`DELETE FROM evidence_reading WHERE regency_id = $1 AND evidence_id = $2`,
		`DELETE FROM evidence_version WHERE regency_id = $1 AND evidence_id = $2`,
		`DELETE FROM evidence_release WHERE regency_id = $1 AND evidence_id = $2`,
	} {
		if _, err := tx.Exec(statement, regency, id); err != nil {
			return err
		}
	}
	return nil
}
