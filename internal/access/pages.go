package access

import (
	"embed"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

//go:embed migrations all:views locale
var files embed.FS

// Module shows the room to the house.
func (s *Service) Module() module.Module {
	return module.Module{
		Name: "access", Files: files, Routes: s.routes,
		Sealed: sealed(),
		Jobs:   map[string]jobs.Func{kindSweep: s.sweep, kindForgot: s.forgotJob},
		Every:  []jobs.Schedule{{Kind: kindSweep, Every: day}},
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
	mux.Handle("GET /masuk/pilih", web.Half, s.choiceForm)
	mux.Handle("POST /masuk/pilih", web.Half, s.choose)
	mux.Handle("POST /keluar", web.Half, s.signOut)
	mux.Handle("GET /lupa", web.Public, s.forgotForm)
	mux.Handle("POST /lupa", web.Public, s.forgot)
	mux.Handle("GET /undangan/{secret}", web.Public, s.linkForm)
	mux.Handle("POST /undangan/{secret}", web.Public, s.useLink)
	mux.Handle("GET /mulai", web.Public, s.setupForm)
	mux.Handle("POST /mulai", web.Public, s.setup)
	mux.Handle("POST /bahasa", web.Public, s.language)
	s.accountRoutes(mux)
	s.passkeyRoutes(mux)
	s.userRoutes(mux)
}

type gatePage struct {
	web.Page
	To      string
	Samples []User
	Enrol   *Enrolment
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
	c := comerOf(r)
	e, err := s.SignIn(r.Context(), Try{r.PostFormValue("email"), r.PostFormValue("password"), c.IP, c.Agent, c.Device})
	if err != nil {
		if web.Correctable(err) {
			return s.renderSignIn(w, r, err)
		}
		return err
	}
	s.enter(w, e)
	return web.Redirect(w, r, afterSignIn(e, web.Local(r.PostFormValue("ke"))))
}

// comerOf reads where a request comes from and the sign of a browser that was here before.
func comerOf(r *http.Request) comer {
	c := comer{IP: web.ClientIP(r), Agent: r.UserAgent()}
	if known, err := r.Cookie(deviceCookie); err == nil {
		c.Device = known.Value
	}
	return c
}

// afterSignIn leads to what is still owed, or to what a role waits for, or to where the person wanted to go.
func afterSignIn(e Entry, to string) string {
	if to == "" {
		to = "/"
	}
	switch {
	case e.Owes == owesChoice:
		return "/masuk/pilih?ke=" + url.QueryEscape(to)
	case e.Owes != "" || e.Held:
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
			i := slices.IndexFunc(who, func(c credential) bool { return c.User.ID == u.ID })
			e, err := s.open(r.Context(), who[i:i+1], factors{bySample: s.Now().UnixMilli()}, comerOf(r))
			if err != nil {
				return err
			}
			s.enter(w, e)
			return web.Redirect(w, r, afterSignIn(e, web.Local(r.PostFormValue("ke"))))
		}
	}
	return errs.E(errs.NotFound, "access.error.no_user", nil)
}

func (s *Service) codeForm(w http.ResponseWriter, r *http.Request) error {
	return s.renderCode(w, r, nil)
}

type codePage struct {
	gatePage
	Later bool     // roles without a second factor work meanwhile
	Roles []string // keys of the roles that wait
}

func (s *Service) renderCode(w http.ResponseWriter, r *http.Request, failure error) error {
	a := tenant.From(r.Context())
	if a.Owes == owesChoice {
		return web.Redirect(w, r, "/masuk/pilih")
	}
	p := &codePage{gatePage: gate(r, "access.code.title"), Later: a.Owes == "" && len(a.Held) > 0}
	for _, g := range a.Held {
		p.Roles = append(p.Roles, "access.role."+g.Role)
	}
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
	return web.Render(w, r, "access/code", p)
}

func (s *Service) code(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	done, err := s.ConfirmTOTP(r.Context(), strings.TrimSpace(r.PostFormValue("code")), comerOf(r))
	if err != nil {
		if web.Correctable(err) {
			return s.renderCode(w, r, err)
		}
		return err
	}
	s.enter(w, done.Entry)
	to := web.Back(r.PostFormValue("ke"), "/")
	if len(done.Codes) > 0 {
		return s.renderCodes(w, r, done.Codes, to)
	}
	return web.Redirect(w, r, to)
}

func (s *Service) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.SignOut(r.Context(), tenant.From(r.Context()).SessionID); err != nil {
		return err
	}
	s.setCookie(w, "", -1)
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`) // a shared computer keeps nothing; the language stays
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
	if _, err := s.guardedLink(r, r.PathValue("secret")); err != nil {
		return err
	}
	p := gate(r, "access.link.title")
	return web.Render(w, r, "access/link", &p)
}

// guardedLink finds a link; somebody who tries many that do not exist is slowed down.
func (s *Service) guardedLink(r *http.Request, secret string) (link, error) {
	undo, err := s.limiter.try(linkKeys(web.ClientIP(r))...)
	if err != nil {
		return link{}, err
	}
	l, err := s.link(r.Context(), s.DB, secret)
	if err == nil {
		undo()
	}
	return l, err
}

func (s *Service) useLink(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	if _, err := s.guardedLink(r, r.PathValue("secret")); err != nil {
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
