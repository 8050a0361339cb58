package adoption

import (
	"context"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Original is an innovation as those who may adopt it see it: nothing personal. MemberAgencies are the agencies with people
// on its team; Contact is an office; Affair is the code of a government affair; Users is -1 when nobody counted.
type Original struct {
	ID, Title                       string
	Regency                         int64
	RegencyName, Agency, AgencyName string
	National                        string // inisiatif, uji-coba, penerapan
	Published                       bool
	MemberAgencies                  []string
	Problem, Idea, Results          string
	Needs, Cost, Contact            string
	Affair                          string
	Users                           int64
	LiveAt                          int64
}

// Innovations is the room that keeps innovations. It answers for every regency of this host, whoever asks; this room decides
// what the asker may see. Replicated tells it that another agency signed.
type Innovations interface {
	Original(ctx context.Context, regency int64, id string) (Original, error)
	Published(ctx context.Context, regency int64, query string, limit, offset int) ([]Original, int, error)
	Replicated(ctx context.Context, tx *db.Tx, regency int64, id, note string) error
}

// Evidence is the library of proofs: a signed adoption becomes a card of its own there.
type Evidence interface {
	FromAdoption(ctx context.Context, tx *db.Tx, regency int64, innovation, adoption, title string) error
}

// Regency is one of those on this host.
type Regency struct {
	ID         int64
	Code, Name string
}

// Regencies lists the regencies of this host in the order in which pages show them.
type Regencies func(ctx context.Context) ([]Regency, error)

// Affair is a government affair by the national list.
type Affair struct{ Code, Name string }

// Affairs lists the government affairs in a language.
type Affairs func(lang string) []Affair

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

// Deps is what the room is given. Evidence, Affairs, Notices and Hooks may be nil.
type Deps struct {
	DB          *db.DB
	Audit       *audit.Log
	Now         func() time.Time
	NewID       func() string
	Zone        tenant.Zone
	Dir         tenant.Directory
	Bus         *events.Bus
	Innovations Innovations
	Evidence    Evidence
	Regencies   Regencies
	Affairs     Affairs
	Notices     Notices
	Hooks       Hooks
}
