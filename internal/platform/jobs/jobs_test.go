package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

func enqueue(t *testing.T, d *db.DB, kind string, args any, at time.Time) {
	t.Helper()
	err := d.Tx(context.Background(), func(tx *db.Tx) error {
		return jobs.Enqueue(context.Background(), tx, 3509, kind, args, at)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEachJobRunsOnceAmongManyWorkers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		storetest.Migrate(t, d, "jobs", jobs.Files)
		var mu sync.Mutex
		seen := map[int]int{}
		r := jobs.NewRunner(d, slog.New(slog.DiscardHandler), time.Now)
		r.Add("count", func(ctx context.Context, j jobs.Job) error {
			var n int
			if err := j.Decode(&n); err != nil {
				return err
			}
			if tenant.From(ctx).Regency != 3509 {
				t.Error("the job does not act in its regency")
			}
			mu.Lock()
			defer mu.Unlock()
			seen[n]++
			return nil
		})
		for i := range 100 {
			enqueue(t, d, "count", i, time.Time{})
		}
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				if err := r.RunDue(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		for i := range 100 {
			if seen[i] != 1 {
				t.Errorf("job %d ran %d times", i, seen[i])
			}
		}
	})
}

func TestFailedJobWaitsAndIsGivenUp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		storetest.Migrate(t, d, "jobs", jobs.Files)
		now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
		tries := 0
		r := jobs.NewRunner(d, slog.New(slog.DiscardHandler), func() time.Time { return now })
		r.Add("fail", func(context.Context, jobs.Job) error { tries++; return errors.New("no") })
		enqueue(t, d, "fail", 1, now.Add(time.Hour))
		if did, err := r.RunOne(context.Background()); did || err != nil {
			t.Fatalf("ran before its time: %v %v", did, err)
		}
		for range 20 {
			now = now.Add(24 * time.Hour)
			if err := r.RunDue(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		waiting, dead, err := jobs.Waiting(context.Background(), d)
		if tries != 12 || waiting != 0 || dead != 1 || err != nil {
			t.Fatalf("tries %d, waiting %d, dead %d, %v; want 12, 0, 1", tries, waiting, dead, err)
		}
	})
}
