package innovation

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

const (
	xlsx     = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	mostCell = 32_767 // letters that a spreadsheet keeps in a cell
)

// exportWords writes cells in the language of the reader; Indonesian headings are the official ones.
type exportWords struct {
	r *http.Request
	s *Service
}

func (w exportWords) lang() string { return tenant.From(w.r.Context()).Lang }

func (w exportWords) head(c exportColumn) string {
	if c.Year != 0 {
		return web.Text(w.r, "innovation.export.budget", "Year", c.Year)
	}
	return c.Heading(w.lang())
}

func (w exportWords) choice(field, value string) string {
	if value == "" {
		return ""
	}
	return web.Text(w.r, choiceKey(field, value))
}

// choices lists what a cell of a field may hold.
func (w exportWords) choices(f Field) []string { return w.several(f.Key, f.Choices) }

func (w exportWords) several(field string, values []string) []string {
	out := make([]string, len(values))
	for n, v := range values {
		out[n] = w.choice(field, v)
	}
	return out
}

// cell writes one cell: a number stays a number.
func (w exportWords) cell(t *exportTable, i exportRow, c exportColumn) any {
	if v, ok := t.value(i, c); ok {
		return v
	}
	switch c.Key {
	case "stage":
		return w.choice("stage", i.National())
	case "stage_now":
		return web.Text(w.r, "innovation.stage."+i.Stage)
	case "state_now":
		return web.Text(w.r, "innovation.state."+i.State)
	case "criteria":
		return strings.Join(w.several("criteria", i.Profile.Criteria), "; ")
	case "sdgs":
		return strings.Join(w.several("sdgs", i.Profile.SDGs), "; ")
	}
	return w.choice(c.Key, *i.texts[c.Key])
}

func (w exportWords) heads(t *exportTable) []string {
	out := make([]string, len(t.Columns))
	for n, c := range t.Columns {
		out[n] = w.head(c)
	}
	return out
}

// exportXLSX writes the list as the national form orders it, with a sheet that says where it comes from.
func (s *Service) exportXLSX(w http.ResponseWriter, r *http.Request) error {
	t, err := s.export(r.Context(), listFilter(r))
	if err != nil {
		return err
	}
	words, cut := exportWords{r: r, s: s}, 0
	rows := make([][]any, 0, len(t.ids))
	if err := s.each(r.Context(), t, func(i exportRow) error {
		row := make([]any, len(t.Columns))
		for n, c := range t.Columns {
			row[n] = words.cell(t, i, c)
			if text, is := row[n].(string); is && utf8.RuneCountInString(text) > mostCell {
				cut++
			}
		}
		rows = append(rows, row)
		return nil
	}); err != nil {
		return err
	}
	b := sheet.NewXLSX()
	if err := b.Sheet(web.Text(r, "innovation.export.sheet"), words.heads(t), rows); err != nil {
		return err
	}
	if err := b.Sheet(web.Text(r, "innovation.export.about"), []string{web.Text(r, "innovation.export.what"), web.Text(r, "innovation.export.value")}, s.aboutExport(r, t, cut)); err != nil {
		return err
	}
	attach(w, xlsx, s.exportName(r.Context(), ".xlsx"))
	_, err = b.WriteTo(w)
	return err
}

func (s *Service) exportName(ctx context.Context, end string) string {
	return "inovasi-" + s.Now().In(s.Zone(ctx)).Format("2006-01-02") + end
}

// aboutExport says source, time, filter and what the numbers stand on.
func (s *Service) aboutExport(r *http.Request, t *exportTable, cut int) [][]any {
	f, lang := listFilter(r), tenant.From(r.Context()).Lang
	line := func(key string, value any) []any { return []any{web.Text(r, "innovation.export."+key), value} }
	yes := map[bool]string{true: web.Text(r, "innovation.export.yes"), false: web.Text(r, "innovation.export.no")}
	rows := [][]any{line("source", web.Text(r, "innovation.export.source.text")), line("time", i18n.DateTime(lang, s.Now().In(s.Zone(r.Context())))), line("rows", len(t.ids)),
		line("filter.q", f.Query), line("filter.agency", orNote(t.agencies[f.Agency], f.Agency)), line("filter.stage", named(r, "innovation.stage.", f.Stage, Stages())),
		line("filter.state", named(r, "innovation.state.", f.State, States())), line("filter.waiting", yes[f.Waiting]), line("filter.mine", yes[f.Mine]),
		line("users", web.Text(r, "innovation.export.users.text")), line("personal", yes[t.Personal])}
	if cut > 0 {
		rows = append(rows, line("cut", web.Text(r, "innovation.export.cut.text", "N", cut)))
	}
	return rows
}

// named gives the word for a value of a filter; one that does not exist shows as it was asked.
func named(r *http.Request, prefix, value string, all []string) string {
	for _, one := range all {
		if one == value {
			return web.Text(r, prefix+value)
		}
	}
	return value
}

// exportCSV writes the same columns as plain text.
func (s *Service) exportCSV(w http.ResponseWriter, r *http.Request) error {
	t, err := s.export(r.Context(), listFilter(r))
	if err != nil {
		return err
	}
	words := exportWords{r: r, s: s}
	attach(w, "text/csv; charset=utf-8", s.exportName(r.Context(), ".csv"))
	out, err := sheet.NewCSV(w, words.heads(t)...)
	if err != nil {
		return err
	}
	row := make([]string, len(t.Columns))
	if err := s.each(r.Context(), t, func(i exportRow) error {
		for n, c := range t.Columns {
			row[n] = fmt.Sprint(words.cell(t, i, c))
		}
		return out.Write(row...)
	}); err != nil {
		return err
	}
	return out.Close()
}
