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
	seenEvery    = time.Minute
)

// Session is a signed-in browser as its owner or an administrator sees it. ID is the stored hash.
type Session struct {
	ID, UserID, IP, Agent string
	CreatedAt, SeenAt     int64
	Full                  bool // the second factor was given, or is not needed
}

// SignIn checks e-mail and password. Full is false when a second factor must follow.
func (s *Service) SignIn(ctx context.Context, email, password, ip, agent string) (secret string, full bool, err error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if err := s.limiter.allow("ip "+ip, "user "+email); err != nil {
		return "", false, err
	}
	found, err := s.store.byEmail(ctx, email)
	if err != nil {
		return "", false, err
	}
	var who credential
	if len(found) > 0 {
		who = found[0]
	}
	ok, err := s.hasher.matches(ctx, who.Password, password)
	if err != nil {
		return "", false, err
	}
	if !ok || !s.alive(who.User) {
		return "", false, errs.E(errs.Invalid, "access.error.sign_in", nil)
	}
	return s.open(ctx, who, ip, agent)
}

func (s *Service) alive(u User) bool {
	return u.ID != "" && u.Active && (u.Until == 0 || u.Until > s.Now().UnixMilli())
}

// open starts a session, full at once when no role of the person asks for a second factor.
func (s *Service) open(ctx context.Context, who credential, ip, agent string) (secret string, full bool, err error) {
	grants, err := s.store.grants(ctx, s.DB, who.Regency, who.User.ID)
	if err != nil {
		return "", false, err
	}
	full = true
	for _, g := range grants {
		full = full && !needsTOTP(g.Role)
	}
	full = (full && !who.User.TOTPOn) || (s.Sample && who.User.Sample)
	secret, now := s.Secret(), s.Now().UnixMilli()
	ctx = tenant.With(ctx, tenant.Actor{Regency: who.Regency, UserID: who.User.ID, Name: who.User.Name, Via: "session", IP: ip})
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO access_session (regency_id, hash, user_id, created_at, seen_at, ip, agent, full_right)
			VALUES ($1, $2, $3, $4, $4, $5, $6, $7)`, who.Regency, digest(secret), who.User.ID, now, ip, cut(agent, 200), full)
		if err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.sign_in", Object: "access_user", ObjectID: who.User.ID})
	})
	return secret, full, err
}

func cut(text string, most int) string {
	if len(text) > most {
		return text[:most]
	}
	return text
}

// SignOut ends a session.
func (s *Service) SignOut(ctx context.Context, sessionID string) error {
	a := tenant.From(ctx)
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM access_session WHERE regency_id = $1 AND hash = $2 AND user_id = $3`, a.Regency, sessionID, a.UserID)
		return err
	})
}

// Sessions lists the signed-in browsers of a person: one's own, or anybody's for an administrator.
func (s *Service) Sessions(ctx context.Context, userID string) ([]Session, error) {
	a := tenant.From(ctx)
	if userID != a.UserID && !a.Can(Read, "") {
		return nil, errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	rows, err := s.DB.Query(ctx, `SELECT hash, user_id, ip, agent, created_at, seen_at, full_right FROM access_session
		WHERE regency_id = $1 AND user_id = $2 ORDER BY seen_at DESC`, a.Regency, userID)
	return db.Collect(rows, err, func(r *sql.Rows) (x Session, err error) {
		return x, r.Scan(&x.ID, &x.UserID, &x.IP, &x.Agent, &x.CreatedAt, &x.SeenAt, &x.Full)
	})
}

// EndSession revokes a browser; it is a stranger from the next request on.
func (s *Service) EndSession(ctx context.Context, userID, sessionID string) error {
	a := tenant.From(ctx)
	if userID != a.UserID && !a.Can(Manage, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`DELETE FROM access_session WHERE regency_id = $1 AND hash = $2 AND user_id = $3`, a.Regency, sessionID, userID)
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
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(), Value: secret, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode})
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

func (s *Service) bySession(ctx context.Context, hash, ip string) (tenant.Actor, error) {
	var regency, created, seen int64
	var userID string
	var full bool
	err := s.DB.QueryRow(ctx, `SELECT regency_id, user_id, created_at, seen_at, full_right FROM access_session WHERE regency_id > 0 AND hash = $1`, hash).
		Scan(&regency, &userID, &created, &seen, &full)
	if db.NotFound(err) {
		return tenant.Actor{IP: ip}, nil
	}
	if err != nil {
		return tenant.Actor{}, err
	}
	a, idle, err := s.actor(ctx, regency, userID)
	now := s.Now()
	old := now.Sub(time.UnixMilli(seen)) > idle || now.Sub(time.UnixMilli(created)) > longestLife
	if err != nil || !a.SignedIn() || old {
		return tenant.Actor{IP: ip}, err
	}
	a.Via, a.SessionID, a.IP = tenant.ViaSession, hash, ip
	if !full {
		a.Grants, a.Owes = nil, "code"
	}
	if now.Sub(time.UnixMilli(seen)) > seenEvery {
		err = s.DB.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE access_session SET seen_at = $3, ip = $4 WHERE regency_id = $1 AND hash = $2`, regency, hash, now.UnixMilli(), ip)
			return err
		})
	}
	return a, nil
}

// actor resolves what a person may do at this moment, and how long their session may lie idle.
func (s *Service) actor(ctx context.Context, regency int64, userID string) (tenant.Actor, time.Duration, error) {
	u, err := s.store.user(ctx, s.DB, regency, userID)
	if errs.Is(err, errs.NotFound) || err == nil && !s.alive(u) {
		return tenant.Actor{}, 0, nil
	}
	if err != nil {
		return tenant.Actor{}, 0, err
	}
	grants, err := s.store.grants(ctx, s.DB, regency, userID)
	if err != nil {
		return tenant.Actor{}, 0, err
	}
	a, idle := tenant.Actor{Regency: regency, UserID: u.ID, Name: u.Name, Agency: u.Agency, Lang: u.Lang}, idleOther
	for _, g := range grants {
		if g.Until != 0 && g.Until <= s.Now().UnixMilli() {
			continue
		}
		if needsTOTP(g.Role) {
			idle = idleApprover
		}
		resolved := tenant.Grant{Role: g.Role, Actions: s.Perms(g.Role), All: g.Agency == ""}
		if g.Agency != "" {
			if resolved.Agencies, err = s.Tree.Subtree(ctx, regency, g.Agency); err != nil {
				return tenant.Actor{}, 0, err
			}
		}
		a.Grants = append(a.Grants, resolved)
	}
	return a, idle, nil
}
