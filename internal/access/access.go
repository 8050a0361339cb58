package access

import (
	"context"
	"errors"
	"log/slog"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Actions of this room.
const (
	Read   = "access.read"
	Manage = "access.manage"
)

// User is a person with an account. Until 0 is without end.
type User struct {
	ID, Name, Email, Agency, Lang string
	Active, Sample, TOTPOn        bool
	PasskeyOn                     bool
	Until, CreatedAt, Rev         int64
	Roles                         []string // filled by lists
}

// Grant is a role of a person for the whole regency (Agency "") or a subtree.
type Grant struct {
	ID, UserID, Role, Agency string
	Until, At                int64
}

// Deps is what the room is given.
type Deps struct {
	DB      *db.DB
	Audit   *audit.Log
	Now     func() time.Time
	NewID   func() string
	Secret  func() string
	Dir     tenant.Directory
	Tree    Tree
	Regions Regions
	Mail    Mailer
	Box     *keys.Box      // seals the seeds of second factors
	Sample  bool           // one-click sign-in on loopback
	Address tenant.Address // what stands before paths in letters
	OIDC    *OIDCConfig    // sign-in through an identity provider; nil is off
	Log     *slog.Logger   // nil is silence
}

// Service is the door of the room.
type Service struct {
	Deps
	store   store
	hasher  hasher
	limiter *limiter
	idp     provider
	crowd   crowd

	ceremonies ceremonies
	unseen     atomic.Bool // the last use of sessions could not be written

	mu    sync.RWMutex
	perms map[string]map[string]bool // role -> actions
	rooms []string                   // that answer programs
}

// New makes the room. SetPerms must follow before the first request.
func New(d Deps) *Service {
	if d.Address == nil {
		d.Address = tenant.OneAddress("")
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Deps: d, store: store{d.DB, d.Box}, hasher: newHasher(), limiter: newLimiter(d.Now),
		perms: map[string]map[string]bool{}}
}

// SetPerms tells which role holds which action; app gathers it from all rooms.
func (s *Service) SetPerms(all []module.Perm) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range all {
		for _, role := range p.Roles {
			if s.perms[role] == nil {
				s.perms[role] = map[string]bool{}
			}
			s.perms[role][p.Action] = true
		}
	}
}

// Perms gives the actions of a role, for the matrix.
func (s *Service) Perms(role string) map[string]bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.perms[role]
}

// Matrix gives every action in order and which roles hold it.
func (s *Service) Matrix() (actions []string, holds map[string]map[string]bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	holds = map[string]map[string]bool{}
	for role, held := range s.perms {
		for action := range held {
			if holds[action] == nil {
				holds[action] = map[string]bool{}
				actions = append(actions, action)
			}
			holds[action][role] = true
		}
	}
	slices.Sort(actions)
	return actions, holds
}

// Users lists people; query filters name and e-mail, role and agency narrow.
func (s *Service) Users(ctx context.Context, query, role, agency string) ([]User, error) {
	all, err := s.store.users(ctx, tenant.From(ctx).Regency)
	if err != nil {
		return nil, err
	}
	query = strings.ToLower(strings.TrimSpace(query))
	return slices.DeleteFunc(all, func(u User) bool {
		return query != "" && !strings.Contains(strings.ToLower(u.Name+" "+u.Email), query) ||
			role != "" && !slices.Contains(u.Roles, role) || agency != "" && u.Agency != agency
	}), nil
}

// Alone reports whether the regency has one account at most: the house was set up and nobody was invited yet.
func (s *Service) Alone(ctx context.Context) (bool, error) {
	return s.store.alone(ctx, tenant.From(ctx).Regency)
}

// User gives one person.
func (s *Service) User(ctx context.Context, id string) (User, error) {
	return s.store.user(ctx, s.DB, tenant.From(ctx).Regency, id)
}

// Grants lists what a person may do now.
func (s *Service) Grants(ctx context.Context, userID string) ([]Grant, error) {
	return s.store.grants(ctx, s.DB, tenant.From(ctx).Regency, userID)
}

// Invite makes an account without a password and gives the link by which the person sets one.
func (s *Service) Invite(ctx context.Context, u User, role, scope string) (id, link string, err error) {
	if err := s.allowProven(ctx); err != nil {
		return "", "", err
	}
	u.ID, u.Active, u.CreatedAt = s.NewID(), true, s.Now().UnixMilli()
	err = errors.Join(checkUser(&u), s.checkAgency(ctx, "agency", u.Agency), s.checkAgency(ctx, "scope", scope))
	if err != nil {
		return "", "", err
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.insertUser(ctx, tx, u, ""); err != nil {
			return err
		}
		if err := s.grant(ctx, tx, Grant{UserID: u.ID, Role: role, Agency: scope}); err != nil {
			return err
		}
		link, err = s.newLink(ctx, tx, "invite", u, 7*24*time.Hour)
		return err
	})
	return u.ID, link, err
}

