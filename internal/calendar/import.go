package calendar

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/sheet"
)

// What an import line would do.
const (
	LineNew    = "new"
	LineSame   = "same" // the regency or the shipped days have it already
	LineChange = "change"
	LineSkip   = "skip"
)

// Line is one day of an import with what would happen and what is wrong. Date and Kind are as written; On and Day.Kind are what
// was understood.
type Line struct {
	Row              int // in the file, counted from 1
	Date, Name, Kind string
	Source           string
	Day              Day
	Do               string
	Wrong            map[string]errs.Msg // "day", "name", "kind"
}

// OK reports whether the line can be written.
func (l Line) OK() bool { return len(l.Wrong) == 0 }

// Plan is an import before anything is written.
type Plan struct {
	Lines []Line
	Notes []errs.Msg
}

// Count counts lines that would do something; wrong lines count as "wrong".
func (p Plan) Count(do string) int {
	n := 0
	for _, l := range p.Lines {
		if do == "wrong" && !l.OK() || l.OK() && l.Do == do {
			n++
		}
	}
	return n
}

const mostLines = 500

// columnsOf finds the columns by their headings as offices write them.
func columnsOf(header []string) map[string]int {
	names := map[string][]string{
		"date":   {"tanggal", "tgl", "hari tanggal", "date", "day"},
		"name":   {"nama", "nama hari", "keterangan", "hari libur", "uraian", "name"},
		"kind":   {"jenis", "kind", "tipe"},
		"source": {"dasar", "sumber", "source"},
	}
	at := map[string]int{}
	for field, all := range names {
		for _, name := range all {
			if i := slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) }); i >= 0 {
				at[field] = i
				break
			}
		}
	}
	return at
}

// ReadTable turns a table into lines. Errors say which column is missing.
func ReadTable(t sheet.Table) (Plan, error) {
	if len(t.Rows) < 2 {
		return Plan{}, errs.E(errs.Invalid, "calendar.error.import_empty", nil)
	}
	at := columnsOf(t.Rows[0])
	for field, column := range map[string]string{"date": "tanggal", "name": "nama"} {
		if _, ok := at[field]; !ok {
			return Plan{}, errs.E(errs.Invalid, "calendar.error.import_column", nil, "Column", column, "Found", strings.Join(t.Rows[0], ", "))
		}
	}
	if len(t.Rows) > mostLines+1 {
		return Plan{}, errs.E(errs.Invalid, "calendar.error.import_many", nil, "Most", mostLines)
	}
	p := Plan{Notes: t.Notes}
	for i, row := range t.Rows[1:] {
		cell := func(field string) string {
			if n, ok := at[field]; ok && n < len(row) {
				return strings.TrimPrefix(row[n], "'") // our own export guards a cell that looks like a formula
			}
			return ""
		}
		p.Lines = append(p.Lines, Line{Row: i + 2, Date: cell("date"), Name: cell("name"), Kind: cell("kind"), Source: cell("source")})
	}
	return p, nil
}

// monthWords are the names of months in decrees and spreadsheets, by their first letters.
func monthWords() []string {
	return []string{"jan", "feb|peb", "mar", "apr", "mei|may", "jun", "jul", "agu|agt|aug", "sep", "okt|oct", "nov|nop", "des|dec"}
}

