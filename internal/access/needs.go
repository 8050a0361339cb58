package access

import (
	"context"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// Tree knows which agencies lie below another.
type Tree interface {
	Subtree(ctx context.Context, regency int64, agency string) ([]string, error)
}

// Region is a regency of the official list.
type Region struct{ Code, Name, Province string }

// Regions finds regencies by name or code for the setup.
type Regions interface {
	FindRegency(query string, limit int) ([]Region, error)
}

// Mailer puts a message into the outbox.
type Mailer interface {
	Enqueue(ctx context.Context, tx *db.Tx, to, subject, body string) error
}
