package app

import (
	"context"
	"path/filepath"
	"time"

	"github.com/pendapa/pendapa/internal/platform/backup"
	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/keeper"
)

// files opens the store of evidence files and sets a watch over it that mends from the backups.
func (a *App) files(ctx context.Context) (*blob.Store, error) {
	store, err := blob.New(filepath.Join(a.Config.DataDir, "files"))
	if err != nil {
		return nil, err
	}
	if err := a.DB.Migrate(ctx, "keeper", keeper.Files); err != nil {
		return nil, err
	}
	a.Keeper = keeper.New(keeper.Deps{DB: a.DB, Store: store, Audit: a.Audit, Log: a.log, Now: time.Now, Pace: keeper.Slow})
	a.Keeper.AddSource(backup.Shelf{Root: a.Config.Backups})
	store.Listen(a.Keeper.Ears())
	work, every := a.Keeper.Jobs()
	for kind, f := range work {
		a.Jobs.AddTo(jobs.LaneFiles, kind, f)
	}
	for _, s := range every {
		a.Jobs.AddSchedule(s)
	}
	return store, nil
}
