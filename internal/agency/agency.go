package agency

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Actions of this room.
const (
	Read   = "agency.read"
	Manage = "agency.manage"
)

// Agency is an office as it is today. Rev guards against overwriting.
type Agency struct {
	ID, Code, Name, Short, Kind, Parent string
	Active                              bool
	Rev                                 int64
}

// OldName is what an agency was called until a day.
type OldName struct {
	Until int64
	Name  string
	Note  string
}

// Kinds lists the kinds of agency in the order shown.
func Kinds() []string {
	return []string{"sekretariat", "dinas", "badan", "bagian", "rs", "inspektorat", "satuan", "kecamatan", "lain"}
}

// KindOf reads the kind from a name.
func KindOf(name string) string {
	first, _, _ := strings.Cut(strings.ToLower(name), " ")
	switch first {
	case "dinas", "badan", "bagian", "kecamatan", "sekretariat", "inspektorat", "satuan":
		return first
	case "rumah", "rsd", "rsud":
		return "rs"
	}
	return "lain"
}

// Deps is what the room is given.
type Deps struct {
	DB    *db.DB
	Audit *audit.Log
	Now   func() time.Time
	NewID func() string
}

// Service is the door of the room.
type Service struct {
	Deps
	store store
	below *db.Memo[string, []string]
}

// New makes the room.
func New(d Deps) *Service {
	return &Service{Deps: d, store: store{d.DB}, below: db.NewMemo[string, []string](d.DB, mostBelow, "agency_agency")}
}

// mostBelow is how many subtrees are kept in memory: those of all agencies of some regencies.
const mostBelow = 5000

// List gives agencies by code; all includes those that ended.
func (s *Service) List(ctx context.Context, all bool) ([]Agency, error) {
	return s.store.list(ctx, tenant.From(ctx).Regency, all)
}

// Get gives one agency, also one that ended.
func (s *Service) Get(ctx context.Context, id string) (Agency, error) {
	return s.store.get(ctx, s.DB, tenant.From(ctx).Regency, id)
}

// Names gives the former names of an agency, newest first.
func (s *Service) Names(ctx context.Context, id string) ([]OldName, error) {
	return s.store.names(ctx, tenant.From(ctx).Regency, id)
}

// NameAt gives the name an agency had at a moment.
func (s *Service) NameAt(ctx context.Context, id string, at int64) (string, error) {
	a, err := s.Get(ctx, id)
	if err != nil {
		return "", err
	}
	names, err := s.Names(ctx, id)
	if err != nil {
		return "", err
	}
	name := a.Name
	for _, old := range names {
		if old.Until > at {
			name = old.Name
		}
	}
	return name, nil
}

// Subtree gives the agency and all below it.
func (s *Service) Subtree(ctx context.Context, regency int64, id string) ([]string, error) {
	out, err := s.below.Get(ctx, regency, "", id, func() ([]string, error) { return s.subtree(ctx, regency, id) })
	return slices.Clone(out), err
}

func (s *Service) subtree(ctx context.Context, regency int64, id string) ([]string, error) {
	all, err := s.store.list(ctx, regency, true)
	if err != nil {
		return nil, err
	}
	out := []string{id}
	for i := 0; i < len(out); i++ {
		for _, a := range all {
			if a.Parent == out[i] && !slices.Contains(out, a.ID) {
				out = append(out, a.ID)
			}
		}
	}
	return out, nil
}

// Create adds an agency and gives its id.
func (s *Service) Create(ctx context.Context, a Agency) (string, error) {
	if err := s.allow(ctx); err != nil {
		return "", err
	}
	a.ID, a.Active, a.Rev = s.NewID(), true, 1
	if err := s.check(ctx, &a); err != nil {
		return "", err
	}
	err := s.DB.Tx(ctx, func(tx *db.Tx) error { return s.insert(ctx, tx, a) })
	return a.ID, codeTaken(err)
}

func (s *Service) insert(ctx context.Context, tx *db.Tx, a Agency) error {
	if err := s.store.insert(tx, tenant.From(ctx).Regency, a); err != nil {
		return err
	}
	return s.Audit.Record(ctx, tx, audit.Entry{Action: "agency.create", Object: "agency_agency", ObjectID: a.ID, Agency: a.ID, After: a})
}

