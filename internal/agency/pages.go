package agency

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/platform/web"
)

const pageSize = 50

type listPage struct {
	web.Page
	Agencies []Agency
	Names    map[string]string
	Query    string
	Kind     string
	Ended    bool
	Kinds    []web.Option
	Paging   web.Paging
}

func kindOptions(r *http.Request) []web.Option {
	var out []web.Option
	for _, k := range Kinds() {
		out = append(out, web.Option{Value: k, Text: web.Text(r, "agency.kind."+k)})
	}
	return out
}

// found lists the agencies that fit the filters of the request.
func (s *Service) found(r *http.Request) (all, fit []Agency, err error) {
	q := r.URL.Query()
	if all, err = s.List(r.Context(), true); err != nil {
		return nil, nil, err
	}
	words := strings.Fields(strings.ToLower(q.Get("q")))
	for _, a := range all {
		text := strings.ToLower(a.Code + " " + a.Name + " " + a.Short)
		if (q.Get("jenis") == "" || a.Kind == q.Get("jenis")) && (a.Active || q.Get("berakhir") != "") &&
			!slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			fit = append(fit, a)
		}
	}
	return all, fit, nil
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	all, fit, err := s.found(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	p := &listPage{Page: web.Page{Area: "kelola", Lead: web.Text(r, "agency.lead")}, Names: names(all), Query: q.Get("q"), Kind: q.Get("jenis"),
		Ended: q.Get("berakhir") != "", Kinds: kindOptions(r), Paging: web.PagingOf(r, pageSize)}
	active := 0
	for _, a := range all {
		if a.Active {
			active++
		}
	}
	p.Title, p.Paging.Total = web.Text(r, "agency.title", "N", active), len(fit)
	p.Agencies = fit[min(p.Paging.Offset(), len(fit)):min(p.Paging.Offset()+pageSize, len(fit))]
	return web.Render(w, r, "agency/list", p)
}

func names(all []Agency) map[string]string {
	out := map[string]string{}
	for _, a := range all {
		out[a.ID] = a.Name
	}
	return out
}

