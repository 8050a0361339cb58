package db

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"

	"github.com/pendapa/pendapa/internal/platform/db/guard"
)

// OpenRead opens the file of the embedded store to look at it, also while another process writes it. Nothing is made,
// migrated, mended or moved out of the log, and writes fail. The log is looked at first (*guard.Refused), and a file that
// lost its sums is an error; one of an older program is read without sums.
func OpenRead(ctx context.Context, path string) (*DB, error) {
	if err := guard.Register(); err != nil {
		return nil, err
	}
	if _, err := guard.CheckStart(path); err != nil {
		return nil, err
	}
	has, err := guard.Guarded(path)
	if err != nil {
		return nil, err
	}
	return openRead(ctx, path, has)
}

// openRead opens a file to look at it; guarded compares each page with its sum.
func openRead(ctx context.Context, path string, guarded bool) (*DB, error) {
	settings := url.Values{"mode": {"ro"}, "_pragma": {"query_only(ON)", "busy_timeout(10000)"}}
	if guarded {
		settings.Set("vfs", guard.Name)
	}
	if atRest(path) { // without a log SQLite would make one, and the memory beside it
		settings.Set("immutable", "1")
	}
	pool, err := sql.Open("sqlite", address(path, settings))
	if err != nil {
		return nil, err
	}
	d := &DB{dialect: SQLite, url: "sqlite:" + path, read: pool, write: pool, prepared: newStatements(pool)}
	if guarded {
		d.keeper = startKeeper(d, path, settings)
	}
	var tables int
	if err := pool.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return nil, errors.Join(d.Explain(err), d.Close())
	}
	return d, nil
}

// atRest reports whether nobody has a database open and its log is empty.
func atRest(path string) bool {
	if _, open := guard.OpenElsewhere(path); open || guard.IsOpen(path) {
		return false
	}
	info, err := os.Stat(path + "-wal")
	return errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0
}
