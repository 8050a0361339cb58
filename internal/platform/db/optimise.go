package db

import (
	"context"
	"database/sql"
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
