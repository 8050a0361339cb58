package assessment

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/pendapa/pendapa/internal/platform/db"
)

const versionColumns = `id, round_id, number, state, body, base, why, made_by, made_at, decided_by, decided_at, reason, decided_hash`

func scanVersion(r scanner) (v Version, err error) {
	var body string
	err = r.Scan(&v.ID, &v.Round, &v.Number, &v.State, &body, &v.Base, &v.Why, &v.By, &v.At, &v.DecidedBy, &v.DecidedAt, &v.Reason, &v.DecidedHash)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal([]byte(body), &v.Content); err != nil {
		return v, fmt.Errorf("version %s of round %s: %w", v.ID, v.Round, err)
	}
	return v, nil
}

// versions lists the versions of a round that stand or stood, the newest first, and what waits to be one before them.
func (s store) versions(ctx context.Context, q db.Queryer, regency int64, round string) ([]Version, error) {
	rows, err := q.Query(ctx, `SELECT `+versionColumns+` FROM assessment_version WHERE regency_id = $1 AND round_id = $2
		AND state IN ('waiting', 'accepted') ORDER BY state DESC, number DESC`, regency, round)
	return db.Collect(rows, err, func(r *sql.Rows) (Version, error) { return scanVersion(r) })
}

// waitingVersions lists what waits to be a version, in all rounds.
func (s store) waitingVersions(ctx context.Context, regency int64) ([]Version, error) {
	rows, err := s.d.Query(ctx, `SELECT `+versionColumns+` FROM assessment_version WHERE regency_id = $1 AND state = 'waiting' ORDER BY made_at`, regency)
	return db.Collect(rows, err, func(r *sql.Rows) (Version, error) { return scanVersion(r) })
}

func (s store) version(ctx context.Context, q db.Queryer, regency int64, round, id string) (Version, error) {
	v, err := scanVersion(q.QueryRow(ctx, `SELECT `+versionColumns+` FROM assessment_version WHERE regency_id = $1 AND id = $2 AND round_id = $3`, regency, id, round))
	if db.NotFound(err) {
		return v, notFound(err)
	}
	return v, err
}

func (s store) insertVersion(tx *db.Tx, regency int64, v Version) error {
	body, err := json.Marshal(v.Content)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO assessment_version (regency_id, `+versionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		regency, v.ID, v.Round, v.Number, v.State, string(body), v.Base, v.Why, v.By, v.At, v.DecidedBy, v.DecidedAt, v.Reason, v.DecidedHash)
	return err
}

// decideVersion writes what became of a proposal; one that was decided on meanwhile is a conflict.
func (s store) decideVersion(tx *db.Tx, regency int64, v Version) error {
	return changed(tx.Exec(`UPDATE assessment_version SET number = $3, state = $4, decided_by = $5, decided_at = $6, reason = $7, decided_hash = $8
		WHERE regency_id = $1 AND id = $2 AND state = 'waiting'`, regency, v.ID, v.Number, v.State, v.DecidedBy, v.DecidedAt, v.Reason, v.DecidedHash))
}
