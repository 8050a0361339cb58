package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// poolPostgres is how many connections one server process takes at the most.
const poolPostgres = 16

func openPostgres(ctx context.Context, url string) (*DB, error) {
	pool, err := sql.Open("pgx", url)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(poolPostgres)
	pool.SetMaxIdleConns(poolPostgres / 2)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	d := &DB{dialect: Postgres, url: url, read: pool, write: pool}
	if d.warnings, err = checkPostgres(ctx, pool); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", redact(url), err), pool.Close())
	}
	return d, nil
}

// checkPostgres refuses a server that answers before a commit is on its disk, and gives what else makes a loss likely.
func checkPostgres(ctx context.Context, pool *sql.DB) (warnings []string, err error) {
	var commit string
	if err := pool.QueryRowContext(ctx, "SHOW synchronous_commit").Scan(&commit); err != nil {
		return nil, err
	}
	if commit == "off" {
		return nil, errors.New("synchronous_commit is off: a power cut would lose what was acknowledged; " +
			"set it to on for this database (ALTER DATABASE ... SET synchronous_commit = on)")
	}
	for name, why := range map[string]string{
		"fsync":            "a power cut of the server can destroy the whole database",
		"full_page_writes": "a power cut of the server can leave torn pages",
		"data_checksums":   "a page that rotted on the disk is not noticed (pg_checksums --enable)",
	} {
		var value string
		if err := pool.QueryRowContext(ctx, "SHOW "+name).Scan(&value); err != nil {
			return nil, err
		}
		if value == "off" {
			warnings = append(warnings, name+" is off on the PostgreSQL server: "+why)
		}
	}
	return warnings, nil
}

// Warnings lists settings of the store that make a loss likely, for the log and the operator.
func (d *DB) Warnings() []string { return d.warnings }

// Answers asks whether the store answers until ctx ends. The embedded store is this process and always does; whether it
// takes writes is what State says.
func (d *DB) Answers(ctx context.Context) error {
	if d.dialect == SQLite {
		return nil
	}
	return d.read.PingContext(ctx)
}
