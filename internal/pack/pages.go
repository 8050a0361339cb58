package pack

import (
	"embed"
	"net/http"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

//go:embed migrations all:views locale
var files embed.FS

// Module shows the room to the house.
func (s *Service) Module() module.Module {
	return module.Module{
		Name: "pack", Files: files, Routes: s.routes,
		Perms: []module.Perm{{Action: Read, Roles: tenant.Roles()}, {Action: Manage, Roles: []string{tenant.RoleCoordinator, tenant.RoleAdmin}}},
		Nav:   []web.NavItem{{Area: "evaluasi", Key: "pack.nav", Path: "/instrumen", Perm: Read, Order: 50}},
	}
}

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /instrumen", Read, s.listPage)
	mux.Handle("GET /instrumen/impor", Manage, s.importPage)
	mux.Handle("POST /instrumen/impor", Manage, s.doImport)
	mux.Handle("GET /instrumen/{id}", Read, s.page)
	mux.Handle("GET /instrumen/{id}/berkas.yaml", Read, s.file)
	mux.Handle("POST /instrumen/{id}/salin", Manage, s.copyPack)
	mux.Handle("GET /instrumen/{id}/ubah", Manage, s.editPage)
	mux.Handle("POST /instrumen/{id}/ubah", Manage, s.saveHead)
	mux.Handle("GET /instrumen/{id}/ubah/{component}", Manage, s.componentPage)
	mux.Handle("POST /instrumen/{id}/ubah/{component}", Manage, s.saveComponent)
	mux.Handle("POST /instrumen/{id}/hapus", Manage, s.remove)
}

type listPage struct {
	web.Page
	Packs []*instrument.Pack
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	all, err := s.List(r.Context())
	if err != nil {
		return err
	}
	p := &listPage{Page: web.Page{Area: "evaluasi", Title: web.Text(r, "pack.title", "N", len(all)), Lead: web.Text(r, "pack.lead")}, Packs: all}
	return web.Render(w, r, "pack/list", p)
}

type packPage struct {
	web.Page
	Pack      *instrument.Pack
	Rev       int64
	Used, Own bool
	Component instrument.Component
	Body      string
}

// Choices are the marks that may carry a rubric.
func (p *packPage) Choices() []string { return []string{"0", "1", "2", "3", "4"} }

func crumbs(r *http.Request) []web.Crumb {
	return []web.Crumb{{Text: web.Text(r, "pack.nav"), Path: "/instrumen"}}
}

func (s *Service) load(r *http.Request) (*packPage, error) {
	ctx := r.Context()
	pack, err := s.Find(ctx, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	p := &packPage{Page: web.Page{Area: "evaluasi", Title: pack.Name.In(tenant.From(ctx).Lang), Crumbs: crumbs(r)}, Pack: pack, Own: !isShipped(pack.ID)}
	p.Used, err = s.Used(ctx, pack.ID)
	return p, err
}

func (s *Service) page(w http.ResponseWriter, r *http.Request) error { return s.render(w, r, nil) }

func (s *Service) render(w http.ResponseWriter, r *http.Request, failure error) error {
	p, err := s.load(r)
	if err != nil {
		return err
	}
	p.fail(r, failure)
	return web.Render(w, r, "pack/pack", p)
}

func (p *packPage) fail(r *http.Request, failure error) {
	if failure == nil {
		return
	}
	p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	if errs.Is(failure, errs.Conflict) {
		p.Status = http.StatusConflict
	}
}

func (s *Service) file(w http.ResponseWriter, r *http.Request) error {
	pack, err := s.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	body, err := pack.Marshal()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+pack.ID+`.yaml"`)
	_, err = w.Write(body)
	return err
}

func (s *Service) copyPack(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	id := strings.TrimSpace(r.PostFormValue("id"))
	err := s.Copy(r.Context(), r.PathValue("id"), id, r.PostFormValue("name"))
	if web.Correctable(err) {
		return s.render(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("pack.copied"), "")
	return web.Redirect(w, r, "/instrumen/"+id+"/ubah")
}

func (s *Service) importPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderImport(w, r, nil)
}

