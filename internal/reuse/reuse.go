package reuse

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
	Read   = "reuse.read"   // suggestions and the mapping
	Use    = "reuse.link"   // link what is suggested, for an agency
	Manage = "reuse.manage" // change the mapping, take back what others linked
)

// Strengths of a line and of a suggestion.
const (
	Strong   = "strong"   // the same file usually answers both
	Possible = "possible" // read the file first
)

// Strengths lists them, the strongest first.
func Strengths() []string { return []string{Strong, Possible} }

// Kinds lists what a proof can be, as the library calls it.
func Kinds() []string {
	return []string{"regulation", "decree", "minutes", "budget", "plan", "report", "screenshot", "photo", "survey", "agreement", "link", "other"}
}

// openState is the state of a round in which something can be linked.
const openState = "open"

// Service is the door of the room.
type Service struct {
	Deps
	store   store
	shipped *Mapping

	worlds *db.Memo[worldKey, *world] // nil while nobody says what a world is made of
}

// New makes the room and reads the shipped mapping.
func New(d Deps) (*Service, error) {
	if d.Zone == nil {
		d.Zone = tenant.OneZone(time.UTC)
	}
	m, err := Shipped()
	s := &Service{Deps: d, store: store{d.DB}, shipped: m}
	if len(d.Inputs) > 0 {
		s.worlds = db.NewMemo[worldKey, *world](d.DB, mostWorlds, append(d.Inputs, "reuse_map")...)
	}
	return s, err
}

func (s *Service) now() int64 { return s.Now().UnixMilli() }

func (s *Service) year(ctx context.Context, ms int64) int {
	return time.UnixMilli(ms).In(s.Zone(ctx)).Year()
}

func allow(ctx context.Context, action string) error {
	if !tenant.From(ctx).Can(action, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return nil
}

// mayUse reports whether the actor may link something to a question: for its lead, or an agency that supports it.
func mayUse(ctx context.Context, i Item) bool {
	a := tenant.From(ctx)
	if i.Lead == "" && len(i.Support) == 0 {
		return a.Can(Use, "") && a.Can(Manage, "")
	}
	return i.Lead != "" && a.Can(Use, i.Lead) || slices.ContainsFunc(i.Support, func(id string) bool { return a.Can(Use, id) })
}

func (s *Service) record(ctx context.Context, tx *db.Tx, action, object, id, why string, before, after any) error {
	return s.Audit.Record(ctx, tx, audit.Entry{Action: "reuse." + action, Object: "reuse_" + object, ObjectID: id, Why: why, Before: before, After: after})
}

// tidy leaves single blanks between words.
func tidy(text string) string { return strings.Join(strings.Fields(text), " ") }
