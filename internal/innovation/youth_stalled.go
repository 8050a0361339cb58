package innovation

import (
	"context"
	"database/sql"
	"strconv"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Why an innovation is named as stalled.
const (
	StalledGate  = "gate"  // a gate waits for its decider
	StalledTrial = "trial" // a trial is past its last day
	StalledQuiet = "quiet" // no real step was taken
)

// Stalled is an innovation that does not move, with the one next action and who takes it: By is byTeam, byDesk, byHead, or
// the decider of the gate, whose id is Decider. Days is how long it waits, -1 when it never took a step.
type Stalled struct {
	ID, Title, Agency, Stage, State string
	Why                             string
	Since                           int64
	Days                            int
	Action, By, Decider             string
}

const byDecider = "decider"

// Stalled lists what does not move, the decisions that wait first, then the oldest; and how many there are.
func (s *Service) Stalled(ctx context.Context, f YouthFilter, limit, offset int) ([]Stalled, int, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, 0, err
	}
	agencies, err := s.Dir.Agencies(ctx)
	if err != nil {
		return nil, 0, err
	}
	return s.stalled(ctx, ofFilter(agencies, f), f != YouthFilter{}, limit, offset)
}

func (s *Service) stalled(ctx context.Context, agencies []tenant.Agency, narrowed bool, limit, offset int) ([]Stalled, int, error) {
	now, args := s.now(), []any{tenant.From(ctx).Regency}
	args = append(args, now-gateDays*oneDay, now-oneDay, now-quietDays*oneDay)
	where := ""
	if narrowed {
		if len(agencies) == 0 {
			return nil, 0, nil
		}
		ids := make([]string, len(agencies))
		for n, a := range agencies {
			ids[n] = a.ID
		}
		where = " AND agency_id IN (" + inList(&args, ids) + ")"
	}
	args = append(args, limit, offset)
	rows, err := s.DB.Query(ctx, `SELECT i.id, title, agency_id, stage, i.state, step_at, trial_end, answered_at, coalesce(g.asked_at, 0), coalesce(g.decider, ''),
		CASE WHEN stage = 'live' THEN (SELECT count(*) FROM innovation_count c WHERE c.regency_id = $1 AND c.innovation_id = i.id AND c.kind = 'users') ELSE 0 END,
		CASE WHEN g.asked_at < $2 THEN 'gate' WHEN stage = 'trial' AND trial_end > 0 AND trial_end < $3 THEN 'trial' ELSE 'quiet' END,
		count(*) OVER ()
		FROM innovation_innovation i LEFT JOIN innovation_gate g ON g.regency_id = $1 AND g.innovation_id = i.id AND g.state = 'waiting'
		WHERE i.regency_id = $1 AND merged_into = '' AND stage NOT IN ('stopped', 'replicated') AND (g.asked_at < $2 OR stage = 'trial' AND trial_end > 0 AND trial_end < $3 OR step_at < $4)
		AND i.id NOT IN (SELECT previous_id FROM innovation_innovation WHERE regency_id = $1 AND previous_id <> '')`+where+`
		ORDER BY CASE WHEN g.asked_at < $2 THEN 0 WHEN stage = 'trial' AND trial_end > 0 AND trial_end < $3 THEN 1 ELSE 2 END,
		CASE WHEN g.asked_at < $2 THEN g.asked_at WHEN stage = 'trial' AND trial_end > 0 AND trial_end < $3 THEN trial_end ELSE step_at END, i.id
		LIMIT $`+strconv.Itoa(len(args)-1)+` OFFSET $`+strconv.Itoa(len(args)), args...)
	total := 0
	all, err := db.Collect(rows, err, func(r *sql.Rows) (one Stalled, err error) {
		var x restingRow
		err = r.Scan(&one.ID, &one.Title, &one.Agency, &one.Stage, &one.State, &x.step, &x.trialEnd, &x.answered, &x.asked, &one.Decider, &x.counts, &one.Why, &total)
		x.fill(&one, now)
		return one, err
	})
	return all, total, err
}

// restingRow is what the next action follows from.
type restingRow struct{ step, trialEnd, answered, asked, counts int64 }

func (x restingRow) fill(one *Stalled, now int64) {
	one.Since = x.step
	switch one.Why {
	case StalledGate:
		one.Since = x.asked
	case StalledTrial:
		one.Since = x.trialEnd + oneDay
	}
	one.Days = -1
	if one.Since != 0 {
		one.Days = int((now - one.Since) / oneDay)
	}
	one.Action, one.By = nextAction(*one, x)
}

// nextAction gives the one thing that moves an innovation on, and who does it.
func nextAction(one Stalled, x restingRow) (action, by string) {
	switch {
	case x.asked != 0:
		return "decide", byDecider
	case one.Why == StalledTrial:
		return "conclude", byTeam
	case one.Stage == Problem && x.answered == 0:
		return "answer", byDesk
	case one.Stage == Problem, one.Stage == Idea:
		return "ask_trial", byTeam
	case one.Stage == Trial:
		return "ask_live", byTeam
	case x.counts == 0:
		return "count", byTeam
	case one.State == Sent:
		return "offer", byTeam
	}
	_, by = forward(one.State)
	return "state." + one.State, by
}
