package jobs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

var (
	errStop   = errors.New("the server stops")
	errLost   = errors.New("the lease was lost to another runner")
	errLimit  = errors.New("the time limit of the lane has passed")
	errUnheld = errors.New("no handler of this kind")
)

// Run works until ctx ends. Running jobs may then go on for the grace, are cancelled, and are given back when they do not
// end; no try of theirs is counted.
func (r *Runner) Run(ctx context.Context) error {
	var all sync.WaitGroup
	all.Go(func() { r.planning(ctx) })
	for _, l := range r.lanes {
		for range l.workers {
			all.Go(func() { r.loop(ctx, l) })
		}
	}
	all.Wait()
	return nil
}

func (r *Runner) loop(ctx context.Context, l *lane) {
	for ctx.Err() == nil {
		did, err := r.one(ctx, l)
		if err != nil && ctx.Err() == nil {
			r.log.ErrorContext(ctx, "job could not be claimed", "lane", l.name, "err", err)
		}
		if !did || err != nil {
			r.rest(ctx)
		}
	}
}

// rest waits about one idle time, measured by the monotonic clock.
func (r *Runner) rest(ctx context.Context) {
	wait := time.NewTimer(r.Pace.Idle + time.Duration(rand.Int64N(max(1, int64(r.Pace.Idle/4)))))
	defer wait.Stop()
	select {
	case <-ctx.Done():
	case <-wait.C:
	}
}

// RunOne claims and runs one due job of any lane; false when nothing was due.
func (r *Runner) RunOne(ctx context.Context) (bool, error) {
	for _, l := range append(r.lanes, r.strangers()) {
		if did, err := r.one(ctx, l); did || err != nil {
			return did, err
		}
	}
	return false, nil
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

func (r *Runner) one(ctx context.Context, l *lane) (bool, error) {
	j, err := r.claim(ctx, l)
	if err != nil || j.ID == "" {
		return false, err
	}
	defer r.end(j.ID)
	return true, r.finish(ctx, j, r.work(ctx, j, l.limit))
}

// work runs the handler, renews the lease meanwhile, and stops waiting for a handler that does not end.
func (r *Runner) work(stop context.Context, j Job, limit time.Duration) error {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(stop))
	defer cancel(nil)
	done := make(chan error, 1)
	go func() { done <- r.call(ctx, j) }()
	beat, end := time.NewTicker(max(time.Millisecond, r.Pace.Lease/3)), time.NewTimer(limit)
	defer beat.Stop()
	defer end.Stop()
	stopping, why := stop.Done(), errLimit
	var last <-chan time.Time
	for {
		select {
		case err := <-done:
			return reason(ctx, err)
		case <-beat.C:
			if alive, err := r.renew(j); err == nil && !alive {
				cancel(errLost)
			}
		case <-stopping:
			stopping, why = nil, errStop
			end.Reset(r.Pace.Grace)
		case <-end.C:
			cancel(why)
			last = time.After(r.Pace.Last)
		case <-last:
			return context.Cause(ctx)
		}
	}
}

// reason puts why a job was cancelled in front of what it said.
func reason(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

func (r *Runner) call(ctx context.Context, j Job) (err error) {
	f, ok := r.funcs[j.Kind]
	if !ok {
		return fmt.Errorf("%w: %s", errUnheld, j.Kind)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f(tenant.With(ctx, tenant.SystemOf(j.Regency, "job")), j)
}

// renew extends the lease of a running job; false when it is ours no longer.
func (r *Runner) renew(j Job) (alive bool, err error) {
	err = r.d.Tx(context.Background(), func(tx *db.Tx) error {
		n, err := tx.Exec(`UPDATE jobs_job SET lease_until = $4 WHERE regency_id = $1 AND id = $2 AND attempt = $3`,
			j.Regency, j.ID, j.Attempt, r.now().Add(r.Pace.Lease).UnixMilli())
		alive = n > 0
		return err
	})
	return alive, err
}

func (r *Runner) extend(tx *db.Tx, j Job, until int64) error {
	_, err := tx.Exec(`UPDATE jobs_job SET lease_until = $3 WHERE regency_id = $1 AND id = $2`, j.Regency, j.ID, until)
	return err
}

// finish writes how a job ended, unless another runner has it by now.
func (r *Runner) finish(ctx context.Context, j Job, failure error) error {
	if errors.Is(failure, errLost) {
		r.log.WarnContext(ctx, "job went on elsewhere", "job", j.ID, "kind", j.Kind)
		return nil
	}
	return r.d.Tx(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		switch {
		case failure == nil:
			_, err := tx.Exec(`DELETE FROM jobs_job WHERE regency_id = $1 AND id = $2 AND attempt = $3`, j.Regency, j.ID, j.Attempt)
			return err
		case errors.Is(failure, errStop):
			_, err := tx.Exec(`UPDATE jobs_job SET lease_until = 0, attempt = attempt - 1 WHERE regency_id = $1 AND id = $2
				AND attempt = $3`, j.Regency, j.ID, j.Attempt)
			return err
		}
		return r.failed(ctx, tx, j, failure)
	})
}

func (r *Runner) failed(ctx context.Context, tx *db.Tx, j Job, failure error) error {
	r.log.WarnContext(ctx, "job failed", "job", j.ID, "kind", j.Kind, "attempt", j.Attempt, "err", failure)
	now := r.now()
	if j.Attempt >= mostTries {
		return r.bury(tx, j, failure.Error(), now.UnixMilli())
	}
	again := now.Add(time.Duration(j.Attempt*j.Attempt) * 10 * time.Second).UnixMilli()
	_, err := tx.Exec(`UPDATE jobs_job SET run_at = $4, lease_until = 0, failed_at = $5, error = $6
		WHERE regency_id = $1 AND id = $2 AND attempt = $3`, j.Regency, j.ID, j.Attempt, again, now.UnixMilli(), short(failure.Error()))
	return err
}

func short(text string) string { return text[:min(len(text), mostReason)] }
