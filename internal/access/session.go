package access

import (
	"context"
	"database/sql"
	"net/http"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

const (
	idleApprover = 30 * time.Minute // people.md 12: those who approve
	idleOther    = 12 * time.Hour
	longestLife  = 7 * 24 * time.Hour
	clockSlack   = 5 * time.Minute // a session from further ahead was made while the clock was wrong
	seenEvery    = time.Minute
)

// Session is a signed-in browser as its owner or an administrator sees it. ID is the stored hash.
type Session struct {
	ID, UserID, IP, Agent string
	CreatedAt, SeenAt     int64
	Full                  bool // the second factor was given in it
}

// Entry is a session that was opened.
type Entry struct {
	Secret string // of its cookie
	Owes   string // what must still be given, "" when nothing
	Held   bool   // a role waits until a second factor is set up
	Device string // secret by which the browser is known next time, "" when nothing is to be kept
}

// comer is who asks for a session: where from, with which browser, and whether it was here before.
type comer struct{ IP, Agent, Device string }

// open starts a session in the first account; the others may be chosen instead.
func (s *Service) open(ctx context.Context, fit []credential, f factors, c comer) (Entry, error) {
	who := fit[0]
	a, _, enrolled, err := s.actor(ctx, who.Regency, who.User.ID)
	if err != nil {
		return Entry{}, err
	}
	assure(&a, enrolled, f.second())
	e := Entry{Secret: s.Secret(), Owes: a.Owes, Held: len(a.Held) > 0}
	list := choices{List: s.choicesOf(fit, f), Open: len(fit) > 1}
	if list.Open {
		e.Owes = owesChoice
	}
	now := s.Now().UnixMilli()
	ctx = tenant.With(ctx, tenant.Actor{Regency: who.Regency, UserID: who.User.ID, Name: who.User.Name,
		Via: tenant.ViaSession, IP: c.IP})
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO access_session (regency_id, hash, user_id, created_at, seen_at, ip, agent, factors, choices)
			VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8)`,
			who.Regency, digest(e.Secret), who.User.ID, now, c.IP, cut(c.Agent, 200), f.text(), list.text())
		if err != nil {
			return err
		}
		if e.Owes == "" {
			if e.Device, err = s.remember(tx, who.Regency, who.User.ID, c.Device); err != nil {
				return err
			}
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.sign_in", Object: "access_user", ObjectID: who.User.ID})
	})
	return e, err
}

// opens tells whether an account may be opened by what people bring: a password, a key, a letter, the word of a provider.
// Accounts of a sample open by one click on this machine and by nothing else.
func (s *Service) opens(u User) bool { return s.alive(u) && !u.Sample }

func (s *Service) alive(u User) bool {
	return u.ID != "" && u.Active && (u.Until == 0 || u.Until > s.Now().UnixMilli())
}

func cut(text string, most int) string {
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "")
	}
	return text
}

// SignOut ends a session.
func (s *Service) SignOut(ctx context.Context, sessionID string) error {
	a := tenant.From(ctx)
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM access_session WHERE regency_id = $1 AND hash = $2 AND user_id = $3`,
			a.Regency, sessionID, a.UserID)
		return err
	})
}

// Sessions lists the signed-in browsers of a person: one's own, or anybody's for an administrator.
func (s *Service) Sessions(ctx context.Context, userID string) ([]Session, error) {
	a := tenant.From(ctx)
	if userID != a.UserID && !a.Can(Read, "") {
		return nil, errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	rows, err := s.DB.Query(ctx, `SELECT hash, user_id, ip, agent, created_at, seen_at, factors FROM access_session
		WHERE regency_id = $1 AND user_id = $2 ORDER BY seen_at DESC`, a.Regency, userID)
	return db.Collect(rows, err, func(r *sql.Rows) (x Session, err error) {
		var given string
		err = r.Scan(&x.ID, &x.UserID, &x.IP, &x.Agent, &x.CreatedAt, &x.SeenAt, &given)
		x.Full = readFactors(given).second()
		return x, err
	})
}

// EndSession revokes a browser; it is a stranger from the next request on.
func (s *Service) EndSession(ctx context.Context, userID, sessionID string) error {
	a := tenant.From(ctx)
	if userID != a.UserID && !a.Can(Manage, "") || a.Owes != "" {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`DELETE FROM access_session WHERE regency_id = $1 AND hash = $2 AND user_id = $3`,
			a.Regency, sessionID, userID)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.E(errs.NotFound, "access.error.no_session", nil)
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.session.end", Object: "access_user", ObjectID: userID})
	})
}

