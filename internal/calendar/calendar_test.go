package calendar_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/calendar"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// clock is the time of a test; it moves only when told.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// room makes the calendar of one process on a store; tables are made once.
func room(t testing.TB, d *db.DB) (*calendar.Service, *clock) {
	t.Helper()
	storetest.Migrate(t, d, "audit", audit.Files)
	storetest.Migrate(t, d, "calendar", (&calendar.Service{}).Module().Files)
	return process(t, d)
}

// process is a further program on the same store with a clock of its own.
func process(t testing.TB, d *db.DB) (*calendar.Service, *clock) {
	t.Helper()
	c := &clock{t: time.Date(2026, 11, 24, 8, 0, 0, 0, wib())}
	s, err := calendar.New(calendar.Deps{DB: d, Audit: audit.New(d, c.now, nil), Now: c.now, Zone: tenant.OneZone(wib())})
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func as(regency int64, user string, actions ...string) context.Context {
	g := tenant.Grant{Actions: map[string]bool{}, All: true}
	for _, a := range actions {
		g.Actions[a] = true
	}
	return tenant.With(context.Background(), tenant.Actor{Regency: regency, UserID: user, Name: "Meja inovasi", Lang: "id", Grants: []tenant.Grant{g}})
}

func desk() context.Context  { return as(1, "desk", calendar.Read, calendar.Manage) }
func staff() context.Context { return as(1, "staff", calendar.Read) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// due asks for the n-th working day and gives it as a date.
func due(t testing.TB, s *calendar.Service, ctx context.Context, from string, n int) string {
	t.Helper()
	ms, err := s.Due(ctx, at(t, from).UnixMilli(), n)
	must(t, err)
	end := time.UnixMilli(ms).In(wib())
	if end.Format("15:04:05.000") != "23:59:59.999" {
		t.Errorf("due at %v, want the end of the day", end)
	}
	return end.Format(time.DateOnly)
}

func local(t testing.TB, day string) calendar.Day {
	return calendar.Day{On: date(t, day), Name: "Hari jadi", Kind: calendar.Local, Source: "SK Bupati 1/2026"}
}

// revOf gives the revision of an own day.
func revOf(t testing.TB, s *calendar.Service, day string) int64 {
	t.Helper()
	set, err := s.Days(desk())
	must(t, err)
	d, ok := set.Day(date(t, day))
	if !ok {
		t.Fatalf("%s is not in the calendar", day)
	}
	return d.Rev
}

func TestAnOwnDayMovesDeadlines(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := room(t, d)
		if got := due(t, s, staff(), "2026-11-24 08:00", 1); got != "2026-11-25" {
			t.Fatalf("before: %s", got)
		}
		must(t, s.Set(desk(), local(t, "2026-11-25")))
		if got := due(t, s, staff(), "2026-11-24 08:00", 1); got != "2026-11-26" {
			t.Errorf("with a day off: %s", got)
		}
		if got := due(t, s, as(2, "x"), "2026-11-24 08:00", 1); got != "2026-11-25" {
			t.Errorf("another regency: %s", got)
		}
		changed := local(t, "2026-11-25")
		changed.Kind, changed.Rev = calendar.Holiday, 1
		must(t, s.Set(desk(), changed))
		if err := s.Set(desk(), changed); !errs.Is(err, errs.Conflict) {
			t.Errorf("a stale revision: %v, want a conflict", err)
		}
		if err := s.Set(desk(), local(t, "2026-11-25")); !errs.Is(err, errs.Conflict) {
			t.Errorf("the same day again: %v, want a conflict", err)
		}
		if _, err := s.Remove(desk(), date(t, "2026-11-25"), 1); !errs.Is(err, errs.Conflict) {
			t.Errorf("removed with a stale revision: %v", err)
		}
		gone, err := s.Remove(desk(), date(t, "2026-11-25"), 2)
		if err != nil || gone.Kind != calendar.Holiday || gone.Name != "Hari jadi" || gone.Source == "" {
			t.Errorf("removed %+v %v", gone, err)
		}
		if got := due(t, s, staff(), "2026-11-24 08:00", 1); got != "2026-11-25" {
			t.Errorf("after removing: %s", got)
		}
		if _, err := s.Remove(desk(), date(t, "2026-11-25"), 2); !errs.Is(err, errs.NotFound) {
			t.Errorf("removed twice: %v", err)
		}
	})
}

func TestAShippedDayIsReplacedAndComesBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := room(t, d)
		must(t, s.Set(desk(), calendar.Day{On: date(t, "2026-12-24"), Name: "Tetap masuk", Kind: calendar.Workday}))
		if got := due(t, s, staff(), "2026-12-23 08:00", 1); got != "2026-12-24" {
			t.Errorf("a leave that is worked: %s", got)
		}
		days, err := s.List(staff(), 2026)
		must(t, err)
		found := false
		for _, x := range days {
			if x.On == date(t, "2026-12-24") {
				found = x.Own && x.Over != nil && x.Over.Kind == calendar.Leave && x.ChangedBy == "desk" && x.ChangedAt != 0
			}
		}
		if len(days) != 25 || !found {
			t.Errorf("%d days, replaced day found: %v", len(days), found)
		}
		_, err = s.Remove(desk(), date(t, "2026-12-24"), 1)
		must(t, err)
		if got := due(t, s, staff(), "2026-12-23 08:00", 1); got != "2026-12-28" {
			t.Errorf("the shipped leave did not come back: %s", got)
		}
	})
}

func TestLeftCountsFromToday(t *testing.T) {
	t.Parallel()
	s, c := room(t, storetest.SQLite(t))
	for _, x := range []struct {
		due  string
		want int
	}{{"2026-12-08", 10}, {"2026-11-24", 0}, {"2026-11-23", -1}, {"2026-11-20", -2}} {
		if got, err := s.Left(staff(), at(t, x.due+" 23:59:59.999").UnixMilli()); err != nil || got != x.want {
			t.Errorf("%s: %d %v, want %d", x.due, got, err, x.want)
		}
	}
	c.pass(24 * time.Hour)
	if got, err := s.Left(staff(), at(t, "2026-12-08 23:59:59.999").UnixMilli()); err != nil || got != 9 {
		t.Errorf("a day later: %d %v, want 9", got, err)
	}
}

