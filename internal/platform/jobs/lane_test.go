package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/storetest"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) move(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

func runner(d *db.DB, c *clock) *jobs.Runner {
	r := jobs.NewRunner(d, slog.New(slog.DiscardHandler), c.now)
	r.Pace.Idle = time.Millisecond
	return r
}

func each(t *testing.T, test func(*testing.T, *db.DB, *clock)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		storetest.Migrate(t, d, "jobs", jobs.Files)
		test(t, d, newClock())
	})
}

func put(t *testing.T, d *db.DB, regency int64, kind string) {
	t.Helper()
	err := d.Tx(context.Background(), func(tx *db.Tx) error {
		return jobs.Enqueue(context.Background(), tx, regency, kind, nil, time.Time{})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func one(t *testing.T, r *jobs.Runner, want bool) {
	t.Helper()
	if did, err := r.RunOne(context.Background()); did != want || err != nil {
		t.Fatalf("ran %v, %v; want %v", did, err, want)
	}
}

// die lets a runner take a job and never come back; free ends the handler at the end of the test.
func die(t *testing.T, d *db.DB, c *clock, kind string, free <-chan struct{}) {
	t.Helper()
	r, begun := runner(d, c), make(chan struct{})
	r.Add(kind, func(context.Context, jobs.Job) error { close(begun); <-free; return nil })
	var end sync.WaitGroup
	end.Go(func() { _, _ = r.RunOne(context.Background()) })
	t.Cleanup(end.Wait)
	<-begun
	c.move(2 * time.Minute)
}

func TestAJobThatEndsItsProcessIsGivenUp(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		free := make(chan struct{})
		defer close(free)
		put(t, d, 3509, "poison")
		for range 5 {
			die(t, d, c, "poison", free)
		}
		r := runner(d, c)
		r.Add("poison", func(context.Context, jobs.Job) error { t.Error("it ran once more"); return nil })
		one(t, r, false)
		all, err := jobs.GivenUp(context.Background(), d, 3509, true, 10)
		if err != nil || len(all) != 1 || !all[0].Died() || all[0].Reason != "died 5 times" || all[0].At != c.now().UnixMilli() {
			t.Fatalf("given up: %+v %v", all, err)
		}
		if others, _ := jobs.GivenUp(context.Background(), d, 3510, true, 10); len(others) != 0 {
			t.Errorf("another regency sees %+v", others)
		}
		err = d.Tx(context.Background(), func(tx *db.Tx) error {
			_, err := jobs.Revive(context.Background(), tx, 3509, all[0].ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		again := runner(d, c)
		again.Add("poison", func(_ context.Context, j jobs.Job) error {
			if j.Attempt != 1 || j.Deaths != 0 {
				t.Errorf("revived as %+v", j)
			}
			return nil
		})
		one(t, again, true)
	})
}

func TestJobsThatSawTheirProcessEndNeverRunTogether(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		free := make(chan struct{})
		defer close(free)
		for _, kind := range []string{"a", "b"} {
			put(t, d, 1, kind)
			r, begun := runner(d, c), make(chan struct{})
			r.Add(kind, func(context.Context, jobs.Job) error { close(begun); <-free; return nil })
			var end sync.WaitGroup
			end.Go(func() { _, _ = r.RunOne(context.Background()) })
			t.Cleanup(end.Wait)
			<-begun
		}
		c.move(2 * time.Minute)
		r := runner(d, c)
		r.Add("a", func(context.Context, jobs.Job) error {
			other := runner(d, c)
			other.Add("b", func(context.Context, jobs.Job) error { return nil })
			if did, err := other.RunOne(context.Background()); did || err != nil {
				t.Errorf("both ran: %v %v", did, err)
			}
			return nil
		})
		one(t, r, true)
		c.move(2 * time.Minute)
		last := runner(d, c)
		last.Add("b", func(context.Context, jobs.Job) error { return nil })
		one(t, last, true)
	})
}

func TestSlowLettersDoNotHoldUpTheHouse(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r, silent, checked := runner(d, c), make(chan struct{}), make(chan struct{})
		r.AddTo(jobs.LaneLetters, "letter", func(context.Context, jobs.Job) error { <-silent; return nil })
		r.Add("checkpoint", func(context.Context, jobs.Job) error { close(checked); return nil })
		for range 60 {
			put(t, d, 1, "letter")
		}
		put(t, d, 1, "checkpoint")
		ctx, stop := context.WithCancel(context.Background())
		var end sync.WaitGroup
		end.Go(func() { _ = r.Run(ctx) })
		select {
		case <-checked:
		case <-time.After(20 * time.Second):
			t.Error("the checkpoint waits behind the letters")
		}
		close(silent)
		stop()
		end.Wait()
	})
}