// ReadDay understands 2026-03-19, 19/3/2026, 19-03-2026, 19.3.2026 and "Kamis, 19 Maret 2026"; day before month, as Indonesian
// offices write. A year of two digits is refused: spreadsheets write it with the month first.
func ReadDay(text string) (Date, bool) {
	if _, after, ok := strings.Cut(text, ","); ok {
		text = after
	}
	text = strings.TrimSpace(text)
	if d, err := ParseDate(text); err == nil {
		return d, true
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/-. ", r) })
	if len(parts) == 4 && strings.Trim(strings.ToLower(parts[0]), "abcdefghijklmnopqrstuvwxyz'") == "" {
		parts = parts[1:] // the weekday
	}
	if len(parts) != 3 {
		return 0, false
	}
	if len(parts[0]) == 4 {
		slices.Reverse(parts)
	}
	day, ok := number(parts[0], 2)
	year, ok2 := number(parts[2], 4)
	month := monthOf(parts[1])
	if !ok || !ok2 || month == 0 || len(parts[2]) != 4 {
		return 0, false
	}
	d := On(year, month, day)
	_, m, n := d.Civil()
	return d, m == month && n == day
}

// number reads at most so many digits, nothing else.
func number(text string, most int) (int, bool) {
	if text == "" || len(text) > most || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

func monthOf(text string) time.Month {
	if n, ok := number(text, 2); ok && n >= 1 && n <= 12 {
		return time.Month(n)
	}
	text = strings.ToLower(text)
	for i, words := range monthWords() {
		for word := range strings.SplitSeq(words, "|") {
			if strings.HasPrefix(text, word) {
				return time.Month(i + 1)
			}
		}
	}
	return 0
}

// ReadKind understands the words of the page, of decrees and of the English file. Without a word the name decides.
func ReadKind(text, name string) (string, bool) {
	text = strings.ToLower(tidy(text))
	if text == "" {
		if strings.HasPrefix(strings.ToLower(tidy(name)), "cuti bersama") {
			return Leave, true
		}
		return Holiday, true
	}
	words := map[string][]string{
		Holiday: {"libur nasional", "hari libur nasional", "nasional", "libur", "national holiday", Holiday},
		Leave:   {"cuti bersama", "cuti", "collective leave", Leave},
		Local:   {"libur daerah", "daerah", "lokal", "regional holiday", Local},
		Workday: {"hari kerja", "kerja", "masuk", "working day", Workday},
	}
	for _, kind := range Kinds() {
		if slices.Contains(words[kind], text) {
			return kind, true
		}
	}
	return "", false
}

// Check reads what was written, compares it with the calendar and says per line what would happen or what is wrong.
func (s *Service) Check(ctx context.Context, p Plan) (Plan, error) {
	set, err := s.Days(ctx)
	if err != nil {
		return p, err
	}
	return s.checkLines(p, set.own), nil
}

func (s *Service) checkLines(p Plan, own map[Date]Day) Plan {
	rows := map[Date]int{}
	for i := range p.Lines {
		l := &p.Lines[i]
		if l.Wrong = nil; l.Do == LineSkip {
			continue
		}
		s.understand(l)
		if first := rows[l.Day.On]; first > 0 && l.Wrong["day"].Key == "" {
			l.Wrong["day"] = errs.M("calendar.import.twice", "Row", first)
		}
		if l.Wrong["day"].Key == "" {
			rows[l.Day.On] = l.Row
		}
		l.Do = s.outcome(&l.Day, own)
	}
	return p
}

// understand turns the texts of a line into a day.
func (s *Service) understand(l *Line) {
	on, dated := ReadDay(l.Date)
	kind, kinded := ReadKind(l.Kind, l.Name)
	l.Day = Day{On: on, Name: l.Name, Kind: kind, Source: l.Source}
	l.Wrong = s.check(&l.Day)
	if !dated {
		l.Wrong["day"] = errs.M("calendar.import.date")
	}
	if !kinded {
		l.Wrong["kind"] = errs.M("calendar.import.kind")
	}
}

// outcome compares a day with what is there; a known day passes on its rev.
func (s *Service) outcome(d *Day, own map[Date]Day) string {
	was, ok := own[d.On]
	if !ok {
		for _, shipped := range s.official.Year(d.On.Year()).Days {
			if shipped.On == d.On && shipped.Kind == d.Kind {
				return LineSame
			}
		}
		return LineNew
	}
	d.Rev = was.Rev
	if d.Source == "" {
		d.Source = was.Source
	}
	if was.Name == d.Name && was.Kind == d.Kind && was.Source == d.Source {
		return LineSame
	}
	return LineChange
}

// Import writes a plan: all lines or none. A day that is shipped already is left as it is.
func (s *Service) Import(ctx context.Context, p Plan) (Plan, error) {
	if err := allow(ctx, Manage); err != nil {
		return p, err
	}
	err := s.change(ctx, func(tx *db.Tx, own map[Date]Day) error {
		p = s.checkLines(p, own)
		if n := p.Count("wrong"); n > 0 {
			return errs.E(errs.Invalid, "calendar.error.import_wrong", nil, "N", n)
		}
		for _, l := range p.Lines {
			if l.Do != LineNew && l.Do != LineChange {
				continue
			}
			if err := s.write(ctx, tx, own, l.Day, "import"); err != nil {
				return err
			}
		}
		return nil
	})
	return p, err
}
