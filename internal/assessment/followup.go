package assessment

import (
	"context"
	"slices"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// States of a follow-up.
const (
	FollowOpen      = "open"
	FollowRunning   = "running"
	FollowDone      = "done"
	FollowCancelled = "cancelled"
)

// FollowStates lists the states of a follow-up in order.
func FollowStates() []string { return []string{FollowOpen, FollowRunning, FollowDone, FollowCancelled} }

// Followup is what an agency does about a finding. Due is a day in milliseconds.
type Followup struct {
	ID, Round, Finding, Title, Agency string
	Due                               int64
	Status, Note                      string
	ChangedBy                         string
	ChangedAt, Rev                    int64
}

// Pending reports whether work remains.
func (f Followup) Pending() bool { return f.Status == FollowOpen || f.Status == FollowRunning }

// day is how long a due date still counts as kept.
const day = 24 * 60 * 60 * 1000

// Late reports whether the due day ended at a moment with work remaining.
func (f Followup) Late(now int64) bool { return f.Pending() && f.Due != 0 && now >= f.Due+day }

// FollowFilter narrows the list; empty fields match everything. Overdue keeps late ones.
type FollowFilter struct {
	Round, Agency, Status string
	Overdue               bool
}

// Followups lists follow-ups by due date. Everybody who reads results reads all of them.
func (s *Service) Followups(ctx context.Context, f FollowFilter) ([]Followup, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, err
	}
	all, err := s.store.followups(ctx, "TRUE", []any{tenant.From(ctx).Regency})
	now := s.now()
	return slices.DeleteFunc(all, func(x Followup) bool {
		return f.Round != "" && x.Round != f.Round || f.Agency != "" && x.Agency != f.Agency || f.Status != "" && x.Status != f.Status || f.Overdue && !x.Late(now)
	}), err
}

// Followup gives one follow-up with its history, newest first.
func (s *Service) Followup(ctx context.Context, id string) (Followup, []audit.Row, error) {
	if err := allow(ctx, Read); err != nil {
		return Followup{}, nil, err
	}
	regency := tenant.From(ctx).Regency
	f, err := s.store.followup(ctx, s.DB, regency, id)
	if err != nil {
		return f, nil, err
	}
	rows, _, err := s.Audit.List(ctx, regency, audit.Filter{Object: "assessment_followup", ObjectID: id}, 50, 0)
	return f, rows, err
}

// AddFollowup makes a follow-up, mostly from a finding.
func (s *Service) AddFollowup(ctx context.Context, f Followup) (string, error) {
	if err := allow(ctx, Manage); err != nil {
		return "", err
	}
	if _, err := s.Rounds.Round(ctx, f.Round); err != nil {
		return "", err
	}
	f.Status = FollowOpen
	if err := s.checkFollowup(ctx, &f); err != nil {
		return "", err
	}
	a := tenant.From(ctx)
	f.ID, f.ChangedBy, f.ChangedAt = s.NewID(), a.UserID, s.now()
	return f.ID, s.DB.Tx(ctx, func(tx *db.Tx) error {
		if f.Finding != "" {
			if _, err := s.store.finding(ctx, tx, a.Regency, f.Round, f.Finding); err != nil {
				return err
			}
		}
		if err := s.store.insertFollowup(tx, a.Regency, f); err != nil {
			return err
		}
		return s.record(ctx, tx, "followup.add", "followup", f.ID, f.Agency, "", nil, f)
	})
}

func (s *Service) checkFollowup(ctx context.Context, f *Followup) error {
	wrong := map[string]errs.Msg{}
	var fits bool
	if f.Title, fits = text(f.Title, 500); f.Title == "" || !fits {
		wrong["title"] = errs.M("assessment.error.title")
	}
	if f.Note, fits = text(f.Note, mostComment); !fits {
		wrong["note"] = errs.M("assessment.error.too_long", "Most", mostComment)
	}
	if f.Due == 0 {
		wrong["due"] = errs.M("assessment.error.due")
	}
	if !slices.Contains(FollowStates(), f.Status) {
		wrong["status"] = errs.M("assessment.error.status")
	}
	if _, err := s.Dir.Agency(ctx, f.Agency); f.Agency == "" || errs.Is(err, errs.NotFound) {
		wrong["agency"] = errs.M("assessment.error.agency")
	} else if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	return nil
}

// EditFollowup changes a follow-up. The coordinator changes everything; an agency's people change state and note of what
// their agency owns, and may not cancel it.
func (s *Service) EditFollowup(ctx context.Context, in Followup) error {
	a := tenant.From(ctx)
	before, err := s.store.followup(ctx, s.DB, a.Regency, in.ID)
	if err != nil {
		return err
	}
	after := before
	after.Status, after.Note, after.Rev = in.Status, in.Note, in.Rev
	switch {
	case a.Can(Manage, ""):
		after.Title, after.Agency, after.Due = in.Title, in.Agency, in.Due
	case !a.Can(Follow, before.Agency):
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	case in.Status == FollowCancelled && before.Status != FollowCancelled:
		return errs.InvalidFields(map[string]errs.Msg{"status": errs.M("assessment.error.cancel")})
	}
	if err := s.checkFollowup(ctx, &after); err != nil {
		return err
	}
	after.ChangedBy, after.ChangedAt = a.UserID, s.now()
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.updateFollowup(tx, a.Regency, after); err != nil {
			return err
		}
		return s.record(ctx, tx, "followup.edit", "followup", after.ID, after.Agency, "", before, after)
	})
}

// mayEdit reports whether the actor may change state and note of a follow-up, for pages.
func mayEdit(a tenant.Actor, f Followup) bool { return a.Can(Manage, "") || a.Can(Follow, f.Agency) }