func TestRegenciesTakeTurns(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		var order []int64
		r := runner(d, c)
		r.Add("work", func(_ context.Context, j jobs.Job) error { order = append(order, j.Regency); return nil })
		for _, regency := range []int64{1, 1, 1, 1, 2, 3} {
			put(t, d, regency, "work")
		}
		for range 6 {
			one(t, r, true)
		}
		if !slices.Equal(order, []int64{1, 2, 3, 1, 1, 1}) {
			t.Errorf("order %v", order)
		}
	})
}

func TestStopEndsInTime(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r, free := runner(d, c), make(chan struct{})
		r.Pace.Grace, r.Pace.Last = time.Millisecond, 2*time.Second // time for a slow store to take jobs back
		var begun sync.WaitGroup
		begun.Add(2)
		r.Add("polite", func(ctx context.Context, _ jobs.Job) error { begun.Done(); <-ctx.Done(); return ctx.Err() })
		r.AddTo(jobs.LaneFiles, "deaf", func(context.Context, jobs.Job) error { begun.Done(); <-free; return nil })
		put(t, d, 1, "polite")
		put(t, d, 1, "deaf")
		ctx, stop := context.WithCancel(context.Background())
		go func() { begun.Wait(); stop() }()
		if err := r.Run(ctx); err != nil {
			t.Fatal(err)
		}
		close(free)
		next := runner(d, c)
		for _, kind := range []string{"polite", "deaf"} {
			next.Add(kind, func(_ context.Context, j jobs.Job) error {
				if j.Attempt != 1 || j.Deaths != 0 {
					t.Errorf("a stop counted as a try: %+v", j)
				}
				return nil
			})
		}
		one(t, next, true)
		one(t, next, true)
	})
}

func TestARunningJobRenewsItsLease(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r := runner(d, c)
		r.Pace.Lease = 30 * time.Millisecond
		lease := func() (at int64) {
			if err := d.QueryRow(context.Background(), `SELECT lease_until FROM jobs_job WHERE regency_id = 1`).Scan(&at); err != nil {
				t.Error(err)
			}
			return at
		}
		r.AddTo(jobs.LaneBackup, "long", func(ctx context.Context, _ jobs.Job) error {
			first := lease()
			c.move(time.Hour)
			for start := time.Now(); lease() == first; {
				if ctx.Err() != nil || time.Since(start) > 10*time.Second {
					return errors.New("never renewed")
				}
			}
			return nil
		})
		put(t, d, 1, "long")
		one(t, r, true)
		if waiting, dead, err := jobs.Waiting(context.Background(), d); waiting+dead != 0 || err != nil {
			t.Errorf("waiting %d, dead %d, %v", waiting, dead, err)
		}
	})
}

func TestTheClockMayJump(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		const years = 10 * 365 * 24 * time.Hour
		ctx, ran, fails := context.Background(), 0, 0
		r := runner(d, c)
		r.AddSchedule(jobs.Schedule{Kind: "checkpoint", Every: time.Minute})
		r.Add("checkpoint", func(context.Context, jobs.Job) error { ran++; return nil })
		r.Add("retry", func(context.Context, jobs.Job) error { fails++; return errors.New("no") })
		step := func(jump time.Duration, want int) {
			t.Helper()
			c.move(jump)
			if err := r.Plan(ctx); err != nil {
				t.Fatal(err)
			}
			if err := r.RunDue(ctx); err != nil || ran != want {
				t.Fatalf("after %v: ran %d, want %d, %v", jump, ran, want, err)
			}
		}
		step(0, 1)
		step(30*time.Second, 1)
		step(31*time.Second, 2)
		put(t, d, 1, "retry")
		enqueue(t, d, "retry", nil, c.now().Add(years))
		step(years, 3)
		if fails != 2 {
			t.Fatalf("%d tries, want 2", fails)
		}
		step(-years, 4)
		if fails != 4 {
			t.Errorf("work that failed while the clock was ahead waits for ten years: %d tries, want 4", fails)
		}
		free := make(chan struct{})
		defer close(free)
		c.move(years)
		put(t, d, 1, "taken")
		die(t, d, c, "taken", free)
		c.move(-years)
		after, did := runner(d, c), false
		after.Add("taken", func(context.Context, jobs.Job) error { did = true; return nil })
		one(t, after, true)
		if !did {
			t.Error("a lease taken while the clock was ahead holds for ten years")
		}
	})
}

