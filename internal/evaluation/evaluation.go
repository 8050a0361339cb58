package evaluation

import (
	"context"
	"slices"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Actions of this room.
const (
	Read    = "evaluation.read"
	Manage  = "evaluation.manage"  // open, assign, request, check, lock
	Write   = "evaluation.answer"  // answer for an agency
	Approve = "evaluation.approve" // let an answer leave the agency
	Figures = "evaluation.figures" // enter external figures
)

// States of a round, in order.
const (
	Draft  = "draft"
	Open   = "open"
	Locked = "locked"
	Assess = "assess"
	Done   = "done"
)

// States of an item.
const (
	Empty     = "empty"
	Drafted   = "draft"
	Submitted = "submitted"
	Approved  = "approved"
	Returned  = "returned"
	Checked   = "checked"
)

// RoundStates lists the states of a round in order.
func RoundStates() []string { return []string{Draft, Open, Locked, Assess, Done} }

// ItemStates lists the states of an item in the order of the way.
func ItemStates() []string { return []string{Empty, Drafted, Returned, Submitted, Approved, Checked} }

// Round is one evaluation on one instrument. Times are milliseconds; 0 is not set.
type Round struct {
	ID, Title string
	Year      int
	Pack      string
	State     string
	SelfFrom  int64 // agencies answer from
	SelfTo    int64 // ... to
	CheckTo   int64 // the team has checked by
	AssessFrom,
	AssessTo int64
	Previous  string            // round of the year before
	Choices   map[string]string // how to read what the rule of the instrument leaves open
	CreatedAt int64
	Rev       int64
	Seal      string // the fingerprint of all it held when it ended, "" while it runs
}

// Item is a question of a round with its answer. SelfMark is a decimal or "".
type Item struct {
	Code, Lead  string
	Support     []string
	Due         int64 // 0: the round's date
	State       string
	Answer      string // what is claimed, one paragraph
	SelfMark    string
	Note        string // for the own agency only
	Reason      string // why it was returned
	AnsweredBy  string
	SubmittedBy string
	ApprovedBy  string
	ChangedAt   int64
	Rev         int64
	DecidedHash string // the fingerprint of what was approved, "" until then
}

// Ready reports whether the agency's part is done.
func (i Item) Ready() bool { return i.State == Checked }

// Service is the door of the room.
type Service struct {
	Deps
	store   store
	results *db.Memo[resultKey, instrument.Result]
	sheets  sheets
}

// New makes the room.
func New(d Deps) *Service {
	if d.Address == nil {
		d.Address = tenant.OneAddress("")
	}
	d.DB.Watch(db.Watch{Table: "evaluation_item", Part: "round_id"})
	return &Service{Deps: d, store: store{d.DB}, results: db.NewMemo[resultKey, instrument.Result](d.DB, mostResults, "evaluation_item/part", "evaluation_round", "evaluation_phase")}
}

// Rounds lists the rounds of the regency, newest first.
func (s *Service) Rounds(ctx context.Context) ([]Round, error) {
	return s.store.rounds(ctx, tenant.From(ctx).Regency)
}

// Round gives one round.
func (s *Service) Round(ctx context.Context, id string) (Round, error) {
	return s.store.round(ctx, s.DB, tenant.From(ctx).Regency, id)
}

// PackOf gives the instrument of a round.
func (s *Service) PackOf(ctx context.Context, id string) (*instrument.Pack, error) {
	r, err := s.Round(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.Packs.Find(ctx, r.Pack)
}

// Items lists the questions of a round in the order of the instrument.
func (s *Service) Items(ctx context.Context, round string) ([]Item, error) {
	p, err := s.PackOf(ctx, round)
	if err != nil {
		return nil, err
	}
	return s.items(ctx, p, round)
}

func (s *Service) items(ctx context.Context, p *instrument.Pack, round string) ([]Item, error) {
	all, err := s.store.items(ctx, tenant.From(ctx).Regency, round)
	if err != nil {
		return nil, err
	}
	order := map[string]int{}
	for i, code := range p.Asked() {
		order[code] = i
	}
	slices.SortFunc(all, func(a, b Item) int { return order[a.Code] - order[b.Code] })
	return all, nil
}

// Item gives one question of a round.
func (s *Service) Item(ctx context.Context, round, code string) (Item, error) {
	return s.store.item(ctx, s.DB, tenant.From(ctx).Regency, round, code)
}

// Used reports whether a round was opened on an instrument, so that it may no longer change.
func (s *Service) Used(ctx context.Context, pack string) (bool, error) {
	return s.store.packUsed(ctx, tenant.From(ctx).Regency, pack)
}

// mine reports whether the actor may do action for the lead or a supporting agency of an item.
func mine(ctx context.Context, action string, i Item) bool {
	a := tenant.From(ctx)
	if i.Lead != "" && a.Can(action, i.Lead) {
		return true
	}
	return slices.ContainsFunc(i.Support, func(id string) bool { return a.Can(action, id) })
}

func allow(ctx context.Context, action string) error {
	if !tenant.From(ctx).Can(action, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return nil
}

func (s *Service) now() int64 { return s.Now().UnixMilli() }

func (s *Service) record(ctx context.Context, tx *db.Tx, action, object, id, agency, why string, before, after any) error {
	return s.Audit.Record(ctx, tx, entry(action, object, id, agency, why, before, after))
}

// entry is what the audit trail says of a change in this room.
func entry(action, object, id, agency, why string, before, after any) audit.Entry {
	return audit.Entry{Action: "evaluation." + action, Object: "evaluation_" + object, ObjectID: id,
		Agency: agency, Why: why, Before: before, After: after}
}
