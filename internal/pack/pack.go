// Package pack lets a regency keep its own copies of instruments: other weights, other wording, rubrics of its own. A copy is
// marked "ubahan sendiri" wherever it is shown, and no longer changes once a round was opened on it.
//
// Words: Pack (instrumen), shipped (bawaan), customised (ubahan sendiri).
// Table: pack_pack; body is the instrument file as internal/instrument reads it.
package pack

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jail"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Actions of this room.
const (
	Read   = "pack.read"
	Manage = "pack.manage"
)

// Deps is what the room is given. Used reports whether a round was opened on a pack.
type Deps struct {
	DB    *db.DB
	Audit *audit.Log
	Now   func() time.Time
	Used  func(ctx context.Context, id string) (bool, error)
}

// Service is the door of the room.
type Service struct {
	Deps

	mu    sync.RWMutex
	known map[key]*instrument.Pack // parsed copies; a pack is never changed after parsing
}

type key struct {
	regency int64
	id      string
	rev     int64
}

// New makes the room. Shipped packs are read when they are first asked for.
func New(d Deps) *Service { return &Service{Deps: d, known: map[key]*instrument.Pack{}} }

// isShipped tells whether an id belongs to a pack that comes with the program.
func isShipped(id string) bool { return slices.Contains(instrument.ShippedIDs(), id) }

// Own is a copy of the regency with what guards it.
type Own struct {
	Pack *instrument.Pack
	Rev  int64
}

// Find gives a shipped pack or the regency's own copy.
func (s *Service) Find(ctx context.Context, id string) (*instrument.Pack, error) {
	if isShipped(id) {
		return instrument.Find(id)
	}
	own, err := s.own(ctx, s.DB, id)
	return own.Pack, err
}

// List gives shipped packs first, then the regency's own.
func (s *Service) List(ctx context.Context) ([]*instrument.Pack, error) {
	out, err := instrument.Shipped()
	if err != nil {
		return nil, err
	}
	rows, err := s.DB.Query(ctx, `SELECT id, rev, body FROM pack_pack WHERE regency_id = $1 ORDER BY id`, tenant.From(ctx).Regency)
	type row struct {
		id, body string
		rev      int64
	}
	all, err := db.Collect(rows, err, func(r *sql.Rows) (x row, err error) { return x, r.Scan(&x.id, &x.rev, &x.body) })
	if err != nil {
		return nil, err
	}
	for _, x := range all {
		p, err := s.parse(key{tenant.From(ctx).Regency, x.id, x.rev}, x.body)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (s *Service) own(ctx context.Context, q db.Queryer, id string) (Own, error) {
	regency := tenant.From(ctx).Regency
	var rev int64
	var body string
	err := q.QueryRow(ctx, `SELECT rev, body FROM pack_pack WHERE regency_id = $1 AND id = $2`, regency, id).Scan(&rev, &body)
	if db.NotFound(err) {
		return Own{}, errs.E(errs.NotFound, "pack.error.not_found", err)
	}
	if err != nil {
		return Own{}, err
	}
	p, err := s.parse(key{regency, id, rev}, body)
	return Own{p, rev}, err
}

func (s *Service) parse(k key, body string) (*instrument.Pack, error) {
	s.mu.RLock()
	p := s.known[k]
	s.mu.RUnlock()
	if p != nil {
		return p, nil
	}
	p, err := instrument.Parse([]byte(body))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.known[k] = p
	s.mu.Unlock()
	return p, nil
}

var idRule = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{2,60}$`)

// Copy makes a copy of a pack under a new id. The id is the regency's choice: small letters, digits, dashes.
func (s *Service) Copy(ctx context.Context, from, id, name string) error {
	p, err := s.Find(ctx, from)
	if err != nil {
		return err
	}
	c, err := p.Clone(strings.TrimSpace(id))
	if err != nil {
		return err
	}
	if name = strings.TrimSpace(name); name != "" {
		c.Name = instrument.Text{ID: name, EN: name}
	}
	return s.add(ctx, c)
}

// Import keeps an instrument file as a copy of the regency. Errors name the line and column.
func (s *Service) Import(ctx context.Context, data []byte) (string, error) {
	if err := allow(ctx); err != nil {
		return "", err
	}
	p, err := readForeign(ctx, data)
	if jail.Why(err) != "" || ctx.Err() != nil {
		return "", err
	}
	if err != nil {
		return "", errs.InvalidFields(map[string]errs.Msg{"body": errs.M("pack.error.file", "Text", err.Error())})
	}
	p.Customised = true
	return p.ID, s.add(ctx, p)
}

func (s *Service) add(ctx context.Context, p *instrument.Pack) error {
	if err := allow(ctx); err != nil {
		return err
	}
	if !idRule.MatchString(p.ID) {
		return errs.InvalidFields(map[string]errs.Msg{"id": errs.M("pack.error.id")})
	}
	if isShipped(p.ID) {
		return errs.InvalidFields(map[string]errs.Msg{"id": errs.M("pack.error.taken")})
	}
	body, err := p.Marshal()
	if err != nil {
		return err
	}
	a := tenant.From(ctx)
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO pack_pack (regency_id, id, body, based_on, changed_by, changed_at, rev) VALUES ($1, $2, $3, $4, $5, $6, 1)`,
			a.Regency, p.ID, string(body), p.BasedOn, a.UserID, s.Now().UnixMilli()); err != nil {
			return err
		}
		return s.record(ctx, tx, "copy", p.ID, nil, map[string]string{"based_on": p.BasedOn})
	})
	if db.IsUnique(err) {
		return errs.InvalidFields(map[string]errs.Msg{"id": errs.M("pack.error.taken")})
	}
	return err
}

