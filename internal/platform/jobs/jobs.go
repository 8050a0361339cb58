// Package jobs runs work in the background from one table: what a change causes is enqueued in the same transaction, so
// both happen or neither (an outbox). A job may run more than once; its handler must be safe to repeat.
package jobs

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/id"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Files holds the migrations of the job table.
//
//go:embed migrations
var Files embed.FS

// Job is one piece of work. Regency 0 is work of the host itself.
type Job struct {
	ID      string
	Regency int64
	Kind    string
	Args    json.RawMessage
	Attempt int
}

// Decode reads the arguments into v.
func (j Job) Decode(v any) error { return json.Unmarshal(j.Args, v) }

// Func does a job of one kind.
type Func func(ctx context.Context, j Job) error

// Schedule asks for a job of this kind every so often, once for the whole host (regency 0).
type Schedule struct {
	Kind  string
	Every time.Duration
}

const (
	lease       = 5 * time.Minute
	mostTries   = 12
	idleWait    = time.Second
	defaultWork = 2
)

// Enqueue adds work to the caller's transaction, to run at or after at (zero: now).
func Enqueue(_ context.Context, tx *db.Tx, regency int64, kind string, args any, at time.Time) error {
	data, err := json.Marshal(args)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO jobs_job (regency_id, id, kind, args, run_at, attempt, state, lease_until)
		VALUES ($1, $2, $3, $4, $5, 0, 'waiting', 0)`, regency, id.New(), kind, string(data), millis(at))
	return err
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Runner takes jobs one after another and runs them.
type Runner struct {
	d     *db.DB
	log   *slog.Logger
	now   func() time.Time
	funcs map[string]Func
	every []Schedule
	wake  chan struct{}
}

// NewRunner makes a runner that knows no job yet.
func NewRunner(d *db.DB, log *slog.Logger, now func() time.Time) *Runner {
	return &Runner{d: d, log: log, now: now, funcs: map[string]Func{}, wake: make(chan struct{}, 1)}
}

// Add makes a kind known. Two handlers of one kind are a programmer's mistake.
func (r *Runner) Add(kind string, f Func) {
	if _, twice := r.funcs[kind]; twice {
		panic("jobs: two handlers for " + kind)
	}
	r.funcs[kind] = f
}

// AddSchedule asks for regular work.
func (r *Runner) AddSchedule(s Schedule) { r.every = append(r.every, s) }

// Run works until ctx ends and then finishes what it started.
func (r *Runner) Run(ctx context.Context) error {
	finished := make(chan struct{})
	for range defaultWork {
		go func() { r.loop(ctx); finished <- struct{}{} }()
	}
	for range defaultWork {
		<-finished
	}
	return nil
}

func (r *Runner) loop(ctx context.Context) {
	for ctx.Err() == nil {
		r.plan(ctx)
		did, err := r.RunOne(ctx)
		if err != nil && ctx.Err() == nil {
			r.log.ErrorContext(ctx, "job could not be claimed", "err", err)
		}
		if did {
			continue
		}
		wait := time.NewTimer(idleWait + time.Duration(rand.Int64N(int64(idleWait/4))))
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-wait.C:
		}
		wait.Stop()
	}
}

// RunOne claims and runs one due job; false when nothing was due.
func (r *Runner) RunOne(ctx context.Context) (bool, error) {
	j, err := r.claim(ctx)
	if err != nil || j.ID == "" {
		return false, err
	}
	return true, r.finish(ctx, j, r.call(ctx, j))
}

// RunDue runs everything that is due now; for tests and commands.
func (r *Runner) RunDue(ctx context.Context) error {
	for {
		did, err := r.RunOne(ctx)
		if err != nil || !did {
			return err
		}
	}
}

func (r *Runner) claim(ctx context.Context) (j Job, err error) {
	now := r.now().UnixMilli()
	var due int
	err = r.d.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 AS one FROM jobs_job WHERE regency_id >= 0 AND state <> 'dead' AND run_at <= $1 AND lease_until <= $1 LIMIT 1) AS due`, now).Scan(&due)
	if err != nil || due == 0 {
		return Job{}, err
	}
	err = r.d.Tx(ctx, func(tx *db.Tx) error {
		row := tx.QueryRow(ctx, `UPDATE jobs_job SET lease_until = $1, attempt = attempt + 1
			WHERE (regency_id, id) = (SELECT regency_id, id FROM jobs_job
				WHERE state <> 'dead' AND run_at <= $2 AND lease_until <= $2 ORDER BY run_at, id LIMIT 1`+tx.Dialect().LockForUpdate()+`)
			RETURNING regency_id, id, kind, args, attempt`, now+lease.Milliseconds(), now)
		var args string
		if err := row.Scan(&j.Regency, &j.ID, &j.Kind, &args, &j.Attempt); err != nil {
			return err
		}
		j.Args = json.RawMessage(args)
		return nil
	})
	if db.NotFound(err) {
		return Job{}, nil
	}
	return j, err
}

