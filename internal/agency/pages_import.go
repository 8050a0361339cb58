package agency

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/platform/web"
)

const mostUpload = 8 << 20

type importPage struct {
	web.Page
	Plan  *Plan
	Kinds []web.Option
}

func (s *Service) importPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderImport(w, r, nil, nil)
}

func (s *Service) renderImport(w http.ResponseWriter, r *http.Request, plan *Plan, failure error) error {
	p := &importPage{Page: web.Page{Area: "kelola", Title: web.Text(r, "agency.import"), Lead: web.Text(r, "agency.import.lead"), Crumbs: crumbs(r)}, Plan: plan, Kinds: kindOptions(r)}
	if plan != nil {
		p.Title = web.Text(r, "agency.import.found", "N", len(plan.Lines))
		p.Lead = web.Text(r, "agency.import.plan", "New", plan.Count(LineNew), "Change", plan.Count(LineChange), "Same", plan.Count(LineSame), "Wrong", plan.Count("wrong"))
	}
	if failure != nil {
		p.Form, p.Status = web.Form{Err: failure}, http.StatusUnprocessableEntity
	}
	return web.Render(w, r, "agency/import", p)
}

// readImport reads an uploaded list and shows what would happen; nothing is written.
func (s *Service) readImport(w http.ResponseWriter, r *http.Request) error {
	data, name, err := web.Upload(w, r, mostUpload, "agency.error.import_file")
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
	table, err := sheet.Read(bytes.NewReader(data), int64(len(data)), name, sheet.Limits{Rows: mostLines + 1, Cols: 60})
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
	plan := planOfForm(r)
	plan, err := s.Check(r.Context(), plan)
	if err != nil {
		return err
	}
	err = s.Import(r.Context(), plan)
	if web.Correctable(err) {
		return s.renderImport(w, r, &plan, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("agency.import.done", "New", plan.Count(LineNew), "Change", plan.Count(LineChange)), "")
	return web.Redirect(w, r, "/opd")
}

func planOfForm(r *http.Request) Plan {
	codes, names, rows := r.PostForm["code"], r.PostForm["name"], r.PostForm["row"]
	var p Plan
	for i := range rows[:min(len(rows), mostLines)] {
		row, _ := strconv.Atoi(rows[i])
		l := Line{Row: row}
		if i < len(codes) {
			l.Code, l.WasCode = codes[i], codes[i]
		}
		if i < len(names) {
			l.Name, l.WasName = names[i], names[i]
		}
		if slices.Contains(r.PostForm["skip"], rows[i]) {
			l.Do = LineSkip
		}
		p.Lines = append(p.Lines, l)
	}
	return p
}
