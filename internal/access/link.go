package access

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/tenant"
)

// newLink makes a link for one use and puts it into the outbox; the address is also given to whoever asked for it.
func (s *Service) newLink(ctx context.Context, tx *db.Tx, kind string, u User, life time.Duration) (string, error) {
	secret, regency := s.Secret(), tenant.From(ctx).Regency
	// One link of a kind lives at a time: a newer one ends the older.
	if _, err := tx.Exec(`DELETE FROM access_link WHERE regency_id = $1 AND user_id = $2 AND kind = $3`, regency, u.ID, kind); err != nil {
		return "", err
	}
	_, err := tx.Exec(`INSERT INTO access_link (regency_id, hash, kind, user_id, expires) VALUES ($1, $2, $3, $4, $5)`,
		regency, digest(secret), kind, u.ID, s.Now().Add(life).UnixMilli())
	if err != nil {
		return "", err
	}
	address := s.Address(ctx) + "/undangan/" + secret
	if s.Mail == nil {
		return address, nil
	}
	return address, s.Mail.Enqueue(ctx, tx, u.Email, "Pendapa", "Buat kata sandi Anda di / set your password at:\n"+address+"\n")
}

// ResetLink gives a link by which a person sets a new password.
func (s *Service) ResetLink(ctx context.Context, userID string) (link string, err error) {
	if err := s.allowProven(ctx); err != nil {
		return "", err
	}
	u, err := s.User(ctx, userID)
	if err != nil {
		return "", err
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if link, err = s.newLink(ctx, tx, "reset", u, 24*time.Hour); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.reset_link", Object: "access_user", ObjectID: u.ID})
	})
	return link, err
}

// Forgot asks for a reset link by mail. The work is done later by a job, so that a known address and an unknown one
// are answered alike and equally fast.
func (s *Service) Forgot(ctx context.Context, email, ip string) error {
	if _, err := s.limiter.try(forgotKeys(ip)...); err != nil {
		return err
	}
	email = cut(strings.ToLower(strings.TrimSpace(email)), 200)
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		return jobs.Enqueue(ctx, tx, 0, kindForgot, forgotten{email}, time.Time{})
	})
}

type forgotten struct{ Email string }

// forgot sends the letters: one per account, a few per hour.
func (s *Service) forgotJob(ctx context.Context, j jobs.Job) error {
	var asked forgotten
	if err := j.Decode(&asked); err != nil {
		return err
	}
	found, err := s.store.byEmail(ctx, asked.Email)
	if err != nil {
		return err
	}
	for _, who := range found {
		if !s.opens(who.User) {
			continue
		}
		if _, err := s.limiter.try(letterKeys(who.key())...); err != nil {
			continue // enough letters for this hour
		}
		ctx := tenant.With(ctx, tenant.SystemOf(who.Regency, "forgot"))
		err := s.DB.Tx(ctx, func(tx *db.Tx) error {
			if _, err := s.newLink(ctx, tx, "reset", who.User, time.Hour); err != nil {
				return err
			}
			return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.forgot", Object: "access_user", ObjectID: who.User.ID})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

type link struct {
	Regency int64
	Kind    string
	User    string
}

func (s *Service) link(ctx context.Context, q db.Queryer, secret string) (l link, err error) {
	var expires int64
	err = q.QueryRow(ctx, `SELECT regency_id, kind, user_id, expires FROM access_link WHERE regency_id >= 0 AND hash = $1`, digest(secret)).
		Scan(&l.Regency, &l.Kind, &l.User, &expires)
	if db.NotFound(err) || err == nil && expires <= s.Now().UnixMilli() {
		return link{}, errs.E(errs.NotFound, "access.error.link", nil)
	}
	return l, err
}

// UseLink sets the password of the person a link was made for; the link and all sessions of the person end.
func (s *Service) UseLink(ctx context.Context, secret, password string) error {
	l, err := s.link(ctx, s.DB, secret)
	if err != nil {
		return err
	}
	u, err := s.store.user(ctx, s.DB, l.Regency, l.User)
	if err != nil {
		return err
	}
	if !s.opens(u) || l.Kind == "setup" {
		return errs.E(errs.NotFound, "access.error.link", nil)
	}
	if err := checkPassword(password, s.aboutOf(ctx, l.Regency, u)...); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	ctx = tenant.With(ctx, tenant.Actor{Regency: l.Regency, UserID: u.ID, Name: u.Name, Via: "link"})
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`DELETE FROM access_link WHERE regency_id = $1 AND hash = $2`, l.Regency, digest(secret))
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.E(errs.NotFound, "access.error.link", nil)
		}
		if err := s.store.setPassword(tx, l.Regency, u.ID, hash); err != nil {
			return err
		}
		if err := s.store.end(tx, passwordReset, l.Regency, u.ID, ""); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.password", Object: "access_user", ObjectID: u.ID})
	})
}

