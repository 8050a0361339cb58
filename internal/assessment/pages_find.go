package assessment

import (
	"net/http"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

type findingsPage struct {
	web.Page
	Round    Round
	Findings []Finding
	Kinds    []web.Option
	Items    []web.Option
	Action   string // where the form goes
	Own      bool   // an assessor writes, so no number is asked
	Open     bool
	Ended    bool // what was said stays
}

func (s *Service) myFindings(w http.ResponseWriter, r *http.Request) error {
	return s.renderFindings(w, r, true, nil)
}

func (s *Service) findingsPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderFindings(w, r, false, nil)
}

func (s *Service) renderFindings(w http.ResponseWriter, r *http.Request, own bool, failure error) error {
	ctx := r.Context()
	x, err := s.Rounds.Round(ctx, r.PathValue("round"))
	if err != nil {
		return err
	}
	p := &findingsPage{Page: web.Page{Area: "evaluasi", Lead: web.Text(r, "assessment.findings.lead")}, Round: x, Own: own, Ended: x.State == roundDone}
	p.Open = !own && !p.Ended || x.State == roundAssess
	p.Action, p.Crumbs = "/hasil/"+x.ID+"/temuan", inResult(r, x)
	if own {
		p.Action, p.Crumbs = "/penilaian/"+x.ID+"/temuan", marking(r, x)
	}
	if failure != nil {
		p.Form, p.Status = refused(r, failure)
	}
	if p.Findings, err = s.Findings(ctx, x.ID); err != nil {
		return err
	}
	p.Title = web.Text(r, "assessment.findings.title", "N", len(p.Findings))
	for _, k := range Kinds() {
		p.Kinds = append(p.Kinds, web.Option{Value: k, Text: web.Text(r, "assessment.kind."+k)})
	}
	if p.Items, err = s.itemOptions(r, x.ID); err != nil {
		return err
	}
	return web.Render(w, r, "assessment/findings", p)
}

func (s *Service) itemOptions(r *http.Request, round string) ([]web.Option, error) {
	pack, err := s.Rounds.PackOf(r.Context(), round)
	if err != nil {
		return nil, err
	}
	lang := tenant.From(r.Context()).Lang
	var out []web.Option
	for _, c := range pack.Components {
		out = append(out, web.Option{Value: c.Code, Text: c.Code + " · " + c.Name.In(lang)})
		for _, q := range c.Questions {
			out = append(out, web.Option{Value: q.Code, Text: q.Code + " · " + q.Text.In(lang)})
		}
	}
	return out, nil
}

func findingOf(r *http.Request) Finding {
	n, _ := strconv.Atoi(r.PostFormValue("assessor"))
	return Finding{Round: r.PathValue("round"), Assessor: n, Kind: r.PostFormValue("kind"), Item: r.PostFormValue("item"), Text: r.PostFormValue("text")}
}

func (s *Service) addMyFinding(w http.ResponseWriter, r *http.Request) error {
	return s.writeFinding(w, r, true)
}

func (s *Service) addFinding(w http.ResponseWriter, r *http.Request) error {
	return s.writeFinding(w, r, false)
}

func (s *Service) writeFinding(w http.ResponseWriter, r *http.Request, own bool) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	_, err := s.AddFinding(r.Context(), findingOf(r))
	return s.afterFinding(w, r, own, err, "assessment.findings.added")
}

func (s *Service) afterFinding(w http.ResponseWriter, r *http.Request, own bool, err error, done string) error {
	if web.Correctable(err) {
		return s.renderFindings(w, r, own, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M(done), "")
	place := "/hasil/"
	if own {
		place = "/penilaian/"
	}
	return web.Redirect(w, r, place+r.PathValue("round")+"/temuan")
}

func (s *Service) removeMyFinding(w http.ResponseWriter, r *http.Request) error {
	return s.afterFinding(w, r, true, s.RemoveFinding(r.Context(), r.PathValue("round"), r.PathValue("id")), "assessment.findings.removed")
}

func (s *Service) removeFinding(w http.ResponseWriter, r *http.Request) error {
	return s.afterFinding(w, r, false, s.RemoveFinding(r.Context(), r.PathValue("round"), r.PathValue("id")), "assessment.findings.removed")
}
