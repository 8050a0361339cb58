package innovation

import (
	"context"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/proof"
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

// Affair is a government affair by the national list.
type Affair struct {
	Code, Name string
	Basic      bool
}

// Affairs lists the government affairs in a language.
type Affairs func(lang string) []Affair

// AdoptionCount says how many innovations of other agencies an agency took over, how many of its own were taken over, and
// when it last signed for one.
type AdoptionCount struct {
	In, Out int
	Last    int64
}

// Adopter is somebody who took an innovation over and signed for it. Agency and Regency are names; Regency is empty when it
// is the own one.
type Adopter struct {
	Agency, Regency string
	At              int64
	Changes, Result string // what was changed, how it went
}

// Adoptions is the room that keeps signed adoptions: by agency, how often each innovation was adopted, and by whom.
type Adoptions interface {
	ByAgency(ctx context.Context) (map[string]AdoptionCount, error)
	ByInnovation(ctx context.Context) (map[string]int, error)
	Adopters(ctx context.Context, id string) ([]Adopter, error)
}

// ScorePanel is what the room that computes the index says of one innovation. Score, Max, WithSteps (with the first steps
// taken) and Average (of the regency) are decimals. Path leads to the whole score.
type ScorePanel struct {
	Known                          bool
	Instrument                     string
	Score, Max, WithSteps, Average string
	Items                          []ScoreItem
	Steps                          []ScoreStep
	Found                          []ScoreFound
	Path                           string
}

// States of the proof of an item.
const (
	ProofAuto    = "auto"
	ProofLinked  = "linked"
	ProofMissing = "missing"
	ProofExpired = "expired"
)

// ScoreItem is one item of the index: how many of three steps it reached and why.
type ScoreItem struct {
	Code, Short, Weight string
	Points              int
	Score, State, Why   string
}

// ScoreStep is something that would raise the score: its gain in points and its effort in working days, as decimals.
type ScoreStep struct{ Item, Title, Text, Gain, Days, Path string }

// ScoreFound is a line about what was found without anybody uploading it.
type ScoreFound struct{ Item, Text string }

// Scores is the room that computes the index.
type Scores interface {
	Panel(ctx context.Context, id string) (ScorePanel, error)
}

// District is a kecamatan.
type District struct{ Code, Name string }

// Districts lists the districts of the regency.
type Districts func(ctx context.Context) ([]District, error)

// Deps is what the room is given. Notices, Hooks, Adoptions, Scores and Districts may be nil.
type Deps struct {
	DB        *db.DB
	Audit     *audit.Log
	Now       func() time.Time
	NewID     func() string
	Zone      tenant.Zone
	Dir       tenant.Directory
	Bus       *events.Bus
	Calendar  Calendar
	Notices   Notices
	Hooks     Hooks
	Evidence  proof.Library
	Affairs   Affairs
	Adoptions Adoptions
	Scores    Scores
	Districts Districts
}
