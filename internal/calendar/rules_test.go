package calendar_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/calendar"
)

func wib() *time.Location { return time.FixedZone("WIB", 7*60*60) }

// at reads a moment in the regency's time.
func at(t testing.TB, text string) time.Time {
	t.Helper()
	for _, layout := range []string{"2006-01-02 15:04:05.000", "2006-01-02 15:04", "2006-01-02"} {
		if moment, err := time.ParseInLocation(layout, text, wib()); err == nil {
			return moment
		}
	}
	t.Fatalf("moment %q", text)
	return time.Time{}
}

func date(t testing.TB, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func shipped(t testing.TB) *calendar.Official {
	t.Helper()
	o, err := calendar.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// set is the shipped calendar with days of the regency: "2026-03-18 workday".
func set(t testing.TB, own ...string) *calendar.Set {
	t.Helper()
	var days []calendar.Day
	for _, text := range own {
		on, kind, _ := strings.Cut(text, " ")
		days = append(days, calendar.Day{On: date(t, on), Name: "Hari " + on, Kind: kind})
	}
	return calendar.NewSet(shipped(t), wib(), days, nil)
}

func TestAddWorkdays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from string
		n    int
		own  []string
		want string
	}{
		"the next day":                             {"2026-11-24 08:00", 1, nil, "2026-11-25"},
		"the first millisecond of a day":           {"2026-11-24 00:00:00.000", 1, nil, "2026-11-25"},
		"the last millisecond of a day":            {"2026-11-24 23:59:59.999", 1, nil, "2026-11-25"},
		"a day is one of the regency, not of UTC":  {"2026-11-25 00:30", 1, nil, "2026-11-26"},
		"nothing to count":                         {"2026-11-24 08:00", 0, nil, "2026-11-24"},
		"nothing to count on a Sunday":             {"2026-11-22 08:00", 0, nil, "2026-11-22"},
		"Friday over the weekend":                  {"2026-11-27 16:00", 1, nil, "2026-11-30"},
		"from a Saturday":                          {"2026-11-28 09:00", 1, nil, "2026-11-30"},
		"from a Sunday":                            {"2026-11-29 09:00", 2, nil, "2026-12-01"},
		"ten days are two weeks":                   {"2026-11-09 09:00", 10, nil, "2026-11-23"},
		"over Nyepi and Idul Fitri":                {"2026-03-11 10:00", 10, nil, "2026-04-01"},
		"from a holiday":                           {"2026-03-19 10:00", 1, nil, "2026-03-25"},
		"from a day of leave":                      {"2026-03-18 10:00", 1, nil, "2026-03-25"},
		"a holiday alone":                          {"2026-06-15 10:00", 1, nil, "2026-06-17"},
		"into a year without a decree":             {"2026-12-23 10:00", 5, nil, "2027-01-04"},
		"out of a year without a decree":           {"2024-12-31 10:00", 1, nil, "2025-01-02"},
		"Good Friday of a year without a decree":   {"2027-03-25 10:00", 1, nil, "2027-03-29"},
		"a leave declared working":                 {"2026-03-17 10:00", 1, []string{"2026-03-18 workday"}, "2026-03-18"},
		"a holiday declared working":               {"2026-06-15 10:00", 1, []string{"2026-06-16 workday"}, "2026-06-16"},
		"a Saturday declared working":              {"2026-11-27 10:00", 1, []string{"2026-11-28 workday"}, "2026-11-28"},
		"a weekday off in the regency":             {"2026-11-24 10:00", 1, []string{"2026-11-25 local"}, "2026-11-26"},
		"a holiday of the regency's own":           {"2027-03-08 10:00", 1, []string{"2027-03-09 holiday", "2027-03-10 leave"}, "2027-03-11"},
		"a shipped holiday that is only a weekend": {"2026-11-27 10:00", 1, []string{"2026-11-28 local"}, "2026-11-30"},
		"a year of leap":                           {"2028-02-28 10:00", 1, nil, "2028-02-29"},
		"backwards":                                {"2026-11-30 10:00", -1, nil, "2026-11-27"},
		"backwards over Idul Fitri":                {"2026-03-25 10:00", -1, nil, "2026-03-17"},
		"backwards from a Sunday":                  {"2026-11-29 10:00", -1, nil, "2026-11-27"},
	} {
		got := set(t, c.own...).AddWorkdays(at(t, c.from), c.n)
		if want := at(t, c.want+" 23:59:59.999"); !got.Equal(want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	// 17.30 UTC is half past midnight of the next day in the regency.
	if got, want := set(t).AddWorkdays(time.Date(2026, 11, 24, 17, 30, 0, 0, time.UTC), 1), at(t, "2026-11-26 23:59:59.999"); !got.Equal(want) {
		t.Errorf("a moment given in UTC: got %v, want %v", got, want)
	}
}

func TestWorkdaysBetween(t *testing.T) {
	t.Parallel()
	s := set(t, "2026-11-28 workday")
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"2026-11-24 08:00", "2026-11-24 23:59", 0}, {"2026-11-24 23:59", "2026-11-25 00:00", 1}, {"2026-11-25 00:00", "2026-11-24 23:59", -1},
		{"2026-11-20", "2026-11-21", 0}, {"2026-11-20", "2026-11-23", 1}, {"2026-11-21", "2026-11-22", 0}, {"2026-11-23", "2026-11-20", -1},
		{"2026-11-27", "2026-11-28", 1}, {"2026-11-27", "2026-11-30", 2}, {"2026-03-17", "2026-03-24", 0}, {"2026-03-17", "2026-03-25", 1}, {"2026-03-25", "2026-03-17", -1},
		{"2025-12-31", "2026-12-31", 240 + 1}, {"2024-12-31", "2025-12-31", 237},
	} {
		if got := s.WorkdaysBetween(at(t, c.a), at(t, c.b)); got != c.want {
			t.Errorf("from %s to %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestLeft(t *testing.T) {
	t.Parallel()
	s := set(t)
	for name, c := range map[string]struct {
		now, due string
		want     int
	}{
		"today":                     {"2026-11-27 08:00", "2026-11-27 23:59:59.999", 0},
		"today, a minute ago":       {"2026-11-27 17:00", "2026-11-27 16:59", 0},
		"tomorrow":                  {"2026-11-26 08:00", "2026-11-27 23:59:59.999", 1},
		"on Monday, asked on Fri":   {"2026-11-27 08:00", "2026-11-30 23:59:59.999", 1},
		"on Monday, asked on Sat":   {"2026-11-28 08:00", "2026-11-30 23:59:59.999", 1},
		"late on the day after":     {"2026-11-26 00:00", "2026-11-25 23:59:59.999", -1},
		"late on a Saturday":        {"2026-11-28 08:00", "2026-11-27 23:59:59.999", -1},
		"late on the Monday after":  {"2026-11-30 08:00", "2026-11-27 23:59:59.999", -1},
		"late on the Tuesday after": {"2026-12-01 08:00", "2026-11-27 23:59:59.999", -2},
		"a Sunday asked the day before is none and not late": {"2026-11-28 08:00", "2026-11-29 12:00", 0},
	} {
		if got := s.Left(at(t, c.now), at(t, c.due)); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// What is promised and what is left must agree for every day and length.
func TestPromisedDaysAreLeftDays(t *testing.T) {
	t.Parallel()
	s := set(t, "2026-03-18 workday", "2026-11-28 workday", "2026-11-25 local")
	for d := date(t, "2025-11-01"); d < date(t, "2027-02-01"); d++ {
		now := d.End(wib())
		for n := -15; n <= 30; n++ {
			due := s.AddWorkdays(now, n)
			if n > 0 && s.WorkdaysBetween(now, due) != n || n > 0 && !s.IsWorkday(due) {
				t.Fatalf("%v and %d: due %v, %d days between", d, n, due, s.WorkdaysBetween(now, due))
			}
			if n >= 0 && s.Left(now, due) != n {
				t.Fatalf("%v and %d: %d left", d, n, s.Left(now, due))
			}
			if n < 0 && (s.Left(now, due) >= 0 || !s.IsWorkday(due)) {
				t.Fatalf("%v and %d: %v, %d left", d, n, due, s.Left(now, due))
			}
		}
	}
}

func TestIsWorkday(t *testing.T) {
	t.Parallel()
	s := set(t, "2026-11-28 workday", "2026-11-25 local", "2026-08-17 workday")
	for text, want := range map[string]bool{"2026-11-24": true, "2026-11-25": false, "2026-11-27": true, "2026-11-28": true, "2026-11-29": false, "2026-08-17": true,
		"2026-05-01": false, "2026-03-18": false, "2025-08-18": false, "2027-08-17": false, "2027-08-18": true, "2030-12-25": false, "2028-02-29": true, "1969-12-31": true} {
		if got := s.IsWorkday(at(t, text)); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	if s.IsWorkday(time.Date(2026, 11, 27, 17, 0, 0, 0, time.UTC)) != s.IsWorkday(at(t, "2026-11-28")) {
		t.Error("17.00 UTC on Friday is Saturday in the regency")
	}
}

// The figures were counted by hand from the annexes of the decrees.
func TestTheDecreesAreWhole(t *testing.T) {
	t.Parallel()
	s := set(t)
	for _, c := range []struct {
		year, holidays, leave, workdays int
		months                          []int
	}{
		{2025, 17, 11, 237, []int{19, 20, 19, 16, 17, 18, 23, 20, 21, 23, 20, 21}},
		{2026, 17, 8, 240, []int{20, 18, 17, 21, 16, 20, 23, 19, 22, 22, 21, 21}},
	} {
		counts := map[string]int{}
		for _, d := range s.Days(c.year) {
			counts[d.Kind]++
			if d.Name == "" || d.English == "" || d.Source == "" || d.Own {
				t.Errorf("%v: %+v", d.On, d)
			}
		}
		if counts[calendar.Holiday] != c.holidays || counts[calendar.Leave] != c.leave || s.Workdays(c.year, 0) != c.workdays {
			t.Errorf("%d: %v and %d working days, want %+v", c.year, counts, s.Workdays(c.year, 0), c)
		}
		var months []int
		for m := time.January; m <= time.December; m++ {
			months = append(months, s.Workdays(c.year, m))
		}
		if !slices.Equal(months, c.months) {
			t.Errorf("%d: %v, want %v", c.year, months, c.months)
		}
		if y := shipped(t).Year(c.year); !y.Complete || !s.Complete(c.year) || !strings.Contains(y.Source, "Keputusan Bersama") {
			t.Errorf("%d is not complete: %+v", c.year, y)
		}
	}
}

func TestEaster(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]string{1961: "1961-04-02", 2000: "2000-04-23", 2008: "2008-03-23", 2011: "2011-04-24", 2024: "2024-03-31", 2025: "2025-04-20", 2026: "2026-04-05",
		2027: "2027-03-28", 2038: "2038-04-25", 2049: "2049-04-18", 2076: "2076-04-19", 2199: "2199-04-14", 1818: "1818-03-22", 2285: "2285-03-22"} {
		if got := calendar.Easter(year).String(); got != want {
			t.Errorf("Easter %d = %s, want %s", year, got, want)
		}
	}
}

func TestYearsWithoutADecree(t *testing.T) {
	t.Parallel()
	s := set(t)
	var got []string
	for _, d := range s.Days(2027) {
		got = append(got, d.On.String()+" "+d.In("en"))
	}
	want := []string{"2027-01-01 New Year's Day", "2027-03-26 Good Friday", "2027-03-28 Easter Sunday", "2027-05-01 International Labour Day", "2027-05-06 Ascension of Jesus Christ",
		"2027-06-01 Pancasila Day", "2027-08-17 Independence Day", "2027-12-25 Christmas Day"}
	if !slices.Equal(got, want) || s.Complete(2027) || s.Complete(2024) {
		t.Errorf("got %q, complete %v %v", got, s.Complete(2027), s.Complete(2024))
	}
	// Ascension met the day of labour in 2008 and Pancasila in 2000: one day, both names.
	for year, on := range map[int]string{2008: "2008-05-01", 2000: "2000-06-01"} {
		d, ok := s.Day(date(t, on))
		if !ok || !strings.Contains(d.Name, " · ") || len(s.Days(year)) != 7 {
			t.Errorf("%d: %q %v, %d days", year, d.Name, ok, len(s.Days(year)))
		}
	}
	// The fast question and the list must agree in every year.
	o := shipped(t)
	for year := 1990; year <= 2199; year++ {
		var off []calendar.Date
		for d := calendar.On(year, time.January, 1); d.Year() == year; d++ {
			if o.Off(d) {
				off = append(off, d)
			}
		}
		var listed []calendar.Date
		for _, d := range o.Year(year).Days {
			listed = append(listed, d.On)
		}
		if !slices.Equal(off, listed) {
			t.Fatalf("%d: %v, listed %v", year, off, listed)
		}
	}
}

func TestAnOwnDayStandsAboveTheShippedOne(t *testing.T) {
	t.Parallel()
	s := set(t, "2026-03-18 workday", "2026-11-25 local", "2026-01-01 holiday")
	d, ok := s.Day(date(t, "2026-03-18"))
	if !ok || !d.Own || d.Kind != calendar.Workday || d.Over == nil || d.Over.Kind != calendar.Leave || d.In("en") != d.Name {
		t.Errorf("%+v", d)
	}
	if d, ok := s.Day(date(t, "2026-11-25")); !ok || d.Over != nil {
		t.Errorf("%+v", d)
	}
	if _, ok := s.Day(date(t, "2026-11-24")); ok {
		t.Error("an ordinary day is in the calendar")
	}
	days := s.Days(2026)
	if len(days) != 26 || !slices.IsSortedFunc(days, func(a, b calendar.Day) int { return int(a.On - b.On) }) {
		t.Errorf("%d days", len(days))
	}
	if n := s.Workdays(2026, 0); n != 240 {
		t.Errorf("%d working days, want one more and one less", n)
	}
}

func TestDistancesWithoutEndAreCut(t *testing.T) {
	t.Parallel()
	s := set(t)
	now := at(t, "2026-11-24 08:00")
	if got := s.AddWorkdays(now, math.MaxInt).Year(); got < 2120 || got > 2130 {
		t.Errorf("forwards: year %d", got)
	}
	if got := s.AddWorkdays(now, math.MinInt+1).Year(); got < 1920 || got > 1930 {
		t.Errorf("backwards: year %d", got)
	}
	if got := s.WorkdaysBetween(now, time.UnixMilli(math.MaxInt64)); got < 20_000 || got > 36_600 {
		t.Errorf("to the end of time: %d", got)
	}
	if got := s.WorkdaysBetween(now, time.UnixMilli(math.MinInt64)); got > -20_000 || got < -36_600 {
		t.Errorf("to the beginning of time: %d", got)
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1970-01-01", "1969-12-31", "2026-11-24", "2028-02-29", "2000-01-01", "2199-12-31"} {
		d := date(t, text)
		year, month, day := d.Civil()
		if d.String() != text || calendar.On(year, month, day) != d || d.Year() != year || d.Month() != month {
			t.Errorf("%s became %v", text, d)
		}
		if want := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Weekday(); d.Weekend() != (want == time.Saturday || want == time.Sunday) {
			t.Errorf("%s is a %v", text, want)
		}
		if calendar.DateIn(time.UnixMilli(d.Noon(wib())), wib()) != d || calendar.DateIn(d.End(wib()), wib()) != d || calendar.DateIn(d.End(wib()).Add(time.Millisecond), wib()) != d+1 {
			t.Errorf("%s begins or ends on another day", text)
		}
	}
	for _, text := range []string{"", "2026-02-30", "2026-2-3", "24-11-2026", "2026-11-24T00:00"} {
		if d, err := calendar.ParseDate(text); err == nil {
			t.Errorf("%q was read as %v", text, d)
		}
	}
}

func BenchmarkLeft(b *testing.B) {
	s, now, due := set(b), at(b, "2026-11-24 08:00"), at(b, "2026-12-08 23:59:59.999")
	for b.Loop() {
		s.Left(now, due)
	}
}
