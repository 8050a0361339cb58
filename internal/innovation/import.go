package innovation

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Bounds of an import: lines, columns, and the first lines in which the headings are looked for.
const (
	mostImport  = 3000
	mostColumns = 120
	headingIn   = 12
)

// Column is one column of the file with what was made of it. Near is a field that the heading resembles.
type Column struct {
	Heading string `json:"h"`
	Field   string `json:"f,omitempty"`
	Year    int    `json:"y,omitempty"` // of a budget
	Near    string `json:"n,omitempty"`
	Twice   bool   `json:"t,omitempty"` // another column holds the field already
}

// Fix is a correction that one tap accepts: another text for the cell, or the line left out. Day is set when the text is a
// day, so that it can be shown in words.
type Fix struct {
	Text string
	Day  int64
	Skip bool
}

// Finding is what a cell needs: wrong ones must be put right or left out before anything is written, the others are told so
// that people see what was understood.
type Finding struct {
	Line, Column int // places in the plan, from 0; Column is -1 when the field has no column
	Field        string
	Value        string
	Text         errs.Msg
	Wrong        bool
	Fixes        []Fix
}

// Plan is an import before anything is written. It carries the cells as they stand, so that corrections need no new file.
type Plan struct {
	Name    string         `json:"name"`
	Agency  string         `json:"agency,omitempty"` // of every line when the file names none
	First   int            `json:"first"`            // row of the first line in the file
	Columns []Column       `json:"columns"`
	Lines   [][]string     `json:"lines"`
	Skip    map[int]bool   `json:"skip,omitempty"`
	Notes   []errs.Msg     `json:"-"`
	Found   []Finding      `json:"-"`
	Ready   []ReadyLine    `json:"-"`
	Missing []string       `json:"-"` // fields without which nothing can be imported
	Rest    map[string]int `json:"-"` // lines by stage
}

// ReadyLine is a line as it would be written.
type ReadyLine struct {
	Line    int
	Record  Innovation
	Users   *Count
	Budgets []Budget
	Wrong   bool
}

// Row gives the row of the file in which a line stands.
func (p Plan) Row(line int) int { return p.First + line }

// Wrong counts what must be decided: missing columns, headings that resemble one, wrong cells.
func (p Plan) Wrong() int {
	n := len(p.Missing)
	for _, c := range p.Columns {
		if c.Near != "" { // nobody knows yet whether it holds what it resembles
			n++
		}
	}
	for _, f := range p.Found {
		if f.Wrong {
			n++
		}
	}
	return n
}

// Writes counts the lines that would be written.
func (p Plan) Writes() int {
	return len(p.Lines) - len(p.Skip)
}

var (
	budgetYear = regexp.MustCompile(`^(?:anggaran|pagu|biaya|budget)(?: inovasi)?(?: tahun| year| ta)? (20\d{2})$`)
	counterRow = regexp.MustCompile(`^\(?\d{1,3}\)?$`)
)

// ReadImport turns a table into a plan: finds the headings in the first rows, in any order and both languages, and leaves
// out a row of column numbers below them.
func (s *Service) ReadImport(ctx context.Context, t sheet.Table, name string) (Plan, error) {
	if err := mayImport(ctx); err != nil {
		return Plan{}, err
	}
	all := Fields()
	at, columns := findHeadings(t.Rows, all)
	switch {
	case at < 0:
		return Plan{}, errs.E(errs.Invalid, "innovation.import.error.headings", nil)
	case len(t.Rows) <= at+1:
		return Plan{}, errs.E(errs.Invalid, "innovation.import.error.empty", nil)
	case len(t.Rows)-at-1 > mostImport:
		return Plan{}, errs.E(errs.Invalid, "innovation.import.error.many", nil, "Most", mostImport)
	}
	p := Plan{Name: name, First: at + 2, Columns: columns, Skip: map[int]bool{}, Notes: t.Notes}
	for n, row := range t.Rows[at+1:] {
		line := make([]string, len(columns))
		for i := range min(len(row), len(columns)) {
			line[i] = unquoted(row[i])
		}
		if n == 0 && isCounter(line) {
			p.First++
			continue
		}
		p.Lines = append(p.Lines, line)
	}
	if len(p.Lines) == 0 {
		return Plan{}, errs.E(errs.Invalid, "innovation.import.error.empty", nil)
	}
	p.Agency = onlyAgency(ctx)
	return s.CheckImport(ctx, p)
}

