// Package home is the first page of everybody: what do I owe today, oldest and most urgent first. It also holds what
// belongs to no other room: help, the choice of language.
//
// It has no tables. The work comes from the other rooms as tasks, handed over by app.
package home

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/platform/tasks"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

//go:embed views locale
var files embed.FS

// Service gathers the tasks of all rooms.
type Service struct {
	dir     tenant.Directory
	sources []tasks.Source
}

// New makes the room. Sources are added by app before the first request.
func New(dir tenant.Directory, sources []tasks.Source) *Service {
	return &Service{dir: dir, sources: sources}
}

// Module shows the room to the house.
func (s *Service) Module() module.Module {
	return module.Module{
		Name: "home", Files: files, Routes: s.routes,
		Nav: []web.NavItem{{Area: "beranda", Key: "home.nav", Path: "/pekerjaan", Perm: web.SignedIn}},
	}
}

// Tasks lists what waits for the actor: overdue first, then by urgency and date.
func (s *Service) Tasks(ctx context.Context) ([]tasks.Task, error) {
	var all []tasks.Task
	for _, source := range s.sources {
		some, err := source(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b tasks.Task) int {
		switch {
		case due(a) != due(b):
			return cmp(due(a), due(b))
		case a.Urgency != b.Urgency:
			return b.Urgency - a.Urgency
		}
		return strings.Compare(a.Title, b.Title)
	})
	return all, nil
}

// due puts work without a date after everything that has one.
func due(t tasks.Task) int64 {
	if t.Due == 0 {
		return 1 << 62
	}
	return t.Due
}

func cmp(a, b int64) int {
	if a < b {
		return -1
	}
	return 1
}

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /{$}", web.Public, s.front)
	mux.Handle("GET /pekerjaan", web.SignedIn, s.work)
	mux.Handle("GET /bantuan", web.Public, s.help)
}

// front sends people to their first page: leaders to the board, others to their work, strangers to the public page.
func (s *Service) front(w http.ResponseWriter, r *http.Request) error {
	actor := tenant.From(r.Context())
	switch {
	case !actor.SignedIn():
		return web.Redirect(w, r, "/publik")
	case actor.Has(tenant.RoleLeader):
		return web.Redirect(w, r, "/papan")
	}
	return web.Redirect(w, r, "/pekerjaan")
}

// workSize is how many tasks stand on one page: as many as one reads in a day, and few enough to arrive quickly on a slow line.
const workSize = 40

type workPage struct {
	web.Page
	Tasks  []tasks.Task
	Paging web.Paging
}

func (s *Service) work(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Tasks(r.Context())
	if err != nil {
		return err
	}
	p := &workPage{Page: web.Page{Area: "beranda"}, Paging: web.PagingOf(r, workSize)}
	p.Tasks = web.Cut(all, &p.Paging)
	p.Title, p.Lead = headline(r, all)
	return web.Render(w, r, "home/work", p)
}

func headline(r *http.Request, all []tasks.Task) (title, lead string) {
	if len(all) == 0 {
		return web.Text(r, "home.none"), web.Text(r, "home.none.lead")
	}
	late := 0
	for _, t := range all {
		if t.Due != 0 && web.Days(r, t.Due) < 0 {
			late++
		}
	}
	title = web.Text(r, "home.some", "N", len(all))
	if late > 0 {
		return title, web.Text(r, "home.late", "N", late)
	}
	return title, web.Text(r, "home.in_time")
}

type helpPage struct {
	web.Page
	Terms []term
}

type term struct{ Word, Text string }

func (s *Service) help(w http.ResponseWriter, r *http.Request) error {
	p := &helpPage{Page: web.Page{Area: "beranda", Title: web.Text(r, "home.help"), Lead: web.Text(r, "home.help.lead")}}
	for _, word := range []string{"opd", "round", "instrument", "evidence", "self_mark", "assessor", "index", "improvement", "simulation", "follow_up", "sample"} {
		p.Terms = append(p.Terms, term{web.Text(r, "home.term."+word), web.Text(r, "home.term."+word+".text")})
	}
	return web.Render(w, r, "home/help", p)
}

// LocalPath gives to when it is a path of this house, else "/": an address of another site is never followed.
func LocalPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, "/\\") {
		return "/"
	}
	return to
}
