package access

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
)

// Try is one attempt to sign in with a password.
type Try struct {
	Email, Password   string
	IP, Agent, Device string // where from, with which browser, and the sign that it was here before
}

// mostAccounts bounds how many accounts of one address a password is tried on.
const mostAccounts = 16

// SignIn checks e-mail and password on every account that has this e-mail. The same work is done for an address that
// nobody has.
func (s *Service) SignIn(ctx context.Context, t Try) (Entry, error) {
	email := strings.ToLower(strings.TrimSpace(t.Email))
	found, err := s.store.byEmail(ctx, email)
	if err != nil {
		return Entry{}, err
	}
	known, err := s.knownOn(ctx, t.Device)
	if err != nil {
		return Entry{}, err
	}
	keys := signInKeys(email, t.IP)
	if slices.ContainsFunc(found, func(c credential) bool { return known[c.key()] }) {
		keys = deviceKeys("sandi", t.Device)
	}
	undo, err := s.limiter.try(keys...)
	if err != nil {
		return Entry{}, err
	}
	fit, err := s.fitting(ctx, found, t.Password)
	if err != nil {
		return Entry{}, err
	}
	if len(fit) == 0 {
		s.refused(ctx, found, email, t.IP, "access.sign_in.refused")
		return Entry{}, errs.E(errs.Invalid, "access.error.sign_in", nil)
	}
	undo()
	return s.open(ctx, fit, factors{byPassword: s.Now().UnixMilli()}, comer{t.IP, t.Agent, t.Device})
}

// crowd remembers for a short while how many accounts the fullest address of this host has, so that every sign-in
// does the same work.
type crowd struct {
	mu sync.Mutex
	n  int
	at time.Time
}

func (s *Service) most(ctx context.Context) (int, error) {
	s.crowd.mu.Lock()
	defer s.crowd.mu.Unlock()
	if s.crowd.n > 0 && s.Now().Sub(s.crowd.at) < time.Minute {
		return s.crowd.n, nil
	}
	n := 0
	err := s.DB.QueryRow(ctx, `SELECT coalesce(max(c.n), 1) FROM (SELECT count(*) AS n FROM access_user
		WHERE regency_id > 0 AND password <> '' GROUP BY email) AS c`).Scan(&n)
	if err == nil {
		s.crowd.n, s.crowd.at = max(1, min(n, mostAccounts)), s.Now()
	}
	return s.crowd.n, err
}

// fitting gives the living accounts that a password opens. Accounts without a password are no match and cost
// nothing, so that an invitation elsewhere does not push anybody out.
func (s *Service) fitting(ctx context.Context, found []credential, password string) ([]credential, error) {
	n, err := s.most(ctx)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(slices.Clone(found), func(c credential) bool { return c.Password == "" || !s.opens(c.User) })
	found = found[:min(len(found), mostAccounts)]
	var fit []credential
	for i := range max(n, len(found)) {
		stored := ""
		if i < len(found) {
			stored = found[i].Password
		}
		ok, old, err := s.hasher.matches(ctx, stored, password)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if old {
			if found[i].Password, err = s.upgrade(ctx, found[i], password); err != nil {
				return nil, err
			}
		}
		fit = append(fit, found[i])
	}
	return fit, nil
}

// upgrade keeps a password with the parameters of today once its owner has typed it.
func (s *Service) upgrade(ctx context.Context, c credential, password string) (string, error) {
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	return hash, s.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE access_user SET password = $3 WHERE regency_id = $1 AND id = $2 AND password = $4`,
			c.Regency, c.User.ID, hash, c.Password)
		return err
	})
}
