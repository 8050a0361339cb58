package access

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// choices are the accounts of one person in several regencies that the proof given at sign-in fits. Open is true
// until one was chosen.
type choices struct {
	Open bool     `json:"open,omitempty"`
	List []choice `json:"list"`
}

// choice is one account; Proof is a digest of what it was opened with, so that a password that changed since no
// longer fits.
type choice struct {
	Regency int64  `json:"regency"`
	UserID  string `json:"user"`
	Proof   string `json:"proof"`
}

func (c choices) text() string {
	if len(c.List) < 2 {
		return ""
	}
	data, err := json.Marshal(c)
	if err != nil {
		panic(err) // numbers and words always marshal
	}
	return string(data)
}

func readChoices(text string) (c choices) {
	if text == "" || json.Unmarshal([]byte(text), &c) != nil {
		return choices{}
	}
	return c
}

// choicesOf lists accounts with what opened them: the stored password, or the word of the identity provider.
func (s *Service) choicesOf(fit []credential, f factors) []choice {
	var out []choice
	for _, c := range fit {
		out = append(out, choice{c.Regency, c.User.ID, proofOf(c, f)})
	}
	return out
}

func proofOf(c credential, f factors) string {
	if _, ok := f[byPassword]; ok {
		return digest(c.Password)
	}
	return byProvider
}

// Account is an account one may change to.
type AccountChoice struct {
	Regency      int64
	UserID       string
	Name, Person string // of the regency, and of the person there
	Here         bool   // the account of the present session
}

// Choices lists the accounts that the proof of the actor's session fits and that still live.
func (s *Service) Choices(ctx context.Context) ([]AccountChoice, error) {
	a := tenant.From(ctx)
	h, err := s.store.session(ctx, s.DB, a.SessionID)
	if db.NotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []AccountChoice
	for _, c := range h.Choices.List {
		who, err := s.chosen(ctx, c, h.Factors)
		if err != nil {
			return nil, err
		}
		if who.User.ID == "" {
			continue
		}
		b, err := s.Brand(ctx, c.Regency)
		if err != nil {
			return nil, err
		}
		out = append(out, AccountChoice{c.Regency, c.UserID, b.Name, who.User.Name, c.Regency == a.Regency && c.UserID == a.UserID})
	}
	return out, nil
}

// chosen reads an account again; the zero credential when the proof no longer fits it.
func (s *Service) chosen(ctx context.Context, c choice, f factors) (credential, error) {
	who, err := s.store.credential(ctx, s.DB, c.Regency, c.UserID)
	if db.NotFound(err) {
		return credential{}, nil
	}
	if err != nil || !s.opens(who.User) || proofOf(who, f) != c.Proof {
		return credential{}, err
	}
	return who, nil
}

// Choose leaves the present session for one in another account of the same person. What was proved at sign-in goes
// with them; the second factor of that account is asked for again.
func (s *Service) Choose(ctx context.Context, regency int64, userID string, c comer) (Entry, error) {
	a := tenant.From(ctx)
	h, err := s.store.session(ctx, s.DB, a.SessionID)
	if err != nil {
		return Entry{}, errs.E(errs.NotFound, "access.error.no_session", err)
	}
	i := slices.IndexFunc(h.Choices.List, func(c choice) bool { return c.Regency == regency && c.UserID == userID })
	if i < 0 {
		return Entry{}, errs.E(errs.NotFound, "access.error.no_choice", nil)
	}
	who, err := s.chosen(ctx, h.Choices.List[i], h.Factors)
	if err != nil {
		return Entry{}, err
	}
	if who.User.ID == "" {
		return Entry{}, errs.E(errs.Conflict, "access.error.no_choice", nil)
	}
	kept := factors{}
	for _, kind := range []string{byPassword, byProvider, byTwice} {
		if at, ok := h.Factors[kind]; ok {
			kept[kind] = at
		}
	}
	e, err := s.open(ctx, []credential{who}, kept, c)
	if err != nil {
		return Entry{}, err
	}
	h.Choices.Open = false
	return e, s.DB.Tx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`DELETE FROM access_session WHERE regency_id = $1 AND hash = $2`, a.Regency, a.SessionID); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE access_session SET choices = $3 WHERE regency_id = $1 AND hash = $2`,
			regency, digest(e.Secret), h.Choices.text())
		return err
	})
}

type choicePage struct {
	gatePage
	Choices []AccountChoice
}

func (s *Service) choiceForm(w http.ResponseWriter, r *http.Request) error {
	p := &choicePage{gatePage: gate(r, "access.choice.title")}
	var err error
	if p.Choices, err = s.Choices(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, "access/choice", p)
}

func (s *Service) choose(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	code, userID := cutAt(r.PostFormValue("account"))
	regency, _ := strconv.ParseInt(code, 10, 64)
	e, err := s.Choose(r.Context(), regency, userID, comerOf(r))
	if err != nil {
		return err
	}
	s.enter(w, e)
	return web.Redirect(w, r, afterSignIn(e, web.Local(r.PostFormValue("ke"))))
}
