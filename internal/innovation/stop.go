package innovation

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Stop ends an innovation honestly: what was learned stays searchable. Heads of its agency and the desk stop; asking for it
// oneself is no self-approval, because stopping gains nothing.
func (s *Service) Stop(ctx context.Context, id string, rev int64, lesson string) error {
	before, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	a := tenant.From(ctx)
	if !a.Can(Desk, "") && !a.Can(Decide, before.Agency) {
		return errs.E(errs.Forbidden, "innovation.error.not_decider", nil)
	}
	if before.Stage == Stopped || before.Waits() {
		return errs.E(errs.Conflict, "innovation.error.stop_now", nil)
	}
	if lesson = strings.TrimSpace(lesson); utf8.RuneCountInString(lesson) < 30 || len(lesson) > 8000 {
		return errs.InvalidFields(map[string]errs.Msg{"lesson": errs.M("innovation.error.lesson")})
	}
	after := before
	after.Rev, after.Stage, after.StageBefore, after.Lesson, after.StoppedAt = rev, Stopped, before.Stage, lesson, s.now()
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.withdrawGates(tx, a.Regency, id, s.now()); err != nil {
			return err
		}
		return s.stepIn(ctx, tx, before, after, Step{Kind: KindStage, From: before.Stage, To: Stopped, Note: lesson})
	})
}

// Resume brings a stopped innovation back to the stage it had, with a reason.
func (s *Service) Resume(ctx context.Context, id string, rev int64, reason string) error {
	before, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	a := tenant.From(ctx)
	if !a.Can(Desk, "") && !a.Can(Decide, before.Agency) {
		return errs.E(errs.Forbidden, "innovation.error.not_decider", nil)
	}
	if before.Stage != Stopped || before.MergedInto != "" {
		return errs.E(errs.Conflict, "innovation.error.not_stopped", nil)
	}
	if reason = strings.TrimSpace(reason); utf8.RuneCountInString(reason) < 10 {
		return errs.InvalidFields(map[string]errs.Msg{"reason": errs.M("innovation.error.reason")})
	}
	after := before
	after.Rev, after.Stage, after.StageBefore, after.StoppedAt = rev, before.StageBefore, "", 0
	if after.Stage == Problem {
		after.Stage, after.Answer, after.AnswerReason = Idea, AnswerAccept, reason
	}
	return s.step(ctx, before, after, Step{Kind: KindStage, From: Stopped, To: after.Stage, Note: reason})
}

// Adopted hears that another agency signed the adoption of an innovation: a live one is thereby replicated.
func (s *Service) Adopted(ctx context.Context, tx *db.Tx, regency int64, id, note string) error {
	ctx = tenant.With(ctx, tenant.SystemOf(regency, tenant.From(ctx).Via))
	before, err := s.store.get(ctx, tx, regency, id)
	if err != nil {
		return err
	}
	after := before
	if before.Stage == Live {
		after.Stage = Replicated
	}
	return s.stepIn(ctx, tx, before, after, Step{Kind: KindStage, From: before.Stage, To: Replicated, Note: note})
}
