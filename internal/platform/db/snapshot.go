package db

import (
	"context"
	"database/sql"
	"errors"
)

// CopyTo writes the whole embedded store to a new file while it is in use (VACUUM INTO). PostgreSQL has no such file.
func (d *DB) CopyTo(ctx context.Context, path string) error {
	if d.dialect != SQLite {
		return errors.New("db: only the embedded store can be copied to a file")
	}
	_, err := d.read.ExecContext(ctx, "VACUUM INTO $1", path)
	return err
}

// Snapshot runs reads that all see the same moment.
func (d *DB) Snapshot(ctx context.Context, read func(q Queryer) error) (err error) {
	tx, err := d.read.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil && d.dialect == SQLite { // the embedded store knows one isolation: every read transaction is a snapshot
		tx, err = d.read.BeginTx(ctx, nil)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	return read(snapshot{tx})
}

type snapshot struct{ tx *sql.Tx }

func (s snapshot) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return s.tx.QueryContext(ctx, query, storable(args)...)
}

func (s snapshot) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return s.tx.QueryRowContext(ctx, query, storable(args)...)
}
