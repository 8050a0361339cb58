package access

import (
	"context"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// inviteLife is how long the first administrator of a regency may wait before opening the invitation.
const inviteLife = 7 * 24 * time.Hour

// Found makes another regency on this host and invites its first administrator; zone "" is that of the province. The caller
// decides who may. The trail of the new regency begins with who founded it.
func (s *Service) Found(ctx context.Context, code, zone, name, email string) (regency int64, link string, err error) {
	region, err := s.region(code)
	if err != nil {
		return 0, "", err
	}
	u := User{ID: s.NewID(), Name: name, Email: email, Lang: "id", Active: true, CreatedAt: s.Now().UnixMilli()}
	if err := checkUser(&u); err != nil {
		return 0, "", err
	}
	if zone == "" {
		zone = zoneOf(region.Code)
	}
	by := tenant.From(ctx)
	regency = RegencyID(region.Code)
	there := tenant.With(ctx, tenant.Actor{Regency: regency, UserID: by.UserID, Name: by.Name, Via: "host", IP: by.IP, System: by.System})
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.insertRegency(there, tx, region); err != nil {
			return err
		}
		if err := s.SetZone(there, tx, regency, zone); err != nil {
			return err
		}
		if err := s.insertUser(there, tx, u, ""); err != nil {
			return err
		}
		if err := s.grant(there, tx, Grant{UserID: u.ID, Role: tenant.RoleAdmin}); err != nil {
			return err
		}
		link, err = s.newLink(there, tx, "invite", u, inviteLife)
		return err
	})
	return regency, link, err
}

// SetZone changes whose clock a regency follows, as part of the caller's transaction.
func (s *Service) SetZone(_ context.Context, tx *db.Tx, regency int64, zone string) error {
	n, err := tx.Exec(`UPDATE access_regency SET zone = $2 WHERE regency_id = $1`, regency, zone)
	if err == nil && n == 0 {
		return errs.E(errs.NotFound, "access.error.regency", nil)
	}
	return err
}

// Appoint gives an account the role of the host's operator. No page leads here: only a command on the machine itself, which
// acts as the system.
func (s *Service) Appoint(ctx context.Context, regency int64, email string) error {
	if !tenant.From(ctx).System {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	ctx = tenant.With(ctx, tenant.SystemOf(regency, "cli"))
	all, err := s.store.users(ctx, regency)
	if err != nil {
		return err
	}
	email = strings.ToLower(strings.TrimSpace(email))
	for _, u := range all {
		if u.Email == email {
			return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.appoint(ctx, tx, u) })
		}
	}
	return errs.E(errs.NotFound, "access.error.no_user", nil)
}

func (s *Service) appoint(ctx context.Context, tx *db.Tx, u User) error {
	g := Grant{ID: s.NewID(), UserID: u.ID, Role: tenant.RoleHost, At: s.Now().UnixMilli()}
	err := s.store.insertGrant(tx, tenant.From(ctx).Regency, g, "")
	if db.IsUnique(err) {
		return errs.E(errs.Conflict, "access.error.grant_twice", err)
	}
	if err != nil {
		return err
	}
	return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.grant", Object: "access_user", ObjectID: u.ID, After: g})
}
