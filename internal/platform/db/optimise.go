package db

import (
	"context"
	"database/sql"
	"os"
)

// Optimise lets SQLite look at how its tables are filled, so that it chooses indexes by what is there. It reads a few hundred
// rows of each index and only of tables that grew since. PostgreSQL does so by itself.
func (d *DB) Optimise(ctx context.Context) error {
	if d.writer == nil {
		return nil
	}
	return d.writer.alone(func(pool *sql.DB) error {
		if _, err := pool.ExecContext(ctx, "PRAGMA analysis_limit = 400"); err != nil {
			return err
		}
		_, err := pool.ExecContext(ctx, "PRAGMA optimize = 0x10002")
		return err
	})
}

// Rewrite writes what is in use into fresh pages, so that nothing stays in pages that are free or half free: for secrets that
// were replaced. The embedded store is written anew whole, unless it is larger than most bytes: then done is false, because
// everybody waits meanwhile. PostgreSQL writes the tables anew. It needs as much room as the store itself.
func (d *DB) Rewrite(ctx context.Context, most int64, tables ...string) (done bool, err error) {
	if d.writer == nil {
		for _, t := range tables {
			if _, err := d.write.ExecContext(ctx, "VACUUM (FULL) "+t); err != nil {
				return false, err
			}
		}
		return true, nil
	}
	if info, err := os.Stat(d.Path()); err == nil && info.Size() > most {
		return false, nil
	}
	err = d.writer.alone(func(pool *sql.DB) error {
		_, err := pool.ExecContext(ctx, "VACUUM")
		return err
	})
	return err == nil, err
}
