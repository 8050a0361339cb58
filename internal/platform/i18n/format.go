package i18n

import (
	"strconv"
	"strings"
	"time"
)

// Number writes a decimal number with thousands separators and the decimal mark of the language: 1.234,5 or 1,234.5.
// text is a plain decimal such as "1234.5"; it is never passed through a float.
func Number(lang, text string) string {
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "−", text[1:]
	}
	group, mark := ".", ","
	if lang == "en" {
		group, mark = ",", "."
	}
	whole, part, has := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + group + whole[i:]
	}
	if has {
		whole += mark + part
	}
	return sign + whole
}

// Int writes a whole number.
func Int(lang string, n int64) string { return Number(lang, strconv.FormatInt(n, 10)) }

// Float writes x with that many digits after the mark.
func Float(lang string, x float64, digits int) string {
	return Number(lang, strconv.FormatFloat(x, 'f', digits, 64))
}

func months(lang string) []string {
	if lang == "en" {
		return []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	}
	return []string{"Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"}
}

func weekdays(lang string) []string {
	if lang == "en" {
		return []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
	}
	return []string{"Min", "Sen", "Sel", "Rab", "Kam", "Jum", "Sab"}
}

// Date writes 23 Nov 2026.
func Date(lang string, t time.Time) string {
	return strconv.Itoa(t.Day()) + " " + months(lang)[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// Day writes Rab 25 Nov.
func Day(lang string, t time.Time) string {
	return weekdays(lang)[t.Weekday()] + " " + strconv.Itoa(t.Day()) + " " + months(lang)[t.Month()-1]
}

// DateTime writes 25 Nov 2026, 16.00 (16:00 in English).
func DateTime(lang string, t time.Time) string {
	clock := "15.04"
	if lang == "en" {
		clock = "15:04"
	}
	return Date(lang, t) + ", " + t.Format(clock)
}

// Size writes bytes the way people say them: 1,4 MB.
func Size(lang string, bytes int64) string {
	switch {
	case bytes >= 1<<30:
		return Float(lang, float64(bytes)/(1<<30), 1) + " GB"
	case bytes >= 1<<20:
		return Float(lang, float64(bytes)/(1<<20), 1) + " MB"
	case bytes >= 1<<10:
		return Int(lang, bytes>>10) + " KB"
	}
	return Int(lang, bytes) + " B"
}
