package adoption

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

func crumbs(r *http.Request) []web.Crumb {
	return []web.Crumb{{Text: web.Text(r, "adoption.nav"), Path: "/adopsi"}}
}

func refused(r *http.Request, failure error) (web.Form, int) {
	switch {
	case failure == nil:
		return web.Form{}, 0
	case errs.Is(failure, errs.Conflict):
		return web.FormOf(r, failure), http.StatusConflict
	}
	return web.FormOf(r, failure), http.StatusUnprocessableEntity
}

type startPage struct {
	web.Page
	O          Original
	AffairName string
	Agencies   []web.Option
	Taken      []row
}

func (s *Service) startPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	return s.renderStart(w, r, q.Get("daerah"), q.Get("inovasi"), nil)
}

func (s *Service) renderStart(w http.ResponseWriter, r *http.Request, regency, id string, failure error) error {
	ctx := r.Context()
	number, _ := strconv.ParseInt(regency, 10, 64)
	o, err := s.Original(ctx, number, id)
	if err != nil {
		return err
	}
	p := &startPage{Page: web.Page{Area: area, Title: web.Text(r, "adoption.start.title", "Title", o.Title), Lead: o.AgencyName + ", " + o.RegencyName, Crumbs: crumbs(r)},
		O: o, AffairName: cmp.Or(s.affairNames(r)[o.Affair], o.Affair)}
	p.Form, p.Status = refused(r, failure)
	taken, err := s.takenOf(ctx, tenant.From(ctx).Regency, []Original{o})
	if err != nil {
		return err
	}
	names, _, err := web.Agencies(r.Context(), s.Dir)
	if err != nil {
		return err
	}
	for _, a := range taken[key(o.Regency, o.ID)] {
		p.Taken = append(p.Taken, s.rowOf(ctx, a, names))
	}
	if p.Agencies, err = s.adopting(r, o, p.Taken); err != nil {
		return err
	}
	return web.Render(w, r, "adoption/start", p)
}

// SignDays tells the view how long to wait.
func (p *startPage) SignDays() int { return SignDays }

// SignDays tells the view how long to wait.
func (p *adoptionPage) SignDays() int { return SignDays }

// Adoptable reports whether the original is in use, so that it can be taken over.
func (p *startPage) Adoptable() bool { return p.O.National == national }