// Edit changes code, short name, kind or parent. A new name is a Rename.
func (s *Service) Edit(ctx context.Context, a Agency) error {
	if err := s.allow(ctx); err != nil {
		return err
	}
	before, err := s.Get(ctx, a.ID)
	if err != nil {
		return err
	}
	a.Name, a.Active = before.Name, before.Active
	if err := s.check(ctx, &a); err != nil {
		return err
	}
	return codeTaken(s.change(ctx, "agency.edit", before, a, ""))
}

// Rename gives an agency a new name from a day on; the old name stays in history until that day.
func (s *Service) Rename(ctx context.Context, id string, rev int64, name string, from int64, note string) error {
	if err := s.allow(ctx); err != nil {
		return err
	}
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || from == 0 || from > s.Now().UnixMilli() {
		return errs.InvalidFields(map[string]errs.Msg{"name": errs.M("agency.error.rename")})
	}
	before, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	after := before
	after.Name, after.Rev = name, rev
	regency := tenant.From(ctx).Regency
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.insertName(tx, regency, id, OldName{Until: from, Name: before.Name, Note: note}); err != nil {
			return err
		}
		return s.update(ctx, tx, "agency.rename", before, after, note)
	})
}

// Merge ends agencies from a day on and names their successor.
func (s *Service) Merge(ctx context.Context, into string, old []string, at int64, note string) error {
	if err := s.allow(ctx); err != nil {
		return err
	}
	if len(old) == 0 || slices.Contains(old, into) || at == 0 {
		return errs.InvalidFields(map[string]errs.Msg{"old": errs.M("agency.error.merge")})
	}
	if _, err := s.Get(ctx, into); err != nil {
		return err
	}
	regency := tenant.From(ctx).Regency
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, id := range old {
			before, err := s.store.get(ctx, tx, regency, id)
			if err != nil {
				return err
			}
			after := before
			after.Active = false
			if err := s.store.insertSuccessor(tx, regency, id, into, at, note); err != nil {
				return err
			}
			if err := s.update(ctx, tx, "agency.merge", before, after, note); err != nil {
				return err
			}
		}
		return nil
	})
}

// SetActive ends an agency or brings it back.
func (s *Service) SetActive(ctx context.Context, id string, rev int64, active bool) error {
	if err := s.allow(ctx); err != nil {
		return err
	}
	before, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	after := before
	after.Active, after.Rev = active, rev
	return s.change(ctx, "agency.active", before, after, "")
}

// Successors names what became of an ended agency.
func (s *Service) Successors(ctx context.Context, id string) ([]Agency, error) {
	return s.store.successors(ctx, tenant.From(ctx).Regency, id)
}

func (s *Service) change(ctx context.Context, action string, before, after Agency, why string) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.update(ctx, tx, action, before, after, why) })
}

func (s *Service) update(ctx context.Context, tx *db.Tx, action string, before, after Agency, why string) error {
	if err := s.store.update(tx, tenant.From(ctx).Regency, after); err != nil {
		return err
	}
	return s.Audit.Record(ctx, tx, audit.Entry{Action: action, Object: "agency_agency", ObjectID: after.ID, Agency: after.ID, Before: before, After: after, Why: why})
}

func (s *Service) allow(ctx context.Context) error {
	if !tenant.From(ctx).Can(Manage, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return nil
}

// check tidies the fields and refuses what cannot stand, a parent below itself among it.
func (s *Service) check(ctx context.Context, a *Agency) error {
	wrong := map[string]errs.Msg{}
	a.Code, a.Name, a.Short = strings.TrimSpace(a.Code), strings.Join(strings.Fields(a.Name), " "), strings.TrimSpace(a.Short)
	if a.Code == "" || len(a.Code) > 40 {
		wrong["code"] = errs.M("agency.error.code")
	}
	if a.Name == "" || len(a.Name) > 200 {
		wrong["name"] = errs.M("agency.error.name")
	}
	if a.Kind == "" {
		a.Kind = KindOf(a.Name)
	}
	if !slices.Contains(Kinds(), a.Kind) {
		wrong["kind"] = errs.M("agency.error.kind")
	}
	if a.Parent != "" {
		below, err := s.Subtree(ctx, tenant.From(ctx).Regency, a.ID)
		if err != nil {
			return err
		}
		if _, err := s.Get(ctx, a.Parent); err != nil || slices.Contains(below, a.Parent) {
			wrong["parent"] = errs.M("agency.error.parent")
		}
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	return nil
}

func codeTaken(err error) error {
	if db.IsUnique(err) {
		return errs.InvalidFields(map[string]errs.Msg{"code": errs.M("agency.error.code_taken")})
	}
	return err
}
