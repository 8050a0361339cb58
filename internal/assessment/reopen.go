package assessment

import (
	"context"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// First marks are independent: nobody sees those of others before the own one is submitted. From then on a look at theirs
// cannot be taken back, so who could have looked does not open the own mark alone: the coordinator does, with a reason, and
// the first mark stays beside the changed one wherever it is shown.

func itemLock(round, item string) string { return "assessment mark " + round + " " + item }

// Reopen makes an own submitted mark a draft again, with a reason, while the round is being assessed and nobody else ever
// submitted a mark for the question.
func (s *Service) Reopen(ctx context.Context, round, item string, rev int64, reason string) error {
	r, _, err := s.asAssessor(ctx, round)
	if err != nil {
		return err
	}
	return s.openAgain(ctx, r, Mark{Item: item, Assessor: tenant.From(ctx).UserID, Rev: rev}, reason, false)
}

// ReopenFor makes a submitted mark of an assessor a draft again although marks of others were there to be seen. The first
// mark stays, and the mark is shown as changed after seeing others.
func (s *Service) ReopenFor(ctx context.Context, round, item, assessor, reason string) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	if assessor == tenant.From(ctx).UserID {
		return errs.E(errs.Forbidden, "assessment.error.own_reopen", nil)
	}
	p, err := s.Rounds.PackOf(ctx, round)
	if err != nil {
		return err
	}
	r, err := s.Rounds.Round(ctx, round)
	if err != nil {
		return err
	}
	return s.openAgain(ctx, r, Mark{Item: p.Canonical(item), Assessor: assessor}, reason, true)
}

// openAgain wants the revision of m unless it is the coordinator who opens.
func (s *Service) openAgain(ctx context.Context, r Round, m Mark, reason string, coordinator bool) error {
	if r.State != roundAssess {
		return notAssess(r)
	}
	reason, fits := text(reason, mostComment)
	if reason == "" || !fits {
		return errs.InvalidFields(map[string]errs.Msg{"reason": errs.M("assessment.error.reason")})
	}
	regency := tenant.From(ctx).Regency
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.hold(ctx, tx, r.ID, m.Item); err != nil {
			return err
		}
		before, err := s.store.mark(ctx, tx, regency, r.ID, m.Item, m.Assessor)
		if err != nil {
			return err
		}
		if before.State != Submitted {
			return errs.E(errs.Conflict, "assessment.error.not_submitted", nil)
		}
		seen, err := s.store.othersSubmitted(ctx, tx, regency, r.ID, m.Item, m.Assessor)
		if err != nil {
			return err
		}
		if seen && !coordinator {
			return errs.E(errs.Conflict, "assessment.error.seen", nil)
		}
		after := before
		after.State, after.At, after.DecidedHash = Draft, s.now(), ""
		if !coordinator {
			after.Rev = m.Rev
		}
		if seen {
			after.SeenAt, after.SeenWhy = s.now(), reason
		}
		if err := s.store.putMark(tx, regency, r.ID, after); err != nil {
			return err
		}
		return s.record(ctx, tx, "mark.reopen", "mark", markID(r.ID, after), "", reason, before, boundMark{Mark: after})
	})
}

// hold keeps a round in assessment, and the marks of a question, as they are until the transaction ends.
func (s *Service) hold(ctx context.Context, tx *db.Tx, round, item string) error {
	r, err := s.Rounds.Hold(ctx, tx, round)
	if err == nil && r.State != roundAssess {
		err = notAssess(r)
	}
	if err != nil {
		return err
	}
	return tx.Hold(itemLock(round, item))
}

// notAssess says why marks cannot change now.
func notAssess(r Round) error {
	if r.State == roundDone {
		return errs.E(errs.Conflict, "assessment.error.sealed", nil, "Round", r.Title)
	}
	return errs.E(errs.Conflict, "assessment.error.not_assess", nil)
}

// othersSubmitted reports whether anybody else ever submitted a mark for a question, whatever became of it.
func (s store) othersSubmitted(ctx context.Context, q db.Queryer, regency int64, round, item, assessor string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT count(*) FROM assessment_mark WHERE regency_id = $1 AND round_id = $2 AND item = $3 AND assessor_id <> $4 AND first_at > 0`,
		regency, round, item, assessor).Scan(&n)
	return n > 0, err
}

// Changed lists the marks of a round that were opened again after others were there to be seen, for who runs the assessment.
func (s *Service) Changed(ctx context.Context, round string) ([]Mark, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, err
	}
	all, err := s.Marks(ctx, round)
	var out []Mark
	for _, m := range all {
		if m.AfterSeeing() {
			out = append(out, m)
		}
	}
	return out, err
}
