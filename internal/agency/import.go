package agency

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/tenant"
)

// What an import line would do.
const (
	LineNew    = "new"
	LineSame   = "same"
	LineChange = "change" // the code is known under another name: a rename from today
	LineSkip   = "skip"
)

// Line is one agency of an import with what would happen and what is wrong. Was is the text as it stood in the file.
type Line struct {
	Row              int // in the file, counted from 1
	Code, Name       string
	Short, Kind      string
	WasCode, WasName string
	Do               string
	ID               string // of the known agency
	CodeWrong        errs.Msg
	NameWrong        errs.Msg
}

// OK reports whether the line can be written.
func (l Line) OK() bool { return l.CodeWrong.Key == "" && l.NameWrong.Key == "" }

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

const mostLines = 1000

// columnsOf finds the columns by their headings as offices write them.
func columnsOf(header []string) map[string]int {
	names := map[string][]string{
		"code":  {"kode_skpd", "kode skpd", "kode opd", "kode", "code", "kode unit", "kode_opd"},
		"name":  {"nama_skpd", "nama skpd", "nama opd", "nama", "name", "uraian", "nama_opd", "perangkat daerah"},
		"short": {"singkatan", "short", "akronim"},
		"kind":  {"jenis", "kind"},
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

// ReadTable turns a table into lines with suggested spelling: codes without the empty end of the composite form, names that
// shout in capitals in proper case. Errors say which column is missing.
func ReadTable(t sheet.Table) (Plan, error) {
	if len(t.Rows) < 2 {
		return Plan{}, errs.E(errs.Invalid, "agency.error.import_empty", nil)
	}
	at := columnsOf(t.Rows[0])
	if _, ok := at["code"]; !ok {
		return Plan{}, errs.E(errs.Invalid, "agency.error.import_column", nil, "Column", "kode", "Found", strings.Join(t.Rows[0], ", "))
	}
	if _, ok := at["name"]; !ok {
		return Plan{}, errs.E(errs.Invalid, "agency.error.import_column", nil, "Column", "nama", "Found", strings.Join(t.Rows[0], ", "))
	}
	if len(t.Rows) > mostLines {
		return Plan{}, errs.E(errs.Invalid, "agency.error.import_many", nil, "Most", mostLines)
	}
	p := Plan{Notes: t.Notes}
	for i, row := range t.Rows[1:] {
		cell := func(field string) string {
			if n, ok := at[field]; ok && n < len(row) {
				return row[n]
			}
			return ""
		}
		l := Line{Row: i + 2, WasCode: cell("code"), WasName: cell("name"), Short: cell("short"), Kind: strings.ToLower(cell("kind"))}
		l.Code, l.Name = TidyCode(l.WasCode), TidyName(l.WasName)
		p.Lines = append(p.Lines, l)
	}
	return p, nil
}

// TidyCode drops the empty end that exports of SIPD leave: "1.01.0.00.0.00.1..0000" is 1.01.0.00.0.00.1.
func TidyCode(code string) string {
	code = strings.TrimSuffix(strings.TrimSpace(code), ".0000")
	return strings.TrimRight(code, ".")
}

// keepUpper are short names that stay in capitals; joining are words that stay small.
func keepUpper() []string {
	return []string{"BLUD", "PPKD", "SKPD", "RSD", "RSUD", "SDM", "DPRD", "UPTD", "KB", "PTSP", "SDA"}
}
func joining() []string { return []string{"dan", "di", "ke", "dari", "untuk", "serta", "dr", "dr."} }

// TidyName writes a name that is all capitals in proper case; another name only loses needless blanks.
func TidyName(name string) string {
	name = strings.Join(strings.Fields(name), " ")
	if strings.ToUpper(name) != name {
		return name
	}
	words := strings.Split(name, " ")
	for i, w := range words {
		bare := strings.Trim(w, "(),.-")
		switch {
		case slices.Contains(keepUpper(), bare):
		case i > 0 && slices.Contains(joining(), strings.ToLower(w)):
			words[i] = strings.ToLower(w)
		default:
			words[i] = proper(w)
		}
	}
	return strings.Join(words, " ")
}

func proper(w string) string {
	first := true
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			first = first || r == '-' || r == '(' || r == '/'
			return r
		}
		if first {
			first = false
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, w)
}

// Check compares lines with what is in the house and says per cell what is wrong.
func (s *Service) Check(ctx context.Context, p Plan) (Plan, error) {
	known, err := s.List(ctx, true)
	if err != nil {
		return p, err
	}
	byCode := map[string]Agency{}
	for _, a := range known {
		byCode[a.Code] = a
	}
	codes := map[string]int{}
	for i := range p.Lines {
		l := &p.Lines[i]
		l.Code, l.Name = strings.TrimSpace(l.Code), strings.Join(strings.Fields(l.Name), " ")
		if l.Do == LineSkip {
			l.CodeWrong, l.NameWrong = errs.Msg{}, errs.Msg{}
			continue
		}
		l.check(codes)
		codes[l.Code] = l.Row
		if !slices.Contains(Kinds(), l.Kind) {
			l.Kind = KindOf(l.Name)
		}
		was, ok := byCode[l.Code]
		switch {
		case !ok:
			l.Do, l.ID = LineNew, ""
		case strings.EqualFold(was.Name, l.Name):
			l.Do, l.ID = LineSame, was.ID
		default:
			l.Do, l.ID = LineChange, was.ID
		}
	}
	return p, nil
}

func (l *Line) check(codes map[string]int) {
	l.CodeWrong, l.NameWrong = errs.Msg{}, errs.Msg{}
	switch {
	case l.Code == "":
		l.CodeWrong = errs.M("agency.import.no_code")
	case len(l.Code) > 40:
		l.CodeWrong = errs.M("agency.error.code")
	case codes[l.Code] > 0:
		l.CodeWrong = errs.M("agency.import.twice", "Row", codes[l.Code])
	}
	switch {
	case l.Name == "":
		l.NameWrong = errs.M("agency.import.no_name")
	case len(l.Name) > 200:
		l.NameWrong = errs.M("agency.error.name")
	}
}

// Import writes a plan: all lines or none. A changed name is a rename from today.
func (s *Service) Import(ctx context.Context, p Plan) error {
	if err := s.allow(ctx); err != nil {
		return err
	}
	p, err := s.Check(ctx, p)
	if err != nil {
		return err
	}
	if p.Count("wrong") > 0 {
		return errs.E(errs.Invalid, "agency.error.import_wrong", nil, "N", p.Count("wrong"))
	}
	regency, today := tenant.From(ctx).Regency, s.Now().UnixMilli()
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, l := range p.Lines {
			if err := s.importLine(ctx, tx, regency, today, l); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) importLine(ctx context.Context, tx *db.Tx, regency, today int64, l Line) error {
	switch l.Do {
	case LineNew:
		return s.insert(ctx, tx, Agency{ID: s.NewID(), Code: l.Code, Name: l.Name, Short: l.Short, Kind: l.Kind, Active: true, Rev: 1})
	case LineChange:
		before, err := s.store.get(ctx, tx, regency, l.ID)
		if err != nil {
			return err
		}
		after := before
		after.Name, after.Active = l.Name, true
		if err := s.store.insertName(tx, regency, l.ID, OldName{Until: today, Name: before.Name, Note: "import"}); err != nil {
			return err
		}
		return s.update(ctx, tx, "agency.rename", before, after, "import")
	}
	return nil
}
