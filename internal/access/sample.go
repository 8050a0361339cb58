package access

import (
	"context"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Account is one sample account: a role, never a person.
type Account struct {
	Name, Email, Role, Agency string // Agency is an id; "" the whole regency
}

// SampleRegency makes the regency of the sample data.
func (s *Service) SampleRegency(ctx context.Context, code string) error {
	r, err := s.region(code)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.insertRegency(ctx, tx, r) })
}

// SampleAccounts makes accounts that sign in with one click on loopback and with nothing else. It gives name -> id.
func (s *Service) SampleAccounts(ctx context.Context, all []Account) (map[string]string, error) {
	ids := map[string]string{}
	return ids, s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, a := range all {
			u := User{ID: s.NewID(), Name: a.Name, Email: a.Email, Agency: a.Agency, Active: true, Sample: true, CreatedAt: s.Now().UnixMilli()}
			ids[a.Name] = u.ID
			if err := s.insertUser(ctx, tx, u, ""); err != nil {
				return err
			}
			if err := s.grant(ctx, tx, Grant{UserID: u.ID, Role: a.Role, Agency: a.Agency}); err != nil {
				return err
			}
		}
		return nil
	})
}

// sampleUsers lists the accounts of the one-click sign-in in the order of roles.
func (s *Service) sampleUsers(ctx context.Context) ([]User, error) {
	b, err := s.Brand(ctx, 0)
	if err != nil {
		return nil, err
	}
	all, err := s.store.users(ctx, b.Regency)
	if err != nil {
		return nil, err
	}
	var out []User
	for _, role := range tenant.Roles() {
		for _, u := range all {
			if u.Sample && u.Active && len(u.Roles) > 0 && u.Roles[0] == role {
				out = append(out, u)
			}
		}
	}
	return out, nil
}

// SampleSession signs a sample account in and gives the secret of its cookie, for tests of the whole house. Other accounts
// are refused.
func (s *Service) SampleSession(ctx context.Context, email string) (string, error) {
	who, err := s.store.byEmail(ctx, email)
	if err != nil || len(who) == 0 || !who[0].User.Sample {
		return "", errs.E(errs.NotFound, "access.error.no_user", err)
	}
	e, err := s.open(ctx, who[:1], factors{bySample: s.Now().UnixMilli()}, comer{IP: "127.0.0.1", Agent: "test"})
	return e.Secret, err
}

// CookieName is the name of the session cookie.
func (s *Service) CookieName() string { return s.cookieName() }