func (s *Service) export(w http.ResponseWriter, r *http.Request) error {
	all, fit, err := s.found(r)
	if err != nil {
		return err
	}
	known := names(all)
	rows := [][]string{{"kode", "nama", "singkatan", "jenis", "induk", "aktif"}}
	for _, a := range fit {
		rows = append(rows, []string{a.Code, a.Name, a.Short, a.Kind, known[a.Parent], strconv.FormatBool(a.Active)})
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="opd.csv"`)
	return sheet.WriteCSV(w, rows)
}

type agencyPage struct {
	web.Page
	Agency     Agency
	Old        []OldName
	Successors []Agency
	Parents    []web.Option
	Kinds      []web.Option
	ParentName string
}

func crumbs(r *http.Request) []web.Crumb {
	return []web.Crumb{{Text: web.Text(r, "agency.nav"), Path: "/opd"}}
}

func (s *Service) page(w http.ResponseWriter, r *http.Request) error {
	return s.renderAgency(w, r, nil)
}

func (s *Service) renderAgency(w http.ResponseWriter, r *http.Request, failure error) error {
	ctx := r.Context()
	a, err := s.Get(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := &agencyPage{Page: web.Page{Area: "kelola", Title: a.Name, Lead: a.Code, Crumbs: crumbs(r)}, Agency: a, Kinds: kindOptions(r)}
	p.fail(r, failure)
	if p.Old, err = s.Names(ctx, a.ID); err != nil {
		return err
	}
	if p.Successors, err = s.Successors(ctx, a.ID); err != nil {
		return err
	}
	if p.Parents, err = s.options(r, a.ID); err != nil {
		return err
	}
	for _, o := range p.Parents {
		if o.Value == a.Parent {
			p.ParentName = o.Text
		}
	}
	return web.Render(w, r, "agency/agency", p)
}

func (p *agencyPage) fail(r *http.Request, failure error) {
	if failure == nil {
		return
	}
	p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	if errs.Is(failure, errs.Conflict) {
		p.Status = http.StatusConflict
	}
}

// options lists active agencies except one, for selects.
func (s *Service) options(r *http.Request, without string) ([]web.Option, error) {
	all, err := s.List(r.Context(), false)
	var out []web.Option
	for _, a := range all {
		if a.ID != without {
			out = append(out, web.Option{Value: a.ID, Text: a.Name})
		}
	}
	return out, err
}

func (s *Service) newPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderNew(w, r, nil)
}

func (s *Service) renderNew(w http.ResponseWriter, r *http.Request, failure error) error {
	p := &agencyPage{Page: web.Page{Area: "kelola", Title: web.Text(r, "agency.new"), Crumbs: crumbs(r)}, Kinds: kindOptions(r)}
	p.fail(r, failure)
	var err error
	if p.Parents, err = s.options(r, ""); err != nil {
		return err
	}
	return web.Render(w, r, "agency/new", p)
}

func agencyOf(r *http.Request) Agency {
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	return Agency{ID: r.PathValue("id"), Code: r.PostFormValue("code"), Name: r.PostFormValue("name"), Short: r.PostFormValue("short"),
		Kind: r.PostFormValue("kind"), Parent: r.PostFormValue("parent"), Rev: rev}
}

func (s *Service) create(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	id, err := s.Create(r.Context(), agencyOf(r))
	if web.Correctable(err) {
		return s.renderNew(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("agency.new.done"), "")
	return web.Redirect(w, r, "/opd/"+id)
}

func (s *Service) edit(w http.ResponseWriter, r *http.Request) error {
	return s.apply(w, r, "agency.saved", func(a Agency) error { return s.Edit(r.Context(), a) })
}

func (s *Service) rename(w http.ResponseWriter, r *http.Request) error {
	return s.apply(w, r, "agency.renamed", func(a Agency) error {
		from, err := web.ParseDay(r, r.PostFormValue("from"))
		if err != nil {
			return err
		}
		return s.Rename(r.Context(), a.ID, a.Rev, a.Name, from, r.PostFormValue("note"))
	})
}

func (s *Service) setActive(w http.ResponseWriter, r *http.Request) error {
	return s.apply(w, r, "agency.saved", func(a Agency) error {
		return s.SetActive(r.Context(), a.ID, a.Rev, r.PostFormValue("active") == "ya")
	})
}

// apply runs one change of an agency and comes back to its page.
func (s *Service) apply(w http.ResponseWriter, r *http.Request, done string, do func(Agency) error) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	err := do(agencyOf(r))
	if web.Correctable(err) {
		return s.renderAgency(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M(done), "")
	return web.Redirect(w, r, "/opd/"+r.PathValue("id"))
}

func (s *Service) mergePage(w http.ResponseWriter, r *http.Request) error {
	return s.renderMerge(w, r, nil)
}

func (s *Service) renderMerge(w http.ResponseWriter, r *http.Request, failure error) error {
	p := &agencyPage{Page: web.Page{Area: "kelola", Title: web.Text(r, "agency.merge"), Lead: web.Text(r, "agency.merge.lead"), Crumbs: crumbs(r)}}
	p.fail(r, failure)
	var err error
	if p.Parents, err = s.options(r, ""); err != nil {
		return err
	}
	return web.Render(w, r, "agency/merge", p)
}

func (s *Service) merge(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	at, err := web.ParseDay(r, r.PostFormValue("at"))
	into := r.PostFormValue("into")
	if err == nil {
		err = s.Merge(r.Context(), into, r.PostForm["old"], at, r.PostFormValue("note"))
	}
	if web.Correctable(err) || errs.Is(err, errs.NotFound) {
		return s.renderMerge(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("agency.merge.done", "N", len(r.PostForm["old"])), "")
	return web.Redirect(w, r, "/opd/"+into)
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	type one struct {
		ID     string `json:"id"`
		Code   string `json:"code"`
		Name   string `json:"name"`
		Short  string `json:"short"`
		Kind   string `json:"kind"`
		Parent string `json:"parent"`
		Active bool   `json:"active"`
	}
	all, err := s.List(r.Context(), true)
	if err != nil {
		return err
	}
	out := []one{}
	for _, a := range all {
		out = append(out, one{a.ID, a.Code, a.Name, a.Short, a.Kind, a.Parent, a.Active})
	}
	return web.JSON(w, http.StatusOK, map[string]any{"agencies": out})
}
