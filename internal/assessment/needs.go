package assessment

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

// Round is one yearly evaluation as this room sees it. Times are milliseconds, 0 is not set.
type Round struct {
	ID, Title                    string
	Year                         int
	Pack, Kind                   string // instrument and its kind, e.g. smartcity
	State                        string // draft, open, locked, assess, done
	SelfTo, AssessFrom, AssessTo int64
	Rev                          int64
	Seal                         string // the fingerprint of all it held when it ended
}

// smart reports whether assessors mark this round here and the leader's page speaks of it.
func (r Round) smart() bool { return r.Kind == "" || r.Kind == kindSmartCity }

// States of a round that matter here.
const (
	roundAssess = "assess"
	roundDone   = "done"
)

// Item is a question of a round with what the agency answered.
type Item struct {
	Code, Lead   string
	Support      []string
	State        string
	Answer, Note string
	SelfMark     string
	Due          int64
}

// Rounds is the room that owns rounds, questions and answers.
type Rounds interface {
	Rounds(ctx context.Context) ([]Round, error)
	Round(ctx context.Context, id string) (Round, error)
	// Hold gives a round as it stands within a transaction and keeps its state until that ends.
	Hold(ctx context.Context, tx *db.Tx, id string) (Round, error)
	// Intact reports whether a round that has ended still holds what it held then.
	Intact(ctx context.Context, id string) (bool, error)
	PackOf(ctx context.Context, round string) (*instrument.Pack, error)
	Items(ctx context.Context, round string) ([]Item, error)
	// Evaluated computes a round whose instrument is not marked by assessors from the agencies' own marks and evidence.
	Evaluated(ctx context.Context, round string) (instrument.Result, error)
}

// kindSmartCity is the kind of the instruments that assessors mark here; the leader's page speaks of it.
const kindSmartCity = "smartcity"

// Overdue is a request for proof that was not answered in time. Path leads to it; "" is the question's page.
type Overdue struct {
	Item, Agency string
	Due          int64
}

// Requests tells which requests for proof of a round are overdue.
type Requests interface {
	Overdue(ctx context.Context, round string) ([]Overdue, error)
}

// Backups tells when a backup was last restored and found equal; ok is false when that never happened.
type Backups interface {
	Proof(ctx context.Context) (at int64, ok bool, err error)
	// Safety tells whether backups are readable by whoever finds one, whether there is a continuous copy, and how many
	// seconds it is behind (-1: it has not begun).
	Safety() (plain, copied bool, behind int64)
	// Outside tells how the audit trail stands outside the machine (ok, late, differs, none) and how many seconds ago a
	// place there last agreed, -1 for never.
	Outside(ctx context.Context) (state string, age int64, err error)
}

// House tells which regency visitors without an account look at.
type House interface {
	PublicRegency(ctx context.Context) (int64, error)
}

// Deps is what the room is given.
type Deps struct {
	DB       *db.DB
	Audit    *audit.Log
	Now      func() time.Time
	NewID    func() string
	Dir      tenant.Directory
	Bus      *events.Bus
	Rounds   Rounds
	Requests Requests
	Evidence proof.Library
	Backups  Backups
	House    House
}
