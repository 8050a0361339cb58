package innovation

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// dayRead is what a cell says about a day. Sure is false when it must be asked; Options are the days it may mean. Noted is
// set when the reading deserves a look although it is the only one.
type dayRead struct {
	Day     int64
	Sure    bool
	Noted   bool
	Options []int64
}

var (
	isoDay     = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?$`)
	numericDay = regexp.MustCompile(`^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: \d{1,2}[:.]\d{2}.*)?$`)
	wordDay    = regexp.MustCompile(`^(?:[a-z']+,? )?(\d{1,2})[- ]([a-z]+)[- ,]+(\d{4}|\d{2})$`)
	wordFirst  = regexp.MustCompile(`^([a-z]+) (\d{1,2}),? (\d{4})$`)
	monthDay   = regexp.MustCompile(`^([a-z]+|\d{1,2})[-/ ](\d{4})$`)
	serialDay  = regexp.MustCompile(`^[3-6]\d{4}$`)
	yearOnly   = regexp.MustCompile(`^(?:tahun )?(\d{4})$`)
)

// monthOf reads a month's name in Indonesian or English, whole or short; 0 for another word.
func monthOf(word string) int {
	if n, err := strconv.Atoi(word); err == nil && n >= 1 && n <= 12 {
		return n
	}
	names := [][]string{{"januari", "january"}, {"februari", "february", "pebruari"}, {"maret", "march"}, {"april"}, {"mei", "may"}, {"juni", "june"}, {"juli", "july"}, {"agustus", "august", "agt", "ags"},
		{"september"}, {"oktober", "october"}, {"november", "nopember"}, {"desember", "december"}}
	if len(word) < 3 {
		return 0
	}
	return 1 + slices.IndexFunc(names, func(all []string) bool {
		return slices.ContainsFunc(all, func(name string) bool { return strings.HasPrefix(name, word) })
	})
}

// readDay reads a day in the forms that Indonesian offices and spreadsheets write. Numbers are day, month, year; a year of
// two digits may have come from a spreadsheet, which writes the month first, and is asked when both readings exist.
func readDay(text string, zone *time.Location) dayRead {
	s := strings.ToLower(strings.Join(strings.Fields(text), " "))
	one := func(year, month, day int) dayRead {
		if at, ok := makeDay(year, month, day, zone); ok {
			return dayRead{Day: at, Sure: true}
		}
		return dayRead{}
	}
	if m := isoDay.FindStringSubmatch(s); m != nil {
		return one(number3(m[1:]))
	}
	if m := wordDay.FindStringSubmatch(s); m != nil {
		return one(longYear(m[3]), monthOf(m[2]), atoi(m[1]))
	}
	if m := wordFirst.FindStringSubmatch(s); m != nil {
		return one(atoi(m[3]), monthOf(m[1]), atoi(m[2]))
	}
	if m := numericDay.FindStringSubmatch(s); m != nil {
		return readNumericDay(m, zone)
	}
	return guessDay(s, zone)
}

func readNumericDay(m []string, zone *time.Location) dayRead {
	year := longYear(m[3])
	dayFirst, okDay := makeDay(year, atoi(m[2]), atoi(m[1]), zone)
	monthFirst, okMonth := makeDay(year, atoi(m[1]), atoi(m[2]), zone)
	switch {
	case okDay && (len(m[3]) == 4 || !okMonth || monthFirst == dayFirst):
		return dayRead{Day: dayFirst, Sure: true, Noted: len(m[3]) == 2}
	case okDay:
		return dayRead{Options: []int64{monthFirst, dayFirst}}
	case okMonth && len(m[3]) == 2:
		return dayRead{Day: monthFirst, Sure: true, Noted: true}
	case okMonth:
		return dayRead{Options: []int64{monthFirst}}
	}
	return dayRead{}
}

// guessDay offers days for what names none: a month, a year, or the running number of a spreadsheet.
func guessDay(s string, zone *time.Location) dayRead {
	offer := func(year, month, day int) dayRead {
		if at, ok := makeDay(year, month, day, zone); ok {
			return dayRead{Options: []int64{at}}
		}
		return dayRead{}
	}
	if m := yearOnly.FindStringSubmatch(s); m != nil {
		return offer(atoi(m[1]), 1, 1)
	}
	if m := monthDay.FindStringSubmatch(s); m != nil {
		return offer(atoi(m[2]), monthOf(m[1]), 1)
	}
	if serialDay.MatchString(s) {
		at := time.Date(1899, 12, 30, 0, 0, 0, 0, zone).AddDate(0, 0, atoi(s))
		return offer(at.Year(), int(at.Month()), at.Day())
	}
	return dayRead{}
}

// makeDay gives the start of a day that exists, between 1990 and 2100.
func makeDay(year, month, day int, zone *time.Location) (int64, bool) {
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, zone)
	if year < 1990 || year > 2100 || month < 1 || at.Day() != day || int(at.Month()) != month {
		return 0, false
	}
	return at.UnixMilli(), true
}

