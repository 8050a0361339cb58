package access

import (
	"embed"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

//go:embed migrations views locale
var files embed.FS

// Module shows the room to the house.
func (s *Service) Module() module.Module {
	return module.Module{
		Name: "access", Files: files, Routes: s.routes,
		Perms: []module.Perm{
			{Action: Read, Roles: []string{tenant.RoleAdmin, tenant.RoleInspector}},
			{Action: Manage, Roles: []string{tenant.RoleAdmin}},
		},
		Nav: []web.NavItem{
			{Area: "kelola", Key: "access.nav.users", Path: "/pengguna", Perm: Read, Order: 20},
			{Area: "beranda", Key: "access.nav.account", Path: "/akun", Perm: web.SignedIn, Order: 90},
		},
	}
}

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /masuk", web.Public, s.signInForm)
	mux.Handle("POST /masuk", web.Public, s.signIn)
	mux.Handle("POST /masuk/contoh", web.Public, s.signInSample)
	mux.Handle("GET /masuk/oidc", web.Public, s.oidcStart)
	mux.Handle("GET /masuk/oidc/kembali", web.Public, s.oidcBack)
	mux.Handle("GET /masuk/kode", web.Half, s.codeForm)
	mux.Handle("POST /masuk/kode", web.Half, s.code)
	mux.Handle("POST /keluar", web.Half, s.signOut)
	mux.Handle("GET /lupa", web.Public, s.forgotForm)
	mux.Handle("POST /lupa", web.Public, s.forgot)
	mux.Handle("GET /undangan/{secret}", web.Public, s.linkForm)
	mux.Handle("POST /undangan/{secret}", web.Public, s.useLink)
	mux.Handle("GET /mulai", web.Public, s.setupForm)
	mux.Handle("POST /mulai", web.Public, s.setup)
	mux.Handle("POST /bahasa", web.Public, s.language)
	s.accountRoutes(mux)
	s.userRoutes(mux)
}

type gatePage struct {
	web.Page
	To      string
	Samples []User
	Enrol   *Enrolment
	Secret  string
	Regions []Region
	Query   string
	Sent    bool
	OIDC    string // name of the identity provider, "" when there is none
}

func gate(r *http.Request, title string) gatePage {
	return gatePage{Page: web.Page{Layout: "gate", Title: web.Text(r, title), Lead: web.Text(r, "access.gate.lead")}, To: web.Local(r.FormValue("ke"))}
}

func (s *Service) signInForm(w http.ResponseWriter, r *http.Request) error {
	return s.renderSignIn(w, r, nil)
}

func (s *Service) renderSignIn(w http.ResponseWriter, r *http.Request, failure error) error {
	p := gate(r, "access.gate.title")
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
		p.Form.Values.Del("password")
	}
	if s.OIDC != nil {
		p.OIDC = s.OIDC.Name
	}
	if s.Sample && web.Direct(r) {
		var err error
		if p.Samples, err = s.sampleUsers(r.Context()); err != nil {
			return err
		}
	}
	return web.Render(w, r, "access/sign_in", &p)
}

func (s *Service) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	secret, full, err := s.SignIn(r.Context(), r.PostFormValue("email"), r.PostFormValue("password"), web.ClientIP(r), r.UserAgent())
	if err != nil {
		if web.Correctable(err) {
			return s.renderSignIn(w, r, err)
		}
		return err
	}
	s.setCookie(w, secret, int(longestLife.Seconds()))
	return web.Redirect(w, r, afterSignIn(full, web.Local(r.PostFormValue("ke"))))
}

func afterSignIn(full bool, to string) string {
	if to == "" {
		to = "/"
	}
	if !full {
		return "/masuk/kode?ke=" + url.QueryEscape(to)
	}
	return to
}

func (s *Service) signInSample(w http.ResponseWriter, r *http.Request) error {
	if !s.Sample || !web.Direct(r) {
		return errs.E(errs.NotFound, "web.error.not_found", nil)
	}
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	all, err := s.sampleUsers(r.Context())
	if err != nil {
		return err
	}
	for _, u := range all {
		if u.ID == r.PostFormValue("user") {
			who, err := s.store.byEmail(r.Context(), u.Email)
			if err != nil {
				return err
			}
			secret, full, err := s.open(r.Context(), who[0], web.ClientIP(r), r.UserAgent())
			if err != nil {
				return err
			}
			s.setCookie(w, secret, int(longestLife.Seconds()))
			return web.Redirect(w, r, afterSignIn(full, web.Local(r.PostFormValue("ke"))))
		}
	}
	return errs.E(errs.NotFound, "access.error.no_user", nil)
}

