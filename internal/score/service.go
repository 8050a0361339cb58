package score

import (
	"context"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Actions of this room.
const (
	Read   = "score.read"
	Claims = "score.claim"  // say which level an item has reached; the register decides for which innovations
	Manage = "score.manage" // instrument, options, efforts, publication
)

const (
	kindIID     = "iid"
	defaultPack = "iid-2026"
)

// Service is the door of the room.
type Service struct {
	Deps
	store  store
	boards *db.Memo[string, *Board] // nil while nobody says what a board is made of
}

// New makes the room.
func New(d Deps) *Service {
	s := &Service{Deps: d, store: store{d.DB}}
	if len(d.Inputs) > 0 {
		s.boards = db.NewMemo[string, *Board](d.DB, mostBoards, append(d.Inputs, "score_item")...)
	}
	return s
}

// mostBoards is how many boards are kept in memory: one or two of a regency. A board of 2,000 innovations takes about 30 MB.
const mostBoards = 8

func (s *Service) now() int64 { return s.Now().UnixMilli() }

func (s *Service) yearOf(ctx context.Context, ms int64) int {
	return time.UnixMilli(ms).In(s.Zone(ctx)).Year()
}

func allow(ctx context.Context, action string) error {
	if !tenant.From(ctx).Can(action, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return nil
}

func (s *Service) record(ctx context.Context, tx *db.Tx, action, object, id, why string, before, after any) error {
	return s.Audit.Record(ctx, tx, entry(action, object, id, why, before, after))
}

// entry is what the audit trail says of a change in this room.
func entry(action, object, id, why string, before, after any) audit.Entry {
	return audit.Entry{Action: "score." + action, Object: "score_" + object, ObjectID: id, Why: why, Before: before, After: after}
}