func (s *Service) start(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	in := Begin{Innovation: r.PostFormValue("innovation"), Agency: r.PostFormValue("agency")}
	in.Regency, _ = strconv.ParseInt(r.PostFormValue("regency"), 10, 64)
	day, err := dayOf(r)
	id := ""
	if err == nil {
		in.StartedAt = day
		id, err = s.Start(r.Context(), in)
	}
	if web.Correctable(err) {
		return s.renderStart(w, r, r.PostFormValue("regency"), in.Innovation, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("adoption.started"), "")
	return web.Redirect(w, r, "/adopsi/"+id)
}

// dayOf reads the first day; a day that is none is said beside the field.
func dayOf(r *http.Request) (int64, error) {
	day, err := web.ParseDay(r, r.PostFormValue("started"))
	if err != nil {
		return 0, errs.InvalidFields(map[string]errs.Msg{"started": errs.M("adoption.error.day")})
	}
	return day, nil
}

type adoptionPage struct {
	web.Page
	A                             row
	O                             Original // what there is to see of it today; no id when it was hidden
	Starter, Writer, Signer       string
	MayNote, MaySign, MayWithdraw bool
	WhyNot                        string // why the actor, though a head, may not sign
	History                       []audit.Row
	UsersText                     string
	Own                           bool // the original stands in the own regency
	Changed                       bool // somebody else wrote meanwhile
	RegencyName                   string
}

// Correction gives the latest correction; its time is 0 when there is none.
func (p *adoptionPage) Correction() (last audit.Row) {
	for _, h := range p.History { // newest first
		if h.Action == "adoption.correct" {
			return h
		}
	}
	return last
}

// Reads reports whether the actor reads the note to sign it; changing it is a step aside, because it costs the signature.
func (p *adoptionPage) Reads() bool { return p.MayNote && p.MaySign && p.A.Owes == OwesSign }

// NoteWrong reports whether the note's form came back.
func (p *adoptionPage) NoteWrong() bool { return p.Form.Values.Has("changes") }

// OriginPath leads to the original: inside for an own one, to the public page for one of another regency that is still shown.
func (p *adoptionPage) OriginPath() string {
	switch {
	case p.Own:
		return "/inovasi/" + p.A.Origin.ID
	case p.O.ID != "":
		return p.O.Path()
	}
	return ""
}

func (s *Service) page(w http.ResponseWriter, r *http.Request) error { return s.renderPage(w, r, nil) }

func (s *Service) renderPage(w http.ResponseWriter, r *http.Request, failure error) error {
	p, err := s.pageOf(r)
	if err != nil {
		return err
	}
	p.Form, p.Status = refused(r, failure)
	k, _ := errs.KeyOf(failure)
	p.Changed = failure != nil && k == "adoption.error.changed"
	p.Crumbs = crumbs(r)
	return web.Render(w, r, "adoption/adoption", p)
}

func (s *Service) printPage(w http.ResponseWriter, r *http.Request) error {
	p, err := s.pageOf(r)
	if err != nil {
		return err
	}
	p.Layout, p.Title, p.Lead = "print", web.Text(r, "adoption.print.title"), p.A.Origin.Title
	return web.Render(w, r, "adoption/print", p)
}

func (s *Service) pageOf(r *http.Request) (*adoptionPage, error) {
	ctx, actor := r.Context(), tenant.From(r.Context())
	a, err := s.Get(ctx, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	p := &adoptionPage{Own: a.Origin.Regency == actor.Regency, MayNote: a.Open() && actor.Can(Adopt, a.Agency)}
	p.MayWithdraw = p.MayNote
	if actor.Can(Sign, a.Agency) && a.State != Withdrawn {
		err := s.MaySign(ctx, a)
		if p.MaySign = err == nil; err != nil {
			k, _ := errs.KeyOf(err)
			p.WhyNot = web.Text(r, k)
		}
	}
	if a.Users >= 0 {
		p.UsersText = i18n.Int(actor.Lang, a.Users)
	}
	if err := s.fillPage(r, p, a); err != nil {
		return nil, err
	}
	p.Page = web.Page{Area: area, Title: web.Text(r, "adoption.page."+titleOf(p.A), "Agency", p.A.AgencyName, "Title", a.Origin.Title), Lead: web.Text(r, "adoption.page.lead", "Agency", a.Origin.AgencyName, "Regency", a.Origin.RegencyName)}
	return p, nil
}

// titleOf names the sentence that heads the page: what is owed, or how it ended.
func titleOf(a row) string {
	if a.Owes != "" {
		return a.Owes
	}
	return a.State
}

func (s *Service) fillPage(r *http.Request, p *adoptionPage, a Adoption) error {
	ctx, own := r.Context(), tenant.From(r.Context()).Regency
	g, err := s.Dir.Agency(ctx, a.Agency)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	p.A = s.rowOf(ctx, a, map[string]string{a.Agency: g.Name})
	if p.RegencyName, err = s.regencyName(ctx, own); err != nil {
		return err
	}
	if p.O, err = s.original(ctx, a.Origin.Regency, a.Origin.ID, own); err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	for id, name := range map[string]*string{a.StartedBy: &p.Starter, a.NotedBy: &p.Writer, a.SignedBy: &p.Signer} {
		if *name, err = s.nameOf(r, id); err != nil {
			return err
		}
	}
	p.History, _, err = s.Audit.List(ctx, own, audit.Filter{Object: "adoption_adoption", ObjectID: a.ID}, 50, 0)
	return err
}

// nameOf gives the name of somebody with an account; "" for nobody and for one who is gone.
func (s *Service) nameOf(r *http.Request, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	p, err := s.Dir.Person(r.Context(), id)
	if errs.Is(err, errs.NotFound) {
		return "", nil
	}
	return p.Name, err
}

// act runs a form of the page: what can be corrected is shown again with what was typed.
func (s *Service) act(w http.ResponseWriter, r *http.Request, done string, do func(id string, rev int64) error) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	err := do(id, rev)
	if web.Correctable(err) {
		return s.renderPage(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M(done), "")
	return web.Redirect(w, r, "/adopsi/"+id)
}

func (s *Service) note(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "adoption.noted", func(id string, rev int64) error {
		day, err := dayOf(r)
		if err != nil {
			return err
		}
		return s.SaveNote(r.Context(), id, Note{Changes: r.PostFormValue("changes"), Result: r.PostFormValue("result"), Users: r.PostFormValue("users"), StartedAt: &day, Rev: rev})
	})
}

func (s *Service) withdraw(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "adoption.withdrawn", func(id string, rev int64) error {
		return s.Withdraw(r.Context(), id, rev, r.PostFormValue("reason"))
	})
}

func (s *Service) sign(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "adoption.signed", func(id string, rev int64) error { return s.SignOff(r.Context(), id, rev) })
}

func (s *Service) correct(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "adoption.corrected", func(id string, rev int64) error {
		return s.Correct(r.Context(), id, Correction{Changes: r.PostFormValue("changes"), Result: r.PostFormValue("result"), Users: r.PostFormValue("users"), Why: r.PostFormValue("why"), Rev: rev})
	})
}
