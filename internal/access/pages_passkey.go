package access

import (
	"net/http"
	"net/url"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

const ceremonyCookie = "upacara"

func (s *Service) passkeyRoutes(mux *web.Mux) {
	mux.Handle("POST /masuk/kunci/tanya", web.Public, s.askPasskey)
	mux.Handle("POST /masuk/kunci", web.Public, s.passkeySignIn)
	mux.Handle("POST /akun/kunci/tanya", web.Half, s.askNewPasskey)
	mux.Handle("POST /akun/kunci", web.Half, s.addPasskey)
	mux.Handle("POST /akun/kunci/{id}/nama", web.SignedIn, s.renamePasskey)
	mux.Handle("POST /akun/kunci/{id}/hapus", web.SignedIn, s.dropPasskey)
}

// placeOf is the address by which this request came; the edge knows it for one of the house.
func placeOf(r *http.Request) place {
	origin := web.Site(r)
	u, err := url.Parse(origin)
	if err != nil {
		return place{}
	}
	return place{u.Hostname(), origin}
}

func setCeremony(w http.ResponseWriter, secret string, age int) {
	http.SetCookie(w, &http.Cookie{Name: ceremonyCookie, Value: secret, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteStrictMode})
}

func ceremonyOf(r *http.Request) string {
	c, err := r.Cookie(ceremonyCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

func (s *Service) askPasskey(w http.ResponseWriter, r *http.Request) error {
	options, secret, err := s.BeginPasskeySignIn(placeOf(r))
	if err != nil {
		return err
	}
	setCeremony(w, secret, int(ceremonyLife.Seconds()))
	return web.JSON(w, http.StatusOK, options)
}

func (s *Service) askNewPasskey(w http.ResponseWriter, r *http.Request) error {
	options, secret, err := s.BeginPasskey(r.Context(), placeOf(r))
	if err != nil {
		return err
	}
	setCeremony(w, secret, int(ceremonyLife.Seconds()))
	return web.JSON(w, http.StatusOK, options)
}

func (s *Service) passkeySignIn(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	e, err := s.PasskeySignIn(r.Context(), placeOf(r), ceremonyOf(r), r.PostFormValue("answer"), comerOf(r))
	if web.Correctable(err) {
		return s.renderSignIn(w, r, err)
	}
	if err != nil {
		return err
	}
	setCeremony(w, "", -1)
	s.enter(w, e)
	return web.Redirect(w, r, afterSignIn(e, web.Local(r.PostFormValue("ke"))))
}

func (s *Service) addPasskey(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	f := r.PostFormValue
	done, err := s.AddPasskey(r.Context(), placeOf(r), ceremonyOf(r), f("passkey_name"), f("answer"), comerOf(r))
	switch {
	case web.Correctable(err) && tenant.From(r.Context()).SignedIn():
		return s.renderAccount(w, r, "", err)
	case web.Correctable(err):
		return s.renderCode(w, r, err)
	case err != nil:
		return err
	}
	setCeremony(w, "", -1)
	s.enter(w, done.Entry)
	to := web.Back(f("ke"), "/akun")
	if len(done.Codes) > 0 {
		return s.renderCodes(w, r, done.Codes, to)
	}
	web.SetFlash(w, "good", errs.M("access.passkey.added"), "")
	return web.Redirect(w, r, to)
}

func (s *Service) renamePasskey(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	return s.afterPasskey(w, r, s.RenamePasskey(r.Context(), r.PathValue("id"), r.PostFormValue("passkey_name")), "access.passkey.renamed")
}

func (s *Service) dropPasskey(w http.ResponseWriter, r *http.Request) error {
	return s.afterPasskey(w, r, s.DropPasskey(r.Context(), r.PathValue("id")), "access.passkey.dropped")
}

func (s *Service) afterPasskey(w http.ResponseWriter, r *http.Request, err error, done string) error {
	if web.Correctable(err) {
		return s.renderAccount(w, r, "", err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M(done), "")
	return web.Redirect(w, r, "/akun")
}
