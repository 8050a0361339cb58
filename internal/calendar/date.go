package calendar

import (
	"fmt"
	"time"
)

// Date is a calendar day, counted from 1 January 1970. It knows no clock and no zone, so days are added and compared as
// plain numbers.
type Date int

const secondsOfDay = 24 * 60 * 60

// On gives the date of a year, month and day.
func On(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsOfDay)
}

// DateIn gives the day that a moment belongs to in a zone.
func DateIn(t time.Time, zone *time.Location) Date { return On(t.In(zone).Date()) }

// ParseDate reads 2026-11-24.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fmt.Errorf("date %q: %w", text, err)
	}
	return On(t.Date()), nil
}

func (d Date) utc() time.Time { return time.Unix(int64(d)*secondsOfDay, 0).UTC() }

// Civil gives year, month and day.
func (d Date) Civil() (year int, month time.Month, day int) { return d.utc().Date() }

// Year gives the year.
func (d Date) Year() int { return d.utc().Year() }

// Month gives the month.
func (d Date) Month() time.Month { return d.utc().Month() }

// Weekend reports a Saturday or Sunday.
func (d Date) Weekend() bool {
	n := (int(d)%7 + 7) % 7 // 1 January 1970 was a Thursday, so 2 is a Saturday
	return n == 2 || n == 3
}

// String writes 2026-11-24.
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// Noon gives the middle of the day in a zone, in milliseconds, for pages that write dates from moments.
func (d Date) Noon(zone *time.Location) int64 {
	year, month, day := d.Civil()
	return time.Date(year, month, day, 12, 0, 0, 0, zone).UnixMilli()
}

// End gives the last millisecond of the day in a zone.
func (d Date) End(zone *time.Location) time.Time {
	year, month, day := d.Civil()
	return time.Date(year, month, day, 23, 59, 59, int(999*time.Millisecond), zone)
}

// Easter gives Easter Sunday of a year of the Gregorian calendar (computus after Meeus, Jones and Butcher).
func Easter(year int) Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	day := (h + l - 7*m + 33*month + 19) % 32
	return On(year, time.Month(month), day)
}
