package innovation

import (
	"context"
	"database/sql"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
)

func (s store) insertGate(tx *db.Tx, regency int64, g Gate) error {
	_, err := tx.Exec(`INSERT INTO innovation_gate (regency_id, id, innovation_id, from_stage, to_stage, day, proof, evidence_id, decider, asked_by, asked_at, state, decided_by, decided_at, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting', '', 0, '')`, regency, g.ID, g.Innovation, g.From, g.To, g.Day, g.Proof, g.Evidence, g.Decider, g.AskedBy, g.AskedAt)
	return err
}

// decideGate writes a decision once.
func (s store) decideGate(tx *db.Tx, regency int64, g Gate) error {
	n, err := tx.Exec(`UPDATE innovation_gate SET state = $3, decided_by = $4, decided_at = $5, reason = $6 WHERE regency_id = $1 AND id = $2 AND state = 'waiting'`,
		regency, g.ID, g.State, g.DecidedBy, g.DecidedAt, g.Reason)
	if err == nil && n == 0 {
		return errs.E(errs.Conflict, "innovation.error.gate_decided", nil)
	}
	return err
}

func (s store) withdrawGates(tx *db.Tx, regency int64, innovation string, at int64) error {
	_, err := tx.Exec(`UPDATE innovation_gate SET state = 'withdrawn', decided_at = $3 WHERE regency_id = $1 AND innovation_id = $2 AND state = 'waiting'`, regency, innovation, at)
	return err
}

func (s store) gates(ctx context.Context, q db.Queryer, regency int64, where string, args ...any) ([]Gate, error) {
	rows, err := q.Query(ctx, `SELECT id, innovation_id, from_stage, to_stage, day, proof, evidence_id, decider, asked_by, asked_at, state, decided_by, decided_at, reason
		FROM innovation_gate WHERE regency_id = $1 AND `+where+` ORDER BY asked_at DESC, id`, append([]any{regency}, args...)...)
	return db.Collect(rows, err, func(r *sql.Rows) (g Gate, err error) {
		return g, r.Scan(&g.ID, &g.Innovation, &g.From, &g.To, &g.Day, &g.Proof, &g.Evidence, &g.Decider, &g.AskedBy, &g.AskedAt, &g.State, &g.DecidedBy, &g.DecidedAt, &g.Reason)
	})
}

func (s store) members(ctx context.Context, q db.Queryer, regency int64, innovation string) ([]Member, error) {
	rows, err := q.Query(ctx, `SELECT id, user_id, name, agency_id, role, task, added_at FROM innovation_member WHERE regency_id = $1 AND innovation_id = $2
		ORDER BY CASE role WHEN 'lead' THEN 0 WHEN 'companion' THEN 1 ELSE 2 END, name, id`, regency, innovation)
	return db.Collect(rows, err, func(r *sql.Rows) (m Member, err error) {
		return m, r.Scan(&m.ID, &m.User, &m.Name, &m.Agency, &m.Role, &m.Task, &m.AddedAt)
	})
}

