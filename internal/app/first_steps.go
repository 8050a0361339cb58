package app

import (
	"context"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/tasks"
	"github.com/pendapa/pendapa/internal/tenant"
)

// firstSteps is the checklist of a new house: agencies, people, the first round. A step is gone once it was done.
func (a *App) firstSteps(ctx context.Context) ([]tasks.Task, error) {
	actor := tenant.From(ctx)
	admin, team := actor.Has(tenant.RoleAdmin), actor.Has(tenant.RoleCoordinator)
	if !admin && !team {
		return nil, nil
	}
	var out []tasks.Task
	step := func(name, path string) {
		out = append(out, tasks.Task{Kind: "home.step", Title: a.Web.Texts.Msg(actor.Lang, errs.M("home.step."+name)), Detail: errs.M("home.step." + name + ".text"),
			Path: path, Do: errs.M("home.step.do"), Urgency: 2})
	}
	agencies, err := a.Agencies.List(ctx, false)
	if err != nil {
		return nil, err
	}
	if admin && len(agencies) == 0 {
		step("agencies", "/opd/impor")
	}
	if admin {
		alone, err := a.Access.Alone(ctx)
		if err != nil {
			return nil, err
		}
		if alone {
			step("people", "/pengguna/impor")
		}
	}
	if team {
		rounds, err := a.Evaluation.Rounds(ctx)
		if err != nil {
			return nil, err
		}
		if len(rounds) == 0 {
			step("round", "/evaluasi/baru")
		}
	}
	return out, nil
}
