package adoption

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Actions of this room.
const (
	Read  = "adoption.read"
	Adopt = "adoption.adopt" // start, write the note, withdraw, for an agency
	Sign  = "adoption.sign"  // sign and correct, for an agency
)

// States of an adoption.
const (
	Planned   = "planned"
	Running   = "running"
	Signed    = "signed"
	Withdrawn = "withdrawn"
)

// States lists the states in the order of the way.
func States() []string { return []string{Planned, Running, Signed, Withdrawn} }

// national is the national stage from which an innovation can be taken over (Permendagri 104/2018: penerapan).
const national = "penerapan"

// Origin is what an adoption keeps of the original, as it was on the day it began.
type Origin struct {
	Regency                                    int64
	ID, Title, Agency, AgencyName, RegencyName string
}

// Adoption is one innovation taken over by one agency. Times are milliseconds, 0 is not set; StartedAt is a day; Users is -1
// when nobody counted. NotedBy wrote the note last. Reason says why it was withdrawn.
type Adoption struct {
	ID                           string
	Origin                       Origin
	Agency, State                string
	StartedAt                    int64
	Changes, Result              string
	Users                        int64
	Reason                       string
	StartedBy, NotedBy, SignedBy string
	SignedAt                     int64
	CreatedAt, ChangedAt, Rev    int64
}

// Open reports whether the adoption may still be written on, signed or withdrawn.
func (a Adoption) Open() bool { return a.State == Planned || a.State == Running }

// Written reports whether the note says enough to be signed.
func (a Adoption) Written() bool { return enough(a.Changes) && enough(a.Result) }

// Service is the door of the room.
type Service struct {
	Deps
	store store
	flows *db.Memo[struct{}, map[string]Flow]
}

// mostFlows is how many regencies keep the counts of their agencies in memory.
const mostFlows = 600

// New makes the room.
func New(d Deps) *Service {
	if d.Zone == nil {
		d.Zone = tenant.OneZone(time.UTC)
	}
	return &Service{Deps: d, store: store{d.DB}, flows: db.NewMemo[struct{}, map[string]Flow](d.DB, mostFlows, "adoption_adoption", "adoption_replica")}
}

func (s *Service) now() int64 { return s.Now().UnixMilli() }

// day gives the start of the day of a moment in the regency's zone; 0 stays 0.
func (s *Service) day(ctx context.Context, ms int64) int64 {
	if ms == 0 {
		return 0
	}
	return s.after(ctx, ms, 0)
}

// after gives the start of the day that lies so many days after that of a moment.
func (s *Service) after(ctx context.Context, ms int64, days int) int64 {
	y, m, d := time.UnixMilli(ms).In(s.Zone(ctx)).Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, s.Zone(ctx)).UnixMilli()
}

// Days counts the days an adoption has been running; negative while its first day lies ahead.
func (s *Service) Days(ctx context.Context, a Adoption) int {
	return web.DaysBetween(time.UnixMilli(a.StartedAt), s.Now(), s.Zone(ctx))
}

func allow(ctx context.Context, action, agency string) error {
	if !tenant.From(ctx).Can(action, agency) {
		return errs.E(errs.Forbidden, "adoption.error.scope", nil)
	}
	return nil
}

// Get gives one adoption of the actor's regency.
func (s *Service) Get(ctx context.Context, id string) (Adoption, error) {
	if err := allow(ctx, Read, ""); err != nil {
		return Adoption{}, err
	}
	return s.store.get(ctx, s.DB, tenant.From(ctx).Regency, s.now(), id)
}

// Filter narrows a list; empty fields match everything.
type Filter struct{ Agency, State string }

// List gives what the agencies of the actor's regency took over, the latest change first, and how many there are.
func (s *Service) List(ctx context.Context, f Filter, limit, offset int) ([]Adoption, int, error) {
	if err := allow(ctx, Read, ""); err != nil {
		return nil, 0, err
	}
	return s.store.list(ctx, tenant.From(ctx).Regency, s.now(), f, limit, offset)
}

// Begin is what a person gives to begin an adoption. StartedAt is the first day of use, 0 when it is not known yet.
type Begin struct {
	Regency            int64
	Innovation, Agency string
	StartedAt          int64
}

// Original gives an innovation that the actor may take over or look at: one of the own regency, or a published one.
func (s *Service) Original(ctx context.Context, regency int64, id string) (Original, error) {
	if err := allow(ctx, Read, ""); err != nil {
		return Original{}, err
	}
	return s.original(ctx, regency, id, tenant.From(ctx).Regency)
}

func (s *Service) original(ctx context.Context, regency int64, id string, own int64) (Original, error) {
	missing := errs.E(errs.NotFound, "adoption.error.original", nil)
	all, err := s.Regencies(ctx)
	if err != nil {
		return Original{}, err
	}
	if !slices.ContainsFunc(all, func(r Regency) bool { return r.ID == regency }) {
		return Original{}, missing
	}
	o, err := s.Innovations.Original(ctx, regency, id)
	switch {
	case errs.Is(err, errs.NotFound):
		return Original{}, missing
	case err != nil:
		return Original{}, err
	case regency != own && !o.Published:
		return Original{}, missing
	}
	return o, nil
}

