package assessment

import (
	"net/http"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

const pageSize = 30

type followsPage struct {
	web.Page
	All              []Followup
	Names, Titles    map[string]string
	Agencies, States []web.Option
	Filter           FollowFilter
	Paging           web.Paging
	Now              int64
}

// IsLate tells the view which rows are late.
func (p *followsPage) IsLate(f Followup) bool { return f.Late(p.Now) }

func statesOf(r *http.Request) []web.Option {
	var out []web.Option
	for _, s := range FollowStates() {
		out = append(out, web.Option{Value: s, Text: web.Text(r, "assessment.follow."+s)})
	}
	return out
}

func (s *Service) agencyOptions(r *http.Request) ([]web.Option, error) {
	_, out, err := web.Agencies(r.Context(), s.Dir)
	return out, err
}

func (s *Service) followList(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	f := FollowFilter{Round: q.Get("putaran"), Agency: q.Get("opd"), Status: q.Get("keadaan"), Overdue: q.Get("lewat") != ""}
	all, err := s.Followups(ctx, f)
	if err != nil {
		return err
	}
	p := &followsPage{Page: web.Page{Area: "evaluasi", Lead: web.Text(r, "assessment.follows.lead")}, Filter: f, States: statesOf(r), Paging: web.PagingOf(r, pageSize), Now: s.now(), Titles: map[string]string{}}
	pending := 0
	for _, one := range all {
		if one.Pending() {
			pending++
		}
	}
	p.Title, p.Paging.Total = web.Text(r, "assessment.follows.title", "N", pending, "Total", len(all)), len(all)
	p.All = all[min(p.Paging.Offset(), len(all)):min(p.Paging.Offset()+pageSize, len(all))]
	if p.Names, err = s.names(r); err != nil {
		return err
	}
	if p.Agencies, err = s.agencyOptions(r); err != nil {
		return err
	}
	rounds, err := s.Rounds.Rounds(ctx)
	for _, x := range rounds {
		p.Titles[x.ID] = x.Title
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, "assessment/follows", p)
}

type followPage struct {
	web.Page
	F                Followup
	Agencies, States []web.Option
	Rounds           []web.Option
	AgencyName       string
	RoundTitle       string
	History          []audit.Row
	May, Manage      bool
	Late             bool
}

func follows(r *http.Request) []web.Crumb {
	return []web.Crumb{{Text: web.Text(r, "assessment.nav.follow"), Path: "/tindak-lanjut"}}
}

func (s *Service) newFollow(w http.ResponseWriter, r *http.Request) error {
	return s.renderNewFollow(w, r, nil)
}

func (s *Service) renderNewFollow(w http.ResponseWriter, r *http.Request, failure error) error {
	ctx, q := r.Context(), r.URL.Query()
	p := &followPage{Page: web.Page{Area: "evaluasi", Title: web.Text(r, "assessment.follow.new"), Crumbs: follows(r)},
		F: Followup{Round: q.Get("putaran"), Finding: q.Get("temuan"), Agency: q.Get("opd")}}
	if failure != nil {
		p.Form, p.Status = refused(r, failure)
	}
	if p.F.Finding != "" {
		if f, err := s.store.finding(ctx, s.DB, tenant.From(ctx).Regency, p.F.Round, p.F.Finding); err == nil {
			p.F.Title, p.Lead = f.Text, f.Text
		}
	}
	var err error
	if p.Agencies, err = s.agencyOptions(r); err != nil {
		return err
	}
	rounds, err := s.Rounds.Rounds(ctx)
	for _, x := range rounds {
		p.Rounds = append(p.Rounds, web.Option{Value: x.ID, Text: x.Title})
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, "assessment/follow_new", p)
}

func followOf(r *http.Request) (Followup, error) {
	f := Followup{ID: r.PathValue("id"), Round: r.PostFormValue("round"), Finding: r.PostFormValue("finding"), Title: r.PostFormValue("title"), Agency: r.PostFormValue("agency"),
		Status: r.PostFormValue("status"), Note: r.PostFormValue("note")}
	f.Rev, _ = strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	var err error
	f.Due, err = web.ParseDay(r, r.PostFormValue("due"))
	return f, err
}

func (s *Service) addFollow(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	f, err := followOf(r)
	id := ""
	if err == nil {
		id, err = s.AddFollowup(r.Context(), f)
	}
	if web.Correctable(err) {
		return s.renderNewFollow(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("assessment.follow.added"), "")
	return web.Redirect(w, r, "/tindak-lanjut/"+id)
}

func (s *Service) followPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderFollow(w, r, nil)
}

func (s *Service) renderFollow(w http.ResponseWriter, r *http.Request, failure error) error {
	ctx, a := r.Context(), tenant.From(r.Context())
	f, history, err := s.Followup(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := &followPage{Page: web.Page{Area: "evaluasi", Title: f.Title, Crumbs: follows(r)}, F: f, History: history, States: statesOf(r), May: mayEdit(a, f), Manage: a.Can(Manage, ""), Late: f.Late(s.now())}
	if !p.Manage {
		p.States = p.States[:3] // only the coordinator cancels
	}
	if failure != nil {
		p.Form, p.Status = refused(r, failure)
	}
	if p.Agencies, err = s.agencyOptions(r); err != nil {
		return err
	}
	if agency, err := s.Dir.Agency(ctx, f.Agency); err == nil {
		p.AgencyName = agency.Name
	}
	if x, err := s.Rounds.Round(ctx, f.Round); err == nil {
		p.RoundTitle = x.Title
	}
	return web.Render(w, r, "assessment/follow", p)
}

func (s *Service) saveFollow(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	f, err := followOf(r)
	if err == nil {
		err = s.EditFollowup(r.Context(), f)
	}
	if web.Correctable(err) {
		return s.renderFollow(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("assessment.follow.saved"), "")
	return web.Redirect(w, r, "/tindak-lanjut/"+f.ID)
}