func allow(ctx context.Context) error {
	if !tenant.From(ctx).Can(Manage, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return nil
}

func (s *Service) record(ctx context.Context, tx *db.Tx, action, id string, before, after any) error {
	return s.Audit.Record(ctx, tx, audit.Entry{Action: "pack." + action, Object: "pack_pack", ObjectID: id, Before: before, After: after})
}

// Edit gives a changeable copy of the regency's own pack; Save writes it back.
func (s *Service) Edit(ctx context.Context, id string) (Own, error) {
	own, err := s.own(ctx, s.DB, id)
	if err != nil {
		return own, err
	}
	body, err := own.Pack.Marshal()
	if err != nil {
		return own, err
	}
	own.Pack, err = instrument.Parse(body)
	return own, err
}

// Save writes a changed copy if nobody changed it since rev was read and no round stands on it.
func (s *Service) Save(ctx context.Context, p *instrument.Pack, rev int64) error {
	if err := allow(ctx); err != nil {
		return err
	}
	if err := s.unused(ctx, p.ID); err != nil {
		return err
	}
	p.Customised = true
	body, err := p.Marshal()
	if err != nil {
		return err
	}
	if _, err := instrument.Parse(body); err != nil {
		return errs.E(errs.Invalid, "pack.error.file", err, "Text", err.Error())
	}
	a := tenant.From(ctx)
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`UPDATE pack_pack SET body = $4, changed_by = $5, changed_at = $6, rev = rev + 1 WHERE regency_id = $1 AND id = $2 AND rev = $3`,
			a.Regency, p.ID, rev, string(body), a.UserID, s.Now().UnixMilli())
		if err == nil && n == 0 {
			err = errs.E(errs.Conflict, "pack.error.changed", nil)
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, "edit", p.ID, nil, map[string]int64{"rev": rev + 1})
	})
}

func (s *Service) unused(ctx context.Context, id string) error {
	used, err := s.Used(ctx, id)
	if err == nil && used {
		err = errs.E(errs.Conflict, "pack.error.used", nil)
	}
	return err
}

// Delete forgets a copy on which no round stands.
func (s *Service) Delete(ctx context.Context, id string) error {
	if err := allow(ctx); err != nil {
		return err
	}
	if err := s.unused(ctx, id); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`DELETE FROM pack_pack WHERE regency_id = $1 AND id = $2`, tenant.From(ctx).Regency, id)
		if err == nil && n == 0 {
			err = errs.E(errs.NotFound, "pack.error.not_found", nil)
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, "delete", id, nil, nil)
	})
}