// regencyName gives the name of a regency of this host.
func (s *Service) regencyName(ctx context.Context, id int64) (string, error) {
	all, err := s.Regencies(ctx)
	for _, r := range all {
		if r.ID == id {
			return r.Name, nil
		}
	}
	return "", err
}

// Start begins an adoption. One that was withdrawn begins anew under its old id; any other is a conflict.
func (s *Service) Start(ctx context.Context, in Begin) (string, error) {
	if err := allow(ctx, Adopt, in.Agency); err != nil {
		return "", err
	}
	o, err := s.Original(ctx, in.Regency, in.Innovation)
	if err != nil {
		return "", err
	}
	if o.National != national {
		return "", errs.E(errs.Conflict, "adoption.error.not_live", nil)
	}
	if err := s.checkStart(ctx, &in, o); err != nil {
		return "", err
	}
	a := Adoption{ID: s.NewID(), Agency: in.Agency, StartedAt: in.StartedAt, Users: -1, StartedBy: tenant.From(ctx).UserID, CreatedAt: s.now(), ChangedAt: s.now(),
		Origin: Origin{Regency: o.Regency, ID: o.ID, Title: o.Title, Agency: o.Agency, AgencyName: o.AgencyName, RegencyName: o.RegencyName}}
	a.State = s.stateOf(a)
	return s.keepStart(ctx, a)
}

func (s *Service) stateOf(a Adoption) string {
	if a.StartedAt == 0 || a.StartedAt > s.now() {
		return Planned
	}
	return Running
}

func (s *Service) keepStart(ctx context.Context, a Adoption) (string, error) {
	regency := tenant.From(ctx).Regency
	before, err := s.store.find(ctx, regency, s.now(), a.Origin, a.Agency)
	if err != nil {
		return "", err
	}
	if before.ID != "" && before.State != Withdrawn {
		return "", errs.E(errs.Conflict, "adoption.error.twice", nil)
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if before.ID == "" {
			if err := s.store.insert(tx, regency, a); err != nil {
				return err
			}
			return s.record(ctx, tx, "start", a, "", nil, a)
		}
		a.ID, a.CreatedAt, a.Rev = before.ID, before.CreatedAt, before.Rev
		if err := s.store.update(tx, regency, a); err != nil {
			return err
		}
		return s.record(ctx, tx, "restart", a, "", before, a)
	})
	if db.IsUnique(err) {
		return "", errs.E(errs.Conflict, "adoption.error.twice", err)
	}
	return a.ID, err
}

// checkStart wants an agency at work that is not behind the original itself, and a day in its order.
func (s *Service) checkStart(ctx context.Context, in *Begin, o Original) error {
	wrong := map[string]errs.Msg{}
	g, err := s.Dir.Agency(ctx, in.Agency)
	switch {
	case in.Agency == "" || errs.Is(err, errs.NotFound) || err == nil && !g.Active:
		wrong["agency"] = errs.M("adoption.error.agency")
	case err != nil:
		return err
	case isOwn(o, tenant.From(ctx).Regency, in.Agency):
		wrong["agency"] = errs.M("adoption.error.own")
	}
	in.StartedAt = s.day(ctx, in.StartedAt)
	s.checkDay(ctx, in.StartedAt, o.LiveAt, wrong)
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	return nil
}

// isOwn reports whether an agency stands behind the original: it owns it, or has people on its team.
func isOwn(o Original, regency int64, agency string) bool {
	return o.Regency == regency && (o.Agency == agency || slices.Contains(o.MemberAgencies, agency))
}

// mostAhead is how far ahead a plan may lie; a later date is a slip of the pen.
const mostAhead = 366

// checkDay keeps the days in order: nobody takes over what the original did not have in use yet.
func (s *Service) checkDay(ctx context.Context, day, live int64, wrong map[string]errs.Msg) {
	switch {
	case day == 0:
	case live != 0 && day < s.day(ctx, live):
		wrong["started"] = errs.M("adoption.error.before_live")
	case web.DaysBetween(s.Now(), time.UnixMilli(day), s.Zone(ctx)) > mostAhead:
		wrong["started"] = errs.M("adoption.error.far_ahead")
	}
}

const (
	leastText = 20 // characters that "what was changed" and "how it went" need at least
	mostText  = 4000
	leastWhy  = 10
)

func enough(text string) bool {
	return utf8.RuneCountInString(strings.TrimSpace(text)) >= leastText
}

func (s *Service) record(ctx context.Context, tx *db.Tx, action string, a Adoption, why string, before, after any) error {
	return s.Audit.Record(ctx, tx, audit.Entry{Action: "adoption." + action, Object: "adoption_adoption", ObjectID: a.ID, Agency: a.Agency, Why: why, Before: before, After: after})
}

func (s *Service) notify(ctx context.Context, tx *db.Tx, key, once string, a Adoption, to ...string) error {
	to = slices.DeleteFunc(to, func(id string) bool { return id == "" || id == tenant.From(ctx).UserID })
	if s.Notices == nil || len(to) == 0 {
		return nil
	}
	return s.Notices.Notify(ctx, tx, Notice{To: to, Key: key, Args: map[string]any{"Title": a.Origin.Title}, Path: "/adopsi/" + a.ID, Once: key + ":" + once})
}
