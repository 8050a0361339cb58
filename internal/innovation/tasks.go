package innovation

import (
	"context"
	"database/sql"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/tasks"
	"github.com/pendapa/pendapa/internal/tenant"
)

// mostTasks bounds one kind of work: the bell is counted on every page, and nobody works through more on one page.
const mostTasks = 200

// tasks lists what the actor owes here: answers and dossiers of the desk, gates and dossiers of a head, and what came back
// to a team. It runs on every page, so it reads no more than it shows.
func (s *Service) tasks(ctx context.Context) ([]tasks.Task, error) {
	a := tenant.From(ctx)
	if !a.SignedIn() {
		return nil, nil
	}
	var out []tasks.Task
	for _, source := range []struct {
		action string
		list   func(context.Context, tenant.Actor) ([]tasks.Task, error)
	}{{Desk, s.answerTasks}, {Desk, s.dossierTasks}, {Decide, s.gateTasks}, {Decide, s.authoriseTasks}, {Propose, s.revisionTasks}, {Propose, s.refusedTasks}} {
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

// owed is a row of a task: only what the list shows.
type owed struct {
	id, title, agency, state, reason string
	due                              int64
}

const owedColumns = `i.id, i.title, i.agency_id, i.state, i.reason, i.answer_due`

// owed reads work; where names the regency first.
func (s *Service) owed(ctx context.Context, where string, args []any) ([]owed, error) {
	args = append(args, mostTasks)
	rows, err := s.DB.Query(ctx, `SELECT `+owedColumns+` FROM innovation_innovation i WHERE i.regency_id = $1 AND `+where+` LIMIT $`+strconv.Itoa(len(args)), args...)
	return db.Collect(rows, err, func(r *sql.Rows) (o owed, err error) {
		return o, r.Scan(&o.id, &o.title, &o.agency, &o.state, &o.reason, &o.due)
	})
}

// answerTasks are ideas without an answer, other than the actor's own; urgent ones end within SoonDays working days.
func (s *Service) answerTasks(ctx context.Context, a tenant.Actor) ([]tasks.Task, error) {
	all, err := s.owed(ctx, `i.answered_at = 0 AND i.stage = 'problem' AND i.proposer <> $2 ORDER BY i.answer_due, i.id`, []any{a.Regency, a.UserID})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	soon, err := s.Calendar.Due(ctx, s.now(), SoonDays)
	var out []tasks.Task
	for _, o := range all {
		t := tasks.Task{Kind: "innovation.task.answer", Title: o.title, Path: deskPath(o.id), Do: errs.M("innovation.task.answer.do"), Agency: o.agency, Due: o.due, Urgency: 1}
		if o.due > 0 && o.due <= soon {
			t.Urgency = 2
		}
		out = append(out, t)
	}
	return out, err
}

// dossierTasks are dossiers whose next step is the desk's; nobody takes it on what they handed in.
func (s *Service) dossierTasks(ctx context.Context, a tenant.Actor) ([]tasks.Task, error) {
	args := []any{a.Regency, a.UserID}
	all, err := s.owed(ctx, `i.submitted_by <> $2 AND i.merged_into = '' AND i.stage <> 'stopped' AND i.state IN (`+inList(&args, deskStates())+`) ORDER BY i.step_at, i.id`, args)
	return taskList(all, err, func(o owed, t *tasks.Task) {
		t.Kind, t.Do, t.Urgency = "innovation.task.dossier."+o.state, errs.M("innovation.task.open"), 1
	})
}

// authoriseTasks are dossiers that a head of the agency authorises, other than those they handed in.
func (s *Service) authoriseTasks(ctx context.Context, a tenant.Actor) ([]tasks.Task, error) {
	args := []any{a.Regency, a.UserID}
	all, err := s.owed(ctx, `i.state = 'approved' AND i.submitted_by <> $2 AND i.merged_into = '' AND i.stage <> 'stopped' AND `+a.Scope(Decide).Where("i.agency_id", &args)+` ORDER BY i.step_at, i.id`, args)
	return taskList(all, err, func(_ owed, t *tasks.Task) {
		t.Kind, t.Do, t.Urgency = "innovation.task.authorise", errs.M("innovation.task.open"), 2
	})
}

// mine narrows to what the person of $2 proposed or works on.
const mine = `(i.proposer = $2 OR i.id IN (SELECT m.innovation_id FROM innovation_member m WHERE m.regency_id = $1 AND m.user_id = $2))`

// revisionTasks are dossiers that came back, with the reason.
func (s *Service) revisionTasks(ctx context.Context, a tenant.Actor) ([]tasks.Task, error) {
	all, err := s.owed(ctx, `i.state = 'revision' AND i.merged_into = '' AND i.stage <> 'stopped' AND `+mine+` ORDER BY i.step_at, i.id`, []any{a.Regency, a.UserID})
	return taskList(all, err, func(o owed, t *tasks.Task) {
		t.Kind, t.Do, t.Urgency, t.Detail = "innovation.task.revision", errs.M("innovation.task.revision.do"), 2, errs.M("innovation.task.reason", "Reason", o.reason)
	})
}

func taskList(all []owed, err error, fill func(owed, *tasks.Task)) ([]tasks.Task, error) {
	var out []tasks.Task
	for _, o := range all {
		t := tasks.Task{Title: o.title, Path: "/inovasi/" + o.id, Agency: o.agency}
		fill(o, &t)
		out = append(out, t)
	}
	return out, err
}

// gateRow is a gate with the innovation before it.
type gateRow struct{ gate, id, title, agency, to, reason string }

func (s *Service) gateRows(ctx context.Context, where string, args ...any) ([]gateRow, error) {
	args = append(args, mostTasks)
	rows, err := s.DB.Query(ctx, `SELECT g.id, i.id, i.title, i.agency_id, g.to_stage, g.reason FROM innovation_gate g
		JOIN innovation_innovation i ON i.regency_id = g.regency_id AND i.id = g.innovation_id
		WHERE g.regency_id = $1 AND `+where+` ORDER BY g.asked_at, g.id LIMIT $`+strconv.Itoa(len(args)), args...)
	return db.Collect(rows, err, func(r *sql.Rows) (g gateRow, err error) {
		return g, r.Scan(&g.gate, &g.id, &g.title, &g.agency, &g.to, &g.reason)
	})
}

// gateTasks are gates that wait for the actor by name.
func (s *Service) gateTasks(ctx context.Context, a tenant.Actor) ([]tasks.Task, error) {
	all, err := s.gateRows(ctx, `g.decider = $2 AND g.state = 'waiting' AND g.asked_by <> $2`, a.Regency, a.UserID)
	var out []tasks.Task
	for _, g := range all {
		out = append(out, tasks.Task{Kind: "innovation.task.gate", Title: g.title, Detail: errs.M("innovation.task.gate.to", "Stage", errs.M("innovation.stage."+g.to)),
			Path: "/inovasi/" + g.id, Do: errs.M("innovation.task.gate.do"), Agency: g.agency, Urgency: 2})
	}
	return out, err
}

// refusedTasks are gates that the actor's innovations did not pass and that were not asked again since.
func (s *Service) refusedTasks(ctx context.Context, a tenant.Actor) ([]tasks.Task, error) {
	all, err := s.gateRows(ctx, `g.state = 'refused' AND i.stage = g.from_stage AND (g.asked_by = $2 OR `+mine+`)
		AND NOT EXISTS (SELECT 1 FROM innovation_gate later WHERE later.regency_id = $1 AND later.innovation_id = g.innovation_id AND later.asked_at > g.asked_at)`, a.Regency, a.UserID)
	var out []tasks.Task
	for _, g := range all {
		out = append(out, tasks.Task{Kind: "innovation.task.refused", Title: g.title, Detail: errs.M("innovation.task.reason", "Reason", g.reason),
			Path: "/inovasi/" + g.id, Do: errs.M("innovation.task.revision.do"), Agency: g.agency, Urgency: 2})
	}
	return out, err
}
