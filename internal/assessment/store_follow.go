package assessment

import (
	"context"
	"database/sql"

	"github.com/pendapa/pendapa/internal/platform/db"
)

const followupColumns = `id, round_id, finding_id, title, agency_id, due, status, note, changed_by, changed_at, rev`

func scanFollowup(r scanner) (f Followup, err error) {
	return f, r.Scan(&f.ID, &f.Round, &f.Finding, &f.Title, &f.Agency, &f.Due, &f.Status, &f.Note, &f.ChangedBy, &f.ChangedAt, &f.Rev)
}

// followups lists follow-ups; where is a predicate over t whose arguments follow the regency in args.
func (s store) followups(ctx context.Context, where string, args []any) ([]Followup, error) {
	rows, err := s.d.Query(ctx, `SELECT `+followupColumns+` FROM assessment_followup t WHERE t.regency_id = $1 AND `+where+` ORDER BY due, id`, args...)
	return db.Collect(rows, err, func(r *sql.Rows) (Followup, error) { return scanFollowup(r) })
}

func (s store) followup(ctx context.Context, q db.Queryer, regency int64, id string) (Followup, error) {
	f, err := scanFollowup(q.QueryRow(ctx, `SELECT `+followupColumns+` FROM assessment_followup WHERE regency_id = $1 AND id = $2`, regency, id))
	if db.NotFound(err) {
		return f, notFound(err)
	}
	return f, err
}

func (s store) insertFollowup(tx *db.Tx, regency int64, f Followup) error {
	_, err := tx.Exec(`INSERT INTO assessment_followup (regency_id, id, round_id, finding_id, title, agency_id, due, status, note, changed_by, changed_at, rev)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)`, regency, f.ID, f.Round, f.Finding, f.Title, f.Agency, f.Due, f.Status, f.Note, f.ChangedBy, f.ChangedAt)
	return err
}

// updateFollowup writes a follow-up if nobody changed it since f.Rev was read.
func (s store) updateFollowup(tx *db.Tx, regency int64, f Followup) error {
	return changed(tx.Exec(`UPDATE assessment_followup SET title = $4, agency_id = $5, due = $6, status = $7, note = $8, changed_by = $9, changed_at = $10, rev = rev + 1
		WHERE regency_id = $1 AND id = $2 AND rev = $3`, regency, f.ID, f.Rev, f.Title, f.Agency, f.Due, f.Status, f.Note, f.ChangedBy, f.ChangedAt))
}
