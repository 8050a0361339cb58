package innovation

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/flow"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Forward gives the next state of the dossier and whether the actor may take that step.
func (s *Service) Forward(ctx context.Context, i Innovation) (to string, may bool, err error) {
	if to, _ = forward(i.State); to == "" || i.MergedInto != "" || i.Stage == Stopped {
		return "", false, nil
	}
	open, err := s.dossiers().Open(ctx, i)
	return to, slices.ContainsFunc(open, func(v flow.Move[Innovation]) bool { return v.Name == to }), err
}

// Move takes the dossier one step on. Handing in needs a whole form; nobody approves what they handed in.
func (s *Service) Move(ctx context.Context, id, to string, rev int64, note string) error {
	before, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	if to == moveReturn {
		return errs.E(errs.Conflict, "innovation.error.step", nil)
	}
	step, err := s.dossiers().Take(ctx, to, before, note)
	if err != nil {
		return err
	}
	after := before
	after.State, after.Rev = step.To, rev
	if step.To == Submitted {
		after.SubmittedBy, after.Reason = tenant.From(ctx).UserID, ""
	}
	return s.step(ctx, before, after, Step{Kind: KindStatus, From: step.From, To: step.To, Note: step.Reason})
}

// Return sends the dossier back to the team with a reason: the desk at any step before it is sent, the head before
// authorising.
func (s *Service) Return(ctx context.Context, id string, rev int64, reason string) error {
	before, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	step, err := s.dossiers().Take(ctx, moveReturn, before, reason)
	if err != nil {
		return err
	}
	after := before
	after.State, after.Rev, after.Reason = step.To, rev, step.Reason
	return s.step(ctx, before, after, Step{Kind: KindStatus, From: step.From, To: step.To, Note: step.Reason})
}

// MayReturn reports whether the actor may send the dossier back.
func (s *Service) MayReturn(ctx context.Context, i Innovation) bool {
	return s.dossiers().Can(ctx, moveReturn, i)
}

// Missing tells what the form still lacks before it can be handed in: field -> what to do.
func (s *Service) Missing(ctx context.Context, i Innovation) (map[string]errs.Msg, error) {
	out := map[string]errs.Msg{}
	if i.National() != NationalLive {
		out["stage"] = errs.M("innovation.missing.stage")
	}
	if i.Affair == "" {
		out["affair"] = errs.M("innovation.missing.affair")
	}
	i.Profile.missing(out)
	team, err := s.store.members(ctx, s.DB, tenant.From(ctx).Regency, i.ID)
	if len(team) == 0 {
		out["team"] = errs.M("innovation.missing.team")
	}
	return out, err
}

// Again carries a sent or stopped innovation over into the next round as a new draft; what was developed since must be said.
// The old record stays as it is.
func (s *Service) Again(ctx context.Context, id, developed string) (string, error) {
	old, err := s.read(ctx, id)
	if err != nil {
		return "", err
	}
	if may, err := s.MayEdit(ctx, old); err != nil || !may {
		return "", orForbidden(err)
	}
	if old.State != Sent || old.MergedInto != "" {
		return "", errs.E(errs.Conflict, "innovation.error.again", nil)
	}
	if developed = strings.TrimSpace(developed); utf8.RuneCountInString(developed) < 30 || len(developed) > 8000 {
		return "", errs.InvalidFields(map[string]errs.Msg{"developed": errs.M("innovation.error.developed")})
	}
	return s.carry(ctx, old, developed)
}