// mayImport: the desk for all agencies, others for those they write for.
func mayImport(ctx context.Context) error {
	if a := tenant.From(ctx); !a.Can(Desk, "") && !a.Can(Write, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return nil
}

// onlyAgency gives the agency of somebody who writes for one only.
func onlyAgency(ctx context.Context) string {
	a := tenant.From(ctx)
	scope := a.Scope(Write)
	if scope.All || a.Can(Desk, "") || !slices.Contains(scope.Agencies, a.Agency) {
		return ""
	}
	return a.Agency
}

// unquoted takes away the sign that exports put before a text so that no spreadsheet runs it.
func unquoted(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune("=+-@", rune(cell[1])) {
		return cell[1:]
	}
	return cell
}

// isCounter reports whether a row only numbers the columns: (1) (2) (3).
func isCounter(line []string) bool {
	n := 0
	for _, cell := range line {
		if cell == "" {
			continue
		}
		if !counterRow.MatchString(cell) {
			return false
		}
		n++
	}
	return n > 1
}

// findHeadings finds the row that names most fields, the title or at least two among them.
func findHeadings(rows [][]string, all []Field) (int, []Column) {
	best, at := 0, -1
	var columns []Column
	words := headingsOf(all)
	for n := range min(len(rows), headingIn) {
		if len(rows[n]) > mostColumns {
			continue
		}
		got := words.columns(rows[n])
		known, title := 0, false
		for _, c := range got {
			if c.Field != "" {
				known++
				title = title || c.Field == "title"
			}
		}
		if known > best && (title || known > 1) {
			best, at, columns = known, n, got
		}
	}
	return at, columns
}

// headings are the words by which a field is known, in normal form.
type headings struct {
	known map[string]string
	keys  []string
	near  *nearby
}

func headingsOf(all []Field) headings {
	h, names := headings{known: map[string]string{}}, []string{}
	for _, f := range all {
		for _, word := range append([]string{f.ID, f.EN, f.Key}, f.aliases...) {
			word = titleKey(word)
			h.known[word] = f.Key
			h.keys, names = append(h.keys, f.Key), append(names, word)
		}
	}
	h.near = nearbyOf(names)
	return h
}

// columns recognises headings; one that is near to a free field is suggested, never taken.
func (w headings) columns(header []string) []Column {
	out, taken := make([]Column, len(header)), map[string]bool{}
	for n, h := range header {
		c := Column{Heading: h}
		bare := bareHeading(h)
		c.Field = w.known[bare]
		if c.Field == "" {
			c.Field = w.known[titleKey(h)]
		}
		if m := budgetYear.FindStringSubmatch(bare); m != nil {
			c.Field, c.Year = "budget", atoi(m[1])
		}
		mark := c.mark()
		if c.Field != "" && taken[mark] {
			c.Field, c.Year, c.Twice = "", 0, true
		}
		taken[mark] = true
		out[n] = c
	}
	for n, c := range out {
		if c.Field != "" || c.Twice || bareHeading(c.Heading) == "" || slices.Contains([]string{"no", "nomor urut", "id"}, bareHeading(c.Heading)) {
			continue
		}
		if i := w.near.find(bareHeading(c.Heading)); i >= 0 && !taken[w.keys[i]] {
			out[n].Near = w.keys[i]
		}
	}
	return out
}

// mark tells columns of one field apart: only budgets may come in several.
func (c Column) mark() string {
	if c.Year != 0 {
		return c.Field + strconv.Itoa(c.Year)
	}
	return c.Field
}
