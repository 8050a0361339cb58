package innovation

import (
	"context"
	"database/sql"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// youthSums collects rows by agency while the statements are read. used names the agency of every innovation in use: the
// parts are joined here and not in the statement, which takes a third of the time.
type youthSums struct {
	rows map[string]*YouthRow
	used map[string]*YouthRow // by innovation
}

func (y youthSums) of(agency string) *YouthRow {
	if y.rows[agency] == nil {
		empty := emptyRow()
		y.rows[agency] = &empty
	}
	return y.rows[agency]
}

// youthSteps reads the last step and the trials of each agency.
func (s store) youthSteps(ctx context.Context, regency int64, sums youthSums) error {
	rows, err := s.d.Query(ctx, `SELECT agency_id, max(step_at), sum(CASE WHEN stage = 'trial' AND merged_into = '' THEN 1 ELSE 0 END)
		FROM innovation_innovation WHERE regency_id = $1 GROUP BY agency_id`, regency)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var agency string
		var step int64
		var trials int
		if err := r.Scan(&agency, &step, &trials); err != nil {
			return none, err
		}
		into := sums.of(agency)
		into.LastStep, into.Trials = step, trials
		return none, nil
	})
	return err
}

// ideasSince reads the ideas of the months before now. What was imported came without an idea, and what was carried over had its
// idea counted with the first record: neither has an answer to wait for.
func (s store) ideasSince(ctx context.Context, regency, from int64) ([]proposal, error) {
	rows, err := s.d.Query(ctx, `SELECT agency_id, proposed_at, answered_at, answer_due FROM innovation_innovation
		WHERE regency_id = $1 AND answer_due > 0 AND previous_id = '' AND proposed_at >= $2`, regency, from)
	return db.Collect(rows, err, func(r *sql.Rows) (p proposal, err error) {
		return p, r.Scan(&p.agency, &p.at, &p.answered, &p.due)
	})
}

// youthUse reads what is in use. What was carried over into a later record is left out, so that nothing is counted twice.
func (s store) youthUse(ctx context.Context, regency int64, sums youthSums) error {
	rows, err := s.d.Query(ctx, `SELECT id, agency_id FROM innovation_innovation WHERE regency_id = $1 AND stage IN ('live', 'replicated') AND merged_into = ''
		AND id NOT IN (SELECT previous_id FROM innovation_innovation WHERE regency_id = $1 AND previous_id <> '')`, regency)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var id, agency string
		if err := r.Scan(&id, &agency); err != nil {
			return none, err
		}
		into := sums.of(agency)
		sums.used[id], into.InUse = into, into.InUse+1
		return none, nil
	})
	return err
}

// youthUsers reads the counts of users and keeps the latest period of each innovation in use.
func (s store) youthUsers(ctx context.Context, regency int64, sums youthSums) error {
	type count struct {
		id                       string
		value, from, to, entered int64
	}
	rows, err := s.d.Query(ctx, `SELECT innovation_id, value, period_from, period_to, entered_at FROM innovation_count WHERE regency_id = $1 AND kind = 'users'`, regency)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (c count, err error) {
		return c, r.Scan(&c.id, &c.value, &c.from, &c.to, &c.entered)
	})
	latest := map[string]count{}
	for _, c := range all {
		if had, ok := latest[c.id]; !ok || c.to > had.to || c.to == had.to && c.entered > had.entered {
			latest[c.id] = c
		}
	}
	for id, c := range latest {
		if r := sums.used[id]; r != nil {
			r.Counted, r.Users = r.Counted+1, r.Users+c.value
			r.UsersFrom, r.UsersTo, r.UsersEntered = earliest(r.UsersFrom, c.from), max(r.UsersTo, c.to), max(r.UsersEntered, c.entered)
		}
	}
	return err
}

// youthEffects reads the effects of what is in use that name their source, and adds up what they gain in a year.
func (s store) youthEffects(ctx context.Context, regency int64, sums youthSums) error {
	rows, err := s.d.Query(ctx, `SELECT innovation_id, kind, before_value, after_value, unit, times, evidence_id, entered_at FROM innovation_effect WHERE regency_id = $1 AND source <> ''`, regency)
	gains := map[*YouthRow]*tally{}
	_, err = db.Collect(rows, err, func(line *sql.Rows) (none struct{}, err error) {
		var id string
		var e Effect
		if err := line.Scan(&id, &e.Kind, &e.Before, &e.After, &e.Unit, &e.Times, &e.Evidence, &e.At); err != nil {
			return none, err
		}
		r := sums.used[id]
		if r == nil {
			return none, nil
		}
		if gains[r] == nil {
			gains[r] = &tally{}
		}
		gains[r].add(e)
		r.counts(e)
		return none, nil
	})
	for r, t := range gains {
		t.into(r)
	}
	return err
}

// counts takes an effect into the numbers that say what the gains stand on.
func (r *YouthRow) counts(e Effect) {
	switch e.Kind {
	case "time":
		r.Timed++
	case "cost":
		r.Priced++
	case "people":
		r.Headed++
	}
	if r.Effects++; e.Evidence != "" {
		r.Proven++
	}
	r.EffectsFrom, r.EffectsTo = earliest(r.EffectsFrom, e.At), max(r.EffectsTo, e.At)
}