// cookieName is the plain name; over https the edge binds it to the host.
func (s *Service) cookieName() string { return "pendapa" }

func (s *Service) setCookie(w http.ResponseWriter, secret string, age int) {
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(), Value: secret, Path: "/", MaxAge: age, HttpOnly: true,
		SameSite: http.SameSiteLaxMode})
}

// enter gives the browser its session, and the sign by which it is known next time.
func (s *Service) enter(w http.ResponseWriter, e Entry) {
	s.setCookie(w, e.Secret, int(longestLife.Seconds()))
	if e.Device != "" {
		http.SetCookie(w, &http.Cookie{Name: deviceCookie, Value: e.Device, Path: "/", MaxAge: int(deviceLife.Seconds()),
			HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
}

// Who finds the actor of a request from its session cookie or bearer token; the zero actor for strangers.
func (s *Service) Who(r *http.Request) (tenant.Actor, error) {
	ip := web.ClientIP(r)
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return s.byToken(r.Context(), strings.TrimSpace(token), ip)
	}
	c, err := r.Cookie(s.cookieName())
	if err != nil || c.Value == "" {
		return tenant.Actor{IP: ip}, nil
	}
	return s.bySession(r.Context(), digest(c.Value), ip)
}

// held is a session as it is stored.
type held struct {
	Regency       int64
	UserID        string
	Created, Seen int64
	Factors       factors
	Choices       choices
	Seed          string
	Renew         bool
}

func (s store) session(ctx context.Context, q db.Queryer, hash string) (h held, err error) {
	var given, others string
	err = q.QueryRow(ctx, `SELECT regency_id, user_id, created_at, seen_at, factors, choices, seed, renew FROM access_session
		WHERE regency_id > 0 AND hash = $1`, hash).
		Scan(&h.Regency, &h.UserID, &h.Created, &h.Seen, &given, &others, &h.Seed, &h.Renew)
	if err != nil {
		return h, err
	}
	h.Factors, h.Choices = readFactors(given), readChoices(others)
	h.Seed, err = s.openDraft(h.Regency, hash, h.Seed)
	return h, err
}

func (s *Service) bySession(ctx context.Context, hash, ip string) (tenant.Actor, error) {
	h, err := s.store.session(ctx, s.DB, hash)
	if db.NotFound(err) {
		return tenant.Actor{IP: ip}, nil
	}
	if err != nil {
		return tenant.Actor{}, err
	}
	a, idle, enrolled, err := s.actor(ctx, h.Regency, h.UserID)
	now := s.Now()
	silent, age := now.Sub(time.UnixMilli(h.Seen)), now.Sub(time.UnixMilli(h.Created))
	old := silent > idle || age > longestLife || silent < -clockSlack || age < -clockSlack
	if err != nil || a.UserID == "" || old {
		return tenant.Actor{IP: ip}, err
	}
	a.Via, a.SessionID, a.IP, a.Renew, a.ProvedAt = tenant.ViaSession, hash, ip, h.Renew, h.Factors.last()
	if _, ok := h.Factors[bySample]; ok {
		a.ProvedAt = now.UnixMilli() // a sample account has nothing to prove itself with
	}
	if assure(&a, enrolled, h.Factors.second()); h.Choices.Open {
		a.Held, a.Grants, a.Owes = nil, nil, owesChoice
	}
	if now.Sub(time.UnixMilli(h.Seen)) > seenEvery {
		s.seen(ctx, `UPDATE access_session SET seen_at = $3, ip = $4 WHERE regency_id = $1 AND hash = $2`,
			h.Regency, hash, now.UnixMilli(), ip)
	}
	return a, nil
}

// seen notes the last use of a session or token. A store that cannot write ends no request: whoever reads may go on. The log is
// told once until it is written again.
func (s *Service) seen(ctx context.Context, sql string, args ...any) {
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(sql, args...)
		return err
	})
	switch {
	case err == nil:
		s.unseen.Store(false)
	case ctx.Err() == nil && !s.unseen.Swap(true):
		s.Log.WarnContext(ctx, "the last use of sessions cannot be written; sessions end by silence earlier than they should", "err", err)
	}
}

