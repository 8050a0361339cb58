package admin

import (
	"context"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
)

// Decisions is the last time that every decision of a regency was compared with its content and the audit trail.
type Decisions struct {
	At, Looked, Wrong int64
}

// checkDecisions is the daily look at what was decided, in every regency.
func (s *Service) checkDecisions(ctx context.Context, _ jobs.Job) error {
	regencies, err := s.Audit.Regencies(ctx)
	for _, regency := range regencies {
		if err == nil {
			err = s.checkDecisionsOf(ctx, regency)
		}
	}
	return err
}

func (s *Service) checkDecisionsOf(ctx context.Context, regency int64) error {
	looked, wrong, err := s.Decided(ctx, regency)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO admin_decision (regency_id, at, looked, wrong) VALUES ($1, $2, $3, $4)
			ON CONFLICT (regency_id) DO UPDATE SET at = $2, looked = $3, wrong = $4`, regency, s.Now().UnixMilli(), looked, wrong)
		return err
	})
}

// LastDecisions gives the last look at the decisions of a regency; its At is 0 when there was none.
func (s *Service) LastDecisions(ctx context.Context, regency int64) (x Decisions, err error) {
	err = s.DB.QueryRow(ctx, `SELECT at, looked, wrong FROM admin_decision WHERE regency_id = $1`, regency).Scan(&x.At, &x.Looked, &x.Wrong)
	if db.NotFound(err) {
		err = nil
	}
	return x, err
}

// AllDecisions gives the last looks of all regencies as one, with the time of the oldest.
func (s *Service) AllDecisions(ctx context.Context) (x Decisions, err error) {
	return x, s.DB.QueryRow(ctx, `SELECT coalesce(min(at), 0), coalesce(sum(looked), 0), coalesce(sum(wrong), 0) FROM admin_decision WHERE regency_id >= 0`).
		Scan(&x.At, &x.Looked, &x.Wrong)
}
