package access

import (
	"context"
	"net/http"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// proven refuses what asks for a fresh proof when the actor gave none within tenant.ProofLife.
func (s *Service) proven(ctx context.Context) error {
	if !tenant.From(ctx).Proven(s.Now()) {
		return web.Prove()
	}
	return nil
}

// allowProven is the right to manage people, by somebody who proved a short while ago who they are.
func (s *Service) allowProven(ctx context.Context) error {
	if err := allow(ctx); err != nil {
		return err
	}
	return s.proven(ctx)
}

// Prove takes password or code of the actor once more and gives their session another secret.
func (s *Service) Prove(ctx context.Context, word string, c comer) (secret string, err error) {
	a := tenant.From(ctx)
	undo, err := s.limiter.try(ownKeys(a.SessionID)...)
	if err != nil {
		return "", err
	}
	who, err := s.store.credential(ctx, s.DB, a.Regency, a.UserID)
	if err != nil {
		return "", err
	}
	ok, _, err := s.hasher.matches(ctx, who.Password, word)
	if err != nil {
		return "", err
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		kind := byPassword
		if !ok {
			if !who.User.TOTPOn {
				return errs.InvalidFields(map[string]errs.Msg{"word": errs.M("access.error.prove")})
			}
			if kind, err = s.checkCode(ctx, tx, who, strings.TrimSpace(word)); errs.Is(err, errs.Invalid) {
				return errs.InvalidFields(map[string]errs.Msg{"word": errs.M("access.error.prove")})
			}
			if err != nil {
				return err
			}
		}
		if secret, err = s.rotateIn(ctx, tx, a, factors{kind: s.Now().UnixMilli()}); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.prove", Object: "access_user", ObjectID: a.UserID, After: kind})
	})
	if errs.Is(err, errs.Invalid) {
		s.refusedOne(ctx, a.Regency, a.UserID, c.IP, "access.prove.refused")
	}
	if err == nil {
		undo()
	}
	return secret, err
}

func (s *Service) proveForm(w http.ResponseWriter, r *http.Request) error {
	return s.renderProve(w, r, nil)
}

func (s *Service) renderProve(w http.ResponseWriter, r *http.Request, failure error) error {
	p := gate(r, "access.prove.title")
	if failure != nil {
		p.Form, p.Status = web.Form{Err: failure}, http.StatusUnprocessableEntity
	}
	return web.Render(w, r, "access/prove", &p)
}

func (s *Service) prove(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	secret, err := s.Prove(r.Context(), r.PostFormValue("word"), comerOf(r))
	if web.Correctable(err) {
		return s.renderProve(w, r, err)
	}
	if err != nil {
		return err
	}
	s.setCookie(w, secret, int(longestLife.Seconds()))
	web.SetFlash(w, "good", errs.M("access.prove.done"), "")
	return web.Redirect(w, r, web.Back(r.PostFormValue("ke"), "/akun"))
}
