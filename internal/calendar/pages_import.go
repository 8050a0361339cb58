package calendar

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/platform/web"
)

const mostUpload = 4 << 20

type importPage struct {
	web.Page
	Plan *Plan
	Read []string // per line, the date that was understood, in words
}

func (s *Service) importPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderImport(w, r, nil, nil)
}

func (s *Service) renderImport(w http.ResponseWriter, r *http.Request, plan *Plan, failure error) error {
	p := &importPage{Page: web.Page{Area: "kelola", Title: web.Text(r, "calendar.import"), Lead: web.Text(r, "calendar.import.lead"), Crumbs: crumbs(r)}, Plan: plan}
	if plan != nil {
		p.Title = web.Text(r, "calendar.import.found", "N", len(plan.Lines))
		p.Lead = web.Text(r, "calendar.import.plan", "New", plan.Count(LineNew), "Change", plan.Count(LineChange), "Same", plan.Count(LineSame), "Wrong", plan.Count("wrong"))
		for _, l := range plan.Lines {
			text := ""
			if l.Do != LineSkip && l.Wrong["day"].Key == "" {
				text = dateText(r, l.Day.On)
			}
			p.Read = append(p.Read, text)
		}
	}
	if failure != nil {
		p.Form, p.Status = web.Form{Err: failure}, http.StatusUnprocessableEntity
	}
	return web.Render(w, r, "calendar/import", p)
}

// readImport reads an uploaded list and shows what would happen; nothing is written.
func (s *Service) readImport(w http.ResponseWriter, r *http.Request) error {
	data, name, err := web.Upload(w, r, mostUpload, "calendar.error.import_file")
	var plan Plan
	if err == nil {
		plan, err = s.planOf(r, data, name)
	}
	if web.Correctable(err) {
		return s.renderImport(w, r, nil, err)
	}
	if err != nil {
		return err
	}
	return s.renderImport(w, r, &plan, nil)
}

func (s *Service) planOf(r *http.Request, data []byte, name string) (Plan, error) {
	table, err := sheet.Read(bytes.NewReader(data), int64(len(data)), name, sheet.Limits{Rows: mostLines + 2, Cols: 40})
	if err != nil {
		return Plan{}, err
	}
	plan, err := ReadTable(table)
	if err != nil {
		return Plan{}, err
	}
	return s.Check(r.Context(), plan)
}

// saveImport writes the lines as they stand in the form, or shows them again with what is wrong.
func (s *Service) saveImport(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	typed := planOfForm(r)
	if len(typed.Lines) == 0 {
		return s.renderImport(w, r, nil, errs.E(errs.Invalid, "calendar.error.import_empty", nil))
	}
	plan, err := s.Import(r.Context(), typed)
	if web.Correctable(err) {
		if plan, err2 := s.Check(r.Context(), typed); err2 == nil {
			return s.renderImport(w, r, &plan, err)
		}
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("calendar.import.done", "New", plan.Count(LineNew), "Change", plan.Count(LineChange)), "")
	return web.Redirect(w, r, home(plan.year(s.yearOf(r))))
}

// year is the year of the first line that was written, for the way back.
func (p Plan) year(otherwise int) int {
	for _, l := range p.Lines {
		if l.Do != LineSkip {
			return l.Day.On.Year()
		}
	}
	return otherwise
}

func planOfForm(r *http.Request) Plan {
	field := func(name string, i int) string {
		if all := r.PostForm[name]; i < len(all) {
			return all[i]
		}
		return ""
	}
	rows := r.PostForm["row"]
	var p Plan
	for i := range rows[:min(len(rows), mostLines)] {
		row, _ := strconv.Atoi(rows[i])
		l := Line{Row: row, Date: field("date", i), Name: field("name", i), Kind: field("kind", i), Source: field("source", i)}
		if slices.Contains(r.PostForm["skip"], rows[i]) {
			l.Do = LineSkip
		}
		p.Lines = append(p.Lines, l)
	}
	return p
}
