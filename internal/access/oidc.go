package access

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// OIDCConfig names an identity provider (OpenID Connect Core 1.0). Redirect is the full address of /masuk/oidc/kembali.
type OIDCConfig struct{ Issuer, ClientID, ClientSecret, Redirect, Name string }

// provider is the identity provider once it was found; it is looked up at the first sign-in, not at start.
type provider struct {
	mu   sync.Mutex
	p    *oidc.Provider
	last time.Time
}

const providerPatience = 10 * time.Second

func (s *Service) provider(ctx context.Context) (*oidc.Provider, error) {
	s.idp.mu.Lock()
	defer s.idp.mu.Unlock()
	if s.idp.p != nil {
		return s.idp.p, nil
	}
	if s.Now().Sub(s.idp.last) < 5*time.Second {
		return nil, errs.E(errs.Conflict, "access.error.oidc_down", nil, "Name", s.OIDC.Name)
	}
	s.idp.last = s.Now()
	// The provider keeps the context for later key lookups, so it must not end with this request.
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), &http.Client{Timeout: providerPatience}), s.OIDC.Issuer)
	if err != nil {
		return nil, errs.E(errs.Conflict, "access.error.oidc_down", err, "Name", s.OIDC.Name)
	}
	s.idp.p = p
	return p, nil
}

func (s *Service) oauth(p *oidc.Provider) oauth2.Config {
	return oauth2.Config{ClientID: s.OIDC.ClientID, ClientSecret: s.OIDC.ClientSecret, RedirectURL: s.OIDC.Redirect, Endpoint: p.Endpoint(), Scopes: []string{oidc.ScopeOpenID, "email"}}
}

// trip is what the browser carries to the provider and back.
type trip struct{ State, Nonce, Verifier, To string }

const tripCookie = "pendapa_oidc"

func random() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// oidcStart sends the browser to the provider with state, nonce and PKCE.
func (s *Service) oidcStart(w http.ResponseWriter, r *http.Request) error {
	if s.OIDC == nil {
		return errs.E(errs.NotFound, "web.error.not_found", nil)
	}
	p, err := s.provider(r.Context())
	if err != nil {
		return s.renderSignIn(w, r, err)
	}
	t := trip{State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier(), To: web.Local(r.URL.Query().Get("ke"))}
	data, err := json.Marshal(t)
	if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: tripCookie, Value: base64.RawURLEncoding.EncodeToString(data), Path: "/", MaxAge: 600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	c := s.oauth(p)
	http.Redirect(w, r, c.AuthCodeURL(t.State, oidc.Nonce(t.Nonce), oauth2.S256ChallengeOption(t.Verifier)), http.StatusFound)
	return nil
}

func tripOf(r *http.Request) (t trip, ok bool) {
	c, err := r.Cookie(tripCookie)
	if err != nil {
		return t, false
	}
	data, err := base64.RawURLEncoding.DecodeString(c.Value)
	return t, err == nil && json.Unmarshal(data, &t) == nil && t.State != ""
}

// oidcBack takes what the provider answered and opens a session for the account it names.
func (s *Service) oidcBack(w http.ResponseWriter, r *http.Request) error {
	t, ok := tripOf(r)
	http.SetCookie(w, &http.Cookie{Name: tripCookie, Path: "/", MaxAge: -1, HttpOnly: true})
	if s.OIDC == nil || !ok || r.URL.Query().Get("state") != t.State {
		return s.renderSignIn(w, r, errs.E(errs.Invalid, "access.error.oidc_state", nil))
	}
	who, err := s.identity(r.Context(), r.URL.Query().Get("code"), t)
	if web.Correctable(err) {
		return s.renderSignIn(w, r, err)
	}
	if err != nil {
		return err
	}
	secret, full, err := s.open(r.Context(), who, web.ClientIP(r), r.UserAgent())
	if err != nil {
		return err
	}
	s.setCookie(w, secret, int(longestLife.Seconds()))
	return web.Redirect(w, r, afterSignIn(full, t.To))
}

type claims struct {
	Subject  string `json:"sub"`
	Nonce    string `json:"nonce"`
	Email    string `json:"email"`
	Verified bool   `json:"email_verified"`
}

// identity exchanges the code and finds the account: by issuer and subject when they are known, else by a verified e-mail.
// It never makes an account.
func (s *Service) identity(ctx context.Context, code string, t trip) (credential, error) {
	refused := func(err error) error {
		return errs.E(errs.Invalid, "access.error.oidc_refused", err, "Name", s.OIDC.Name)
	}
	p, err := s.provider(ctx)
	if err != nil {
		return credential{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, providerPatience)
	defer cancel()
	c := s.oauth(p)
	token, err := c.Exchange(ctx, code, oauth2.VerifierOption(t.Verifier))
	if err != nil {
		return credential{}, refused(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.Verifier(&oidc.Config{ClientID: s.OIDC.ClientID, Now: s.Now}).Verify(ctx, raw)
	if err != nil {
		return credential{}, refused(err)
	}
	var said claims
	if err := id.Claims(&said); err != nil || id.Nonce != t.Nonce {
		return credential{}, refused(err)
	}
	if said.Email == "" {
		info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil || info.Subject != id.Subject {
			return credential{}, refused(err)
		}
		said.Email, said.Verified = info.Email, info.EmailVerified
	}
	return s.known(ctx, id.Issuer, id.Subject, said)
}

func (s *Service) known(ctx context.Context, issuer, subject string, said claims) (credential, error) {
	var regency int64
	var userID string
	err := s.DB.QueryRow(ctx, `SELECT regency_id, user_id FROM access_identity WHERE regency_id > 0 AND issuer = $1 AND subject = $2`, issuer, subject).Scan(&regency, &userID)
	if err == nil {
		who, err := s.store.credential(ctx, s.DB, regency, userID)
		if err == nil && !s.alive(who.User) {
			err = errs.E(errs.Invalid, "access.error.oidc_unknown", nil)
		}
		return who, err
	}
	if !db.NotFound(err) {
		return credential{}, err
	}
	found, err := s.store.byEmail(ctx, strings.ToLower(said.Email))
	if err != nil {
		return credential{}, err
	}
	if !said.Verified || len(found) != 1 || !s.alive(found[0].User) {
		return credential{}, errs.E(errs.Invalid, "access.error.oidc_unknown", nil)
	}
	who := found[0]
	ctx = tenant.With(ctx, tenant.Actor{Regency: who.Regency, UserID: who.User.ID, Name: who.User.Name, Via: "oidc"})
	return who, s.DB.Tx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO access_identity (regency_id, issuer, subject, user_id, at) VALUES ($1, $2, $3, $4, $5)`,
			who.Regency, issuer, subject, who.User.ID, s.Now().UnixMilli()); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.identity", Object: "access_user", ObjectID: who.User.ID, After: map[string]string{"issuer": issuer}})
	})
}
