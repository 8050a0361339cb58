package host

import (
	"context"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Region is a regency or city of the official list that is not on this host yet.
type Region struct{ Code, Name, Province string }

// Founder is the room that owns regencies and accounts.
type Founder interface {
	// Regencies lists the regencies of this host by number.
	Regencies(ctx context.Context) ([]tenant.Brand, error)
	// Found makes a regency and invites its first administrator; link is how that person sets a password, once.
	Found(ctx context.Context, code, zone, name, email string) (regency int64, link string, err error)
	// SetZone changes whose clock a regency follows, within the transaction.
	SetZone(ctx context.Context, tx *db.Tx, regency int64, zone string) error
	// Appoint gives an account the role of the host's operator; only the program itself may ask.
	Appoint(ctx context.Context, regency int64, email string) error
}

// Box keeps a secret unreadable in the store. The context binds it to its place.
type Box interface {
	Seal(context string, plain []byte) string
	Open(context, sealed string) ([]byte, error)
}

// Deps is what the room is given. The limits are those of a regency that has none of its own, in bytes.
type Deps struct {
	DB      *db.DB
	Audit   *audit.Log
	Now     func() time.Time
	Founder Founder
	Box     Box
	Regions func(query string, limit int) ([]Region, error)
	Changed func(regency int64) // what others remember of a regency is no longer true
	BaseURL string              // address of the host, for regencies without a name of their own
	Default Limits
}

// Limits are the bytes a regency may keep: of one file, of one agency, of the whole regency. 0 is without limit.
type Limits struct{ File, Agency, Regency int64 }

// Mail is the mail server of a regency; without a host the regency uses that of the machine.
type Mail struct {
	Host, User, Password, From string
	Port                       int
}
