package access

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Token lets a program act for a person, never with more rights than the person has.
type Token struct {
	ID, Name                   string
	Writes                     bool
	CreatedAt, Expires, UsedAt int64
}

const longestToken = 366 * 24 * time.Hour

// NewToken makes a token for the actor and gives its secret, which is shown once.
func (s *Service) NewToken(ctx context.Context, name string, writes bool, life time.Duration) (string, error) {
	a := tenant.From(ctx)
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 80 || life <= 0 || life > longestToken {
		return "", errs.InvalidFields(map[string]errs.Msg{"token_name": errs.M("access.error.token")})
	}
	if a.Via != tenant.ViaSession || !a.SignedIn() {
		return "", errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	secret, now := "pdp_"+s.Secret(), s.Now()
	id := s.NewID()
	return secret, s.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO access_token (regency_id, id, hash, user_id, name, writes, created_at, expires, used_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)`, a.Regency, id, digest(secret), a.UserID, name, writes, now.UnixMilli(), now.Add(life).UnixMilli())
		if err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.token.create", Object: "access_token", ObjectID: id, After: name})
	})
}

// Tokens lists the actor's tokens.
func (s *Service) Tokens(ctx context.Context) ([]Token, error) {
	a := tenant.From(ctx)
	rows, err := s.DB.Query(ctx, `SELECT id, name, writes, created_at, expires, used_at FROM access_token WHERE regency_id = $1 AND user_id = $2 ORDER BY created_at DESC`, a.Regency, a.UserID)
	return db.Collect(rows, err, func(r *sql.Rows) (t Token, err error) {
		return t, r.Scan(&t.ID, &t.Name, &t.Writes, &t.CreatedAt, &t.Expires, &t.UsedAt)
	})
}

// DropToken ends a token of the actor.
func (s *Service) DropToken(ctx context.Context, id string) error {
	a := tenant.From(ctx)
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
	var regency, expires int64
	var id, userID string
	var writes bool
	err := s.DB.QueryRow(ctx, `SELECT regency_id, id, user_id, writes, expires FROM access_token WHERE regency_id > 0 AND hash = $1`, digest(secret)).
		Scan(&regency, &id, &userID, &writes, &expires)
	if err != nil && !db.NotFound(err) {
		return tenant.Actor{}, err
	}
	if err != nil || expires <= s.Now().UnixMilli() {
		return tenant.Actor{}, errs.E(errs.Forbidden, "access.error.bad_token", nil)
	}
	a, _, err := s.actor(ctx, regency, userID)
	if err != nil {
		return a, err
	}
	if !a.SignedIn() {
		return a, errs.E(errs.Forbidden, "access.error.bad_token", nil)
	}
	a.Via, a.IP, a.ReadOnly, a.Token = tenant.ViaToken, ip, !writes, tenant.Scopes{"*": writes}
	return a, nil
}
