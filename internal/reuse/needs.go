package reuse

import (
	"context"
	"time"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Round is one evaluation. Pack is the id of its instrument; only in an open one something can be linked.
type Round struct {
	ID, Title string
	Year      int
	Pack      string
	State     string // draft, open, locked, assess, done
}

// Item is a question of a holder as it stands. Proofs counts the proofs in every state, also those in slots; Slots counts them
// by the code of the slot, where the question has slots. Ready says that nothing is wanted any more. Path leads to it.
type Item struct {
	Code, Lead string
	Support    []string
	Proofs     int
	Slots      map[string]int
	Ready      bool
	Path       string
}

// Rounds is the room that keeps evaluations. OpenItems lists the questions of a round or of an innovation that
// are not ready yet, in the order of the instrument; a ready one among them is passed over.
type Rounds interface {
	Rounds(ctx context.Context) ([]Round, error)
	OpenItems(ctx context.Context, holder proof.Thing) ([]Item, error)
}

// Packs lists the instruments: the shipped ones and the regency's own.
type Packs interface {
	List(ctx context.Context) ([]*instrument.Pack, error)
}

// Innovation is one whose rows in the innovation index want proofs. Year and Pack are those of the index it counts in.
type Innovation struct {
	ID, Title, Agency string
	Year              int
	Pack              string
}

// Innovations is the register of innovations that the actor may see.
type Innovations interface {
	Innovations(ctx context.Context) ([]Innovation, error)
}

// Deps is what the room is given. Innovations may be nil. Inputs are the tables from which places, links and proofs are read: with
// them, what suggestions are made of is kept in memory until one of them changes.
type Deps struct {
	DB          *db.DB
	Audit       *audit.Log
	Now         func() time.Time
	NewID       func() string
	Zone        tenant.Zone
	Dir         tenant.Directory
	Rounds      Rounds
	Packs       Packs
	Evidence    proof.Library
	Innovations Innovations
	Inputs      []string
}
