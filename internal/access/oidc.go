package access

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
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

// OIDCConfig names an identity provider (OpenID Connect Core 1.0). Redirect is the full address of
// /masuk/oidc/kembali. Second names the methods (amr, RFC 8176) and classes (acr) of the provider that count as a second factor;
// empty lets its word count as one factor whatever it says.
type OIDCConfig struct {
	Issuer, ClientID, ClientSecret, Redirect, Name string
	Second                                         []string
}

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
	fit, said, err := s.identity(r.Context(), r.URL.Query().Get("code"), t)
	if web.Correctable(err) {
		return s.renderSignIn(w, r, err)
	}
	if err != nil {
		return err
	}
	e, err := s.open(r.Context(), fit, said.factors(s.OIDC.Second, s.Now()), comerOf(r))
	if err != nil {
		return err
	}
	s.enter(w, e)
	return web.Redirect(w, r, afterSignIn(e, t.To))
}

type claims struct {
	Subject  string `json:"sub"`
	Nonce    string `json:"nonce"`
	Email    string `json:"email"`
	Verified bool   `json:"email_verified"`

	Methods spoken `json:"amr"` // how the provider asked
	Class   spoken `json:"acr"`
}

// spoken is a list of words, or one word where a provider writes no list. Anything else says nothing and refuses nobody.
type spoken []string

// UnmarshalJSON reads either form.
func (s *spoken) UnmarshalJSON(data []byte) error {
	var one string
	switch {
	case json.Unmarshal(data, &one) == nil:
		*s = spoken{one}
	case json.Unmarshal(data, (*[]string)(s)) != nil:
		*s = nil
	}
	return nil
}

// factors is what a sign-in at the provider proves.
func (c claims) factors(accepted []string, now time.Time) factors {
	f := factors{byProvider: now.UnixMilli()}
	for _, how := range slices.Concat(c.Methods, c.Class) {
		if how != "" && slices.Contains(accepted, how) {
			f[byTwice] = now.UnixMilli()
		}
	}
	return f
}

// identity exchanges the code and finds the account: by issuer and subject when they are known, else by a verified
// e-mail. It never makes an account.
func (s *Service) identity(ctx context.Context, code string, t trip) (fit []credential, said claims, err error) {
	refused := func(err error) error {
		return errs.E(errs.Invalid, "access.error.oidc_refused", err, "Name", s.OIDC.Name)
	}
	p, err := s.provider(ctx)
	if err != nil {
		return nil, said, err
	}
	ctx, cancel := context.WithTimeout(ctx, providerPatience)
	defer cancel()
	c := s.oauth(p)
	token, err := c.Exchange(ctx, code, oauth2.VerifierOption(t.Verifier))
	if err != nil {
		return nil, said, refused(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.Verifier(&oidc.Config{ClientID: s.OIDC.ClientID, Now: s.Now}).Verify(ctx, raw)
	if err != nil {
		return nil, said, refused(err)
	}
	if err := id.Claims(&said); err != nil || id.Nonce != t.Nonce {
		return nil, said, refused(err)
	}
	if said.Email == "" {
		info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil || info.Subject != id.Subject {
			return nil, said, refused(err)
		}
		said.Email, said.Verified = info.Email, info.EmailVerified
	}
	fit, err = s.known(ctx, id.Issuer, id.Subject, said)
	return fit, said, err
}

// known gives every living account of a person of the provider: those that are tied to issuer and subject, and
// those with the same verified e-mail, which are tied now. A foreign administrator who takes an address only adds a
// choice.
func (s *Service) known(ctx context.Context, issuer, subject string, said claims) ([]credential, error) {
	tied, err := s.tied(ctx, issuer, subject)
	if err != nil {
		return nil, err
	}
	var fit []credential
	for who := range tied {
		c, err := s.store.credential(ctx, s.DB, who.Regency, who.UserID)
		if err == nil && s.opens(c.User) {
			fit = append(fit, c)
		} else if err != nil && !db.NotFound(err) {
			return nil, err
		}
	}
	if said.Verified && said.Email != "" {
		found, err := s.store.byEmail(ctx, strings.ToLower(said.Email))
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			if tied[c.key()] || !s.opens(c.User) {
				continue
			}
			if ok, err := s.tie(ctx, c, issuer, subject); err != nil {
				return nil, err
			} else if ok {
				fit = append(fit, c)
			}
		}
	}
	if len(fit) == 0 {
		return nil, errs.E(errs.Invalid, "access.error.oidc_unknown", nil)
	}
	slices.SortFunc(fit, func(a, b credential) int { return cmp.Compare(a.Regency, b.Regency) })
	return fit, nil
}

func (s *Service) tied(ctx context.Context, issuer, subject string) (map[account]bool, error) {
	out := map[account]bool{}
	rows, err := s.DB.Query(ctx, `SELECT regency_id, user_id FROM access_identity WHERE regency_id > 0 AND issuer = $1 AND subject = $2`,
		issuer, subject)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (a account, err error) { return a, r.Scan(&a.Regency, &a.UserID) })
	for _, a := range all {
		out[a] = true
	}
	return out, err
}

// tie keeps that an account belongs to a person of the provider; false when somebody else of the provider holds it.
func (s *Service) tie(ctx context.Context, who credential, issuer, subject string) (bool, error) {
	var others int
	err := s.DB.QueryRow(ctx, `SELECT count(*) FROM access_identity WHERE regency_id = $1 AND issuer = $2
		AND (user_id = $3 OR subject = $4)`, who.Regency, issuer, who.User.ID, subject).Scan(&others)
	if err != nil || others > 0 {
		return false, err
	}
	ctx = tenant.With(ctx, tenant.Actor{Regency: who.Regency, UserID: who.User.ID, Name: who.User.Name, Via: "oidc"})
	return true, s.DB.Tx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO access_identity (regency_id, issuer, subject, user_id, at) VALUES ($1, $2, $3, $4, $5)`,
			who.Regency, issuer, subject, who.User.ID, s.Now().UnixMilli()); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.identity", Object: "access_user", ObjectID: who.User.ID,
			After: map[string]string{"issuer": issuer}})
	})
}