func checkUser(u *User) error {
	u.Name, u.Email = strings.Join(strings.Fields(u.Name), " "), strings.ToLower(strings.TrimSpace(u.Email))
	wrong := map[string]errs.Msg{}
	if u.Name == "" || len(u.Name) > 120 {
		wrong["name"] = errs.M("access.error.name")
	}
	if at, err := mail.ParseAddress(u.Email); err != nil || at.Address != u.Email || len(u.Email) > 200 || !plainASCII(u.Email) {
		wrong["email"] = errs.M("access.error.email")
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	return nil
}

// plainASCII reports whether a text is made of visible signs that a letter's address line may carry.
func plainASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`,;<>"\`, r) })
}

// checkAgency refuses an agency that the regency does not have.
func (s *Service) checkAgency(ctx context.Context, field, id string) error {
	if id == "" {
		return nil
	}
	_, err := s.Dir.Agency(ctx, id)
	if errs.Is(err, errs.NotFound) {
		return errs.InvalidFields(map[string]errs.Msg{field: errs.M("access.error.agency")})
	}
	return err
}

func (s *Service) insertUser(ctx context.Context, tx *db.Tx, u User, password string) error {
	err := s.store.insertUser(tx, tenant.From(ctx).Regency, u, password)
	if db.IsUnique(err) {
		return errs.InvalidFields(map[string]errs.Msg{"email": errs.M("access.error.email_taken")})
	}
	if err != nil {
		return err
	}
	return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.user.create", Object: "access_user", ObjectID: u.ID, Agency: u.Agency, After: u})
}

// Edit changes name, e-mail, agency and end date. The last administrator keeps an account without end.
func (s *Service) Edit(ctx context.Context, u User) error {
	if err := s.allowProven(ctx); err != nil {
		return err
	}
	if err := errors.Join(checkUser(&u), s.checkAgency(ctx, "agency", u.Agency)); err != nil {
		return err
	}
	before, err := s.User(ctx, u.ID)
	if err != nil {
		return err
	}
	u.Active, u.Lang, u.Sample, u.CreatedAt = before.Active, before.Lang, before.Sample, before.CreatedAt
	u.TOTPOn, u.PasskeyOn = before.TOTPOn, before.PasskeyOn
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		return s.keepingAdmin(ctx, tx, func() error {
			if u.Email != before.Email {
				if err := s.store.end(tx, addressChanged, tenant.From(ctx).Regency, u.ID, ""); err != nil {
					return err
				}
			}
			return s.update(ctx, tx, "access.user.edit", before, u)
		})
	})
	if db.IsUnique(err) {
		return errs.InvalidFields(map[string]errs.Msg{"email": errs.M("access.error.email_taken")})
	}
	return err
}

// SetActive locks a person out at once, or lets them in again. The last administrator stays.
func (s *Service) SetActive(ctx context.Context, id string, rev int64, active bool) error {
	if err := s.allowProven(ctx); err != nil {
		return err
	}
	before, err := s.User(ctx, id)
	if err != nil {
		return err
	}
	after := before
	after.Active, after.Rev = active, rev
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		return s.keepingAdmin(ctx, tx, func() error {
			if err := s.update(ctx, tx, "access.user.active", before, after); err != nil {
				return err
			}
			return s.store.end(tx, deactivated, tenant.From(ctx).Regency, id, "")
		})
	})
}

func (s *Service) update(ctx context.Context, tx *db.Tx, action string, before, after User) error {
	if err := s.store.updateUser(tx, tenant.From(ctx).Regency, after); err != nil {
		return err
	}
	return s.Audit.Record(ctx, tx, audit.Entry{Action: action, Object: "access_user", ObjectID: after.ID, Agency: after.Agency, Before: before, After: after})
}

// Grant gives a role. It holds from the next request on; one that needs a second factor waits until it was given.
func (s *Service) Grant(ctx context.Context, g Grant) error {
	if err := s.allowProven(ctx); err != nil {
		return err
	}
	if _, err := s.User(ctx, g.UserID); err != nil {
		return err
	}
	if err := s.checkAgency(ctx, "scope", g.Agency); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.grant(ctx, tx, g); err != nil {
			return err
		}
		return s.store.end(tx, rolesChanged, tenant.From(ctx).Regency, g.UserID, "")
	})
}

func (s *Service) grant(ctx context.Context, tx *db.Tx, g Grant) error {
	if !slices.Contains(tenant.Roles(), g.Role) {
		return errs.InvalidFields(map[string]errs.Msg{"role": errs.M("access.error.role")})
	}
	if tenant.OfAgency(g.Role) && g.Agency == "" {
		return errs.InvalidFields(map[string]errs.Msg{"scope": errs.M("access.error.scope")})
	}
	g.ID, g.At = s.NewID(), s.Now().UnixMilli()
	a := tenant.From(ctx)
	err := s.store.insertGrant(tx, a.Regency, g, a.UserID)
	if db.IsUnique(err) {
		return errs.E(errs.Conflict, "access.error.grant_twice", err)
	}
	if err != nil {
		return err
	}
	return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.grant", Object: "access_user", ObjectID: g.UserID, Agency: g.Agency, After: g})
}

// Revoke takes a role away; it holds from the next request on.
func (s *Service) Revoke(ctx context.Context, userID, grantID string) error {
	if err := s.allowProven(ctx); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		return s.keepingAdmin(ctx, tx, func() error { return s.revoke(ctx, tx, userID, grantID) })
	})
}

func (s *Service) revoke(ctx context.Context, tx *db.Tx, userID, grantID string) error {
	regency := tenant.From(ctx).Regency
	n, err := tx.Exec(`DELETE FROM access_grant WHERE regency_id = $1 AND user_id = $2 AND id = $3`, regency, userID, grantID)
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.E(errs.NotFound, "access.error.no_grant", nil)
	}
	if err := s.store.end(tx, rolesChanged, regency, userID, ""); err != nil {
		return err
	}
	return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.revoke", Object: "access_user", ObjectID: userID, Before: grantID})
}

func allow(ctx context.Context) error {
	if !tenant.From(ctx).Can(Manage, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return nil
}