func TestAYearIsCompleteWhenItsDecreeIsEntered(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := room(t, d)
		complete := func(year int) bool {
			t.Helper()
			ok, err := s.Complete(staff(), year)
			must(t, err)
			return ok
		}
		if !complete(2025) || !complete(2026) || complete(2027) {
			t.Fatal("the shipped decrees are those of 2025 and 2026")
		}
		if err := s.Declare(desk(), 2027, "SKB 1/2026", true); !errs.Is(err, errs.Invalid) || complete(2027) {
			t.Errorf("a year without a day was declared complete: %v", err)
		}
		must(t, s.Set(desk(), calendar.Day{On: date(t, "2027-03-10"), Name: "Idul Fitri 1448 Hijriah", Kind: calendar.Holiday}))
		if err := s.Declare(desk(), 2027, " ", true); !errs.Is(err, errs.Invalid) || complete(2027) {
			t.Errorf("declared without the number of the decree: %v", err)
		}
		must(t, s.Declare(desk(), 2027, "SKB 1/2026", true))
		if !complete(2027) || complete(2028) {
			t.Error("2027 alone should be complete")
		}
		if ok, err := s.Complete(as(2, "x"), 2027); err != nil || ok {
			t.Errorf("another regency: %v %v", ok, err)
		}
		must(t, s.Declare(desk(), 2027, "SKB 2/2026", true))
		must(t, s.Declare(desk(), 2027, "", false))
		if complete(2027) {
			t.Error("taken back, and still complete")
		}
		if err := s.Declare(desk(), 2027, "", false); !errs.Is(err, errs.Conflict) {
			t.Errorf("taken back twice: %v", err)
		}
		if err := s.Declare(desk(), 1815, "SKB", true); !errs.Is(err, errs.Invalid) {
			t.Errorf("a year of another age: %v", err)
		}
	})
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	s, _ := room(t, storetest.SQLite(t))
	stranger := as(1, "stranger")
	for name, err := range map[string]error{
		"set": s.Set(staff(), local(t, "2026-11-25")), "remove": second(s.Remove(staff(), date(t, "2026-11-25"), 1)), "declare": s.Declare(staff(), 2027, "SKB", true),
		"import": second(s.Import(staff(), calendar.Plan{})), "list": second(s.List(stranger, 2026)),
	} {
		if !errs.Is(err, errs.Forbidden) {
			t.Errorf("%s: %v, want forbidden", name, err)
		}
	}
	if _, err := s.Due(stranger, at(t, "2026-11-24").UnixMilli(), 10); err != nil {
		t.Errorf("a deadline is not for everybody: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestWrongDaysAreRefused(t *testing.T) {
	t.Parallel()
	s, _ := room(t, storetest.SQLite(t))
	long := make([]rune, 201)
	for i := range long {
		long[i] = 'é'
	}
	for field, change := range map[string]func(*calendar.Day){
		"day":    func(d *calendar.Day) { d.On = date(t, "1999-12-31") },
		"name":   func(d *calendar.Day) { d.Name = " \t " },
		"kind":   func(d *calendar.Day) { d.Kind = "party" },
		"source": func(d *calendar.Day) { d.Source = string(long) },
	} {
		d := local(t, "2026-11-25")
		change(&d)
		_, fields := errs.MsgOf(s.Set(desk(), d))
		if _, ok := fields[field]; !ok || len(fields) != 1 {
			t.Errorf("%s: %v", field, fields)
		}
	}
	d := local(t, "2026-11-25")
	d.Name = string(long[:121])
	if err := s.Set(desk(), d); !errs.Is(err, errs.Invalid) {
		t.Errorf("a name of 121 letters: %v", err)
	}
	d.Name = string(long[:120])
	must(t, s.Set(desk(), d))
	working := calendar.Day{On: date(t, "2026-11-26"), Name: "Masuk", Kind: calendar.Workday}
	if err := s.Set(desk(), working); !errs.Is(err, errs.Invalid) {
		t.Errorf("a weekday declared working: %v", err)
	}
	working.On = date(t, "2026-11-28")
	must(t, s.Set(desk(), working))
	if _, err := s.Due(staff(), 0, 10_001); !errs.Is(err, errs.Invalid) {
		t.Errorf("too far: %v", err)
	}
}

func TestChangesLeaveAnAuditEntry(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, c := room(t, d)
		trail := audit.New(d, c.now, nil)
		for n, change := range []func() error{
			func() error { return s.Set(desk(), local(t, "2027-03-09")) },
			func() error {
				h := local(t, "2027-03-09")
				h.Kind, h.Rev = calendar.Holiday, 1
				return s.Set(desk(), h)
			},
			func() error { return s.Declare(desk(), 2027, "SKB 1/2026", true) },
			func() error { return second(s.Remove(desk(), date(t, "2027-03-09"), 2)) },
		} {
			must(t, change())
			if size, err := trail.Size(context.Background(), 1); err != nil || size != int64(n+1) {
				t.Fatalf("after change %d: %d entries %v", n+1, size, err)
			}
		}
		if err := s.Set(desk(), calendar.Day{}); err == nil {
			t.Fatal("an empty day was kept")
		}
		if size, _ := trail.Size(context.Background(), 1); size != 4 {
			t.Errorf("a refused change left an entry: %d", size)
		}
	})
}
