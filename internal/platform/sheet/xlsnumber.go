package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// How a number is meant, by its format.
type meaning struct {
	day, clock, elapsed, percent bool
	zeros                        int // digits of a code, filled with zeros from the left
}

// shown writes a number as its cell means it: a day, a time, a part of a hundred, a code with zeros before it, or
// the plain number. Marks of thousands and rounding are left out: they would hide what the cell holds.
func (b *xls) shown(v float64, kind int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "#NUM!"
	}
	format := uint16(0)
	if kind < len(b.cells) {
		format = b.cells[kind]
	}
	m := builtIn(format)
	if text, ok := b.formats[format]; ok {
		m = meaningOf(text)
	}
	switch {
	case m.day || m.clock:
		if text, ok := moment(v, m, b.from04); ok {
			return text
		}
	case m.percent:
		return plain(v*100) + "%"
	case m.zeros > 1 && v >= 0 && v == math.Trunc(v) && v < 1e15:
		return strings.Repeat("0", max(0, m.zeros-len(plain(v)))) + plain(v)
	}
	return plain(v)
}

// builtIn is what the formats mean that a book need not write down.
func builtIn(format uint16) meaning {
	switch {
	case format == 9 || format == 10:
		return meaning{percent: true}
	case format == 22:
		return meaning{day: true, clock: true}
	case format >= 14 && format <= 17, format >= 27 && format <= 31, format == 36, format >= 50 && format <= 58:
		return meaning{day: true}
	case format >= 18 && format <= 21, format >= 32 && format <= 35, format == 45, format == 47:
		return meaning{clock: true}
	case format == 46:
		return meaning{clock: true, elapsed: true}
	}
	return meaning{}
}

// meaningOf reads the first section of a format, without what stands there as it is.
func meaningOf(format string) (m meaning) {
	bare, elapsed := bareFormat(format)
	m.elapsed = elapsed
	low := strings.ToLower(bare)
	if strings.Contains(low, "general") {
		return meaning{}
	}
	m.clock = elapsed || strings.ContainsAny(low, "hs")
	m.day = strings.ContainsAny(low, "dy") || strings.Contains(low, "m") && !m.clock
	m.percent = strings.Contains(low, "%")
	if bare != "" && strings.Trim(bare, "0") == "" {
		m.zeros = len(bare)
	}
	return m
}

// bareFormat leaves out quoted and escaped letters and everything in brackets; elapsed reports a bracket that
// counts time on.
func bareFormat(format string) (bare string, elapsed bool) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		switch c := format[i]; c {
		case ';':
			return b.String(), elapsed
		case '\\', '_', '*':
			i++
		case '"', '[':
			shut := byte('"')
			if c == '[' {
				shut = ']'
			}
			end := strings.IndexByte(format[i+1:], shut)
			if end < 0 {
				return b.String(), elapsed
			}
			inside := strings.ToLower(format[i+1 : i+1+end])
			elapsed = elapsed || c == '[' && countsOn(inside)
			i += end + 1
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), elapsed
}

// countsOn reports a bracket such as [h]: hours beyond a day, minutes beyond an hour.
func countsOn(inside string) bool {
	for _, unit := range []string{"h", "m", "s"} {
		if inside != "" && strings.Trim(inside, unit) == "" {
			return true
		}
	}
	return false
}

const (
	daySeconds = 24 * 60 * 60
	mostDays   = 2_958_466 // the first day of the year 10000
)

// moment writes a count of days as a day, a time or both. Excel counts a 29 February 1900 that never was.
func moment(v float64, m meaning, from04 bool) (string, bool) {
	if v < 0 || v >= mostDays {
		return "", false
	}
	seconds := int64(math.Round(v * daySeconds))
	clock := clockOf(seconds % daySeconds)
	days := seconds / daySeconds
	if m.elapsed {
		return strconv.FormatInt(seconds/3600, 10) + clock[2:], true
	}
	if !m.day || days == 0 && !from04 {
		return clock, m.clock || v > 0
	}
	day := dayOf(days, from04)
	if m.clock {
		return day + " " + clock, true
	}
	return day, true
}

func dayOf(days int64, from04 bool) string {
	base := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case from04:
		base = time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
	case days == 60:
		return "1900-02-29"
	case days < 60:
		base = base.AddDate(0, 0, 1)
	}
	return base.AddDate(0, 0, int(days)).Format(time.DateOnly)
}

// clockOf writes seconds of a day, the seconds only where there are any.
func clockOf(seconds int64) string {
	layout := "15:04"
	if seconds%60 != 0 {
		layout = time.TimeOnly
	}
	return time.Unix(seconds, 0).UTC().Format(layout)
}

// plain writes a number without an exponent where people would, with the 15 digits that spreadsheets show; whole
// numbers keep all their digits.
func plain(v float64) string {
	const exact = 1 << 53
	if v == math.Trunc(v) && math.Abs(v) < exact {
		return strconv.FormatInt(int64(v), 10)
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 14, 64), 64)
	if err != nil {
		short = v
	}
	if size := math.Abs(short); size >= 1e21 || size < 1e-9 {
		return strconv.FormatFloat(short, 'E', -1, 64)
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}
