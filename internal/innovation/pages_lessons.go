package innovation

import (
	"context"
	"net/http"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/web"
)

const (
	lessonsSize = 20
	mostPrinted = 1000
)

type lessonsPage struct {
	web.Page
	Rows   []row
	Query  string
	Paging web.Paging
}

// lessons is the library of what ended: what was learned, so that nobody walks the same way again.
func (s *Service) lessons(w http.ResponseWriter, r *http.Request) error {
	paper := r.URL.Query().Get("cetak") != ""
	p := &lessonsPage{Page: web.Page{Area: "inovasi", Crumbs: []web.Crumb{{Text: web.Text(r, "innovation.nav"), Path: "/inovasi"}}}, Query: strings.TrimSpace(r.URL.Query().Get("q")), Paging: web.PagingOf(r, lessonsSize)}
	size, from := lessonsSize, p.Paging.Offset()
	if paper {
		p.Layout, size, from = "print", mostPrinted, 0
	}
	found, total, err := s.Ended(r.Context(), p.Query, size, from)
	if err != nil {
		return err
	}
	p.Paging.Total = total
	if p.Rows, err = s.rows(r, found); err != nil {
		return err
	}
	p.Title, p.Lead = web.Text(r, lessonsTitle(p.Query, total), "N", digits(r, total)), web.Text(r, "innovation.lessons.lead")
	return web.Render(w, r, "innovation/lessons", p)
}

func lessonsTitle(query string, total int) string {
	switch {
	case query != "":
		return "innovation.lessons.found"
	case total == 0:
		return "innovation.lessons.none"
	}
	return "innovation.lessons.title"
}

// Ended lists what stopped with a lesson, the latest first; with a query the best match first. What was merged lives on
// elsewhere and is not among them.
func (s *Service) Ended(ctx context.Context, query string, limit, offset int) ([]Innovation, int, error) {
	return s.List(ctx, Filter{Query: query, Stage: Stopped, Whole: true}, limit, offset)
}
