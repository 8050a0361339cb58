package assessment

import (
	"context"
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Actions of this room.
const (
	MarkAction = "assessment.mark"     // mark the questions of rounds one was invited to
	Read       = "assessment.read"     // results, findings, follow-ups
	Watch      = "assessment.watch"    // submitted marks while the assessment is still running
	Manage     = "assessment.manage"   // invite, enter the letter, make follow-ups, publish
	Confirm    = "assessment.confirm"  // let another version of a published result take its place
	Lead       = "assessment.lead"     // the leader's board
	Follow     = "assessment.followup" // tell the state of an agency's follow-ups
)

// States of a mark.
const (
	Draft     = "draft"
	Submitted = "submitted"
)

// Invite lets a person mark a round. Number is how pages call them ("Penilai 2"); Until is the last moment of access in
// milliseconds, 0 without end. RevokedAt is 0 while the invitation stands.
type Invite struct {
	Round, User                 string
	Number                      int
	Until, InvitedAt, RevokedAt int64
}

// Mark is what one assessor gave one question. Value is an exact decimal, "" while only a comment is written.
//
// First is what was submitted before the assessor could see anybody else's, at FirstAt. SeenAt is when the coordinator had the
// mark opened again although others were there to be seen, 0 never, and SeenWhy is the reason.
type Mark struct {
	Item, Assessor, Value, Comment, State string
	At, Rev                               int64
	First, FirstComment                   string
	FirstAt, SeenAt                       int64
	SeenWhy, DecidedHash                  string
}

// AfterSeeing reports whether the mark was open to change after its assessor could see those of others.
func (m Mark) AfterSeeing() bool { return m.SeenAt != 0 }

// Rat gives the value as a number, nil when there is none.
func (m Mark) Rat() *big.Rat { return instrument.Rat(m.Value) }

// exact writes a number that was typed as a decimal without losing a digit.
func exact(r *big.Rat) string { return instrument.Plain(r, 12) }

// Service is the door of the room.
type Service struct {
	Deps
	store   store
	results *db.Memo[resultKey, Result]
}

// New makes the room.
func New(d Deps) *Service {
	var parts []string
	for _, table := range []string{"assessment_mark", "assessment_external", "assessment_published", "assessment_invite"} {
		d.DB.Watch(db.Watch{Table: table, Part: "round_id"})
		parts = append(parts, table+"/part")
	}
	return &Service{Deps: d, store: store{d.DB}, results: db.NewMemo[resultKey, Result](d.DB, mostResults, parts...)}
}

func (s *Service) now() int64 { return s.Now().UnixMilli() }

func allow(ctx context.Context, action string) error {
	if !tenant.From(ctx).Can(action, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return nil
}

func (s *Service) record(ctx context.Context, tx *db.Tx, action, object, id, agency, why string, before, after any) error {
	return s.Audit.Record(ctx, tx, audit.Entry{Action: "assessment." + action, Object: "assessment_" + object, ObjectID: id,
		Agency: agency, Why: why, Before: before, After: after})
}

func changed(n int64, err error) error {
	if err == nil && n == 0 {
		return errs.E(errs.Conflict, "assessment.error.changed", nil)
	}
	return err
}

// text trims and bounds what a person typed.
func text(in string, most int) (string, bool) {
	in = strings.TrimSpace(in)
	return in, utf8.RuneCountInString(in) <= most
}
