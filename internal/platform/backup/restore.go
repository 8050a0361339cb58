package backup

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/durable"
	"github.com/pendapa/pendapa/internal/platform/lock"
)

// Restore brings a proven backup into an empty data folder and, when url names PostgreSQL, into that empty database.
// migrate makes the tables there. The folder has its name only when all of it is on the disk: after a power cut there is a
// whole house or none.
func Restore(ctx context.Context, dir, data, url string, migrate func(ctx context.Context, d *db.DB) error, c Check) (m Manifest, err error) {
	if m, err = Open(dir); err != nil {
		return m, err
	}
	if err := emptyDir(data); err != nil {
		return m, err
	}
	part, held, err := lock.Build(data)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, held.Drop(data)) }()
	problems, err := Verify(ctx, dir, filepath.Join(part, "proof"), c)
	if err != nil {
		return m, err
	}
	if len(problems) > len(m.Doubts) {
		return m, fmt.Errorf("the backup is not proven, nothing was restored: %s", problems[0])
	}
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		if err := errors.Join(ctx.Err(), m.extract(dir, name, filepath.Join(part, filepath.FromSlash(name)), c.Identities)); err != nil {
			return m, err
		}
	}
	if url != "" {
		if err := restoreRows(ctx, m, filepath.Join(part, databaseName), url, migrate); err != nil {
			return m, err
		}
		if err := os.Remove(filepath.Join(part, databaseName)); err != nil {
			return m, err
		}
	}
	if err := durable.SyncTree(part); err != nil {
		return m, err
	}
	return m, held.Finish(data)
}

func restoreRows(ctx context.Context, m Manifest, path, url string, migrate func(context.Context, *db.DB) error) (err error) {
	from, err := db.Open(ctx, "sqlite:"+path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close(), removeLog(path)) }()
	to, err := db.Open(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if err := migrate(ctx, to); err != nil {
		return err
	}
	names, err := dataTables(ctx, from)
	if err != nil {
		return err
	}
	for _, name := range names {
		t, err := each(ctx, to, name, nil)
		if err == nil && t.Rows > 0 {
			err = errors.New("it holds rows already; restore into an empty database")
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	}
	if _, err := copyRows(ctx, from, to, names); err != nil {
		return err
	}
	for _, name := range names {
		if t, err := each(ctx, to, name, nil); err != nil || t != m.Tables[name] {
			return errors.Join(fmt.Errorf("table %s differs after the restore", name), err)
		}
	}
	return nil
}
