package access

import (
	"context"
	"database/sql"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
)

type store struct {
	d   *db.DB
	box *keys.Box
}

// sealed lists where the keys of phones stand.
func sealed() []keys.Column {
	return []keys.Column{
		{Table: "access_user", Name: "totp", Row: []string{"id"}, Lost: "totp_on = FALSE, totp_last = 0"},
		{Table: "access_session", Name: "seed", Row: []string{"hash"}},
	}
}

func (s store) sealSeed(regency int64, userID, seed string) string {
	return s.box.Seal(keys.Context("access_user", "totp", regency, userID), []byte(seed))
}

// openSeed gives the key of a person's phone; "" when there is none.
func (s store) openSeed(c *credential) error {
	if c.TOTP == "" {
		return nil
	}
	seed, err := s.box.Open(keys.Context("access_user", "totp", c.Regency, c.User.ID), c.TOTP)
	c.TOTP = string(seed)
	return err
}

func (s store) sealDraft(regency int64, session, seed string) string {
	return s.box.Seal(keys.Context("access_session", "seed", regency, session), []byte(seed))
}

// openDraft gives the key that a session is about to set up; "" when there is none.
func (s store) openDraft(regency int64, session, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	seed, err := s.box.Open(keys.Context("access_session", "seed", regency, session), text)
	return string(seed), err
}

const userColumns = `u.id, u.name, u.email, u.agency_id, u.lang, u.active, u.sample, u.totp_on, u.until, u.created_at, u.rev,
	EXISTS (SELECT 1 FROM access_passkey p WHERE p.regency_id = u.regency_id AND p.user_id = u.id)`

func scanUser(r interface{ Scan(...any) error }, more ...any) (u User, err error) {
	to := append([]any{&u.ID, &u.Name, &u.Email, &u.Agency, &u.Lang, &u.Active, &u.Sample, &u.TOTPOn, &u.Until, &u.CreatedAt, &u.Rev, &u.PasskeyOn}, more...)
	err = r.Scan(to...)
	return u, err
}

func (s store) users(ctx context.Context, regency int64) ([]User, error) {
	rows, err := s.d.Query(ctx, `SELECT `+userColumns+`, coalesce((SELECT string_agg(g.role, ',') FROM access_grant g
		WHERE g.regency_id = u.regency_id AND g.user_id = u.id), '') FROM access_user u WHERE u.regency_id = $1 ORDER BY u.name, u.id`, regency)
	return db.Collect(rows, err, func(r *sql.Rows) (User, error) {
		var roles string
		u, err := scanUser(r, &roles)
		if roles != "" {
			u.Roles = strings.Split(roles, ",")
		}
		return u, err
	})
}

func (s store) alone(ctx context.Context, regency int64) (bool, error) {
	var n int
	err := s.d.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM access_user WHERE regency_id = $1 LIMIT 2) t`, regency).Scan(&n)
	return n < 2, err
}

func (s store) user(ctx context.Context, q db.Queryer, regency int64, id string) (User, error) {
	u, err := scanUser(q.QueryRow(ctx, `SELECT `+userColumns+` FROM access_user u WHERE u.regency_id = $1 AND u.id = $2`, regency, id))
	if db.NotFound(err) {
		return u, errs.E(errs.NotFound, "access.error.no_user", err)
	}
	return u, err
}

// credential is what sign-in needs to know of an account.
type credential struct {
	Regency        int64
	User           User
	Password, TOTP string
	TOTPLast       int64
}

// byEmail looks across the regencies of the host: a person signs in before anybody knows where they belong.
func (s store) byEmail(ctx context.Context, email string) ([]credential, error) {
	rows, err := s.d.Query(ctx, `SELECT `+userColumns+`, u.regency_id, u.password, u.totp, u.totp_last FROM access_user u
		WHERE u.regency_id > 0 AND u.email = $1 ORDER BY u.regency_id`, email)
	return db.Collect(rows, err, func(r *sql.Rows) (c credential, err error) {
		if c.User, err = scanUser(r, &c.Regency, &c.Password, &c.TOTP, &c.TOTPLast); err != nil {
			return c, err
		}
		return c, s.openSeed(&c)
	})
}

func (s store) credential(ctx context.Context, q db.Queryer, regency int64, id string) (c credential, err error) {
	c.User, err = scanUser(q.QueryRow(ctx, `SELECT `+userColumns+`, u.regency_id, u.password, u.totp, u.totp_last FROM access_user u
		WHERE u.regency_id = $1 AND u.id = $2`, regency, id), &c.Regency, &c.Password, &c.TOTP, &c.TOTPLast)
	if err != nil {
		return c, err
	}
	return c, s.openSeed(&c)
}

func (s store) insertUser(tx *db.Tx, regency int64, u User, password string) error {
	_, err := tx.Exec(`INSERT INTO access_user (regency_id, id, name, email, agency_id, password, totp, totp_on, totp_last, lang, active, until, sample, created_at, rev)
		VALUES ($1, $2, $3, $4, $5, $6, '', FALSE, 0, $7, $8, $9, $10, $11, 1)`,
		regency, u.ID, u.Name, u.Email, u.Agency, password, u.Lang, u.Active, u.Until, u.Sample, u.CreatedAt)
	return err
}

func (s store) updateUser(tx *db.Tx, regency int64, u User) error {
	n, err := tx.Exec(`UPDATE access_user SET name = $4, email = $5, agency_id = $6, lang = $7, active = $8, until = $9, rev = rev + 1
		WHERE regency_id = $1 AND id = $2 AND rev = $3`, regency, u.ID, u.Rev, u.Name, u.Email, u.Agency, u.Lang, u.Active, u.Until)
	if err == nil && n == 0 {
		return errs.E(errs.Conflict, "access.error.changed", nil)
	}
	return err
}

func (s store) setPassword(tx *db.Tx, regency int64, id, password string) error {
	_, err := tx.Exec(`UPDATE access_user SET password = $3 WHERE regency_id = $1 AND id = $2`, regency, id, password)
	return err
}

func (s store) grants(ctx context.Context, q db.Queryer, regency int64, userID string) ([]Grant, error) {
	rows, err := q.Query(ctx, `SELECT id, user_id, role, agency_id, until, at FROM access_grant WHERE regency_id = $1 AND user_id = $2 ORDER BY role, agency_id`, regency, userID)
	return db.Collect(rows, err, func(r *sql.Rows) (g Grant, err error) {
		return g, r.Scan(&g.ID, &g.UserID, &g.Role, &g.Agency, &g.Until, &g.At)
	})
}

func (s store) insertGrant(tx *db.Tx, regency int64, g Grant, by string) error {
	_, err := tx.Exec(`INSERT INTO access_grant (regency_id, id, user_id, role, agency_id, until, granted_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		regency, g.ID, g.UserID, g.Role, g.Agency, g.Until, by, g.At)
	return err
}
