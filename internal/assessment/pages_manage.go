package assessment

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

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
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	if err := s.fillInvites(r, p); err != nil {
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

type letterPage struct {
	web.Page
	Round      Round
	Published  Published
	Components []instrument.Component
	CSV        string
	Letter     bool // marks from the letter are in use
}

func (s *Service) letterPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderLetter(w, r, nil)
}

func (s *Service) renderLetter(w http.ResponseWriter, r *http.Request, failure error) error {
	res, err := s.Result(r.Context(), r.PathValue("round"))
	if err != nil {
		return err
	}
	p := &letterPage{Page: web.Page{Area: "evaluasi", Title: web.Text(r, "assessment.letter.title"), Lead: web.Text(r, "assessment.letter.lead"), Crumbs: inResult(r, res.Round)},
		Round: res.Round, Published: res.Published, Components: res.Pack.Components, Letter: res.Source == FromLetter}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	if p.Letter {
		p.CSV = csvOf(res)
	}
	return web.Render(w, r, "assessment/letter", p)
}

// csvOf writes the marks of a letter as they can be imported again.
func csvOf(res Result) string {
	var b strings.Builder
	b.WriteString("item,entry,assessor,value\n")
	for _, item := range slices.Sorted(maps.Keys(res.Marks)) {
		for _, m := range res.Marks[item] {
			b.WriteString(item + ",," + m.Assessor + "," + m.Value + "\n")
		}
	}
	return b.String()
}

func (s *Service) saveLetter(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	in := Published{Round: r.PathValue("round"), Letter: r.PostFormValue("letter"), Index: r.PostFormValue("index"), Note: r.PostFormValue("note"), Components: map[string]string{}}
	in.Rev, _ = strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	for name := range r.PostForm {
		if code, ok := strings.CutPrefix(name, "c_"); ok {
			in.Components[code] = r.PostFormValue(name)
		}
	}
	var err error
	if in.Date, err = web.ParseDay(r, r.PostFormValue("date")); err == nil {
		err = s.Publish(r.Context(), in)
	}
	if web.Correctable(err) {
		return s.renderLetter(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("assessment.letter.done"), "")
	return web.Redirect(w, r, "/hasil/"+in.Round)
}

func (s *Service) importMarks(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	n, err := s.ImportMarks(r.Context(), r.PathValue("round"), r.PostFormValue("csv"))
	if web.Correctable(err) {
		return s.renderLetter(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("assessment.letter.imported", "N", n), "")
	return web.Redirect(w, r, "/hasil/"+r.PathValue("round"))
}

type publishPage struct {
	web.Page
	Round  Round
	Chosen Publication
	Done   bool
}

func (s *Service) publishPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderPublish(w, r, nil)
}

func (s *Service) renderPublish(w http.ResponseWriter, r *http.Request, failure error) error {
	x, err := s.Rounds.Round(r.Context(), r.PathValue("round"))
	if err != nil {
		return err
	}
	p := &publishPage{Page: web.Page{Area: "evaluasi", Title: web.Text(r, "assessment.publish.title"), Lead: web.Text(r, "assessment.publish.lead"), Crumbs: inResult(r, x)}, Round: x, Done: x.State == roundDone}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	if p.Chosen, err = s.Publication(r.Context(), x.ID); err != nil {
		return err
	}
	return web.Render(w, r, "assessment/publish", p)
}

func (s *Service) savePublish(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	in := Publication{Round: r.PathValue("round"), Shown: r.PostFormValue("shown") != "", Result: r.PostFormValue("result") != "", Masterplan: r.PostFormValue("masterplan"), Text: r.PostFormValue("text")}
	in.Rev, _ = strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	err := s.SetPublication(r.Context(), in)
	if web.Correctable(err) {
		return s.renderPublish(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("assessment.publish.done"), "")
	return web.Redirect(w, r, "/hasil/"+in.Round+"/terbit")
}

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
