package calendar_test

import (
	"sync"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
)

func TestAnotherProcessNoticesAChange(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		one, _ := room(t, d)
		two, clockOfTwo := process(t, d)
		next := func() string { t.Helper(); return due(t, two, staff(), "2026-11-24 08:00", 1) }
		if got := next(); got != "2026-11-25" {
			t.Fatalf("before: %s", got)
		}
		step := func(name, want string, change func()) {
			t.Helper()
			before := next()
			change()
			clockOfTwo.pass(999 * time.Millisecond)
			if got := next(); got != before {
				t.Errorf("%s: asked the store again within a second", name)
			}
			clockOfTwo.pass(time.Millisecond)
			if got := next(); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
		step("added", "2026-11-26", func() { must(t, one.Set(desk(), local(t, "2026-11-25"))) })
		// Removed and another added within the same millisecond: neither the number of days nor the latest time changes.
		step("exchanged", "2026-11-25", func() {
			_, err := one.Remove(desk(), date(t, "2026-11-25"), 1)
			must(t, err)
			must(t, one.Set(desk(), local(t, "2026-11-26")))
		})
		step("added again", "2026-11-27", func() { must(t, one.Set(desk(), local(t, "2026-11-25"))) })
		// A clock that runs behind must not hide a change.
		step("changed in the past", "2026-11-25", func() {
			three, clockOfThree := process(t, d)
			clockOfThree.pass(-48 * time.Hour)
			_, err := three.Remove(desk(), date(t, "2026-11-25"), 1)
			must(t, err)
		})
		clockOfTwo.pass(-time.Hour)
		if got := next(); got != "2026-11-25" {
			t.Errorf("a clock set back: %s", got)
		}
	})
}

func TestAProcessReadsItsOwnChangesWhileOthersAsk(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, c := room(t, d)
		stop := make(chan struct{})
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					c.pass(100 * time.Millisecond)
					if _, err := s.Due(staff(), at(t, "2026-11-24 08:00").UnixMilli(), 10); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		for range 20 {
			must(t, s.Set(desk(), local(t, "2026-11-25")))
			if got := due(t, s, staff(), "2026-11-24 08:00", 1); got != "2026-11-26" {
				t.Errorf("after adding: %s", got)
			}
			_, err := s.Remove(desk(), date(t, "2026-11-25"), revOf(t, s, "2026-11-25"))
			must(t, err)
			if got := due(t, s, staff(), "2026-11-24 08:00", 1); got != "2026-11-25" {
				t.Errorf("after removing: %s", got)
			}
		}
		close(stop)
		wait.Wait()
	})
}

func BenchmarkServiceLeft(b *testing.B) {
	s, _ := room(b, storetest.SQLite(b))
	ctx, end := staff(), at(b, "2026-12-08 23:59:59.999").UnixMilli()
	for b.Loop() {
		if _, err := s.Left(ctx, end); err != nil {
			b.Fatal(err)
		}
	}
}
