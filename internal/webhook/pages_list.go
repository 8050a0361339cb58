package webhook

import (
	"net/http"

	"github.com/pendapa/pendapa/internal/platform/web"
)

type listPage struct {
	web.Page
	Hooks   []Hook
	Tallies map[string]Tally
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	p := &listPage{Page: web.Page{Area: "kelola", Title: web.Text(r, "webhook.none_yet"), Lead: web.Text(r, "webhook.lead")}}
	var err error
	if p.Hooks, err = s.List(r.Context()); err != nil {
		return err
	}
	if p.Tallies, err = s.Tallies(r.Context()); err != nil {
		return err
	}
	on := 0
	for _, h := range p.Hooks {
		if h.Active {
			on++
		}
	}
	if len(p.Hooks) > 0 {
		p.Title = web.Text(r, "webhook.title", "On", on, "N", len(p.Hooks))
	}
	return web.Render(w, r, "webhook/list", p)
}