func (s *Service) codeForm(w http.ResponseWriter, r *http.Request) error {
	return s.renderCode(w, r, nil)
}

func (s *Service) renderCode(w http.ResponseWriter, r *http.Request, failure error) error {
	p := gate(r, "access.code.title")
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	enrol, err := s.EnrolTOTP(r.Context())
	switch {
	case err == nil:
		p.Enrol = &enrol
	case !errs.Is(err, errs.Conflict):
		return err
	}
	return web.Render(w, r, "access/code", &p)
}

func (s *Service) code(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	if err := s.ConfirmTOTP(r.Context(), strings.TrimSpace(r.PostFormValue("code"))); err != nil {
		if web.Correctable(err) {
			return s.renderCode(w, r, err)
		}
		return err
	}
	return web.Redirect(w, r, afterSignIn(true, web.Local(r.PostFormValue("ke"))))
}

func (s *Service) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.SignOut(r.Context(), tenant.From(r.Context()).SessionID); err != nil {
		return err
	}
	s.setCookie(w, "", -1)
	return web.Redirect(w, r, "/masuk")
}

func (s *Service) forgotForm(w http.ResponseWriter, r *http.Request) error {
	p := gate(r, "access.forgot.title")
	return web.Render(w, r, "access/forgot", &p)
}

func (s *Service) forgot(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	if err := s.Forgot(r.Context(), r.PostFormValue("email"), web.ClientIP(r)); err != nil {
		return err
	}
	p := gate(r, "access.forgot.title")
	p.Sent = true
	return web.Render(w, r, "access/forgot", &p)
}

func (s *Service) linkForm(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.link(r.Context(), s.DB, r.PathValue("secret")); err != nil {
		return err
	}
	p := gate(r, "access.link.title")
	return web.Render(w, r, "access/link", &p)
}

func (s *Service) useLink(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	err := s.UseLink(r.Context(), r.PathValue("secret"), r.PostFormValue("password"))
	if web.Correctable(err) {
		p := gate(r, "access.link.title")
		p.Form, p.Status = web.Form{Err: err}, http.StatusUnprocessableEntity
		return web.Render(w, r, "access/link", &p)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("access.link.done"), "")
	return web.Redirect(w, r, "/masuk")
}

func (s *Service) setupForm(w http.ResponseWriter, r *http.Request) error {
	p := gate(r, "access.setup.title")
	p.Lead, p.Secret, p.Query = web.Text(r, "access.setup.lead"), r.URL.Query().Get("kunci"), strings.TrimSpace(r.URL.Query().Get("q"))
	if _, err := s.link(r.Context(), s.DB, p.Secret); err != nil {
		return err
	}
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
	in := Setup{Code: r.PostFormValue("regency"), Name: r.PostFormValue("name"), Email: r.PostFormValue("email"), Password: r.PostFormValue("password"), Lang: r.PostFormValue("lang")}
	err := s.Begin(r.Context(), r.PostFormValue("kunci"), in)
	if web.Correctable(err) {
		p := gate(r, "access.setup.title")
		p.Secret, p.Query, p.Form, p.Status = r.PostFormValue("kunci"), in.Code, web.FormOf(r, err), http.StatusUnprocessableEntity
		p.Form.Values.Del("password")
		if found, err := s.Regions.FindRegency(in.Code, 1); err == nil {
			p.Regions = found
		}
		return web.Render(w, r, "access/setup", &p)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("access.setup.done"), "")
	return web.Redirect(w, r, "/masuk")
}

func (s *Service) language(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	lang := "id"
	if r.PostFormValue("lang") == "en" {
		lang = "en"
	}
	http.SetCookie(w, &http.Cookie{Name: "lang", Value: lang, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	if a := tenant.From(r.Context()); a.UserID != "" && a.Via == tenant.ViaSession {
		err := s.DB.Tx(r.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE access_user SET lang = $3 WHERE regency_id = $1 AND id = $2`, a.Regency, a.UserID, lang)
			return err
		})
		if err != nil {
			return err
		}
	}
	return web.Redirect(w, r, web.Back(r.PostFormValue("ke"), "/"))
}

const day = 24 * time.Hour