func TestRegularWorkDoesNotPileUp(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r := runner(d, c)
		r.AddSchedule(jobs.Schedule{Kind: "slow", Every: time.Minute})
		r.Add("slow", func(context.Context, jobs.Job) error { return nil })
		for range 5 {
			if err := r.Plan(context.Background()); err != nil {
				t.Fatal(err)
			}
			c.move(2 * time.Minute)
		}
		if waiting, _, err := jobs.Waiting(context.Background(), d); waiting != 1 || err != nil {
			t.Errorf("%d wait, %v; want 1", waiting, err)
		}
	})
}

func TestAKindNobodyHandlesFailsInSight(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r := runner(d, c)
		put(t, d, 1, "forgotten")
		for range 13 {
			if err := r.Plan(context.Background()); err != nil {
				t.Fatal(err)
			}
			c.move(time.Hour)
		}
		all, err := jobs.GivenUp(context.Background(), d, 1, true, 10)
		if err != nil || len(all) != 1 || all[0].Died() || all[0].Attempts != 12 {
			t.Errorf("given up: %+v %v", all, err)
		}
	})
}

// TestAWorkerThatLostItsLeaseEndsNothing: while a worker is away another one takes its job over. However the first one ends, the
// job stays the second one's: not done, not given back, not failed, its lease not renewed by the first.
func TestAWorkerThatLostItsLeaseEndsNothing(t *testing.T) {
	for name, end := range map[string]struct {
		err  error
		stop bool
	}{"done": {}, "failed": {err: errors.New("broken")}, "stopped": {err: errors.New("cut"), stop: true}} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, d *db.DB, c *clock) {
				put(t, d, 1, "work")
				first, second := runner(d, c), runner(d, c)
				first.Pace.Grace = 0
				began, gone, took, free := make(chan bool), make(chan bool), make(chan bool), make(chan bool)
				first.Add("work", func(ctx context.Context, _ jobs.Job) error {
					began <- true
					if <-gone; end.stop {
						<-ctx.Done()
					}
					return end.err
				})
				second.Add("work", func(context.Context, jobs.Job) error { took <- true; <-free; return nil })
				ctx, stop := context.WithCancel(context.Background())
				defer stop()
				var all sync.WaitGroup
				all.Go(func() { _, _ = first.RunOne(ctx) })
				<-began
				c.move(2 * time.Minute)
				var other sync.WaitGroup
				other.Go(func() { _, _ = second.RunOne(context.Background()) })
				<-took
				was := row(t, d)
				if end.stop {
					stop()
				}
				gone <- true
				all.Wait()
				if now := row(t, d); now != was || was.attempt != 2 {
					t.Errorf("the second worker's job was %+v and is %+v", was, now)
				}
				free <- true
				other.Wait()
				if waiting, dead, err := jobs.Waiting(context.Background(), d); waiting+dead != 0 || err != nil {
					t.Errorf("after the second worker: waiting %d, dead %d, %v", waiting, dead, err)
				}
			})
		})
	}
}

// TestAWorkerIsToldThatItsLeaseIsLost at its next beat, and does not renew what is another's.
func TestAWorkerIsToldThatItsLeaseIsLost(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		put(t, d, 1, "work")
		r := runner(d, c)
		r.Pace.Lease = 30 * time.Millisecond
		r.Add("work", func(ctx context.Context, _ jobs.Job) error {
			err := d.Tx(context.Background(), func(tx *db.Tx) error { // as another worker does
				_, err := tx.Exec(`UPDATE jobs_job SET attempt = 2, lease_until = 77 WHERE regency_id = 1`)
				return err
			})
			if err != nil {
				return err
			}
			<-ctx.Done()
			return ctx.Err()
		})
		one(t, r, true)
		if now := row(t, d); now.attempt != 2 || now.lease != 77 || now.failed != "" {
			t.Errorf("%+v", now)
		}
	})
}

type kept struct {
	attempt, lease, run int64
	failed              string
}

func row(t *testing.T, d *db.DB) (k kept) {
	t.Helper()
	err := d.QueryRow(context.Background(), `SELECT attempt, lease_until, run_at, error FROM jobs_job WHERE regency_id = 1`).
		Scan(&k.attempt, &k.lease, &k.run, &k.failed)
	if err != nil {
		t.Errorf("the job is gone: %v", err)
	}
	return k
}
