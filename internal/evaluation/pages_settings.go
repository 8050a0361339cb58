package evaluation

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// names gives the names of all agencies by id.
func (s *Service) names(ctx context.Context) (map[string]string, error) {
	all, err := s.Dir.Agencies(ctx)
	out := map[string]string{}
	for _, a := range all {
		out[a.ID] = a.Name
		if a.Short != "" {
			out[a.ID] = a.Short
		}
	}
	return out, err
}

func sortedOptions(names map[string]string) []web.Option {
	var out []web.Option
	for id, name := range names {
		out = append(out, web.Option{Value: id, Text: name})
	}
	slices.SortFunc(out, func(a, b web.Option) int { return strings.Compare(a.Text, b.Text) })
	return out
}

func (s *Service) agencyOptions(ctx context.Context) ([]web.Option, error) {
	_, out, err := web.Agencies(ctx, s.Dir)
	return out, err
}

type settingsPage struct {
	web.Page
	Round   Round
	Steps   []string
	Back    map[string]bool
	Unready int
	History []audit.Row
	Pack    *instrument.Pack
	Options []optionRow
}

func (s *Service) settings(w http.ResponseWriter, r *http.Request) error {
	return s.renderSettings(w, r, nil)
}

func (s *Service) renderSettings(w http.ResponseWriter, r *http.Request, failure error) error {
	ctx := r.Context()
	x, err := s.Round(ctx, r.PathValue("round"))
	if err != nil {
		return err
	}
	p := &settingsPage{Page: web.Page{Area: "evaluasi", Title: web.Text(r, "evaluation.settings.title", "State", web.Text(r, "evaluation.round.state."+x.State)),
		Lead: web.Text(r, "evaluation.settings.lead"), Crumbs: within(r, x)}, Round: x, Back: map[string]bool{}}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	if p.Pack, err = s.Packs.Find(ctx, x.Pack); err != nil {
		return err
	}
	p.Options = optionNotes(p.Pack, x.Choices, tenant.From(ctx).Lang)
	open, err := s.rounds().Open(ctx, x)
	if err != nil {
		return err
	}
	for _, v := range open {
		p.Steps = append(p.Steps, v.To)
		p.Back[v.To] = slices.Index(RoundStates(), v.To) < slices.Index(RoundStates(), x.State)
	}
	items, err := s.Items(ctx, x.ID)
	if err != nil {
		return err
	}
	for _, i := range items {
		if !i.Ready() {
			p.Unready++
		}
	}
	if p.History, _, err = s.Audit.List(ctx, tenant.From(ctx).Regency, audit.Filter{Object: "evaluation_round", ObjectID: x.ID}, 50, 0); err != nil {
		return err
	}
	return web.Render(w, r, "evaluation/settings", p)
}

func (s *Service) saveSettings(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	x, err := roundOf(r)
	if err == nil {
		err = s.Edit(r.Context(), x)
	}
	return s.afterSettings(w, r, err, "evaluation.settings.saved")
}

func (s *Service) afterSettings(w http.ResponseWriter, r *http.Request, err error, done string) error {
	if web.Correctable(err) {
		return s.renderSettings(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M(done), "")
	return web.Redirect(w, r, "/evaluasi/"+r.PathValue("round")+"/atur")
}

func (s *Service) move(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	err := s.Move(r.Context(), r.PathValue("round"), r.PostFormValue("to"), rev, r.PostFormValue("reason"))
	return s.afterSettings(w, r, err, "evaluation.round.moved."+r.PostFormValue("to"))
}

type assignPage struct {
	web.Page
	Round    Round
	Lines    []line
	Agencies []web.Option
	Owned    int
}

func (s *Service) assignPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderAssign(w, r, nil)
}

func (s *Service) renderAssign(w http.ResponseWriter, r *http.Request, failure error) error {
	ctx := r.Context()
	x, pack, items, err := s.opened(r)
	if err != nil {
		return err
	}
	p := &assignPage{Page: web.Page{Area: "evaluasi", Lead: web.Text(r, "evaluation.assign.lead"), Crumbs: within(r, x)}, Round: x}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	if p.Lines, err = s.lines(r, pack, items, x.ID); err != nil {
		return err
	}
	for _, l := range p.Lines {
		if l.Lead != "" {
			p.Owned++
		}
	}
	p.Title = web.Text(r, "evaluation.assign.title", "N", p.Owned, "Total", len(p.Lines))
	if p.Agencies, err = s.agencyOptions(ctx); err != nil {
		return err
	}
	return web.Render(w, r, "evaluation/assign", p)
}

// saveOwners takes either the bulk bar (codes[] with lead, support, due) for the ticked questions, or nothing.
func (s *Service) saveOwners(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	due, err := web.ParseDay(r, r.PostFormValue("due"))
	if err != nil {
		return s.renderAssign(w, r, err)
	}
	if due != 0 {
		due = endOfDay(due)
	}
	var owners []Owner
	for _, code := range r.PostForm["codes"] {
		o := Owner{Code: code, Lead: r.PostFormValue("lead"), Support: r.PostForm["support"], Due: due}
		if o.Support == nil {
			o.Support = []string{}
		}
		owners = append(owners, o)
	}
	if len(owners) == 0 {
		return s.renderAssign(w, r, errs.E(errs.Invalid, "evaluation.error.codes", nil))
	}
	if err := s.Assign(r.Context(), r.PathValue("round"), owners); web.Correctable(err) {
		return s.renderAssign(w, r, err)
	} else if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("evaluation.assign.done", "N", len(owners)), "")
	return web.Redirect(w, r, "/evaluasi/"+r.PathValue("round")+"/penugasan")
}

func (s *Service) copyOwners(w http.ResponseWriter, r *http.Request) error {
	n, err := s.CopyOwners(r.Context(), r.PathValue("round"))
	if web.Correctable(err) {
		return s.renderAssign(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("evaluation.assign.copied", "N", n), "")
	return web.Redirect(w, r, "/evaluasi/"+r.PathValue("round")+"/penugasan")
}
