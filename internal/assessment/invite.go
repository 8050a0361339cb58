package assessment

import (
	"context"
	"slices"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Invited reports whether the actor may see a round as its assessor now: invited, not revoked, within the end date.
func (s *Service) Invited(ctx context.Context, round string) (bool, error) {
	a := tenant.From(ctx)
	if !a.SignedIn() {
		return false, nil
	}
	i, err := s.store.invite(ctx, s.DB, a.Regency, round, a.UserID)
	return i.open(s.now()), err
}

// open reports whether the invitation stands at a moment.
func (i Invite) open(now int64) bool {
	return i.User != "" && i.RevokedAt == 0 && (i.Until == 0 || now <= i.Until)
}

// Open reports whether the invitation neither ended nor was revoked at a moment (milliseconds), for pages.
func (i Invite) Open(now int64) bool { return i.open(now) }

// Invites lists who was invited to a round, also those whose invitation ended, by number.
func (s *Service) Invites(ctx context.Context, round string) ([]Invite, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, err
	}
	return s.store.invites(ctx, s.DB, tenant.From(ctx).Regency, round)
}

// Invite lets a person who holds the role of assessor mark a round until a moment; inviting again renews.
func (s *Service) Invite(ctx context.Context, round, user string, until int64) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	r, err := s.Rounds.Round(ctx, round)
	if err != nil {
		return err
	}
	people, err := s.Dir.People(ctx, tenant.RoleAssessor)
	if err != nil {
		return err
	}
	wrong := map[string]errs.Msg{}
	if !slices.ContainsFunc(people, func(p tenant.Person) bool { return p.ID == user }) {
		wrong["user"] = errs.M("assessment.error.assessor")
	}
	if until != 0 && until < s.now() {
		wrong["until"] = errs.M("assessment.error.until")
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	if r.State == roundDone {
		return errs.E(errs.Conflict, "assessment.error.round_done", nil)
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		i := Invite{Round: round, User: user, Until: until, InvitedAt: s.now()}
		if err := s.store.putInvite(tx, tenant.From(ctx).Regency, i); err != nil {
			return err
		}
		return s.record(ctx, tx, "invite", "invite", round+"/"+user, "", "", nil, i)
	})
}

// Revoke ends an invitation. Marks that were submitted stay and count.
func (s *Service) Revoke(ctx context.Context, round, user string) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.revoke(tx, tenant.From(ctx).Regency, round, user, s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, "revoke", "invite", round+"/"+user, "", "", nil, nil)
	})
}

// asAssessor checks that the actor may mark the round now and gives the round and the invitation.
func (s *Service) asAssessor(ctx context.Context, round string) (Round, Invite, error) {
	if err := allow(ctx, MarkAction); err != nil {
		return Round{}, Invite{}, err
	}
	a := tenant.From(ctx)
	i, err := s.store.invite(ctx, s.DB, a.Regency, round, a.UserID)
	if err != nil {
		return Round{}, i, err
	}
	if !i.open(s.now()) {
		return Round{}, i, errs.E(errs.NotFound, "assessment.error.not_invited", nil)
	}
	r, err := s.Rounds.Round(ctx, round)
	return r, i, err
}
