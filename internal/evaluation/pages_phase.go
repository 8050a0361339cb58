package evaluation

import (
	"net/http"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

type phasePage struct {
	web.Page
	Round    Round
	Pack     *instrument.Pack
	Phase    instrument.Phase
	Lines    []line
	Marks    map[string]string
	Standing Standing
}

// optionNotes lists what the rule of an instrument leaves open, with the reading in force.
func optionNotes(p *instrument.Pack, chosen map[string]string, lang string) []optionRow {
	var out []optionRow
	for _, o := range p.Options {
		row := optionRow{ID: o.ID, Note: o.Note.In(lang), Chosen: p.Choice(instrument.Options{Chosen: chosen}, o.ID)}
		for _, c := range o.Choices {
			row.Choices = append(row.Choices, web.Option{Value: c.ID, Text: c.Name.In(lang)})
		}
		out = append(out, row)
	}
	return out
}

// optionRow is one point that the published rule leaves open, with the reading in force.
type optionRow struct {
	ID, Note, Chosen string
	Choices          []web.Option
}

func (s *Service) phasePage(w http.ResponseWriter, r *http.Request) error {
	return s.renderPhase(w, r, nil)
}

func (s *Service) renderPhase(w http.ResponseWriter, r *http.Request, failure error) error {
	ctx := r.Context()
	x, pack, items, err := s.opened(r)
	if err != nil {
		return err
	}
	p := &phasePage{Page: web.Page{Area: "evaluasi", Lead: web.Text(r, "evaluation.phases.lead"), Crumbs: within(r, x)}, Round: x, Pack: pack, Marks: map[string]string{}}
	found := false
	for n, ph := range pack.Phases {
		if n > 0 && ph.Code == r.PathValue("phase") {
			p.Phase, found = ph, true
		}
	}
	if !found {
		return errs.E(errs.NotFound, "evaluation.error.phase", nil)
	}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	if p.Lines, err = s.lines(r, pack, items, x.ID); err != nil {
		return err
	}
	marks, err := s.Phases(ctx, x.ID)
	if err != nil {
		return err
	}
	for _, m := range marks {
		if m.Phase == p.Phase.Code {
			p.Marks[m.Code] = m.Value
		}
	}
	counts, err := s.Evidence.Counts(ctx, proof.OfRound(x.ID))
	if err != nil {
		return err
	}
	if p.Standing, err = s.standing(ctx, x, pack, items, counts); err != nil {
		return err
	}
	p.Title = web.Text(r, "evaluation.phases.title", "Phase", p.Phase.Name.In(tenant.From(ctx).Lang), "N", len(p.Marks), "Total", len(p.Lines))
	return web.Render(w, r, "evaluation/phase", p)
}

func (s *Service) savePhase(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	typed := map[string]string{}
	for name := range r.PostForm {
		if code, ok := strings.CutPrefix(name, "p_"); ok {
			typed[code] = r.PostFormValue(name)
		}
	}
	_, err := s.SetPhases(r.Context(), r.PathValue("round"), r.PathValue("phase"), typed)
	if web.Correctable(err) {
		return s.renderPhase(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("evaluation.phases.saved"), "")
	return web.Redirect(w, r, "/evaluasi/"+r.PathValue("round")+"/fase/"+r.PathValue("phase"))
}
