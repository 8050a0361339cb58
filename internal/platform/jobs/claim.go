package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// found is a due row before it is taken.
type found struct {
	Job
	lease int64
}

// claim takes the next due job of a lane, or none. The try is counted here, before the work begins.
func (r *Runner) claim(ctx context.Context, l *lane) (Job, error) {
	if _, err := r.pick(ctx, r.d, l, ""); err != nil {
		return Job{}, none(err)
	}
	for ctx.Err() == nil {
		var j Job
		again := false
		err := r.d.Tx(ctx, func(tx *db.Tx) (err error) {
			j, again, err = r.take(ctx, tx, l)
			return err
		})
		if err != nil && j.ID != "" {
			r.end(j.ID)
		}
		if err != nil || !again {
			return j, none(err)
		}
	}
	return Job{}, nil
}

func none(err error) error {
	if db.NotFound(err) {
		return nil
	}
	return err
}

// take looks at one due row inside a transaction: it is taken, put off, or given up. again says to look once more.
func (r *Runner) take(ctx context.Context, tx *db.Tx, l *lane) (j Job, again bool, err error) {
	f, err := r.pick(ctx, tx, l, tx.Dialect().LockForUpdate())
	if err != nil {
		return Job{}, false, err
	}
	now := r.now().UnixMilli()
	if !r.begin(f.ID) { // ours and alive: only the clock has jumped over its lease
		return Job{}, false, r.extend(tx, f.Job, now+r.Pace.Lease.Milliseconds())
	}
	defer func() {
		if err != nil || j.ID == "" {
			r.end(f.ID)
		}
	}()
	if f.lease != 0 {
		f.Deaths++
	}
	if f.Deaths >= mostDeaths || f.Attempt >= mostTries {
		return Job{}, true, r.bury(tx, f.Job, fmt.Sprintf("died %d times", f.Deaths), now)
	}
	if f.Deaths > 0 {
		busy, err := r.suspects(ctx, tx, f.Job, now)
		if err != nil {
			return Job{}, false, err
		}
		if busy {
			_, err := tx.Exec(`UPDATE jobs_job SET run_at = $3, lease_until = 0, deaths = $4 WHERE regency_id = $1 AND id = $2`,
				f.Regency, f.ID, now+r.Pace.Lease.Milliseconds()/6, f.Deaths)
			return Job{}, true, err
		}
	}
	f.Attempt++
	_, err = tx.Exec(`UPDATE jobs_job SET lease_until = $3, attempt = $4, deaths = $5 WHERE regency_id = $1 AND id = $2`,
		f.Regency, f.ID, now+r.Pace.Lease.Milliseconds(), f.Attempt, f.Deaths)
	l.served(r, f.Regency)
	return f.Job, false, err
}

// suspects reports whether another job that saw its process end is running: two such jobs never run together, so that one
// that ends processes does not take innocent ones with it again and again.
func (r *Runner) suspects(ctx context.Context, tx *db.Tx, j Job, now int64) (bool, error) {
	n := 0
	err := tx.QueryRow(ctx, `SELECT count(*) FROM jobs_job WHERE regency_id >= 0 AND id <> $1 AND state = 'waiting'
		AND deaths > 0 AND lease_until > $2 AND lease_until <= $3`, j.ID, now, now+2*r.Pace.Lease.Milliseconds()).Scan(&n)
	return n > 0, err
}

// pick reads the due job whose regency is next in turn. A lease far in the future comes from a clock that was wrong.
func (r *Runner) pick(ctx context.Context, q db.Queryer, l *lane, lock string) (f found, err error) {
	r.mu.Lock()
	last := l.last
	r.mu.Unlock()
	now := r.now().UnixMilli()
	for _, after := range slices.Compact([]int64{last, -1}) {
		args := []any{after, now, now + 2*r.Pace.Lease.Milliseconds()}
		marks := make([]string, len(l.kinds))
		for i, kind := range l.kinds {
			args, marks[i] = append(args, kind), fmt.Sprintf("$%d", i+4)
		}
		var text string
		err = q.QueryRow(ctx, `SELECT regency_id, id, kind, args, attempt, deaths, lease_until FROM jobs_job
			WHERE regency_id > $1 AND state = 'waiting' AND run_at <= $2 AND (lease_until <= $2 OR lease_until > $3)
			AND `+l.wants(marks)+` ORDER BY regency_id, run_at, id LIMIT 1`+lock, args...).
			Scan(&f.Regency, &f.ID, &f.Kind, &text, &f.Attempt, &f.Deaths, &f.lease)
		f.Args = json.RawMessage(text)
		if !db.NotFound(err) {
			return f, err
		}
	}
	return f, err
}

// wants is the condition on the kind. The lane of unknown kinds takes what no lane handles.
func (l *lane) wants(marks []string) string {
	switch {
	case len(marks) == 0 && l.name != unknown:
		return "1 = 0"
	case len(marks) == 0:
		return "1 = 1"
	case l.name == unknown:
		return "kind NOT IN (" + strings.Join(marks, ", ") + ")"
	}
	return "kind IN (" + strings.Join(marks, ", ") + ")"
}

// unknown is the lane of kinds that nobody handles; it has no workers and is looked at from time to time.
const unknown = "unknown"

func (r *Runner) strangers() *lane {
	l := &lane{name: unknown, limit: r.lanes[0].limit, last: -1}
	for _, known := range r.lanes {
		l.kinds = append(l.kinds, known.kinds...)
	}
	return l
}

func (l *lane) served(r *Runner, regency int64) {
	r.mu.Lock()
	l.last = regency
	r.mu.Unlock()
}

// begin notes that this process runs a job; false when it does already.
func (r *Runner) begin(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running[id] {
		return false
	}
	r.running[id] = true
	return true
}

func (r *Runner) end(id string) {
	r.mu.Lock()
	delete(r.running, id)
	r.mu.Unlock()
}
