package innovation

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Forward gives the next state of the dossier and whether the actor may take that step.
func (s *Service) Forward(ctx context.Context, i Innovation) (to string, may bool, err error) {
	to, by := forward(i.State)
	if to == "" || i.MergedInto != "" || i.Stage == Stopped {
		return "", false, nil
	}
	err = s.mayForward(ctx, i, by)
	if errs.Is(err, errs.Forbidden) {
		return to, false, nil
	}
	return to, err == nil, err
}

func (s *Service) mayForward(ctx context.Context, i Innovation, by string) error {
	a := tenant.From(ctx)
	switch by {
	case byTeam:
		may, err := s.MayEdit(ctx, i)
		if err != nil || !may {
			return orForbidden(err)
		}
		return nil
	case byDesk:
		if !a.Can(Desk, "") {
			return errs.E(errs.Forbidden, "web.error.forbidden", nil)
		}
	case byHead:
		if !a.Can(Decide, i.Agency) {
			return errs.E(errs.Forbidden, "innovation.error.not_decider", nil)
		}
	}
	if i.SubmittedBy == a.UserID && !a.System {
		return errs.E(errs.Forbidden, "innovation.error.own", nil)
	}
	return nil
}

// Move takes the dossier one step on. Handing in needs a whole form; nobody approves what they handed in.
func (s *Service) Move(ctx context.Context, id, to string, rev int64, note string) error {
	before, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	want, by := forward(before.State)
	if want == "" || want != to || before.MergedInto != "" || before.Stage == Stopped {
		return errs.E(errs.Conflict, "innovation.error.step", nil)
	}
	if err := s.mayForward(ctx, before, by); err != nil {
		return err
	}
	if note = strings.TrimSpace(note); len(note) > 4000 {
		return errs.InvalidFields(map[string]errs.Msg{"note": errs.M("innovation.error.long", "Most", 4000)})
	}
	after := before
	after.State, after.Rev = to, rev
	switch to {
	case Submitted:
		missing, err := s.Missing(ctx, before)
		if err != nil {
			return err
		}
		if len(missing) > 0 {
			return errs.InvalidFields(missing)
		}
		after.SubmittedBy, after.Reason = tenant.From(ctx).UserID, ""
	case Sent:
		if before.National() != NationalLive {
			return errs.E(errs.Conflict, "innovation.error.not_live", nil)
		}
	}
	return s.step(ctx, before, after, Step{Kind: KindStatus, From: before.State, To: to, Note: note})
}

// Return sends the dossier back to the team with a reason: the desk at any step before it is sent, the head before
// authorising.
func (s *Service) Return(ctx context.Context, id string, rev int64, reason string) error {
	before, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	if !s.MayReturn(ctx, before) {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	if !returnable(before.State) {
		return errs.E(errs.Conflict, "innovation.error.step", nil)
	}
	if reason = strings.TrimSpace(reason); utf8.RuneCountInString(reason) < 10 || len(reason) > 4000 {
		return errs.InvalidFields(map[string]errs.Msg{"reason": errs.M("innovation.error.reason")})
	}
	after := before
	after.State, after.Rev, after.Reason = Revision, rev, reason
	return s.step(ctx, before, after, Step{Kind: KindStatus, From: before.State, To: Revision, Note: reason})
}

// MayReturn reports whether the actor may send the dossier back.
func (s *Service) MayReturn(ctx context.Context, i Innovation) bool {
	a := tenant.From(ctx)
	return returnable(i.State) && (a.Can(Desk, "") || i.State == Approved && a.Can(Decide, i.Agency))
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
