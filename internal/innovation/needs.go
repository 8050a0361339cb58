package innovation

import (
	"context"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Calendar counts working days. Due gives the end of the n-th working day after from; Left the working days from today to
// a moment, negative when it is past.
type Calendar interface {
	Due(ctx context.Context, from int64, n int) (int64, error)
	Left(ctx context.Context, due int64) (int, error)
}

// Notice is something people should know; Once makes a repeated one silent.
type Notice struct {
	To   []string
	Key  string
	Args map[string]any
	Path string
	Once string
}

// Notices leaves notices within a transaction.
type Notices interface {
	Notify(ctx context.Context, tx *db.Tx, n Notice) error
}

// Hooks tells programs outside, within a transaction.
type Hooks interface {
	Publish(ctx context.Context, tx *db.Tx, event, eventID string, payload any) error
}

// Proof is one piece of evidence as an innovation shows it.
type Proof struct {
	ID, Title, Kind, Number, Agency, State, FileName, FileType, URL string
	Date, ValidUntil                                                int64
}

// Evidence is the room that keeps proofs. Holder is "inovasi:<id>"; item is an index item or a word such as "gate".
type Evidence interface {
	Linked(ctx context.Context, holder, item string) ([]Proof, error)
	Link(ctx context.Context, id, holder, item string) error
	Get(ctx context.Context, id string) (Proof, error)
}

// Affair is a government affair by the national list.
type Affair struct {
	Code, Name string
	Basic      bool
}

// Affairs lists the government affairs in a language.
type Affairs func(lang string) []Affair

// AdoptionCount says how many innovations of other agencies an agency took over, and how many of its own were taken over.
type AdoptionCount struct{ In, Out int }

// Adoptions is the room that keeps signed adoptions: by agency, and how often each innovation was adopted.
type Adoptions interface {
	ByAgency(ctx context.Context) (map[string]AdoptionCount, error)
	ByInnovation(ctx context.Context) (map[string]int, error)
}

// Deps is what the room is given. Notices, Hooks and Adoptions may be nil in tests.
type Deps struct {
	DB        *db.DB
	Audit     *audit.Log
	Now       func() time.Time
	NewID     func() string
	Zone      *time.Location
	Dir       tenant.Directory
	Bus       *events.Bus
	Calendar  Calendar
	Notices   Notices
	Hooks     Hooks
	Evidence  Evidence
	Affairs   Affairs
	Adoptions Adoptions
}

// Holder is the name under which the files of an innovation hang in the evidence library.
func Holder(id string) string { return "inovasi:" + id }
