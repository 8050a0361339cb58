package innovation_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/tenant"
)

func TestTenWorkingDays(t *testing.T) {
	for name, c := range map[string]struct {
		at  string
		off []string
		due string
	}{
		"two weeks without holidays":     {"2026-03-02 09:00", nil, "2026-03-16"},
		"a holiday in between":           {"2026-03-02 09:00", []string{"2026-03-05"}, "2026-03-17"},
		"a week of collective leave":     {"2026-03-12 15:00", []string{"2026-03-19", "2026-03-20", "2026-03-23", "2026-03-24"}, "2026-04-01"},
		"a holiday on a Saturday":        {"2026-03-02 09:00", []string{"2026-03-07"}, "2026-03-16"},
		"proposed on a Saturday":         {"2026-03-07 10:00", nil, "2026-03-20"},
		"proposed in the last minute":    {"2026-03-02 23:59", nil, "2026-03-16"},
		"the last day becomes a holiday": {"2026-03-02 09:00", []string{"2026-03-16"}, "2026-03-17"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, o *office) {
				at, err := time.Parse("2006-01-02 15:04", c.at)
				must(t, err)
				o.time.at = at
				for _, d := range c.off {
					o.calendar.off[d] = true
				}
				i := o.propose(t, "staff-hub", nil)
				if want := day(c.due) + 24*3600*1000 - 1; i.AnswerDue != want {
					t.Errorf("due %s, want the end of %s", time.UnixMilli(i.AnswerDue).UTC(), c.due)
				}
			})
		})
	}
}

func (o *office) remind(t *testing.T) {
	t.Helper()
	must(t, o.Module().Jobs["innovation.clock"](context.Background(), jobs.Job{Kind: "innovation.clock"}))
}

func TestTheClockReminds(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		soon, late, proposer := "innovation.notice.clock.soon", "innovation.notice.clock.late", "innovation.notice.clock.proposer"
		i, own := o.propose(t, "staff-hub", nil), o.propose(t, "desk", nil) // due on Monday 16 March
		answered := o.propose(t, "staff-kes", nil)
		must(t, o.Reply(o.as("desk"), answered.ID, innovation.Reply{Answer: innovation.AnswerAccept, Rev: answered.Rev}))
		o.post.sent = nil
		step := func(date string, want map[string][]string) {
			t.Helper()
			o.time.at = time.UnixMilli(day(date)).UTC().Add(9 * time.Hour)
			o.remind(t)
			o.remind(t)
			for person, keys := range want {
				if got := o.post.got(person); !slices.Equal(got, keys) {
					t.Errorf("%s: %s was told %v, want %v", date, person, got, keys)
				}
			}
		}
		step("2026-03-11", map[string][]string{"desk": nil, "desk-2": nil, "staff-hub": nil})
		step("2026-03-12", map[string][]string{"desk": {soon}, "desk-2": {soon, soon}, "staff-hub": nil})
		step("2026-03-16", map[string][]string{"desk": {soon}, "desk-2": {soon, soon}, "staff-hub": nil})
		step("2026-03-17", map[string][]string{"desk": {soon, late, proposer}, "desk-2": {soon, soon, late, late}, "staff-hub": {proposer}, "staff-kes": nil})
		step("2026-04-20", map[string][]string{"desk": {soon, late, proposer}, "desk-2": {soon, soon, late, late}, "staff-hub": {proposer}})
		for _, l := range o.post.sent {
			want := map[bool]string{true: "/inovasi/", false: "/inovasi/meja?pilih="}[l.Key == proposer]
			if l.Path != want+i.ID && l.Path != want+own.ID || l.Args["Title"] != i.Title {
				t.Errorf("%s leads to %s about %v", l.Key, l.Path, l.Args)
			}
		}
	})
}

func TestAReferredIdeaIsStillWatched(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.propose(t, "staff-hub", nil)
		must(t, o.Reply(o.as("desk"), i.ID, innovation.Reply{Answer: innovation.AnswerRefer, Agency: "kes", Reason: "Ini urusan kesehatan", Rev: i.Rev}))
		o.time.days(30)
		o.remind(t)
		if got := o.post.got("staff-hub"); !slices.Contains(got, "innovation.notice.clock.proposer") {
			t.Errorf("the proposer was told %v", got)
		}
	})
}

func TestTheEndOfATrialIsToldOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.trial(t)
		_, err := o.AddMembers(o.as("staff-hub"), i.ID, innovation.Member{User: "staff-hub-2"})
		must(t, err)
		o.post.sent = nil
		for _, c := range []struct{ days, want int }{{60, 0}, {1, 1}, {30, 1}} {
			o.time.days(c.days)
			o.remind(t)
			o.remind(t)
			for _, person := range []string{"staff-hub", "staff-hub-2"} {
				if got := o.post.got(person); len(got) != c.want || c.want > 0 && got[0] != "innovation.notice.trial_end" {
					t.Errorf("after %d more days %s was told %v", c.days, person, got)
				}
			}
		}
		if got := o.post.got("desk"); len(got) != 0 {
			t.Errorf("the desk was told %v", got)
		}
	})
}

func TestEachRegencyHasItsOwnClock(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.propose(t, "staff-hub", nil)
		a := tenant.From(o.as("staff-kes"))
		a.Regency = 2
		if _, err := o.Propose(tenant.With(context.Background(), a), idea()); err != nil {
			t.Fatal(err)
		}
		o.time.days(30)
		o.remind(t)
		for _, person := range []string{"staff-hub", "staff-kes"} {
			if got := o.post.got(person); !slices.Equal(got, []string{"innovation.notice.clock.proposer"}) {
				t.Errorf("%s was told %v", person, got)
			}
		}
	})
}
