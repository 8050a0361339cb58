package webhook

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
)

const logSize = 25

type hookPage struct {
	web.Page
	Hook       Hook
	Secret     string // only in the answer to making or changing it
	OldSigns   bool   // the secret before the last rotation still signs
	Known      []string
	Chosen     []string
	Deliveries []Delivery
	Paging     web.Paging
}

// fail keeps what was typed beside what is wrong with it.
func (p *hookPage) fail(r *http.Request, failure error) {
	if failure == nil {
		return
	}
	p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	if errs.Is(failure, errs.Conflict) {
		p.Status = http.StatusConflict
	}
	if r.Form.Has("name") { // the form that holds the events
		p.Chosen = r.Form["events"]
	}
}

// Subscribed reports whether an event is chosen, in the form as it was typed.
func (p *hookPage) Subscribed(event string) bool { return slices.Contains(p.Chosen, event) }

func crumbs(r *http.Request) []web.Crumb {
	return []web.Crumb{{Text: web.Text(r, "webhook.nav"), Path: "/kait"}}
}

func (s *Service) newPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderNew(w, r, nil)
}

func (s *Service) renderNew(w http.ResponseWriter, r *http.Request, failure error) error {
	p := &hookPage{Page: web.Page{Area: "kelola", Title: web.Text(r, "webhook.new"), Lead: web.Text(r, "webhook.new.lead"), Crumbs: crumbs(r)}, Known: s.Events(), Chosen: []string{All}}
	p.fail(r, failure)
	return web.Render(w, r, "webhook/new", p)
}

func hookOf(r *http.Request) Hook {
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	return Hook{ID: r.PathValue("id"), Name: r.PostFormValue("name"), URL: r.PostFormValue("url"), Events: r.PostForm["events"], Rev: rev}
}

// create shows the page of the new hook in its answer instead of leading there: the secret passes only once.
func (s *Service) create(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	id, secret, err := s.Create(r.Context(), hookOf(r))
	if web.Correctable(err) {
		return s.renderNew(w, r, err)
	}
	if err != nil {
		return err
	}
	return s.renderHook(w, r, id, secret, nil)
}

func (s *Service) page(w http.ResponseWriter, r *http.Request) error {
	return s.renderHook(w, r, r.PathValue("id"), "", nil)
}

func (s *Service) renderHook(w http.ResponseWriter, r *http.Request, id, secret string, failure error) error {
	ctx := r.Context()
	h, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	p := &hookPage{Page: web.Page{Area: "kelola", Title: h.Name, Lead: h.Place(), Crumbs: crumbs(r)}, Hook: h, Secret: secret,
		OldSigns: h.OldUntil > s.Now().UnixMilli(), Known: s.Events(), Chosen: h.Events, Paging: web.PagingOf(r, logSize)}
	p.fail(r, failure)
	if p.Deliveries, p.Paging.Total, err = s.Log(ctx, id, logSize, p.Paging.Offset()); err != nil {
		return err
	}
	return web.Render(w, r, "webhook/hook", p)
}

func (s *Service) edit(w http.ResponseWriter, r *http.Request) error {
	return s.apply(w, r, "webhook.saved", func(h Hook) error { return s.Edit(r.Context(), h) })
}

func (s *Service) switchActive(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	on, done := r.PostFormValue("active") == "ya", "webhook.switched_off"
	if on {
		done = "webhook.switched_on"
	}
	return s.apply(w, r, done, func(h Hook) error { return s.SetActive(r.Context(), h.ID, h.Rev, on) })
}

func (s *Service) test(w http.ResponseWriter, r *http.Request) error {
	return s.apply(w, r, "webhook.tested", func(h Hook) error { return s.Test(r.Context(), h.ID) })
}

func (s *Service) resend(w http.ResponseWriter, r *http.Request) error {
	return s.apply(w, r, "webhook.resent", func(h Hook) error { return s.Resend(r.Context(), h.ID, r.PathValue("delivery")) })
}

// apply runs one change of a hook and comes back to its page.
func (s *Service) apply(w http.ResponseWriter, r *http.Request, done string, do func(Hook) error) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	err := do(hookOf(r))
	if web.Correctable(err) {
		return s.renderHook(w, r, r.PathValue("id"), "", err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M(done), "")
	return web.Redirect(w, r, "/kait/"+r.PathValue("id"))
}

// rotate shows the new secret in its answer, as create does.
func (s *Service) rotate(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	h := hookOf(r)
	secret, err := s.Rotate(r.Context(), h.ID, h.Rev)
	if err != nil && !web.Correctable(err) {
		return err
	}
	return s.renderHook(w, r, h.ID, secret, err)
}

// remove asks for the tick again on the server, so that it holds without script too.
func (s *Service) remove(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if r.PostFormValue("confirm") != "ya" {
		return s.renderHook(w, r, id, "", errs.InvalidFields(map[string]errs.Msg{"confirm": errs.M("webhook.error.confirm")}))
	}
	if err := s.Delete(r.Context(), id); err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("webhook.deleted"), "")
	return web.Redirect(w, r, "/kait")
}