func (r *Runner) call(ctx context.Context, j Job) (err error) {
	f, ok := r.funcs[j.Kind]
	if !ok {
		return fmt.Errorf("no handler for %s", j.Kind)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lease-10*time.Second)
	defer cancel()
	return f(tenant.With(ctx, tenant.SystemOf(j.Regency, "job")), j)
}

func (r *Runner) finish(ctx context.Context, j Job, failure error) error {
	ctx = context.WithoutCancel(ctx)
	if failure == nil {
		return r.d.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`DELETE FROM jobs_job WHERE regency_id = $1 AND id = $2`, j.Regency, j.ID)
			return err
		})
	}
	r.log.WarnContext(ctx, "job failed", "job", j.ID, "kind", j.Kind, "attempt", j.Attempt, "err", failure)
	state := "waiting"
	if j.Attempt >= mostTries {
		state = "dead"
	}
	again := r.now().Add(time.Duration(j.Attempt*j.Attempt) * 10 * time.Second).UnixMilli()
	return r.d.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE jobs_job SET state = $3, run_at = $4, lease_until = 0, error = $5 WHERE regency_id = $1 AND id = $2`,
			j.Regency, j.ID, state, again, failure.Error())
		return err
	})
}

// plan enqueues scheduled kinds whose time has come. The ledger row makes it once per host.
func (r *Runner) plan(ctx context.Context) {
	now := r.now()
	for _, s := range r.every {
		var next int64
		err := r.d.QueryRow(ctx, `SELECT next_at FROM jobs_schedule WHERE regency_id = 0 AND kind = $1`, s.Kind).Scan(&next)
		if err == nil && next > now.UnixMilli() {
			continue
		}
		if err != nil && !db.NotFound(err) {
			r.log.ErrorContext(ctx, "schedule could not be read", "kind", s.Kind, "err", err)
			continue
		}
		if err := r.planOne(ctx, s, now); err != nil {
			r.log.ErrorContext(ctx, "schedule could not be kept", "kind", s.Kind, "err", err)
		}
	}
}

func (r *Runner) planOne(ctx context.Context, s Schedule, now time.Time) error {
	return r.d.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`INSERT INTO jobs_schedule (regency_id, kind, next_at) VALUES (0, $1, $2)
			ON CONFLICT (regency_id, kind) DO UPDATE SET next_at = excluded.next_at WHERE jobs_schedule.next_at <= $3`,
			s.Kind, now.Add(s.Every).UnixMilli(), now.UnixMilli())
		if err != nil || n == 0 {
			return err
		}
		return Enqueue(ctx, tx, 0, s.Kind, struct{}{}, now)
	})
}

// Waiting counts jobs that wait and those that were given up, for the health page.
func Waiting(ctx context.Context, d *db.DB) (waiting, dead int, err error) {
	err = d.QueryRow(ctx, `SELECT coalesce(sum(CASE WHEN state = 'dead' THEN 0 ELSE 1 END), 0),
		coalesce(sum(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), 0) FROM jobs_job WHERE regency_id >= 0`).Scan(&waiting, &dead)
	if err == sql.ErrNoRows {
		err = nil
	}
	return waiting, dead, err
}
