package evidence

import (
	"context"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Add keeps a new proof, linked at once when targets are given. A file must be in the blob store already, put there by Keep.
// When the same file is in the library, that proof is linked instead and known is true; of several who add the same file at
// the same moment one adds the card.
func (s *Service) Add(ctx context.Context, i Item, targets ...Target) (out Item, known bool, err error) {
	if !mayWrite(ctx, i.Agency) {
		return i, false, errs.E(errs.Forbidden, "evidence.error.other_agency", nil)
	}
	if err := i.tidy(); err != nil {
		return i, false, err
	}
	a := tenant.From(ctx)
	i.ID, i.State, i.CreatedBy, i.CreatedAt, i.ChangedAt, i.Rev = s.NewID(), Draft, a.UserID, s.now(), s.now(), 1
	if len(targets) > 0 {
		i.State = Submitted
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		out, known, err = s.add(ctx, tx, i, targets)
		return err
	})
	return out, known, err
}

func (s *Service) add(ctx context.Context, tx *db.Tx, i Item, targets []Target) (out Item, known bool, err error) {
	out = i
	if i.HasFile() {
		if out, err = s.addFile(ctx, tx, i); err != nil {
			return i, false, err
		}
		known = out.ID != i.ID
	}
	if !known {
		if err := s.insert(ctx, tx, i); err != nil {
			return i, false, err
		}
	}
	for _, t := range targets {
		if err := s.link(ctx, tx, out, t); err != nil {
			return out, known, err
		}
	}
	return out, known, nil
}

// addFile gives the card that the library has of the same file already, or the new one when there is none and the quota
// has room for it.
func (s *Service) addFile(ctx context.Context, tx *db.Tx, i Item) (Item, error) {
	regency := tenant.From(ctx).Regency
	for _, name := range []string{fileLock(i.FileHash), "evidence quota " + i.Agency} {
		if err := tx.Hold(name); err != nil {
			return i, err
		}
	}
	if err := s.consume(tx, regency, i); err != nil {
		return i, err
	}
	if same, err := s.sameFile(ctx, tx, i.FileHash); err != nil || same.ID != "" {
		return same, err
	}
	used, err := s.store.used(ctx, tx, regency, i.Agency, i.claim.upload, s.now())
	if err == nil && s.Quota > 0 && used+i.FileSize > s.Quota {
		err = s.overQuota(used)
	}
	return i, err
}

func (s *Service) insert(ctx context.Context, tx *db.Tx, i Item) error {
	regency := tenant.From(ctx).Regency
	if err := s.store.insert(tx, regency, i); err != nil {
		return err
	}
	if err := s.store.addWords(tx, regency, i.ID, "card", i.words()); err != nil {
		return err
	}
	if i.hasText() {
		if err := jobs.Enqueue(ctx, tx, regency, "evidence.read", map[string]string{"id": i.ID}, s.Now()); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, "add", i, "", nil, i)
}

func (i Item) words() []string {
	return Words(strings.Join([]string{i.Title, i.Number, i.Note, i.FileName, i.Page, i.URL}, " "))
}

// Edit changes the card of a proof. A proof that was returned is handed in again by this.
func (s *Service) Edit(ctx context.Context, i Item) error {
	before, err := s.Get(ctx, i.ID)
	if err != nil {
		return err
	}
	if !mayWrite(ctx, before.Agency) || !mayWrite(ctx, i.Agency) {
		return errs.E(errs.Forbidden, "evidence.error.other_agency", nil)
	}
	after := before
	after.Title, after.Kind, after.Number, after.Date, after.From, after.To = i.Title, i.Kind, i.Number, i.Date, i.From, i.To
	after.Agency, after.Page, after.Confidentiality, after.ValidUntil, after.Supersedes, after.Note = i.Agency, i.Page, i.Confidentiality, i.ValidUntil, i.Supersedes, i.Note
	after.Rev, after.ChangedAt = i.Rev, s.now()
	if !before.HasFile() {
		after.URL = i.URL
	}
	if err := after.tidy(); err != nil {
		return err
	}
	if before.State == Revise || before.State == Expired && (after.ValidUntil == 0 || after.ValidUntil > s.now()) {
		after.State, after.Reason = Submitted, ""
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.update(tx, tenant.From(ctx).Regency, after); err != nil {
			return err
		}
		if err := s.store.setWords(tx, tenant.From(ctx).Regency, after.ID, "card", after.words()); err != nil {
			return err
		}
		return s.record(ctx, tx, "edit", after, "", before, after)
	})
}

// Decide accepts a proof, returns it with a reason, or rejects it with a reason. Nobody decides on what they uploaded.
func (s *Service) Decide(ctx context.Context, id, state, reason string, rev int64) error {
	if !tenant.From(ctx).Can(Check, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	before, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	switch {
	case !slices.Contains([]string{Accepted, Revise, Rejected}, state):
		return errs.E(errs.Invalid, "evidence.error.state", nil)
	case state != Accepted && reason == "":
		return errs.InvalidFields(map[string]errs.Msg{"reason": errs.M("evidence.error.reason")})
	case before.CreatedBy != "" && before.CreatedBy == tenant.From(ctx).UserID:
		return errs.E(errs.Forbidden, "evidence.error.own", nil)
	}
	after := before
	after.State, after.Reason, after.Rev, after.ChangedAt = state, reason, rev, s.now()
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.update(tx, tenant.From(ctx).Regency, after); err != nil {
			return err
		}
		if err := s.record(ctx, tx, state, after, reason, before.State, state); err != nil {
			return err
		}
		return s.Bus.Publish(ctx, tx, "evidence.decided", map[string]string{"evidence": id, "state": state, "agency": before.Agency})
	})
}

// Delete forgets a proof that serves no question. The file goes with the daily sweep when nothing else names it.
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
		n, err := tx.Exec(`DELETE FROM evidence_item WHERE regency_id = $1 AND id = $2
			AND NOT EXISTS (SELECT 1 FROM evidence_link l WHERE l.regency_id = $1 AND l.evidence_id = $2)`, regency, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.E(errs.Conflict, "evidence.error.in_use", nil)
		}
		if _, err := tx.Exec(`DELETE FROM evidence_word WHERE regency_id = $1 AND evidence_id = $2`, regency, id); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM evidence_reading WHERE regency_id = $1 AND evidence_id = $2`, regency, id); err != nil {
			return err
		}
		return s.record(ctx, tx, "delete", i, "", i, nil)
	})
}
