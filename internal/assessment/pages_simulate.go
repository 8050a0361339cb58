package assessment

import (
	"net/http"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

type simulatePage struct {
	web.Page
	R       Result
	S       Simulation
	Now     Number
	Then    Number
	Delta   Number
	Rows    []simulateRow
	Changed int
}

type simulateRow struct {
	Code, Text, Typed string
	Value             Number
	Head              string // name of the component above its first row
}

// simulatePage is a GET so that a simulation can be sent as a link; nothing is stored.
func (s *Service) simulatePage(w http.ResponseWriter, r *http.Request) error {
	ctx, lang := r.Context(), tenant.From(r.Context()).Lang
	res, err := s.Result(ctx, r.PathValue("round"))
	if err != nil {
		return err
	}
	typed := map[string]string{}
	for name, values := range r.URL.Query() {
		if item, ok := strings.CutPrefix(name, "n_"); ok {
			typed[item] = strings.TrimSpace(values[0])
		}
	}
	sim, err := s.Simulate(ctx, res, typed)
	p := &simulatePage{Page: web.Page{Area: "evaluasi", Lead: web.Text(r, "assessment.sim.lead"), Crumbs: inResult(r, res.Round)}, R: res, S: sim, Changed: len(sim.Changed)}
	if web.Correctable(err) {
		p.Form, p.Status = web.Form{Values: r.URL.Query(), Err: err}, http.StatusUnprocessableEntity
	} else if err != nil {
		return err
	}
	p.Now, p.Then, p.Delta = num(sim.Now.Index), num(sim.Then.Index), num(sim.Delta())
	p.Title = web.Text(r, "assessment.sim.title")
	p.rows(typed, lang)
	return web.Render(w, r, "assessment/simulate", p)
}

func (p *simulatePage) rows(typed map[string]string, lang string) {
	for i, c := range p.R.Sum.Components {
		if p.R.Whole(c.Code) {
			p.Rows = append(p.Rows, simulateRow{Code: c.Code, Text: c.Name.In(lang), Typed: typed[c.Code], Value: num(c.Value), Head: c.Name.In(lang)})
			continue
		}
		for j, q := range p.R.Pack.Components[i].Questions {
			row := simulateRow{Code: q.Code, Text: q.Text.In(lang), Typed: typed[q.Code]}
			if j < len(c.Questions) {
				row.Value = num(c.Questions[j].Value)
			}
			if j == 0 {
				row.Head = c.Name.In(lang)
			}
			p.Rows = append(p.Rows, row)
		}
	}
}
