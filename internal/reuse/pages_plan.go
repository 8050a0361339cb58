package reuse

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
)

type planPage struct {
	web.Page
	Sheet  Sheet
	Plan   []Planned
	Others int
	Names  map[string]string
}

// KindOf names a kind of evidence.
func (p *planPage) KindOf(kind string) string { return p.T("reuse.kind." + kind) }

func crumbs(r *http.Request) []web.Crumb {
	return []web.Crumb{{Text: web.Text(r, "reuse.nav"), Path: home}}
}

// planPage shows what would be linked before anything is.
func (s *Service) planPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderPlan(w, r, r.URL.Query().Get("tempat"), nil)
}

func (s *Service) renderPlan(w http.ResponseWriter, r *http.Request, holder string, failure error) error {
	x, plan, others, err := s.Plan(r.Context(), holder)
	if err != nil {
		return err
	}
	p := &planPage{Page: web.Page{Area: area, Title: web.Text(r, "reuse.plan.title", "N", len(plan)), Lead: web.Text(r, "reuse.plan.lead", "Place", x.Title), Crumbs: crumbs(r)}, Sheet: x, Plan: plan, Others: others}
	if len(plan) == 0 {
		p.Title, p.Lead = web.Text(r, "reuse.plan.none"), ""
	}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	if p.Names, _, err = web.Agencies(r.Context(), s.Dir); err != nil {
		return err
	}
	return web.Render(w, r, "reuse/plan", p)
}

// linkAll links what was left ticked.
func (s *Service) linkAll(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	holder := r.PostFormValue("tempat")
	b, refused, err := s.LinkAll(r.Context(), holder, r.PostForm["pilih"])
	if web.Correctable(err) {
		return s.renderPlan(w, r, holder, err)
	}
	if err != nil {
		return err
	}
	kind, message, undo := "good", errs.M("reuse.linked_all", "N", len(b.Links)), home+"/urungkan/"+b.ID
	if len(refused) > 0 {
		first, fields := errs.MsgOf(refused[0])
		for _, m := range fields {
			first = m
		}
		kind, message = "warn", errs.M("reuse.linked_some", "N", len(b.Links), "Refused", len(refused), "First", web.Text(r, first.Key, pairs(first)...))
	}
	if len(b.Links) == 0 {
		undo = ""
	}
	web.SetFlash(w, kind, message, undo)
	return web.Redirect(w, r, home+"?"+url.Values{"tempat": {holder}}.Encode())
}

// pairs writes the values of a message the way Text wants them.
func pairs(m errs.Msg) []any {
	var out []any
	for name, v := range m.Args {
		out = append(out, name, v)
	}
	return out
}

// undo takes back what was linked.
func (s *Service) undo(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Undo(r.Context(), r.PathValue("batch"))
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("reuse.undone", "N", len(b.Links)), "")
	return web.Redirect(w, r, home+"?"+url.Values{"tempat": {b.Holder}}.Encode())
}

type pickPage struct {
	web.Page
	Query  string
	Rows   []Innovation
	Names  map[string]string
	Paging web.Paging
}

const pickSize = 30

// pickPage lists the innovations to choose one.
func (s *Service) pickPage(w http.ResponseWriter, r *http.Request) error {
	query := strings.TrimSpace(r.URL.Query().Get("q"))
	p := &pickPage{Page: web.Page{Area: area, Lead: web.Text(r, "reuse.pick.lead"), Crumbs: crumbs(r)}, Query: query, Paging: web.PagingOf(r, pickSize)}
	wld, err := s.world(r.Context())
	if err != nil {
		return err
	}
	fit := wld.named(query)
	p.Paging.Total = len(fit)
	from := min(p.Paging.Offset(), len(fit))
	for _, one := range fit[from:min(from+pickSize, len(fit))] {
		p.Rows = append(p.Rows, one.Innovation)
	}
	p.Title = web.Text(r, "reuse.pick.title", "N", len(fit))
	if p.Names, _, err = web.Agencies(r.Context(), s.Dir); err != nil {
		return err
	}
	return web.Render(w, r, "reuse/pick", p)
}
