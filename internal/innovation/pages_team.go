package innovation

import (
	"net/http"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
)

type teamPage struct {
	about
	Team                []Member
	Agencies            int
	Partners            []partnerGroup
	Roles, Kinds        []web.Option
	Offices, PeopleList []web.Option
}

func (s *Service) teamForm(w http.ResponseWriter, r *http.Request) error {
	return s.renderTeam(w, r, nil)
}

// renderTeam shows who works on an innovation, with the forms for people and partners.
func (s *Service) renderTeam(w http.ResponseWriter, r *http.Request, failure error) error {
	if _, err := s.editable(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	p := &teamPage{Roles: choices(r, "innovation.member.", MemberRoles()), Kinds: choices(r, "innovation.partner.", PartnerKinds())}
	if err := s.fillAbout(r, &p.about, r.PathValue("id")); err != nil {
		return err
	}
	p.fail(r, failure)
	var err error
	if p.Team, p.Agencies, err = s.teamOf(r, &p.about); err != nil {
		return err
	}
	if p.Partners, err = s.partnersOf(r, p.I.ID); err != nil {
		return err
	}
	if p.Offices, err = s.agencyOptions(r); err != nil {
		return err
	}
	if p.PeopleList, err = s.peopleOptions(r, p); err != nil {
		return err
	}
	p.Title, p.Lead, p.Crumbs = web.Text(r, "innovation.team.title"), web.Text(r, "innovation.team.lead"), p.crumbs(r)
	return web.Render(w, r, "innovation/team", p)
}

// peopleOptions offers everybody with an account and an agency, once, without those who are on the team already.
func (s *Service) peopleOptions(r *http.Request, p *teamPage) ([]web.Option, error) {
	people, err := s.Dir.People(r.Context(), "")
	offices := map[string]string{}
	for _, o := range p.Offices {
		offices[o.Value] = o.Text
	}
	taken := map[string]bool{}
	for _, m := range p.Team {
		taken[m.User] = m.User != ""
	}
	var out []web.Option
	for _, one := range people {
		if taken[one.ID] || offices[one.Agency] == "" {
			continue
		}
		taken[one.ID] = true
		out = append(out, web.Option{Value: one.ID, Text: one.Name + " · " + offices[one.Agency]})
	}
	return out, err
}

// onTeam runs a change of the team and comes back to its page.
func (s *Service) onTeam(w http.ResponseWriter, r *http.Request, change func(id string) (errs.Msg, error)) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	done, err := change(r.PathValue("id"))
	if web.Correctable(err) {
		return s.renderTeam(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", done, "")
	return web.Redirect(w, r, "/inovasi/"+r.PathValue("id")+"/tim")
}

func (s *Service) addMembers(w http.ResponseWriter, r *http.Request) error {
	return s.onTeam(w, r, func(id string) (errs.Msg, error) {
		n, err := s.AddMembers(r.Context(), id, Member{User: r.PostFormValue("user"), Name: r.PostFormValue("names"), Agency: r.PostFormValue("agency"), Role: r.PostFormValue("role"), Task: r.PostFormValue("task")})
		return errs.M("innovation.team.added", "N", n), err
	})
}

func (s *Service) removeMember(w http.ResponseWriter, r *http.Request) error {
	return s.onTeam(w, r, func(id string) (errs.Msg, error) {
		return errs.M("innovation.team.removed"), s.RemoveMember(r.Context(), id, r.PathValue("part"))
	})
}

func (s *Service) addPartner(w http.ResponseWriter, r *http.Request) error {
	return s.onTeam(w, r, func(id string) (errs.Msg, error) {
		p := Partner{Kind: r.PostFormValue("kind"), Name: r.PostFormValue("partner"), Role: r.PostFormValue("partner_role"), Agreement: r.PostFormValue("agreement")}
		return errs.M("innovation.partner.added"), s.AddPartner(r.Context(), id, p)
	})
}

func (s *Service) removePartner(w http.ResponseWriter, r *http.Request) error {
	return s.onTeam(w, r, func(id string) (errs.Msg, error) {
		return errs.M("innovation.partner.removed"), s.RemovePartner(r.Context(), id, r.PathValue("part"))
	})
}
