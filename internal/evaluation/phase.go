package evaluation

import (
	"context"
	"database/sql"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// PhaseMark is a mark of a later phase (interview, visit) for one question, entered by the team from the assessors' sheet.
type PhaseMark struct {
	Code, Phase, Value, Note string
	By                       string
	At                       int64
}

func (s store) phases(ctx context.Context, regency int64, round string) ([]PhaseMark, error) {
	return s.phasesIn(ctx, s.d, regency, round)
}

func (s store) phasesIn(ctx context.Context, q db.Queryer, regency int64, round string) ([]PhaseMark, error) {
	rows, err := q.Query(ctx, `SELECT code, phase, value, note, changed_by, changed_at FROM evaluation_phase WHERE regency_id = $1 AND round_id = $2 ORDER BY code, phase`, regency, round)
	return db.Collect(rows, err, func(r *sql.Rows) (m PhaseMark, err error) {
		return m, r.Scan(&m.Code, &m.Phase, &m.Value, &m.Note, &m.By, &m.At)
	})
}

// Phases lists the marks of the later phases of a round.
func (s *Service) Phases(ctx context.Context, round string) ([]PhaseMark, error) {
	return s.store.phases(ctx, tenant.From(ctx).Regency, round)
}

// SetPhases enters the marks of one later phase: code -> mark as typed. An empty text takes a mark away. All or nothing.
func (s *Service) SetPhases(ctx context.Context, round, phase string, typed map[string]string) (int, error) {
	if err := allow(ctx, Manage); err != nil {
		return 0, err
	}
	x, err := s.Round(ctx, round)
	if err != nil {
		return 0, err
	}
	p, err := s.Packs.Find(ctx, x.Pack)
	if err != nil {
		return 0, err
	}
	if x.State == Done || x.State == Draft {
		return 0, errNotOpen(x)
	}
	known := false
	for n, ph := range p.Phases {
		known = known || n > 0 && ph.Code == phase
	}
	if !known {
		return 0, errs.E(errs.NotFound, "evaluation.error.phase", nil)
	}
	wrong := map[string]errs.Msg{}
	marks := map[string]string{}
	for code, text := range typed {
		if _, _, ok := p.Question(code); !ok {
			continue
		}
		if text = strings.TrimSpace(text); text == "" {
			marks[code] = ""
			continue
		}
		v, err := p.ParseMark(text)
		if err != nil {
			wrong["p_"+code] = errs.M("evaluation.error.mark", "Min", p.Scale.Min, "Max", p.Scale.Max)
			continue
		}
		marks[code] = trimDecimal(v)
	}
	if len(wrong) > 0 {
		return 0, errs.InvalidFields(wrong)
	}
	return len(marks), s.DB.Tx(ctx, func(tx *db.Tx) error { return s.putPhases(ctx, tx, round, phase, marks) })
}

func (s *Service) putPhases(ctx context.Context, tx *db.Tx, round, phase string, marks map[string]string) error {
	a := tenant.From(ctx)
	x, err := s.HoldRound(ctx, tx, round)
	if err == nil && x.State == Done {
		err = errNotOpen(x)
	}
	if err != nil {
		return err
	}
	for code, value := range marks {
		if value == "" {
			if _, err := tx.Exec(`DELETE FROM evaluation_phase WHERE regency_id = $1 AND round_id = $2 AND code = $3 AND phase = $4`, a.Regency, round, code, phase); err != nil {
				return err
			}
			continue
		}
		if _, err := tx.Exec(`INSERT INTO evaluation_phase (regency_id, round_id, code, phase, value, note, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, '', $6, $7)
			ON CONFLICT (regency_id, round_id, code, phase) DO UPDATE SET value = excluded.value, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
			a.Regency, round, code, phase, value, a.UserID, s.now()); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, "phase.set", "round", round, "", phase, nil, marks)
}
