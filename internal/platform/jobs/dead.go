package jobs

import (
	"context"
	"database/sql"
	"slices"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// Dead is a job that was given up. At is in milliseconds. Deaths of Died jobs reached the most that is allowed.
type Dead struct {
	Regency          int64
	ID, Kind, Reason string
	At               int64
	Attempts, Deaths int
}

// Died reports whether the job was given up because its process ended again and again.
func (d Dead) Died() bool { return d.Deaths >= mostDeaths }

// bury gives a job up. Of regular work only the last one that was given up stays.
func (r *Runner) bury(tx *db.Tx, j Job, reason string, now int64) error {
	r.log.Error("job was given up", "job", j.ID, "kind", j.Kind, "regency", j.Regency, "attempts", j.Attempt, "deaths", j.Deaths,
		"reason", reason)
	if slices.ContainsFunc(r.every, func(s Schedule) bool { return s.Kind == j.Kind }) {
		_, err := tx.Exec(`DELETE FROM jobs_job WHERE regency_id = $1 AND kind = $2 AND state = 'dead'`, j.Regency, j.Kind)
		if err != nil {
			return err
		}
	}
	_, err := tx.Exec(`UPDATE jobs_job SET state = 'dead', lease_until = 0, deaths = $3, failed_at = $4, error = $5
		WHERE regency_id = $1 AND id = $2`, j.Regency, j.ID, j.Deaths, now, short(reason))
	return err
}

// GivenUp lists what was given up in a regency, newest first; with that of the host itself when host is true.
func GivenUp(ctx context.Context, q db.Queryer, regency int64, host bool, most int) ([]Dead, error) {
	also := regency
	if host {
		also = 0
	}
	rows, err := q.Query(ctx, `SELECT regency_id, id, kind, error, failed_at, attempt, deaths FROM jobs_job
		WHERE regency_id IN ($1, $2) AND state = 'dead' ORDER BY failed_at DESC, id LIMIT $3`, regency, also, most)
	return db.Collect(rows, err, func(r *sql.Rows) (d Dead, err error) {
		return d, r.Scan(&d.Regency, &d.ID, &d.Kind, &d.Reason, &d.At, &d.Attempts, &d.Deaths)
	})
}

// Revive lets a job that was given up begin anew. Gives its kind, and sql.ErrNoRows when there is no such job.
func Revive(ctx context.Context, tx *db.Tx, regency int64, id string) (kind string, err error) {
	err = tx.QueryRow(ctx, `UPDATE jobs_job SET state = 'waiting', attempt = 0, deaths = 0, run_at = 0, lease_until = 0
		WHERE regency_id = $1 AND id = $2 AND state = 'dead' RETURNING kind`, regency, id).Scan(&kind)
	return kind, err
}

// Drop forgets a job that was given up. Gives its kind, and sql.ErrNoRows when there is no such job.
func Drop(ctx context.Context, tx *db.Tx, regency int64, id string) (kind string, err error) {
	err = tx.QueryRow(ctx, `DELETE FROM jobs_job WHERE regency_id = $1 AND id = $2 AND state = 'dead' RETURNING kind`,
		regency, id).Scan(&kind)
	return kind, err
}

// WaitingIn counts the jobs of one regency that wait and those that were given up.
func WaitingIn(ctx context.Context, q db.Queryer, regency int64) (waiting, dead int, err error) {
	err = q.QueryRow(ctx, `SELECT coalesce(sum(CASE WHEN state = 'dead' THEN 0 ELSE 1 END), 0),
		coalesce(sum(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), 0) FROM jobs_job WHERE regency_id = $1`, regency).Scan(&waiting, &dead)
	return waiting, dead, err
}

// Waiting counts jobs that wait and those that were given up, for the health page.
func Waiting(ctx context.Context, d *db.DB) (waiting, dead int, err error) {
	err = d.QueryRow(ctx, `SELECT coalesce(sum(CASE WHEN state = 'dead' THEN 0 ELSE 1 END), 0),
		coalesce(sum(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), 0) FROM jobs_job WHERE regency_id >= 0`).Scan(&waiting, &dead)
	return waiting, dead, err
}
