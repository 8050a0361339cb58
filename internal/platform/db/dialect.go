package db

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver for database/sql
	"modernc.org/sqlite"

	"github.com/pendapa/pendapa/internal/platform/db/guard"
)

// Dialect names a store. This file holds every difference between them.
type Dialect string

// The two stores.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// IsUnique reports whether a statement failed because a unique key exists already.
func IsUnique(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "23505"
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return lite.Code() == 2067 || lite.Code() == 1555 // SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY
	}
	return false
}

// isDiskFull reports a store that cannot take more, isIO one whose disk failed. The first heals when space returns;
// after the second no later fsync can be trusted (the kernel may have dropped the pages), so writing stops.
func isDiskFull(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "53100"
	}
	lite, ok := errors.AsType[*sqlite.Error](err)
	return ok && lite.Code()&0xff == 13
}

func isIO(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "58030"
	}
	lite, ok := errors.AsType[*sqlite.Error](err)
	return ok && lite.Code() != guard.Code && (lite.Code()&0xff == 10 || lite.Code()&0xff == 11)
}

// IsDamaged reports whether a page or log frame did not fit its sum, so that nothing was read from it, or whether nothing
// is written because that happened before.
func IsDamaged(err error) bool {
	if _, is := errors.AsType[*Damaged](err); is {
		return true
	}
	lite, ok := errors.AsType[*sqlite.Error](err)
	return ok && lite.Code() == guard.Code
}

// LockForUpdate is what a claim query adds so that two workers never take the same row. SQLite has one writer.
func (d Dialect) LockForUpdate() string {
	if d == Postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// Hold makes every other transaction that holds the same name wait until this one ends: what one of them looks at and then
// changes outside the tables (a file, a number) no other can change in between. SQLite has one writer and needs nothing.
func (t *Tx) Hold(name string) error {
	if t.dialect != Postgres {
		return nil
	}
	const lock = "pg_advisory_xact_lock(hashtextextended($1, 0))"
	_, err := t.Exec("SELECT "+lock, name)
	return err
}

// IntegrityCheck asks the store to read all its pages and reports what is wrong.
func (d *DB) IntegrityCheck(ctx context.Context) error {
	if d.dialect == Postgres {
		return d.Ping(ctx)
	}
	var answer string
	if err := d.QueryRow(ctx, "SELECT integrity_check FROM pragma_integrity_check LIMIT 1").Scan(&answer); err != nil {
		return err
	}
	if answer != "ok" {
		return errors.New("integrity check: " + answer)
	}
	return nil
}

func redact(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		rest = "***@" + rest[at+1:]
	}
	return scheme + "://" + rest
}
