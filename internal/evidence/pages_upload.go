package evidence

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

type uploadPage struct {
	web.Page
	Item                     Item // when a card is edited
	Kinds, Confs, Agencies   []web.Option
	Round, Question, Kembali string
	Max                      int64
	Used, Quota              int64
	Proposes                 bool // the card was accepted: a change is a proposal
}

func (s *Service) uploadPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderUpload(w, r, r.URL.Query(), nil)
}

func (s *Service) renderUpload(w http.ResponseWriter, r *http.Request, v url.Values, failure error) error {
	limits, err := s.limits(r.Context())
	if err != nil {
		return err
	}
	p := &uploadPage{Page: web.Page{Area: "bukti", Title: web.Text(r, "evidence.upload"),
		Lead: web.Text(r, "evidence.upload.lead", "Max", limits.File>>20), Crumbs: crumbs(r)},
		Round: v.Get("round"), Question: v.Get("item"), Kembali: web.Local(v.Get("kembali")), Max: limits.File,
		Item: Item{Agency: tenant.From(r.Context()).Agency, Confidentiality: "internal"}}
	if failure != nil {
		p.Form, p.Status = web.Form{Values: v, Err: failure}, http.StatusUnprocessableEntity
	}
	if err := s.fillUpload(r, p); err != nil {
		return err
	}
	return web.Render(w, r, "evidence/upload", p)
}

// fillUpload offers the agencies for which the actor may write.
func (s *Service) fillUpload(r *http.Request, p *uploadPage) error {
	p.Kinds, p.Confs = options(r, "evidence.kind.", Kinds()), options(r, "evidence.conf.", Confidentialities())
	_, all, err := web.Agencies(r.Context(), s.Dir)
	for _, o := range all {
		if mayWrite(r.Context(), o.Value) {
			p.Agencies = append(p.Agencies, o)
		}
	}
	if err == nil && p.Item.Agency != "" {
		p.Used, p.Quota, err = s.Usage(r.Context(), p.Item.Agency)
	}
	return err
}

func (s *Service) upload(w http.ResponseWriter, r *http.Request) error {
	f, err := s.receive(w, r)
	defer s.end(r.Context(), f)
	if web.Correctable(err) {
		return s.renderUpload(w, r, f.values, err)
	}
	if err != nil {
		return err
	}
	added, known, err := s.addAll(r, f)
	if web.Correctable(err) {
		return s.renderUpload(w, r, f.values, err)
	}
	if err != nil {
		return err
	}
	message := errs.M("evidence.done.add", "N", len(added))
	if known > 0 {
		message = errs.M("evidence.done.known", "N", len(added), "Known", known)
	}
	web.SetFlash(w, "good", message, "")
	to := "/bukti"
	if len(added) == 1 {
		to = "/bukti/" + added[0].ID
	}
	return web.Redirect(w, r, web.Back(f.values.Get("kembali"), to))
}

// addAll makes the cards of an upload. An empty agency is the actor's own.
func (s *Service) addAll(r *http.Request, f form) (added []Item, known int, err error) {
	if f.values.Get("agency") == "" {
		f.values.Set("agency", tenant.From(r.Context()).Agency)
	}
	cards, err := f.cards(func(name string) (int64, error) { return web.ParseDay(r, f.values.Get(name)) })
	if err != nil {
		return nil, 0, err
	}
	return s.AddAll(r.Context(), cards, f.values.Get("year_reason"), f.places()...)
}

func (s *Service) editPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderEdit(w, r, nil)
}

func (s *Service) renderEdit(w http.ResponseWriter, r *http.Request, failure error) error {
	i, err := s.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !mayWrite(r.Context(), i.Agency) {
		return errs.E(errs.Forbidden, "evidence.error.other_agency", nil)
	}
	standing := i
	if v, ok, err := s.Proposal(r.Context(), i); err != nil {
		return err
	} else if ok {
		i = i.With(v.Card)
	}
	p := &uploadPage{Proposes: standing.State == Accepted, Page: web.Page{Area: "bukti", Title: web.Text(r, "evidence.edit"), Lead: i.Title, Crumbs: append(crumbs(r), web.Crumb{Text: i.Title, Path: "/bukti/" + i.ID})}, Item: i}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
		if errs.Is(failure, errs.Conflict) {
			p.Status = http.StatusConflict
		}
	}
	if err := s.fillUpload(r, p); err != nil {
		return err
	}
	return web.Render(w, r, "evidence/edit", p)
}

func (s *Service) edit(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	f := form{values: r.PostForm}
	cards, err := f.cards(func(name string) (int64, error) { return web.ParseDay(r, f.values.Get(name)) })
	if err == nil {
		i := cards[0]
		i.ID = r.PathValue("id")
		i.Rev, _ = strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
		err = s.Edit(r.Context(), i)
	}
	if web.Correctable(err) {
		return s.renderEdit(w, r, err)
	}
	if err != nil {
		return err
	}
	done := errs.M("evidence.done.edit")
	if now, err := s.Get(r.Context(), r.PathValue("id")); err == nil && now.Pending != 0 {
		done = errs.M("evidence.done.propose")
	}
	web.SetFlash(w, "good", done, "")
	return web.Redirect(w, r, "/bukti/"+r.PathValue("id"))
}
