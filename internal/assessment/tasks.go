package assessment

import (
	"context"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/tasks"
	"github.com/pendapa/pendapa/internal/tenant"
)

// soon is how many days before its date a follow-up becomes work for today.
const soon = 30

// Tasks lists what waits for the actor here: rounds with questions left to mark, follow-ups that are due.
func (s *Service) Tasks(ctx context.Context) ([]tasks.Task, error) {
	a := tenant.From(ctx)
	var all []tasks.Task
	if a.Can(MarkAction, "") {
		rounds, err := s.invitedTo(ctx, func(r Round) bool { return r.State == roundAssess })
		if err != nil {
			return nil, err
		}
		for _, r := range rounds {
			if left := r.Total - r.Submitted; left > 0 {
				all = append(all, tasks.Task{Kind: "assessment.task.mark", Title: r.Round.Title, Detail: errs.M("assessment.task.left", "N", left, "Total", r.Total),
					Path: "/penilaian/" + r.Round.ID, Do: errs.M("assessment.task.mark_do"), Due: r.Due(), Urgency: 1})
			}
		}
	}
	if a.Can(Confirm, "") && !a.System {
		some, err := s.versionTasks(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	scope := a.Scope(Follow)
	if a.System || scope.All || len(scope.Agencies) == 0 {
		return all, nil // who manages follow-ups of everybody reads them in their own list
	}
	args := []any{a.Regency}
	owed, err := s.store.followups(ctx, strings.Join([]string{"t.status IN ('open', 'running')", scope.Where("t.agency_id", &args)}, " AND "), args)
	for _, f := range owed {
		if f.Due > s.now()+soon*day {
			continue
		}
		all = append(all, tasks.Task{Kind: "assessment.task.followup", Title: f.Title, Detail: errs.M("assessment.task.followup_state", "State", errs.M("assessment.follow."+f.Status)),
			Path: "/tindak-lanjut/" + f.ID, Do: errs.M("assessment.task.followup_do"), Agency: f.Agency, Due: f.Due, Urgency: 1})
	}
	return all, err
}

// versionTasks lists other versions of published results that wait for somebody who did not make them.
func (s *Service) versionTasks(ctx context.Context) (all []tasks.Task, err error) {
	a := tenant.From(ctx)
	waiting, err := s.store.waitingVersions(ctx, a.Regency)
	for _, v := range waiting {
		if v.By == a.UserID {
			continue
		}
		r, err := s.Rounds.Round(ctx, v.Round)
		if err != nil {
			return nil, err
		}
		all = append(all, tasks.Task{Kind: "assessment.task.version", Title: r.Title, Detail: errs.M("assessment.version.because", "Why", v.Why),
			Path: "/hasil/" + v.Round + "/versi", Do: errs.M("assessment.task.version_do"), Urgency: 1})
	}
	return all, err
}

// MyRound is a round the actor was invited to with how far the marks are.
type MyRound struct {
	Round                    Round
	Invite                   Invite
	Total, Drafts, Submitted int
}

// Due is the earlier of the round's date and the end of the invitation.
func (m MyRound) Due() int64 {
	if m.Invite.Until != 0 && (m.Round.AssessTo == 0 || m.Invite.Until < m.Round.AssessTo) {
		return m.Invite.Until
	}
	return m.Round.AssessTo
}

// MyRounds lists the rounds the actor was invited to and may still see, newest first.
func (s *Service) MyRounds(ctx context.Context) ([]MyRound, error) {
	return s.invitedTo(ctx, func(Round) bool { return true })
}

func (s *Service) invitedTo(ctx context.Context, wanted func(Round) bool) ([]MyRound, error) {
	if err := allow(ctx, MarkAction); err != nil {
		return nil, err
	}
	a := tenant.From(ctx)
	invites, err := s.store.invitesOf(ctx, a.Regency, a.UserID)
	if err != nil || len(invites) == 0 {
		return nil, err
	}
	byRound := map[string]Invite{}
	for _, i := range invites {
		byRound[i.Round] = i
	}
	rounds, err := s.Rounds.Rounds(ctx)
	if err != nil {
		return nil, err
	}
	var out []MyRound
	for _, r := range rounds {
		i := byRound[r.ID]
		if !i.open(s.now()) || !wanted(r) {
			continue
		}
		one := MyRound{Round: r, Invite: i}
		if err := s.progress(ctx, &one); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func (s *Service) progress(ctx context.Context, m *MyRound) error {
	p, err := s.Rounds.PackOf(ctx, m.Round.ID)
	if err != nil {
		return err
	}
	own, err := s.store.marksOf(ctx, s.DB, tenant.From(ctx).Regency, m.Round.ID, m.Invite.User)
	m.Total = len(p.Codes())
	for _, one := range own {
		if one.State == Submitted {
			m.Submitted++
		} else {
			m.Drafts++
		}
	}
	return err
}
