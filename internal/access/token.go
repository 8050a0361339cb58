package access

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Token lets a program act for a person, never with more rights than the person has, and only in the rooms it is for.
type Token struct {
	ID, Name                   string
	Scopes                     tenant.Scopes
	CreatedAt, Expires, UsedAt int64 // UsedAt is 0 until the first use
}

const (
	longestToken = 365 * 24 * time.Hour
	allRooms     = "*"
)

// scopesText writes scopes as they are kept: "evidence:read,innovation:write".
func scopesText(s tenant.Scopes) string {
	var out []string
	for _, room := range slices.Sorted(maps.Keys(s)) {
		what := ":read"
		if s[room] {
			what = ":write"
		}
		out = append(out, room+what)
	}
	return strings.Join(out, ",")
}

func readScopes(text string) tenant.Scopes {
	out := tenant.Scopes{}
	for _, part := range strings.Split(text, ",") {
		if room, what, ok := strings.Cut(part, ":"); ok && room != "" {
			out[room] = out[room] || what == "write"
		}
	}
	return out
}

// Rooms lists the rooms that programs can talk to, for the choice of scopes.
func (s *Service) Rooms() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.rooms
}

// SetRooms tells which rooms answer programs; app gathers them from all routes.
func (s *Service) SetRooms(all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rooms = all
}

// NewToken makes a token for the actor and gives its secret, which is shown once.
func (s *Service) NewToken(ctx context.Context, name string, scopes tenant.Scopes, life time.Duration) (string, error) {
	a := tenant.From(ctx)
	if a.Via != tenant.ViaSession || !a.SignedIn() {
		return "", errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	if err := s.proven(ctx); err != nil {
		return "", err
	}
	if err := s.checkToken(&name, scopes, life); err != nil {
		return "", err
	}
	h, err := s.store.session(ctx, s.DB, a.SessionID)
	if err != nil {
		return "", err
	}
	secret, now := "pdp_"+s.Secret(), s.Now()
	id := s.NewID()
	return secret, s.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO access_token (regency_id, id, hash, user_id, name, scopes, strong, created_at, expires, used_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)`, a.Regency, id, digest(secret), a.UserID, name, scopesText(scopes),
			h.Factors.second(), now.UnixMilli(), now.Add(life).UnixMilli())
		if err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.token.create", Object: "access_token", ObjectID: id,
			After: map[string]string{"name": name, "scopes": scopesText(scopes)}})
	})
}

func (s *Service) checkToken(name *string, scopes tenant.Scopes, life time.Duration) error {
	*name = strings.TrimSpace(*name)
	wrong := map[string]errs.Msg{}
	if *name == "" || len(*name) > 80 {
		wrong["token_name"] = errs.M("access.error.token")
	}
	if life <= 0 || life > longestToken {
		wrong["days"] = errs.M("access.error.token_days")
	}
	known := s.Rooms()
	for room := range scopes {
		if room != allRooms && !slices.Contains(known, room) {
			wrong["scope"] = errs.M("access.error.token_scope")
		}
	}
	if len(scopes) == 0 {
		wrong["scope"] = errs.M("access.error.token_scope")
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	return nil
}

// Tokens lists the actor's tokens.
func (s *Service) Tokens(ctx context.Context) ([]Token, error) {
	a := tenant.From(ctx)
	rows, err := s.DB.Query(ctx, `SELECT id, name, scopes, created_at, expires, used_at FROM access_token
		WHERE regency_id = $1 AND user_id = $2 ORDER BY created_at DESC`, a.Regency, a.UserID)
	return db.Collect(rows, err, func(r *sql.Rows) (t Token, err error) {
		var scopes string
		err = r.Scan(&t.ID, &t.Name, &scopes, &t.CreatedAt, &t.Expires, &t.UsedAt)
		t.Scopes = readScopes(scopes)
		return t, err
	})
}

// DropToken ends a token of the actor.
func (s *Service) DropToken(ctx context.Context, id string) error {
	a := tenant.From(ctx)
	if a.Via != tenant.ViaSession || !a.SignedIn() {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM access_token WHERE regency_id = $1 AND user_id = $2 AND id = $3`, a.Regency, a.UserID, id)
		if err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.token.drop", Object: "access_token", ObjectID: id})
	})
}

// byToken answers for a program. A wrong or expired token is an error, not a stranger: the program must hear it.
func (s *Service) byToken(ctx context.Context, secret, ip string) (tenant.Actor, error) {
	var regency, expires, used int64
	var id, userID, scopes string
	var strong bool
	err := s.DB.QueryRow(ctx, `SELECT regency_id, id, user_id, scopes, strong, expires, used_at FROM access_token
		WHERE regency_id > 0 AND hash = $1`, digest(secret)).Scan(&regency, &id, &userID, &scopes, &strong, &expires, &used)
	if err != nil && !db.NotFound(err) {
		return tenant.Actor{}, err
	}
	if err != nil || expires <= s.Now().UnixMilli() {
		return tenant.Actor{}, errs.E(errs.Forbidden, "access.error.bad_token", nil)
	}
	a, _, _, err := s.actor(ctx, regency, userID)
	if err != nil {
		return a, err
	}
	if a.UserID == "" {
		return a, errs.E(errs.Forbidden, "access.error.bad_token", nil)
	}
	assure(&a, false, strong)
	a.Owes = "" // what waits for a second factor waits; a token without any role may still be told so
	a.Via, a.IP, a.Token = tenant.ViaToken, ip, readScopes(scopes)
	if now := s.Now().UnixMilli(); now-used > seenEvery.Milliseconds() {
		s.seen(ctx, `UPDATE access_token SET used_at = $3 WHERE regency_id = $1 AND id = $2`, regency, id, now)
	}
	return a, nil
}