func (s *Service) renderImport(w http.ResponseWriter, r *http.Request, failure error) error {
	p := &packPage{Page: web.Page{Area: "evaluasi", Title: web.Text(r, "pack.import"), Lead: web.Text(r, "pack.import.lead"), Crumbs: crumbs(r)}}
	p.fail(r, failure)
	return web.Render(w, r, "pack/import", p)
}

func (s *Service) doImport(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	id, err := s.Import(r.Context(), []byte(r.PostFormValue("body")))
	if web.Correctable(err) {
		return s.renderImport(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("pack.copied"), "")
	return web.Redirect(w, r, "/instrumen/"+id)
}

func (s *Service) editPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderEdit(w, r, nil)
}

func (s *Service) renderEdit(w http.ResponseWriter, r *http.Request, failure error) error {
	p, err := s.load(r)
	if err != nil {
		return err
	}
	own, err := s.Edit(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p.Pack, p.Rev = own.Pack, own.Rev
	p.Crumbs = append(p.Crumbs, web.Crumb{Text: p.Title, Path: "/instrumen/" + own.Pack.ID})
	p.Lead = web.Text(r, "pack.edit.lead")
	p.fail(r, failure)
	view := "pack/edit"
	if code := r.PathValue("component"); code != "" {
		c, ok := own.Pack.Component(code)
		if !ok {
			return errs.E(errs.NotFound, "pack.error.not_found", nil)
		}
		view, p.Component = "pack/component", c
		p.Title = c.Code + ". " + c.Name.In(tenant.From(r.Context()).Lang)
	}
	return web.Render(w, r, view, p)
}

// change runs a change on a copy and writes it.
func (s *Service) change(w http.ResponseWriter, r *http.Request, change func(p *instrument.Pack) error) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	own, err := s.Edit(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	if err = change(own.Pack); err == nil {
		err = s.Save(r.Context(), own.Pack, rev)
	}
	if web.Correctable(err) {
		return s.renderEdit(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("pack.saved"), "")
	return web.Redirect(w, r, "/instrumen/"+own.Pack.ID+"/ubah")
}

// saveHead takes name and weights; a point or a comma in a weight is the same.
func (s *Service) saveHead(w http.ResponseWriter, r *http.Request) error {
	return s.change(w, r, func(p *instrument.Pack) error {
		p.Name = instrument.Text{ID: strings.TrimSpace(r.PostFormValue("name_id")), EN: strings.TrimSpace(r.PostFormValue("name_en"))}
		for i := range p.Components {
			p.Components[i].Weight = strings.ReplaceAll(strings.TrimSpace(r.PostFormValue("w_"+p.Components[i].Code)), ",", ".")
		}
		return nil
	})
}

func (s *Service) componentPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderEdit(w, r, nil)
}

// saveComponent takes wording and rubrics of one component.
func (s *Service) saveComponent(w http.ResponseWriter, r *http.Request) error {
	return s.change(w, r, func(p *instrument.Pack) error {
		for i := range p.Components {
			if p.Components[i].Code != r.PathValue("component") {
				continue
			}
			for j := range p.Components[i].Questions {
				wording(r, &p.Components[i].Questions[j])
			}
		}
		return nil
	})
}

func wording(r *http.Request, q *instrument.Question) {
	q.Text = instrument.Text{ID: strings.TrimSpace(r.PostFormValue("id_" + q.Code)), EN: strings.TrimSpace(r.PostFormValue("en_" + q.Code))}
	q.Rubric = map[string]instrument.Text{}
	for _, mark := range (&packPage{}).Choices() {
		id, en := strings.TrimSpace(r.PostFormValue("rid_"+q.Code+"_"+mark)), strings.TrimSpace(r.PostFormValue("ren_"+q.Code+"_"+mark))
		if id == "" {
			continue
		}
		if en == "" {
			en = id
		}
		q.Rubric[mark] = instrument.Text{ID: id, EN: en}
	}
	if len(q.Rubric) == 0 {
		q.Rubric = nil
	}
}

func (s *Service) remove(w http.ResponseWriter, r *http.Request) error {
	err := s.Delete(r.Context(), r.PathValue("id"))
	if web.Correctable(err) {
		return s.render(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("pack.deleted"), "")
	return web.Redirect(w, r, "/instrumen")
}
