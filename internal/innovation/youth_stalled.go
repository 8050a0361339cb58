package innovation

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

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
// trial runs.
type resting struct {
	Stalled
	rank                    int
	step, trialEnd, counted int64
	answered, waits         bool
}

func (s *Service) stalled(ctx context.Context, agencies []tenant.Agency, f YouthFilter, limit, offset int) ([]Stalled, int, error) {
	regency, now := tenant.From(ctx).Regency, s.now()
	var within []string
	if f != (YouthFilter{}) {
		for _, a := range ofFilter(agencies, f) {
			within = append(within, a.ID)
		}
		if len(within) == 0 {
			return nil, 0, nil
		}
	}
	all, err := s.store.mayRest(ctx, regency, now, within)
	if err != nil {
		return nil, 0, err
	}
	waiting, err := s.store.waitingGates(ctx, regency)
	if err != nil {
		return nil, 0, err
	}
	for _, one := range all {
		one.judge(waiting[one.ID], now)
	}
	slices.SortFunc(all, func(a, b *resting) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Since, b.Since), cmp.Compare(a.ID, b.ID))
	})
	shown := all[min(offset, len(all)):min(offset+limit, len(all))]
	if err := s.store.nameResting(ctx, regency, shown); err != nil {
		return nil, 0, err
	}
	out := make([]Stalled, len(shown))
	for n, one := range shown {
		one.Action, one.By = one.next()
		out[n] = one.Stalled
	}
	return out, len(all), nil
}

// judge says why an innovation is stalled, if it is: a gate that waits too long first, then a trial past its end, then the
// quiet ones.
func (x *resting) judge(g Gate, now int64) {
	x.waits, x.Decider = g.ID != "", g.Decider
	switch {
	case x.waits && g.AskedAt < now-gateDays*oneDay:
		x.Why, x.rank, x.Since = StalledGate, 0, g.AskedAt
	case x.trialEnd != 0 && x.trialEnd < now-oneDay:
		x.Why, x.rank, x.Since = StalledTrial, 1, x.trialEnd+oneDay
	default:
		x.Why, x.rank, x.Since = StalledQuiet, 2, x.step
	}
	x.Days = -1
	if x.Since != 0 {
		x.Days = int((now - x.Since) / oneDay)
	}
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

// mayRest reads what neither stopped nor was replicated and waits too long for one of the three reasons: only what the order
// follows from, which an index holds.
func (s store) mayRest(ctx context.Context, regency, now int64, agencies []string) ([]*resting, error) {
	args, where := []any{regency, now - quietDays*oneDay, now - oneDay, now - gateDays*oneDay}, ""
	if len(agencies) > 0 {
		where = " AND agency_id IN (" + inList(&args, agencies) + ")"
	}
	rows, err := s.d.Query(ctx, `SELECT id, step_at, CASE WHEN stage = 'trial' THEN trial_end ELSE 0 END FROM innovation_innovation
		WHERE regency_id = $1 AND merged_into = '' AND stage IN ('problem', 'idea', 'trial', 'live') AND (step_at < $2 OR stage = 'trial' AND trial_end > 0 AND trial_end < $3
		OR id IN (SELECT innovation_id FROM innovation_gate WHERE regency_id = $1 AND state = 'waiting' AND asked_at < $4))
		AND id NOT IN (SELECT previous_id FROM innovation_innovation WHERE regency_id = $1 AND previous_id <> '')`+where, args...)
	return db.Collect(rows, err, func(r *sql.Rows) (*resting, error) {
		var x resting
		err := r.Scan(&x.ID, &x.step, &x.trialEnd)
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
