package calendar

import (
	"slices"
	"time"
)

// Kinds of a day that is not what its weekday says.
const (
	Holiday = "holiday" // national holiday
	Leave   = "leave"   // collective leave
	Local   = "local"   // off in this regency only
	Workday = "workday" // declared working although a weekend or shipped as off
)

// Kinds lists the kinds in the order shown.
func Kinds() []string { return []string{Holiday, Leave, Local, Workday} }

// Day is a day of the calendar with its reason. A shipped day has a name in both languages; a day of the regency itself is
// Own and has one name, and Over is the shipped day it replaces.
type Day struct {
	On            Date
	Name, English string
	Kind, Source  string
	Own           bool
	Over          *Day
	ChangedBy     string
	ChangedAt     int64
	Rev           int64
}

// In gives the name in a language.
func (d Day) In(lang string) string {
	if lang == "en" && d.English != "" {
		return d.English
	}
	return d.Name
}

// Set is all days of one regency: its own above the shipped ones. It never changes; a write makes a new one.
type Set struct {
	official *Official
	own      map[Date]Day
	entered  map[int]Entered
	zone     *time.Location
}

// Entered says that somebody declared the days of a year entered in full, and from which decree.
type Entered struct {
	Year      int
	Source    string
	ChangedBy string
	ChangedAt int64
}

// NewSet puts the days of a regency above the shipped ones. Days are counted in the zone.
func NewSet(official *Official, zone *time.Location, own []Day, entered []Entered) *Set {
	s := &Set{official: official, zone: zone, own: make(map[Date]Day, len(own)), entered: map[int]Entered{}}
	for _, d := range own {
		d.Own = true
		s.own[d.On] = d
	}
	for _, e := range entered {
		s.entered[e.Year] = e
	}
	return s
}

// mostDays bounds a count, so that a date in another age costs no time: about a hundred years.
const mostDays = 36_600

// Works reports whether a day is worked: Monday to Friday unless it is off, and every day declared working.
func (s *Set) Works(d Date) bool {
	if own, ok := s.own[d]; ok {
		return own.Kind == Workday
	}
	return !d.Weekend() && !s.official.Off(d)
}

// Date gives the day a moment belongs to in the regency.
func (s *Set) Date(t time.Time) Date { return DateIn(t, s.zone) }

// IsWorkday reports whether the day of a moment is worked.
func (s *Set) IsWorkday(t time.Time) bool { return s.Works(s.Date(t)) }

// AddWorkdays gives the end of the n-th working day after the day of from; that day itself is never counted. With 0 it is the
// end of that day, with a negative n the n-th working day before it. A distance beyond a hundred years is cut there.
func (s *Set) AddWorkdays(from time.Time, n int) time.Time {
	d, step := s.Date(from), Date(1)
	if n < 0 {
		n, step = -n, -1
	}
	for walked := 0; n > 0 && walked < mostDays; walked++ {
		d += step
		if s.Works(d) {
			n--
		}
	}
	return d.End(s.zone)
}

// WorkdaysBetween counts the working days after the day of a up to and with the day of b; negative when b lies before a. A
// distance beyond a hundred years is cut there.
func (s *Set) WorkdaysBetween(a, b time.Time) int {
	from, to := s.Date(a), s.Date(b)
	if from > to {
		return -s.between(to, from)
	}
	return s.between(from, to)
}

func (s *Set) between(from, to Date) int {
	n := 0
	for d := max(from, to-mostDays) + 1; d <= to; d++ {
		if s.Works(d) {
			n++
		}
	}
	return n
}

// Left counts the working days from now to the day something is due: 0 on that day, negative from the next day on, even
// when that is a Saturday.
func (s *Set) Left(now, due time.Time) int {
	n := s.WorkdaysBetween(now, due)
	if n == 0 && s.Date(due) < s.Date(now) {
		return -1
	}
	return n
}

// Complete reports whether the moon-based days and the leave of a year are known: its decree is shipped, or somebody declared
// them entered.
func (s *Set) Complete(year int) bool {
	_, declared := s.entered[year]
	return declared || s.official.Decreed(year)
}

// Day gives the day of the calendar at a date; false for an ordinary weekday or weekend.
func (s *Set) Day(d Date) (Day, bool) {
	shipped := s.official.Year(d.Year()).Days
	i := slices.IndexFunc(shipped, func(x Day) bool { return x.On == d })
	own, ok := s.own[d]
	switch {
	case ok && i >= 0:
		own.Over = &shipped[i]
		return own, true
	case ok:
		return own, true
	case i >= 0:
		return shipped[i], true
	}
	return Day{}, false
}

// Days lists the days of a year by date.
func (s *Set) Days(year int) []Day {
	var out []Day
	for d, end := On(year, time.January, 1), On(year, time.December, 31); d <= end; d++ {
		if _, own := s.own[d]; own || s.official.Off(d) {
			day, _ := s.Day(d)
			out = append(out, day)
		}
	}
	return out
}

// Workdays counts the working days of a month, or of the whole year when month is 0.
func (s *Set) Workdays(year int, month time.Month) int {
	first, last := On(year, time.January, 1), On(year, time.December, 31)
	if month != 0 {
		first, last = On(year, month, 1), On(year, month+1, 0)
	}
	return s.between(first-1, last)
}
