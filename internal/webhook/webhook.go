package webhook

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Manage is the one action of this room.
const Manage = "webhook.manage"

// Ping is the event of a test; nobody subscribes to it.
const Ping = "webhook.ping"

// All subscribes to every event, also to those that come with later versions.
const All = "*"

// Why a hook is off. Each has a text "webhook.off.<reason>".
const (
	OffByHand = "hand" // somebody switched it off
	OffGone   = "gone" // the receiver answered 410
	OffDead   = "dead" // too many deliveries in a row were given up
	OffKey    = "key"  // the key that opens its secret was lost; it needs a new secret
)

// Hook is a program that wants to know. Its secret is never part of it: it is shown once, when it is made.
type Hook struct {
	ID, Name, URL string
	Events        []string // names, or All alone
	Active        bool
	Reason        string // why it is off; empty while it is on
	Deaths        int64  // deliveries given up in a row
	OldUntil      int64  // until when the secret before the last rotation signs too
	LastOK        int64
	CreatedAt     int64
	Rev           int64
}

// Wants reports whether a hook subscribes to an event.
func (h Hook) Wants(event string) bool {
	return slices.Contains(h.Events, All) || slices.Contains(h.Events, event)
}

// Deps is what the room is given. Fields below the line may stay empty.
type Deps struct {
	DB     *db.DB
	Audit  *audit.Log
	Now    func() time.Time
	NewID  func() string
	Box    *keys.Box       // seals the secrets
	Events func() []string // what a hook may subscribe to

	AllowLoopback bool                // lets hooks point to this machine, also over http; for tests and trials only
	Ports         []int               // ports beside 443 and 8443
	Resolver      Resolver            // net.DefaultResolver when nil
	Own           func() []netip.Addr // addresses of this server; those of its network cards when nil
	Roots         *x509.CertPool      // certificates to trust; those of the system when nil
	Timeout       time.Duration       // for one attempt as a whole; ten seconds when zero
	Key           func() []byte       // 32 random bytes for a secret; crypto/rand when nil
}

// Service is the door of the room.
type Service struct {
	Deps
	store  store
	guard  Guard
	client *http.Client
}

// New makes the room.
func New(d Deps) *Service {
	if d.Timeout == 0 {
		d.Timeout = 10 * time.Second
	}
	if d.Key == nil {
		d.Key = randomKey
	}
	g := NewGuard(d.AllowLoopback, d.Ports, d.Resolver, d.Own)
	return &Service{Deps: d, store: store{d.DB, d.Box}, guard: g, client: newClient(g, d.Roots, d.Timeout)}
}

func randomKey() []byte {
	var b [32]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails since Go 1.24
	return b[:]
}

// List gives the hooks of the regency by name.
func (s *Service) List(ctx context.Context) ([]Hook, error) {
	if err := s.allow(ctx); err != nil {
		return nil, err
	}
	return s.store.hooks(ctx, s.DB, tenant.From(ctx).Regency)
}

// Get gives one hook.
func (s *Service) Get(ctx context.Context, id string) (Hook, error) {
	if err := s.allow(ctx); err != nil {
		return Hook{}, err
	}
	return s.store.hook(ctx, s.DB, tenant.From(ctx).Regency, id)
}

// Log gives deliveries of a hook, newest first, and how many there are in all.
func (s *Service) Log(ctx context.Context, hook string, limit, offset int) ([]Delivery, int, error) {
	if err := s.allow(ctx); err != nil {
		return nil, 0, err
	}
	return s.store.log(ctx, tenant.From(ctx).Regency, hook, limit, offset)
}

// Tallies counts what waits and what failed, by hook.
func (s *Service) Tallies(ctx context.Context) (map[string]Tally, error) {
	if err := s.allow(ctx); err != nil {
		return nil, err
	}
	return s.store.tallies(ctx, tenant.From(ctx).Regency)
}

func (s *Service) allow(ctx context.Context) error {
	if !tenant.From(ctx).Can(Manage, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return nil
}
