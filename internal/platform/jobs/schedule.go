package jobs

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
)

const (
	settleEvery = time.Minute
	furthest    = 31 * 24 * time.Hour // no job is asked for later than this; a later one comes from a clock that was wrong
)

// planning asks for regular work and mends what a clock that was wrong left behind, until ctx ends.
func (r *Runner) planning(ctx context.Context) {
	for ctx.Err() == nil {
		if err := r.Plan(ctx); err != nil && ctx.Err() == nil {
			r.log.ErrorContext(ctx, "regular work could not be planned", "err", err)
		}
		r.rest(ctx)
	}
}

// Plan enqueues the regular work whose time has come. The ledger row makes it once per host.
func (r *Runner) Plan(ctx context.Context) error {
	now := r.now()
	failed := []error{r.settle(ctx, now)}
	rows, err := r.d.Query(ctx, `SELECT kind, next_at FROM jobs_schedule WHERE regency_id = 0`)
	next := map[string]int64{}
	_, err = db.Collect(rows, err, func(row *sql.Rows) (kind string, err error) {
		var at int64
		err = row.Scan(&kind, &at)
		next[kind] = at
		return kind, err
	})
	if err != nil {
		return errors.Join(append(failed, err)...)
	}
	for _, s := range r.every {
		if at, known := next[s.Kind]; !known || due(at, now, s.Every) {
			failed = append(failed, r.planOne(ctx, s, now))
		}
	}
	return errors.Join(failed...)
}

// due: a time further ahead than one interval was written while the clock was wrong.
func due(at int64, now time.Time, every time.Duration) bool {
	return at <= now.UnixMilli() || at > now.Add(every).UnixMilli()
}

// planOne enqueues one kind unless it still waits, or ended the process so often that a person must look first.
func (r *Runner) planOne(ctx context.Context, s Schedule, now time.Time) error {
	return r.d.Tx(ctx, func(tx *db.Tx) error {
		next := now.Add(s.Every).UnixMilli()
		n, err := tx.Exec(`INSERT INTO jobs_schedule (regency_id, kind, next_at) VALUES (0, $1, $2)
			ON CONFLICT (regency_id, kind) DO UPDATE SET next_at = excluded.next_at
			WHERE jobs_schedule.next_at <= $3 OR jobs_schedule.next_at > $2`, s.Kind, next, now.UnixMilli())
		if err != nil || n == 0 {
			return err
		}
		waits := 0
		err = tx.QueryRow(ctx, `SELECT count(*) FROM jobs_job WHERE regency_id = 0 AND kind = $1
			AND (state = 'waiting' OR deaths >= $2)`, s.Kind, mostDeaths).Scan(&waits)
		if err != nil || waits > 0 {
			return err
		}
		return Enqueue(ctx, tx, 0, s.Kind, struct{}{}, time.Time{})
	})
}

// settle runs at start, every minute, and when the clock went back: tries put off by a clock that was ahead are due now,
// and kinds that nobody handles are counted as failed.
func (r *Runner) settle(ctx context.Context, now time.Time) error {
	if wall := now.Round(0); !r.settled.IsZero() && !wall.Before(r.settled) && wall.Sub(r.settled) < settleEvery {
		return nil
	}
	r.settled = now.Round(0)
	wrong := 0
	err := r.d.QueryRow(ctx, `SELECT count(*) FROM jobs_job WHERE regency_id >= 0 AND state = 'waiting'
		AND (run_at > $2 OR failed_at > $3 AND run_at > $1)`, now.UnixMilli(), now.Add(furthest).UnixMilli(),
		now.Add(settleEvery).UnixMilli()).Scan(&wrong)
	if err == nil && wrong > 0 {
		err = r.d.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE jobs_job SET run_at = $1, failed_at = 0 WHERE regency_id >= 0 AND state = 'waiting'
				AND (run_at > $2 OR failed_at > $3 AND run_at > $1)`, now.UnixMilli(), now.Add(furthest).UnixMilli(),
				now.Add(settleEvery).UnixMilli())
			return err
		})
	}
	for did := true; did && err == nil && ctx.Err() == nil; {
		did, err = r.one(ctx, r.strangers())
	}
	return err
}