func longYear(text string) int {
	if len(text) == 2 {
		return 2000 + atoi(text)
	}
	return atoi(text)
}

func atoi(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

func number3(parts []string) (a, b, c int) { return atoi(parts[0]), atoi(parts[1]), atoi(parts[2]) }

var (
	quarter   = regexp.MustCompile(`^(?:triwulan|tw|tribulan|quarter|q) ?(iv|iii|ii|i|[1-4]),? (?:tahun )?(\d{4})$`)
	halfYear  = regexp.MustCompile(`^(?:semester|smt|half) ?(ii|i|[12]),? (?:tahun )?(\d{4})$`)
	monthSpan = regexp.MustCompile(`^([a-z]+) (?:-|s d|sd|sampai|to|until) ([a-z]+) (\d{4})$`)
	between   = regexp.MustCompile(` (?:s\.?/?d\.?|sampai|hingga|to|until|-) `)
)

// readPeriod reads from when to when: 2025, Maret 2025, Triwulan II 2025, Jan-Des 2025, or two days. The end is the last
// day.
func readPeriod(text string, zone *time.Location) (from, to int64, ok bool) {
	s := strings.ToLower(strings.Join(strings.Fields(strings.NewReplacer("–", " - ", "—", " - ").Replace(text)), " "))
	roman := map[string]int{"i": 1, "ii": 2, "iii": 3, "iv": 4}
	place := func(word string) int {
		if n := roman[word]; n > 0 {
			return n
		}
		return atoi(word)
	}
	if m := yearOnly.FindStringSubmatch(s); m != nil {
		return months(atoi(m[1]), 1, 12, zone)
	}
	if m := quarter.FindStringSubmatch(s); m != nil {
		n := place(m[1])
		return months(atoi(m[2]), 3*n-2, 3*n, zone)
	}
	if m := halfYear.FindStringSubmatch(s); m != nil {
		n := place(m[1])
		return months(atoi(m[2]), 6*n-5, 6*n, zone)
	}
	if m := monthDay.FindStringSubmatch(s); m != nil {
		return months(atoi(m[2]), monthOf(m[1]), monthOf(m[1]), zone)
	}
	if m := monthSpan.FindStringSubmatch(strings.Join(strings.Fields(strings.ReplaceAll(s, "-", " - ")), " ")); m != nil {
		return months(atoi(m[3]), monthOf(m[1]), monthOf(m[2]), zone)
	}
	if at := between.FindStringIndex(s); at != nil {
		a, b := readDay(s[:at[0]], zone), readDay(s[at[1]:], zone)
		return a.Day, b.Day, a.Sure && b.Sure && a.Day <= b.Day
	}
	return 0, 0, false
}

// months gives the first day of a month and the last day of another of the same year.
func months(year, first, last int, zone *time.Location) (from, to int64, ok bool) {
	from, ok = makeDay(year, first, 1, zone)
	if !ok || last < first || last > 12 {
		return 0, 0, false
	}
	return from, time.Date(year, time.Month(last)+1, 0, 0, 0, 0, 0, zone).UnixMilli(), true
}
