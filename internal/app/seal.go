package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/pendapa/pendapa/internal/platform/durable"
)

// openMark stands in the data folder from before the first open secret is sealed until the pages it stood in are written
// anew; a crash in between is made good by the next start.
const openMark = "sealing"

// mostRewritten is how large an embedded store may be to be written anew while the house waits: a minute on a slow disk.
const mostRewritten = 4 << 30

// sealSecrets seals what an older version left open, and makes sure that it is gone from free pages too. Rooms that read it
// expect it sealed. Secrets that no key opens stop the start until their loss is accepted.
func (a *App) sealSecrets(ctx context.Context) error {
	if a.Config.AcceptKeyLoss {
		if err := a.giveUp(ctx); err != nil {
			return err
		}
	}
	mark := filepath.Join(a.Config.DataDir, openMark)
	open, err := a.openSecrets(ctx)
	if err == nil && open {
		err = durable.WriteFile(mark, nil)
	}
	if err != nil {
		return err
	}
	if _, err := a.Reseal(ctx); err != nil {
		return err
	}
	if _, err := os.Stat(mark); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(a.rewrite(ctx), os.Remove(mark))
}

func (a *App) openSecrets(ctx context.Context) (bool, error) {
	for _, m := range a.Modules {
		for _, c := range m.Sealed {
			if open, err := c.AnyOpen(ctx, a.DB); err != nil || open {
				return open, err
			}
		}
	}
	return false, nil
}

// rewrite frees the store of the bytes of secrets that stood open. A disk without room for it is worth a warning and no
// reason not to start: the secrets are sealed, their old bytes are overwritten in time.
func (a *App) rewrite(ctx context.Context) error {
	var tables []string
	for _, m := range a.Modules {
		for _, c := range m.Sealed {
			tables = append(tables, c.Table)
		}
	}
	begin := time.Now()
	done, err := a.DB.Rewrite(ctx, mostRewritten, tables...)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		a.log.WarnContext(ctx, "secrets are sealed, but free pages may still hold their old bytes: change them", "err", err)
	case !done:
		a.log.WarnContext(ctx, "secrets are sealed, but the store is too large to be written anew now and free pages may still hold "+
			"their old bytes: change them, or run VACUUM while the server stands still", "most", mostRewritten)
	default:
		a.log.InfoContext(ctx, "secrets were sealed and the store was written anew without their old bytes", "took", time.Since(begin))
	}
	return nil
}
