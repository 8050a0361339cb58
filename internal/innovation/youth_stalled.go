package innovation

import (
	"context"
	"database/sql"

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
	return s.stalled(ctx, agencies, f, limit, offset)
}

// resting is an innovation that may be stalled: what the order and the next action follow from. TrialEnd is 0 unless the
// trial runs, asked unless a gate waits.
type resting struct {
	Stalled
	step, trialEnd, asked, counted int64
	answered, waits                bool
}

// The reasons in their order: a gate that waits too long first, then a trial past its end, then the quiet ones.
const (
	restsAtGate = iota
	restsInTrial
	restsQuietly
)

func (s *Service) stalled(ctx context.Context, agencies []tenant.Agency, f YouthFilter, limit, offset int) ([]Stalled, int, error) {
	var within map[string]bool
	if f != (YouthFilter{}) {
		within = map[string]bool{}
		for _, a := range ofFilter(agencies, f) {
			within[a.ID] = true
		}
	}
	kept, err := s.youthKept(ctx)
	if err != nil {
		return nil, 0, err
	}
	shown, total := kept.stalled(s.now(), within, limit, offset)
	if err := s.store.nameResting(ctx, tenant.From(ctx).Regency, shown); err != nil {
		return nil, 0, err
	}
	out := make([]Stalled, len(shown))
	for n, one := range shown {
		one.Action, one.By = one.next()
		out[n] = one.Stalled
	}
	return out, total, nil
}

// since tells from when an innovation counts as resting for a reason.
func (x *resting) since(rank int) int64 {
	switch rank {
	case restsAtGate:
		return x.asked
	case restsInTrial:
		return x.trialEnd + oneDay
	}
	return x.step
}

// restsBy reports whether that is too long ago at a moment.
func (x *resting) restsBy(rank int, now int64) bool {
	switch rank {
	case restsAtGate:
		return x.waits && x.asked < now-gateDays*oneDay
	case restsInTrial:
		return x.trialEnd != 0 && x.trialEnd < now-oneDay
	}
	return x.step < now-quietDays*oneDay
}

// rank is the first reason that holds.
func (x *resting) rank(now int64) int {
	for rank := range restsQuietly {
		if x.restsBy(rank, now) {
			return rank
		}
	}
	return restsQuietly
}

// judged gives a copy that says why and how long.
func (x *resting) judged(rank int, now int64) *resting {
	out := *x
	out.Why, out.Since, out.Days = []string{StalledGate, StalledTrial, StalledQuiet}[rank], x.since(rank), -1
	if out.Since != 0 {
		out.Days = int((now - out.Since) / oneDay)
	}
	return &out
}

// next gives the one thing that moves an innovation on, and who does it.
func (x *resting) next() (action, by string) {
	switch {
	case x.waits:
		return "decide", byDecider
	case x.Why == StalledTrial:
		return "conclude", byTeam
	case x.Stage == Problem && !x.answered:
		return "answer", byDesk
	case x.Stage == Problem, x.Stage == Idea:
		return "ask_trial", byTeam
	case x.Stage == Trial:
		return "ask_live", byTeam
	case x.counted == 0:
		return "count", byTeam
	case x.State == Sent:
		return "offer", byTeam
	}
	_, by = forward(x.State)
	return "state." + x.State, by
}

// mayRest reads what neither stopped nor was replicated: only what the order follows from, which an index holds.
func (s store) mayRest(ctx context.Context, regency int64) ([]*resting, error) {
	rows, err := s.d.Query(ctx, `SELECT id, agency_id, step_at, CASE WHEN stage = 'trial' THEN trial_end ELSE 0 END FROM innovation_innovation
		WHERE regency_id = $1 AND merged_into = '' AND stage IN ('problem', 'idea', 'trial', 'live')
		AND id NOT IN (SELECT previous_id FROM innovation_innovation WHERE regency_id = $1 AND previous_id <> '')`, regency)
	return db.Collect(rows, err, func(r *sql.Rows) (*resting, error) {
		var x resting
		err := r.Scan(&x.ID, &x.Agency, &x.step, &x.trialEnd)
		return &x, err
	})
}

// waitingGates gives the gates that nobody decided yet, by innovation: since when they wait and for whom.
func (s store) waitingGates(ctx context.Context, regency int64) (map[string]Gate, error) {
	rows, err := s.d.Query(ctx, `SELECT id, innovation_id, asked_at, decider FROM innovation_gate WHERE regency_id = $1 AND state = 'waiting'`, regency)
	out := map[string]Gate{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var g Gate
		err = r.Scan(&g.ID, &g.Innovation, &g.AskedAt, &g.Decider)
		out[g.Innovation] = g
		return none, err
	})
	return out, err
}

// nameResting completes the few that are shown: what they are called, where they stand, whether users were ever counted.
func (s store) nameResting(ctx context.Context, regency int64, shown []*resting) error {
	if len(shown) == 0 {
		return nil
	}
	args, ids, at := []any{regency}, make([]string, len(shown)), map[string]*resting{}
	for n, one := range shown {
		ids[n], at[one.ID] = one.ID, one
	}
	rows, err := s.d.Query(ctx, `SELECT id, title, agency_id, stage, state, answered_at, (SELECT count(*) FROM innovation_count c WHERE c.regency_id = $1 AND c.innovation_id = i.id AND c.kind = 'users')
		FROM innovation_innovation i WHERE regency_id = $1 AND id IN (`+inList(&args, ids)+`)`, args...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var id string
		var answered int64
		var named resting
		if err := r.Scan(&id, &named.Title, &named.Agency, &named.Stage, &named.State, &answered, &named.counted); err != nil {
			return none, err
		}
		x := at[id]
		x.Title, x.Agency, x.Stage, x.State, x.answered, x.counted = named.Title, named.Agency, named.Stage, named.State, answered != 0, named.counted
		return none, nil
	})
	return err
}
