package assessment

import (
	"net/http"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

type invitedRow struct {
	Invite
	Name string
	Live bool
	Sent int // submitted marks
}

type invitePage struct {
	web.Page
	Round  Round
	Rows   []invitedRow
	People []web.Option
	Total  int
	// Changed are marks that were opened again after others could be seen; MayReopen offers to open one.
	Changed   []changedRow
	MayReopen bool
	Invited   []web.Option
}

// changedRow is a mark that was opened again, with the number of its assessor.
type changedRow struct {
	Mark
	Number      int
	First, Last Number
}

// fillChanged lists the marks that were opened again after others could be seen.
func (s *Service) fillChanged(r *http.Request, p *invitePage) error {
	all, err := s.Changed(r.Context(), p.Round.ID)
	number := map[string]int{}
	for _, row := range p.Rows {
		number[row.User] = row.Number
		p.Invited = append(p.Invited, web.Option{Value: row.User, Text: strconv.Itoa(row.Number) + ". " + row.Name})
	}
	for _, m := range all {
		p.Changed = append(p.Changed, changedRow{m, number[m.Assessor], num(instrument.Rat(m.First)), num(m.Rat())})
	}
	p.MayReopen = p.Round.State == roundAssess && len(p.Rows) > 0
	return err
}

func (s *Service) invitePage(w http.ResponseWriter, r *http.Request) error {
	return s.renderInvite(w, r, nil)
}

func (s *Service) renderInvite(w http.ResponseWriter, r *http.Request, failure error) error {
	ctx := r.Context()
	x, err := s.Rounds.Round(ctx, r.PathValue("round"))
	if err != nil {
		return err
	}
	pack, err := s.Rounds.PackOf(ctx, x.ID)
	if err != nil {
		return err
	}
	p := &invitePage{Page: web.Page{Area: "evaluasi", Lead: web.Text(r, "assessment.invite.lead"), Crumbs: inResult(r, x)}, Round: x, Total: len(pack.Codes())}
	if failure != nil {
		p.Form, p.Status = refused(r, failure)
	}
	if err := s.fillInvites(r, p); err != nil {
		return err
	}
	if err := s.fillChanged(r, p); err != nil {
		return err
	}
	p.Title = web.Text(r, "assessment.invite.title", "N", len(p.Rows))
	return web.Render(w, r, "assessment/invite", p)
}

func (s *Service) fillInvites(r *http.Request, p *invitePage) error {
	ctx := r.Context()
	invites, err := s.Invites(ctx, p.Round.ID)
	if err != nil {
		return err
	}
	invited := map[string]bool{}
	for _, i := range invites {
		own, err := s.store.marksOf(ctx, s.DB, tenant.From(ctx).Regency, p.Round.ID, i.User)
		if err != nil {
			return err
		}
		row := invitedRow{Invite: i, Live: i.Open(s.now())}
		for _, m := range own {
			if m.State == Submitted {
				row.Sent++
			}
		}
		if person, err := s.Dir.Person(ctx, i.User); err == nil {
			row.Name = person.Name
		}
		invited[i.User] = row.Live
		p.Rows = append(p.Rows, row)
	}
	people, err := s.Dir.People(ctx, tenant.RoleAssessor)
	for _, one := range people {
		if !invited[one.ID] {
			p.People = append(p.People, web.Option{Value: one.ID, Text: one.Name})
		}
	}
	return err
}

func (s *Service) invite(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	until, err := web.ParseDay(r, r.PostFormValue("until"))
	if err == nil {
		if until != 0 {
			until += day - 1000
		}
		err = s.Invite(r.Context(), r.PathValue("round"), r.PostFormValue("user"), until)
	}
	if web.Correctable(err) {
		return s.renderInvite(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("assessment.invite.done"), "")
	return web.Redirect(w, r, "/hasil/"+r.PathValue("round")+"/penilai")
}

func (s *Service) revoke(w http.ResponseWriter, r *http.Request) error {
	if err := s.Revoke(r.Context(), r.PathValue("round"), r.PathValue("user")); err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("assessment.invite.revoked"), "")
	return web.Redirect(w, r, "/hasil/"+r.PathValue("round")+"/penilai")
}

// reopenFor opens a mark of an assessor again although marks of others were there to be seen.
func (s *Service) reopenFor(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	err := s.ReopenFor(r.Context(), r.PathValue("round"), r.PostFormValue("item"), r.PostFormValue("assessor"), r.PostFormValue("reason"))
	if web.Correctable(err) {
		return s.renderInvite(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("assessment.reopen.done"), "")
	return web.Redirect(w, r, "/hasil/"+r.PathValue("round")+"/penilai")
}
