package access

import (
	"net/http"
	"strconv"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

func (s *Service) accountRoutes(mux *web.Mux) {
	mux.Handle("GET /akun", web.SignedIn, s.account)
	mux.Handle("POST /akun/sandi", web.SignedIn, s.changePassword)
	mux.Handle("POST /akun/sesi/{id}/akhiri", web.SignedIn, s.endOwnSession)
	mux.Handle("POST /akun/token", web.SignedIn, s.newToken)
	mux.Handle("POST /akun/token/{id}/cabut", web.SignedIn, s.dropToken)
	mux.Handle("POST /akun/kode-cadangan", web.SignedIn, s.makeRecovery)
	mux.Handle("GET /akun/bukti", web.SignedIn, s.proveForm)
	mux.Handle("POST /akun/bukti", web.SignedIn, s.prove)
}

type accountPage struct {
	web.Page
	User     User
	Sessions []Session
	Tokens   []Token
	Secret   string // of a new token, shown once
	Mine     string // id of the present session
	Held     []tenant.Grant
	Rooms    []string // that programs can talk to
	Passkeys []Passkey
	Switch   bool // other accounts of this person can be chosen
}

func (s *Service) account(w http.ResponseWriter, r *http.Request) error {
	return s.renderAccount(w, r, "", nil)
}

func (s *Service) renderAccount(w http.ResponseWriter, r *http.Request, secret string, failure error) error {
	ctx := r.Context()
	a := tenant.From(ctx)
	p := &accountPage{Page: web.Page{Area: "beranda", Title: a.Name, Lead: web.Text(r, "access.account.lead")}, Secret: secret, Mine: a.SessionID}
	if failure != nil {
		p.Form, p.Status = web.Form{Err: failure}, http.StatusUnprocessableEntity
	}
	var err error
	if p.User, err = s.User(ctx, a.UserID); err != nil {
		return err
	}
	if p.Sessions, err = s.Sessions(ctx, a.UserID); err != nil {
		return err
	}
	if p.Tokens, err = s.Tokens(ctx); err != nil {
		return err
	}
	if p.Passkeys, err = s.Passkeys(ctx); err != nil {
		return err
	}
	others, err := s.Choices(ctx)
	if err != nil {
		return err
	}
	p.Held, p.Rooms, p.Switch = a.Held, s.Rooms(), len(others) > 1
	return web.Render(w, r, "access/account", p)
}

func (s *Service) changePassword(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	err := s.ownPassword(r, r.PostFormValue("old"), r.PostFormValue("password"))
	if web.Correctable(err) {
		return s.renderAccount(w, r, "", err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("access.account.password_done"), "")
	return web.Redirect(w, r, "/akun")
}

// ownPassword changes the actor's password and ends what the rule says.
func (s *Service) ownPassword(r *http.Request, old, password string) error {
	ctx := r.Context()
	a := tenant.From(ctx)
	undo, err := s.limiter.try(ownKeys(a.SessionID)...)
	if err != nil {
		return err
	}
	who, err := s.store.credential(ctx, s.DB, a.Regency, a.UserID)
	if err != nil {
		return err
	}
	ok, _, err := s.hasher.matches(ctx, who.Password, old)
	if err != nil {
		return err
	}
	if !ok {
		s.refusedOne(ctx, a.Regency, a.UserID, a.IP, "access.prove.refused")
		return errs.InvalidFields(map[string]errs.Msg{"old": errs.M("access.error.old_password")})
	}
	if err := checkPassword(password, s.aboutOf(ctx, a.Regency, who.User)...); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	undo()
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.setPassword(tx, a.Regency, a.UserID, hash); err != nil {
			return err
		}
		if err := s.store.end(tx, passwordChanged, a.Regency, a.UserID, a.SessionID); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.password", Object: "access_user", ObjectID: a.UserID})
	})
}

func (s *Service) endOwnSession(w http.ResponseWriter, r *http.Request) error {
	if err := s.EndSession(r.Context(), tenant.From(r.Context()).UserID, r.PathValue("id")); err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("access.account.session_done"), "")
	return web.Redirect(w, r, "/akun")
}

func (s *Service) newToken(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	days, _ := strconv.Atoi(r.PostFormValue("days"))
	days = max(0, min(days, 10_000))
	secret, err := s.NewToken(r.Context(), r.PostFormValue("token_name"), scopesOf(r), time.Duration(days)*day)
	if web.Correctable(err) {
		return s.renderAccount(w, r, "", err)
	}
	if err != nil {
		return err
	}
	return s.renderAccount(w, r, secret, nil)
}

// scopesOf reads "evidence:read" and the like from a form; without a room a token is for all.
func scopesOf(r *http.Request) tenant.Scopes {
	out := tenant.Scopes{}
	writes := r.PostFormValue("writes") == "ya"
	for _, room := range r.PostForm["scope"] {
		out[room] = writes
	}
	if len(r.PostForm["scope"]) == 0 {
		out[allRooms] = writes
	}
	return out
}

func (s *Service) dropToken(w http.ResponseWriter, r *http.Request) error {
	if err := s.DropToken(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("access.account.token_done"), "")
	return web.Redirect(w, r, "/akun")
}
