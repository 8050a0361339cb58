package evaluation

import (
	"context"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/tasks"
	"github.com/pendapa/pendapa/internal/tenant"
)

// tasks lists what the actor owes here: requests and answers of the own agency, approvals, checks.
func (s *Service) tasks(ctx context.Context) ([]tasks.Task, error) {
	a := tenant.From(ctx)
	var out []tasks.Task
	for _, source := range []struct {
		action string
		list   func(context.Context, tenant.Actor) ([]tasks.Task, error)
	}{{Write, s.requestTasks}, {Write, s.answerTasks}, {Approve, s.approveTasks}, {Manage, s.checkTasks}} {
		if !a.Can(source.action, "") {
			continue
		}
		some, err := source.list(ctx, a)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

func (s *Service) requestTasks(ctx context.Context, a tenant.Actor) ([]tasks.Task, error) {
	args := []any{a.Regency}
	where := a.Scope(Write).Where("agency_id", &args)
	all, err := s.store.requests(ctx, `state = 'open' AND round_id IN (SELECT id FROM evaluation_round WHERE regency_id = $1 AND state = 'open') AND `+where, args...)
	if err != nil {
		return nil, err
	}
	packs := packCache{s: s}
	var out []tasks.Task
	for _, r := range all {
		out = append(out, tasks.Task{Kind: "evaluation.task.request", Title: packs.title(ctx, r.Round, r.Code), Detail: errs.M("evaluation.task.asked", "Text", r.Text),
			Path: questionPath(r.Round, r.Code), Do: errs.M("evaluation.task.upload"), Agency: r.Agency, Due: r.Due, Urgency: 1})
	}
	return out, nil
}

func (s *Service) answerTasks(ctx context.Context, a tenant.Actor) ([]tasks.Task, error) {
	args := []any{a.Regency}
	all, err := s.store.owed(ctx, a.Regency, `i.state IN ('empty', 'draft', 'returned') AND `+a.Scope(Write).Where("i.lead", &args), args)
	return s.itemTasks(ctx, all, err, func(o owedItem, t *tasks.Task) {
		t.Kind, t.Do, t.Urgency = "evaluation.task.answer", errs.M("evaluation.task.fill"), 1
		if o.State == Returned {
			t.Kind, t.Do, t.Urgency, t.Detail = "evaluation.task.returned", errs.M("evaluation.task.repair"), 2, errs.M("evaluation.task.reason", "Reason", o.Reason)
		}
	})
}

func (s *Service) approveTasks(ctx context.Context, a tenant.Actor) ([]tasks.Task, error) {
	args := []any{a.Regency}
	where := `i.state = 'submitted' AND ` + a.Scope(Approve).Where("i.lead", &args)
	args = append(args, a.UserID)
	me := "$" + strconv.Itoa(len(args))
	all, err := s.store.owed(ctx, a.Regency, where+` AND i.submitted_by <> `+me+` AND i.answered_by <> `+me, args)
	return s.itemTasks(ctx, all, err, func(_ owedItem, t *tasks.Task) {
		t.Kind, t.Do, t.Urgency = "evaluation.task.approve", errs.M("evaluation.task.approve.do"), 2
	})
}

func (s *Service) checkTasks(ctx context.Context, a tenant.Actor) ([]tasks.Task, error) {
	all, err := s.store.owed(ctx, a.Regency, `i.state = 'approved'`, []any{a.Regency})
	return s.itemTasks(ctx, all, err, func(_ owedItem, t *tasks.Task) {
		t.Kind, t.Do, t.Urgency = "evaluation.task.check", errs.M("evaluation.task.check.do"), 2
	})
}

func (s *Service) itemTasks(ctx context.Context, all []owedItem, err error, fill func(owedItem, *tasks.Task)) ([]tasks.Task, error) {
	packs := packCache{s: s}
	var out []tasks.Task
	for _, o := range all {
		t := tasks.Task{Title: packs.title(ctx, o.Round, o.Code), Path: questionPath(o.Round, o.Code), Agency: o.Lead, Due: o.due()}
		fill(o, &t)
		out = append(out, t)
	}
	return out, err
}

func questionPath(round, code string) string { return "/evaluasi/" + round + "/soal/" + code }

// packCache finds each instrument once while a list is written.
type packCache struct {
	s     *Service
	packs map[string]*instrument.Pack
}

func (c *packCache) title(ctx context.Context, round, code string) string {
	if c.packs == nil {
		c.packs = map[string]*instrument.Pack{}
	}
	p, ok := c.packs[round]
	if !ok {
		p, _ = c.s.PackOf(ctx, round) // a title without its wording is still a title
		c.packs[round] = p
	}
	if p == nil {
		return code
	}
	q, _, _ := p.Question(code)
	return code + " · " + q.Text.In(tenant.From(ctx).Lang)
}
