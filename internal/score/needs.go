package score

import (
	"context"
	"math/big"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Fact is what other rooms know of one innovation. Counts are -1 when nobody counted.
type Fact struct {
	ID, Title, Agency, Affair, Stage, National, State string
	Touching                                          []string
	Counting, Published                               bool
	ProposedAt, TrialAt, LiveAt                       int64
	People                                            int
	Agencies, Actors                                  []string
	BudgetYears                                       []int
	Users, Complaints, Resolved                       int64
	CostSaving                                        *big.Rat // percent
	AfterDays                                         string
	VideoElements                                     int
	Video                                             string
}

// Innovations is the register.
type Innovations interface {
	Facts(ctx context.Context, only ...string) (map[string]Fact, error)
	MayEdit(ctx context.Context, id string) (bool, error)
	Title(ctx context.Context, id string) (string, error) // of one that the actor may see
}

// Replication says how often an innovation was taken over, and in how many regencies.
type Replication struct{ Times, Regions int }

// Adoptions is the room that keeps signed adoptions; by innovation.
type Adoptions interface {
	Replications(ctx context.Context) (map[string]Replication, error)
}

// Known is what rooms that may not exist yet can tell of an innovation: trainings held in three years, cases, connections to
// systems of other units. Numbers are -1 when unknown.
type Known struct {
	Trainings, CasesReceived, CasesResolved, MedianDays, Connections int64
}

// Others asks those rooms, by innovation; nil while none of them exists.
type Others interface {
	Known(ctx context.Context) (map[string]Known, error)
}

// Round is the evaluation round in which the regency's own items are answered. Marks are decimals by item; Published is the
// index of the ministry, "" until it came.
type Round struct {
	ID, Title, Pack, State, Published string
	Year                              int
	Marks                             map[string]string
	Choices                           map[string]string // how the round reads what the rule leaves open
	Checked                           map[string]bool
}

// Rounds is the room that runs rounds; ok is false while none was opened for an instrument of this kind.
type Rounds interface {
	Latest(ctx context.Context, kind string) (r Round, ok bool, err error)
}

// Packs gives instruments.
type Packs interface {
	Find(ctx context.Context, id string) (*instrument.Pack, error)
	List(ctx context.Context) ([]*instrument.Pack, error)
}

// Figures gives external figures as they count in a year: the number, or the word where a grade is published.
type Figures interface {
	Values(ctx context.Context, year int) (instrument.ValueOf, error)
}

// Deps is what the room is given. Others and RoundOf may be nil; without RoundOf every round is computed as the latest one.
type Deps struct {
	DB          *db.DB
	Audit       *audit.Log
	Now         func() time.Time
	Zone        tenant.Zone
	Dir         tenant.Directory
	Innovations Innovations
	Adoptions   Adoptions
	Others      Others
	Evidence    proof.Library
	Rounds      Rounds
	RoundOf     func(ctx context.Context, id string) (r Round, ok bool, err error)
	Packs       Packs
	Figures     Figures
	Text        func(lang string, m errs.Msg) string
	Inputs      []string                                 // the tables that Innovations, Adoptions, Others and Evidence.CountsOf read; none: boards are not kept
	InputPart   string                                   // the part of those inputs that are counted by parts
	Host        func(ctx context.Context) (int64, error) // the regency that visitors of this host look at, 0 none
}
