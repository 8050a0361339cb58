package access

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
)

// setupCookie carries the key of the first setup after the link was opened, so that it stands in no address, no
// history and no log of a proxy from then on.
const setupCookie = "kunci"

func keyOf(r *http.Request) string {
	c, err := r.Cookie(setupCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

func setSetupCookie(w http.ResponseWriter, key string, age int) {
	http.SetCookie(w, &http.Cookie{Name: setupCookie, Value: key, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func (s *Service) setupForm(w http.ResponseWriter, r *http.Request) error {
	query := strings.TrimSpace(r.URL.Query().Get("q"))
	if given := r.URL.Query().Get("kunci"); given != "" {
		if _, err := s.guardedLink(r, given); err != nil {
			return err
		}
		setSetupCookie(w, given, int(day.Seconds()))
		to := "/mulai"
		if query != "" {
			to += "?q=" + url.QueryEscape(query)
		}
		return web.Redirect(w, r, to)
	}
	if _, err := s.guardedLink(r, keyOf(r)); err != nil {
		return err
	}
	p := gate(r, "access.setup.title")
	p.Lead, p.Query = web.Text(r, "access.setup.lead"), query
	if p.Query != "" {
		var err error
		if p.Regions, err = s.Regions.FindRegency(p.Query, 12); err != nil {
			return err
		}
	}
	return web.Render(w, r, "access/setup", &p)
}

func (s *Service) setup(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	f := r.PostFormValue
	in := Setup{Code: f("regency"), Name: f("name"), Email: f("email"), Password: f("password"), Lang: f("lang")}
	if _, err := s.guardedLink(r, keyOf(r)); err != nil {
		return err
	}
	err := s.Begin(r.Context(), keyOf(r), in)
	if web.Correctable(err) {
		p := gate(r, "access.setup.title")
		p.Query, p.Form, p.Status = in.Code, web.FormOf(r, err), http.StatusUnprocessableEntity
		p.Form.Values.Del("password")
		if found, err := s.Regions.FindRegency(in.Code, 1); err == nil {
			p.Regions = found
		}
		return web.Render(w, r, "access/setup", &p)
	}
	if err != nil {
		return err
	}
	setSetupCookie(w, "", -1)
	web.SetFlash(w, "good", errs.M("access.setup.done"), "")
	return web.Redirect(w, r, "/masuk")
}