// SetupLink gives the secret of the one-time setup while the host has no regency, else "".
func (s *Service) SetupLink(ctx context.Context) (string, error) {
	needed, err := s.NeedsSetup(ctx)
	if err != nil || !needed {
		return "", err
	}
	secret := s.Secret()
	return secret, s.DB.Tx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`DELETE FROM access_link WHERE regency_id = 0 AND kind = 'setup'`); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO access_link (regency_id, hash, kind, user_id, expires) VALUES (0, $1, 'setup', '', $2)`,
			digest(secret), s.Now().Add(24*time.Hour).UnixMilli())
		return err
	})
}

// NeedsSetup reports whether the host has no regency yet.
func (s *Service) NeedsSetup(ctx context.Context) (bool, error) {
	var n int
	err := s.DB.QueryRow(ctx, `SELECT count(*) FROM access_regency WHERE regency_id > 0`).Scan(&n)
	return n == 0, err
}

// Setup is what the first administrator fills in.
type Setup struct{ Code, Name, Email, Password, Lang string }

// Begin makes the regency and its first administrator, once.
func (s *Service) Begin(ctx context.Context, secret string, in Setup) error {
	l, err := s.link(ctx, s.DB, secret)
	if err != nil {
		return err
	}
	if l.Kind != "setup" {
		return errs.E(errs.NotFound, "access.error.link", nil)
	}
	region, err := s.region(in.Code)
	if err != nil {
		return err
	}
	u := User{ID: s.NewID(), Name: in.Name, Email: in.Email, Lang: in.Lang, Active: true, CreatedAt: s.Now().UnixMilli()}
	if err := checkUser(&u); err != nil {
		return err
	}
	if err := checkPassword(in.Password, u.Name, u.Email, region.Name, region.Province); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, in.Password)
	if err != nil {
		return err
	}
	regency := RegencyID(region.Code)
	ctx = tenant.With(ctx, tenant.Actor{Regency: regency, UserID: u.ID, Name: u.Name, Via: "setup"})
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`DELETE FROM access_link WHERE regency_id = 0 AND hash = $1`, digest(secret))
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.E(errs.NotFound, "access.error.link", nil)
		}
		if err := s.insertRegency(ctx, tx, region); err != nil {
			return err
		}
		if err := s.insertUser(ctx, tx, u, hash); err != nil {
			return err
		}
		return s.grant(ctx, tx, Grant{UserID: u.ID, Role: tenant.RoleAdmin})
	})
}

// RegencyID is the number of a regency in every key: the digits of its code at the time it joined.
func RegencyID(code string) int64 {
	n, _ := strconv.ParseInt(strings.ReplaceAll(code, ".", ""), 10, 64)
	return n
}

func (s *Service) region(code string) (Region, error) {
	found, err := s.Regions.FindRegency(code, 2)
	if err != nil {
		return Region{}, err
	}
	if len(found) != 1 {
		return Region{}, errs.InvalidFields(map[string]errs.Msg{"regency": errs.M("access.error.regency")})
	}
	return found[0], nil
}

// zoneOf gives the time zone of a province by the first two digits of the code (PP 21/2023 does not change them).
func zoneOf(code string) string {
	switch code[:2] {
	case "51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76":
		return "Asia/Makassar"
	case "81", "82", "91", "92", "93", "94", "95", "96":
		return "Asia/Jayapura"
	}
	return "Asia/Jakarta"
}

func (s *Service) insertRegency(ctx context.Context, tx *db.Tx, r Region) error {
	_, err := tx.Exec(`INSERT INTO access_regency (regency_id, code, name, province, zone, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		RegencyID(r.Code), r.Code, r.Name, r.Province, zoneOf(r.Code), s.Now().UnixMilli())
	if db.IsUnique(err) {
		return errs.E(errs.Conflict, "access.error.regency_exists", err)
	}
	if err != nil {
		return err
	}
	return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.regency.create", Object: "access_regency", ObjectID: r.Code, After: r})
}

// Brand gives what pages say about a regency; the only one of the host for strangers.
func (s *Service) Brand(ctx context.Context, regency int64) (b tenant.Brand, err error) {
	err = s.DB.QueryRow(ctx, `SELECT regency_id, code, name, zone FROM access_regency WHERE regency_id = $1 OR $1 = 0 ORDER BY regency_id LIMIT 1`, regency).
		Scan(&b.Regency, &b.Code, &b.Name, &b.Zone)
	if db.NotFound(err) {
		return b, nil
	}
	return b, err
}

// Regencies lists the regencies of this host by id. It serves what is shown across regencies and asks nobody's right.
func (s *Service) Regencies(ctx context.Context) ([]tenant.Brand, error) {
	rows, err := s.DB.Query(ctx, `SELECT regency_id, code, name, zone FROM access_regency WHERE regency_id > 0 ORDER BY regency_id`)
	return db.Collect(rows, err, func(r *sql.Rows) (b tenant.Brand, err error) { return b, r.Scan(&b.Regency, &b.Code, &b.Name, &b.Zone) })
}
