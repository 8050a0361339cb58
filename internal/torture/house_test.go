package torture

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"

	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/db/guard"
	"github.com/pendapa/pendapa/internal/platform/jobs"
)

// startHouse is a first start, or a later one, in a folder of its own; it ends as soon as the house stands.
func startHouse(ctx context.Context, dir string) error {
	data := filepath.Join(dir, "data")
	a, err := app.New(ctx, app.Config{DataDir: data, Keys: filepath.Join(dir, "keys"), Database: "sqlite:" + filepath.Join(data, "app.db")},
		slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return errors.Join(a.DB.IntegrityCheck(ctx), a.Close())
}

// oldHouse leaves a folder as an older program did: a few rooms, and no sums.
func oldHouse(ctx context.Context, dir string) error {
	path := filepath.Join(dir, "data", "app.db")
	d, err := db.Open(ctx, "sqlite:"+path)
	if err != nil {
		return err
	}
	return errors.Join(d.Migrate(ctx, "jobs", jobs.Files), d.Migrate(ctx, "audit", audit.Files), d.Close(), guard.Forget(path))
}