// actor resolves what a person may do at this moment, how long their session may lie idle, and whether they have a
// second factor.
func (s *Service) actor(ctx context.Context, regency int64, userID string) (
	a tenant.Actor, idle time.Duration, enrolled bool, err error) {
	u, err := s.store.user(ctx, s.DB, regency, userID)
	if errs.Is(err, errs.NotFound) || err == nil && !s.alive(u) {
		return tenant.Actor{}, 0, false, nil
	}
	if err != nil {
		return tenant.Actor{}, 0, false, err
	}
	grants, err := s.store.grants(ctx, s.DB, regency, userID)
	if err != nil {
		return tenant.Actor{}, 0, false, err
	}
	idle = idleOther
	a = tenant.Actor{Regency: regency, UserID: u.ID, Name: u.Name, Agency: u.Agency, Lang: u.Lang}
	for _, g := range grants {
		if g.Until != 0 && g.Until <= s.Now().UnixMilli() {
			continue
		}
		if approves(g.Role) {
			idle = idleApprover
		}
		resolved := tenant.Grant{Role: g.Role, Actions: s.Perms(g.Role), All: g.Agency == ""}
		if g.Agency != "" {
			if resolved.Agencies, err = s.Tree.Subtree(ctx, regency, g.Agency); err != nil {
				return tenant.Actor{}, 0, false, err
			}
		}
		a.Grants = append(a.Grants, resolved)
	}
	return a, idle, u.TOTPOn || u.PasskeyOn, nil
}

// Renew gives a session another secret at the first page after its person's roles were changed.
func (s *Service) Renew(w http.ResponseWriter, r *http.Request, a tenant.Actor) (tenant.Actor, error) {
	secret, err := s.rotate(r.Context(), a, nil)
	if err != nil {
		return a, err
	}
	s.setCookie(w, secret, int(longestLife.Seconds()))
	a.SessionID, a.Renew = digest(secret), false
	return a, nil
}

// rotate gives the actor's session another secret and adds a proof when one was just given; the old cookie is worth
// nothing from now on.
func (s *Service) rotate(ctx context.Context, a tenant.Actor, proof map[string]int64) (secret string, err error) {
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		secret, err = s.rotateIn(ctx, tx, a, proof)
		return err
	})
	return secret, err
}

func (s *Service) rotateIn(ctx context.Context, tx *db.Tx, a tenant.Actor, proof map[string]int64) (string, error) {
	h, err := s.store.session(ctx, tx, a.SessionID)
	if db.NotFound(err) {
		return "", errs.E(errs.NotFound, "access.error.no_session", err)
	}
	if err != nil {
		return "", err
	}
	for kind, at := range proof {
		h.Factors[kind] = at
	}
	secret := s.Secret()
	n, err := tx.Exec(`UPDATE access_session SET hash = $3, factors = $4, seed = '', renew = FALSE
		WHERE regency_id = $1 AND hash = $2`,
		a.Regency, a.SessionID, digest(secret), h.Factors.text())
	if err == nil && n == 0 {
		err = errs.E(errs.NotFound, "access.error.no_session", nil)
	}
	return secret, err
}
