package territory

import (
	"embed"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
	"github.com/pendapa/pendapa/internal/territory/official"
)

//go:embed migrations views locale
var files embed.FS

// Module shows the room to the house.
func (s *Service) Module() module.Module {
	staff := []string{tenant.RoleAdmin, tenant.RoleCoordinator, tenant.RoleDesk, tenant.RoleOperator, tenant.RoleHead, tenant.RoleStaff, tenant.RoleLeader, tenant.RoleInspector}
	return module.Module{
		Name: "territory", Files: files, Routes: s.routes,
		Perms: []module.Perm{{Action: Read, Roles: staff}, {Action: Manage, Roles: []string{tenant.RoleAdmin}}},
		Nav:   []web.NavItem{{Area: "wilayah", Key: "territory.nav", Path: "/wilayah", Perm: Read, Order: 10}},
	}
}

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /wilayah", Read, s.listPage)
	mux.Handle("GET /wilayah/daftar.csv", Read, s.export)
	mux.Handle("GET /wilayah/impor", Manage, s.importPage)
	mux.Handle("POST /wilayah/impor", Manage, s.preview)
	mux.Handle("POST /wilayah/impor/{id}", Manage, s.confirm)
	mux.Handle("GET /wilayah/{code}", Read, s.page)
}

type listPage struct {
	web.Page
	Districts []District
	Map       template.HTML
	Schematic bool
	Total     int64
	Area      float64
}

// classes sorts districts into five classes of equal count by density.
func classes(all []District) func(District) int {
	var known []float64
	for _, d := range all {
		if v := d.Density(); v > 0 {
			known = append(known, v)
		}
	}
	slices.Sort(known)
	return func(d District) int {
		v := d.Density()
		if v == 0 {
			return 0
		}
		return 1 + slices.Index(known, v)*5/len(known)
	}
}

func (s *Service) draw(r *http.Request, all []District, selected string) (template.HTML, bool) {
	_, schematic := shapes(all)
	lang := tenant.From(r.Context()).Lang
	m := drawing{Title: web.Text(r, "territory.map"), Districts: all, Class: classes(all), Selected: selected,
		Value: func(d District) string {
			return web.Text(r, "territory.density.value", "N", i18n.Float(lang, d.Density(), 0))
		}}
	return m.svg(), schematic
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	all, err := s.List(r.Context())
	if err != nil {
		return err
	}
	p := &listPage{Page: web.Page{Area: "wilayah", Title: web.Text(r, "territory.title", "N", len(all)), Lead: web.Text(r, "territory.lead")}, Districts: all}
	p.Map, p.Schematic = s.draw(r, all, "")
	for _, d := range all {
		p.Total += d.Population
	}
	return web.Render(w, r, "territory/list", p)
}

func (s *Service) export(w http.ResponseWriter, r *http.Request) error {
	all, err := s.List(r.Context())
	if err != nil {
		return err
	}
	rows := [][]string{{"kode_kemendagri", "kode_bps", "nama", "lat", "lon", "luas_km2", "penduduk", "desa_kelurahan", "sumber"}}
	for _, d := range all {
		rows = append(rows, []string{d.Code, d.BPS, d.Name, strconv.FormatFloat(d.Lat, 'f', -1, 64), strconv.FormatFloat(d.Lon, 'f', -1, 64), d.AreaKM2, strconv.FormatInt(d.Population, 10), strconv.Itoa(d.Villages), d.Source})
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="kecamatan.csv"`)
	return sheet.WriteCSV(w, rows)
}

type districtPage struct {
	web.Page
	D         District
	Villages  []official.Area
	Map       template.HTML
	Schematic bool
}

func (s *Service) page(w http.ResponseWriter, r *http.Request) error {
	d, villages, err := s.Get(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	all, err := s.List(r.Context())
	if err != nil {
		return err
	}
	p := &districtPage{Page: web.Page{Area: "wilayah", Title: web.Text(r, "territory.district", "Name", d.Name), Crumbs: []web.Crumb{{Text: web.Text(r, "territory.nav"), Path: "/wilayah"}}}, D: d, Villages: villages}
	p.Map, p.Schematic = s.draw(r, all, d.Code)
	return web.Render(w, r, "territory/district", p)
}

type importPage struct {
	web.Page
	ID     string
	Report []Outcome
	Good   int
}

func (s *Service) importPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderImport(w, r, "", nil, nil)
}

func (s *Service) renderImport(w http.ResponseWriter, r *http.Request, id string, report []Outcome, failure error) error {
	p := &importPage{Page: web.Page{Area: "wilayah", Title: web.Text(r, "territory.import"), Lead: web.Text(r, "territory.import.lead"), Crumbs: []web.Crumb{{Text: web.Text(r, "territory.nav"), Path: "/wilayah"}}}, ID: id, Report: report}
	if failure != nil {
		p.Form, p.Status = web.Form{Err: failure}, http.StatusUnprocessableEntity
	}
	for _, o := range report {
		if o.Refused.Key == "" {
			p.Good++
		}
	}
	if report != nil {
		p.Title = web.Text(r, "territory.import.found", "Good", p.Good, "Total", len(report))
	}
	return web.Render(w, r, "territory/import", p)
}

func (s *Service) preview(w http.ResponseWriter, r *http.Request) error {
	data, _, err := web.Upload(w, r, mostGeoBytes+1<<20, "territory.error.file")
	if web.Correctable(err) {
		return s.renderImport(w, r, "", nil, err)
	}
	if err != nil {
		return err
	}
	source := strings.TrimSpace(r.FormValue("source"))
	if source == "" || len(source) > 300 {
		return s.renderImport(w, r, "", nil, errs.InvalidFields(map[string]errs.Msg{"source": errs.M("territory.error.source")}))
	}
	id, report, err := s.Preview(r.Context(), data, source)
	if web.Correctable(err) {
		return s.renderImport(w, r, "", nil, err)
	}
	if err != nil {
		return err
	}
	return s.renderImport(w, r, id, report, nil)
}

func (s *Service) confirm(w http.ResponseWriter, r *http.Request) error {
	n, err := s.Confirm(r.Context(), r.PathValue("id"))
	if web.Correctable(err) {
		return s.renderImport(w, r, "", nil, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("territory.import.done", "N", n), "")
	return web.Redirect(w, r, "/wilayah")
}
