package evaluation

import (
	"context"
	"time"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Packs gives instruments: the shipped ones and the regency's own.
type Packs interface {
	Find(ctx context.Context, id string) (*instrument.Pack, error)
	List(ctx context.Context) ([]*instrument.Pack, error)
}

// Evidence is the room that keeps proofs.
type Evidence interface {
	proof.Library
	proof.Sealer
}

// PastMark is what assessors gave a question once.
type PastMark struct {
	Marks    []string // one per assessor, in their order
	Mean     string   // unrounded decimal, "" while not shown
	Comments []string
}

// Marks is the room that keeps the assessors' marks.
type Marks interface {
	Past(ctx context.Context, round, item string) (PastMark, error)
	RoundLines(ctx context.Context, q db.Queryer, round string) ([]string, error) // what the seal of a round holds: one line a mark
}

// Entries gives what an index of innovations computes with: the regency's items and every innovation of a round.
type Entries interface {
	SheetOf(ctx context.Context, round string) (instrument.Sheet, error)
	Rows(ctx context.Context, round string) ([]EntryRow, error)
}

// EntryRow is one innovation of a round with the points of its items by code and the files behind them.
type EntryRow struct {
	ID, Number, Title, Agency, Affair, Stage string
	Score                                    string
	Points                                   map[string]string
	States                                   map[string]string // how each item is proven
	Files                                    map[string]int
}

// Mailer leaves a letter in the outbox within the transaction.
type Mailer interface {
	Send(ctx context.Context, tx *db.Tx, userID, subject, body string) error
}

// Deps is what the room is given.
type Deps struct {
	DB       *db.DB
	Audit    *audit.Log
	Now      func() time.Time
	NewID    func() string
	Dir      tenant.Directory
	Bus      *events.Bus
	Packs    Packs
	Evidence Evidence
	Marks    Marks
	Entries  Entries
	Mail     Mailer
	Text     func(lang, key string, pairs ...any) string // for letters
	Address  tenant.Address
	Zone     tenant.Zone
}
