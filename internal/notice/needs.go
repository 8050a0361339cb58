package notice

import (
	"context"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Mailer leaves a letter in the outbox within the transaction.
type Mailer interface {
	Send(ctx context.Context, tx *db.Tx, userID, subject, body string) error
}

// Languages knows which language a person reads. A person who gets no letters any more is errs.NotFound.
type Languages interface {
	Lang(ctx context.Context, userID string) (string, error)
}

// Deps is what the room is given. Zone is where the day of a letter begins; Address stands before paths in letters.
type Deps struct {
	DB      *db.DB
	Audit   *audit.Log
	Now     func() time.Time
	NewID   func() string
	Zone    tenant.Zone
	Mail    Mailer
	People  Languages
	Text    func(lang, key string, pairs ...any) string
	Address tenant.Address
}
