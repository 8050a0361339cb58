package innovation

import (
	"context"
	"database/sql"
	"math/big"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// youthRows adds up per agency: the steps and ideas, the use, the effects and the adoptions.
func (s *Service) youthRows(ctx context.Context, y Youth) (map[string]*YouthRow, error) {
	regency, rows := tenant.From(ctx).Regency, map[string]*YouthRow{}
	of := func(agency string) *YouthRow {
		if rows[agency] == nil {
			rows[agency] = &YouthRow{Hours: new(big.Rat), Rupiah: new(big.Rat), People: new(big.Rat)}
		}
		return rows[agency]
	}
	if err := s.store.youthSteps(ctx, regency, y, of); err != nil {
		return nil, err
	}
	if err := s.store.youthUse(ctx, regency, of); err != nil {
		return nil, err
	}
	if err := s.store.youthEffects(ctx, regency, of); err != nil {
		return nil, err
	}
	if s.Adoptions == nil {
		return rows, nil
	}
	adopted, err := s.Adoptions.ByAgency(ctx)
	for agency, n := range adopted {
		r := of(agency)
		r.AdoptedIn, r.AdoptedOut, r.adoption = n.In, n.Out, n.Last
	}
	return rows, err
}

// newest leaves out what was carried over into a later record, so that nothing is counted twice.
const newest = ` AND merged_into = '' AND id NOT IN (SELECT previous_id FROM innovation_innovation WHERE regency_id = $1 AND previous_id <> '')`

// youthSteps reads the last step and the ideas. What was imported came without an idea, and what was carried over had its
// idea counted with the first record: neither has an answer to wait for.
func (s store) youthSteps(ctx context.Context, regency int64, y Youth, of func(string) *YouthRow) error {
	rows, err := s.d.Query(ctx, `SELECT agency_id, max(step_at),
		sum(CASE WHEN answer_due > 0 AND previous_id = '' AND proposed_at >= $2 THEN 1 ELSE 0 END),
		sum(CASE WHEN answer_due > 0 AND previous_id = '' AND proposed_at >= $2 AND answered_at > 0 AND answered_at <= answer_due THEN 1 ELSE 0 END),
		sum(CASE WHEN answer_due > 0 AND previous_id = '' AND proposed_at >= $2 AND (answered_at > answer_due OR answered_at = 0 AND answer_due < $3) THEN 1 ELSE 0 END),
		sum(CASE WHEN stage = 'trial' AND merged_into = '' THEN 1 ELSE 0 END)
		FROM innovation_innovation WHERE regency_id = $1 GROUP BY agency_id`, regency, y.From, y.At)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var agency string
		var one YouthRow
		if err := r.Scan(&agency, &one.LastStep, &one.Proposed, &one.InTime, &one.Late, &one.Trials); err != nil {
			return none, err
		}
		into := of(agency)
		into.LastStep, into.Proposed, into.InTime, into.Late, into.Trials = one.LastStep, one.Proposed, one.InTime, one.Late, one.Trials
		into.Waiting = one.Proposed - one.InTime - one.Late
		return none, nil
	})
	return err
}

// youthUse reads what is in use and the latest count of users of each.
func (s store) youthUse(ctx context.Context, regency int64, of func(string) *YouthRow) error {
	rows, err := s.d.Query(ctx, `SELECT agency_id, count(*), count(c.value), coalesce(sum(c.value), 0), coalesce(min(c.period_from), 0), coalesce(max(c.period_to), 0), coalesce(max(c.entered_at), 0)
		FROM innovation_innovation i LEFT JOIN (SELECT innovation_id, value, period_from, period_to, entered_at,
				row_number() OVER (PARTITION BY innovation_id ORDER BY period_to DESC, entered_at DESC, id) AS place
			FROM innovation_count WHERE regency_id = $1 AND kind = 'users') c ON c.innovation_id = i.id AND c.place = 1
		WHERE regency_id = $1 AND stage IN ('live', 'replicated')`+newest+` GROUP BY agency_id`, regency)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var agency string
		var one YouthRow
		if err := r.Scan(&agency, &one.InUse, &one.Counted, &one.Users, &one.UsersFrom, &one.UsersTo, &one.UsersEntered); err != nil {
			return none, err
		}
		into := of(agency)
		into.InUse, into.Counted, into.Users, into.UsersFrom, into.UsersTo, into.UsersEntered = one.InUse, one.Counted, one.Users, one.UsersFrom, one.UsersTo, one.UsersEntered
		return none, nil
	})
	return err
}

// youthEffects reads the effects of what is in use that name their source, and adds up what they gain in a year.
func (s store) youthEffects(ctx context.Context, regency int64, of func(string) *YouthRow) error {
	rows, err := s.d.Query(ctx, `SELECT i.agency_id, e.kind, e.before_value, e.after_value, e.unit, e.times, e.evidence_id <> '', e.entered_at
		FROM innovation_effect e JOIN innovation_innovation i ON i.regency_id = e.regency_id AND i.id = e.innovation_id
		WHERE e.regency_id = $1 AND e.source <> '' AND i.stage IN ('live', 'replicated') AND i.merged_into = ''
		AND i.id NOT IN (SELECT previous_id FROM innovation_innovation WHERE regency_id = $1 AND previous_id <> '')`, regency)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var agency string
		var e Effect
		var proven bool
		if err := r.Scan(&agency, &e.Kind, &e.Before, &e.After, &e.Unit, &e.Times, &proven, &e.At); err != nil {
			return none, err
		}
		of(agency).gain(e, proven)
		return none, nil
	})
	return err
}

func (r *YouthRow) gain(e Effect, proven bool) {
	g := e.Gain()
	r.Hours.Add(r.Hours, g.Hours)
	r.Rupiah.Add(r.Rupiah, g.Rupiah)
	r.People.Add(r.People, g.People)
	r.Effects++
	if proven {
		r.Proven++
	}
	r.EffectsFrom, r.EffectsTo = earliest(r.EffectsFrom, e.At), max(r.EffectsTo, e.At)
}