func (s store) insertMember(tx *db.Tx, regency int64, innovation string, m Member) error {
	_, err := tx.Exec(`INSERT INTO innovation_member (regency_id, innovation_id, id, user_id, name, agency_id, role, task, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		regency, innovation, m.ID, m.User, m.Name, m.Agency, m.Role, m.Task, m.AddedAt)
	return err
}

func (s store) partners(ctx context.Context, regency int64, innovation string) ([]Partner, error) {
	rows, err := s.d.Query(ctx, `SELECT id, kind, name, role, agreement, added_at FROM innovation_partner WHERE regency_id = $1 AND innovation_id = $2 ORDER BY kind, name, id`, regency, innovation)
	return db.Collect(rows, err, func(r *sql.Rows) (p Partner, err error) {
		return p, r.Scan(&p.ID, &p.Kind, &p.Name, &p.Role, &p.Agreement, &p.AddedAt)
	})
}

func (s store) insertPartner(tx *db.Tx, regency int64, innovation string, p Partner) error {
	_, err := tx.Exec(`INSERT INTO innovation_partner (regency_id, innovation_id, id, kind, name, role, agreement, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		regency, innovation, p.ID, p.Kind, p.Name, p.Role, p.Agreement, p.AddedAt)
	return err
}

func (s store) counts(ctx context.Context, regency int64, innovation string) ([]Count, error) {
	rows, err := s.d.Query(ctx, `SELECT id, kind, value, period_from, period_to, source, evidence_id, entered_by, entered_at FROM innovation_count
		WHERE regency_id = $1 AND innovation_id = $2 ORDER BY period_to DESC, entered_at DESC, id`, regency, innovation)
	return db.Collect(rows, err, func(r *sql.Rows) (c Count, err error) {
		return c, r.Scan(&c.ID, &c.Kind, &c.Value, &c.From, &c.To, &c.Source, &c.Evidence, &c.By, &c.At)
	})
}

func (s store) insertCount(tx *db.Tx, regency int64, innovation string, c Count) error {
	_, err := tx.Exec(`INSERT INTO innovation_count (regency_id, innovation_id, id, kind, value, period_from, period_to, source, evidence_id, entered_by, entered_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, regency, innovation, c.ID, c.Kind, c.Value, c.From, c.To, c.Source, c.Evidence, c.By, c.At)
	return err
}

func (s store) budgets(ctx context.Context, regency int64, innovation string) ([]Budget, error) {
	rows, err := s.d.Query(ctx, `SELECT year, amount, source, entered_by, entered_at FROM innovation_budget WHERE regency_id = $1 AND innovation_id = $2 ORDER BY year DESC`, regency, innovation)
	return db.Collect(rows, err, func(r *sql.Rows) (b Budget, err error) {
		return b, r.Scan(&b.Year, &b.Amount, &b.Source, &b.By, &b.At)
	})
}

func (s store) putBudget(tx *db.Tx, regency int64, innovation string, b Budget) error {
	_, err := tx.Exec(`INSERT INTO innovation_budget (regency_id, innovation_id, year, amount, source, entered_by, entered_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (regency_id, innovation_id, year) DO UPDATE SET amount = excluded.amount, source = excluded.source, entered_by = excluded.entered_by, entered_at = excluded.entered_at`,
		regency, innovation, b.Year, b.Amount, b.Source, b.By, b.At)
	return err
}

func (s store) effects(ctx context.Context, regency int64, innovation string) ([]Effect, error) {
	rows, err := s.d.Query(ctx, `SELECT id, kind, name, before_value, after_value, unit, times, source, evidence_id, entered_by, entered_at FROM innovation_effect
		WHERE regency_id = $1 AND innovation_id = $2 ORDER BY kind, entered_at, id`, regency, innovation)
	return db.Collect(rows, err, func(r *sql.Rows) (e Effect, err error) {
		return e, r.Scan(&e.ID, &e.Kind, &e.Name, &e.Before, &e.After, &e.Unit, &e.Times, &e.Source, &e.Evidence, &e.By, &e.At)
	})
}

func (s store) insertEffect(tx *db.Tx, regency int64, innovation string, e Effect) error {
	_, err := tx.Exec(`INSERT INTO innovation_effect (regency_id, innovation_id, id, kind, name, before_value, after_value, unit, times, source, evidence_id, entered_by, entered_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, regency, innovation, e.ID, e.Kind, e.Name, e.Before, e.After, e.Unit, e.Times, e.Source, e.Evidence, e.By, e.At)
	return err
}

// copyParts copies team, partners, counts, budgets and effects of a record into another; row ids are unique within a record.
func (s store) copyParts(tx *db.Tx, regency int64, from, to string) error {
	for _, text := range []string{
		`INSERT INTO innovation_member (regency_id, innovation_id, id, user_id, name, agency_id, role, task, added_at)
			SELECT regency_id, $3, id, user_id, name, agency_id, role, task, added_at FROM innovation_member WHERE regency_id = $1 AND innovation_id = $2`,
		`INSERT INTO innovation_partner (regency_id, innovation_id, id, kind, name, role, agreement, added_at)
			SELECT regency_id, $3, id, kind, name, role, agreement, added_at FROM innovation_partner WHERE regency_id = $1 AND innovation_id = $2`,
		`INSERT INTO innovation_count (regency_id, innovation_id, id, kind, value, period_from, period_to, source, evidence_id, entered_by, entered_at)
			SELECT regency_id, $3, id, kind, value, period_from, period_to, source, evidence_id, entered_by, entered_at FROM innovation_count WHERE regency_id = $1 AND innovation_id = $2`,
		`INSERT INTO innovation_budget (regency_id, innovation_id, year, amount, source, entered_by, entered_at)
			SELECT regency_id, $3, year, amount, source, entered_by, entered_at FROM innovation_budget WHERE regency_id = $1 AND innovation_id = $2`,
		`INSERT INTO innovation_effect (regency_id, innovation_id, id, kind, name, before_value, after_value, unit, times, source, evidence_id, entered_by, entered_at)
			SELECT regency_id, $3, id, kind, name, before_value, after_value, unit, times, source, evidence_id, entered_by, entered_at FROM innovation_effect WHERE regency_id = $1 AND innovation_id = $2`,
	} {
		if _, err := tx.Exec(text, regency, from, to); err != nil {
			return err
		}
	}
	return nil
}
