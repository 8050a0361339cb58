// Package db opens the store and is the only way to it: SQLite embedded by default, PostgreSQL when outgrown.
//
// One SQL text serves both; what differs stands in dialect.go. Reads may run at any time. Writes go through Tx, which
// returns only when the change is durable (fsync or server commit). On SQLite one writer serves everybody and puts the
// transactions that wait at the same moment into one commit (writer.go).
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// Queryer reads: the DB itself or a running Tx.
type Queryer interface {
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) *sql.Row
}

// DB is an open store.
type DB struct {
	dialect Dialect
	url     string
	read    *sql.DB
	write   *sql.DB // PostgreSQL: same as read
	writer  *writer // SQLite only
	keeper  *keeper // SQLite only
	health  health
	known   sync.Map // module -> its migrations, of those brought up to date

	watched  watched
	prepared *statements // SQLite only: of the readers
	ownMu    sync.Mutex
	own      bool // the tables of this package are up to date
	trace    atomic.Pointer[func(string)]

	unproven bool // the sums of this file were taken at this start
	warnings []string
}

// Option changes how a store is opened.
type Option func(*options)

// options hold the pages of the log after which SQLite moves it into the database file by itself; 0 never.
type options struct{ checkpoint int }

// OwnCheckpoints keeps SQLite from moving its log into the database file by itself: whoever opens the store so must do it
// (PRAGMA wal_checkpoint in Alone), after reading what the log holds.
func OwnCheckpoints() Option { return func(o *options) { o.checkpoint = 0 } }

// Open opens the store behind url: "sqlite:/path/app.db" or "postgres://...".
func Open(ctx context.Context, url string, with ...Option) (*DB, error) {
	o := options{checkpoint: 4000}
	for _, f := range with {
		f(&o)
	}
	switch {
	case strings.HasPrefix(url, "sqlite:"):
		return openSQLite(ctx, strings.TrimPrefix(url, "sqlite:"), o)
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		return openPostgres(ctx, url)
	}
	return nil, fmt.Errorf("database address %q: want sqlite:PATH or postgres://", redact(url))
}

// Dialect tells which store this is, for the few places that must know.
func (d *DB) Dialect() Dialect { return d.dialect }

// URL gives the address without a password.
func (d *DB) URL() string { return redact(d.url) }

// SQL gives the read pool to libraries that want database/sql (migrations).
func (d *DB) SQL() *sql.DB { return d.write }

// Query reads rows. Hand the result to Collect.
func (d *DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	d.traced(query)
	if s := d.prepared.of(ctx, query); s != nil {
		return s.QueryContext(ctx, storable(args)...)
	}
	return d.read.QueryContext(ctx, query, storable(args)...)
}

// QueryRow reads one row.
func (d *DB) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	d.traced(query)
	if s := d.prepared.of(ctx, query); s != nil {
		return s.QueryRowContext(ctx, storable(args)...)
	}
	return d.read.QueryRowContext(ctx, query, storable(args)...)
}

// Trace calls f with the text of every read outside a transaction until stop is called: for tests that count what a page asks.
func (d *DB) Trace(f func(text string)) (stop func()) {
	var mu sync.Mutex
	one := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		f(text)
	}
	d.trace.Store(&one)
	return func() { d.trace.Store(nil) }
}

func (d *DB) traced(text string) {
	if f := d.trace.Load(); f != nil {
		(*f)(text)
	}
}

// storable takes out of texts what PostgreSQL refuses and SQLite keeps: bytes that are no letter, and the letter NUL.
func storable(args []any) []any {
	var out []any
	for n, a := range args {
		text, ok := a.(string)
		if !ok || utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
			continue
		}
		if out == nil {
			out = slices.Clone(args)
		}
		out[n] = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
	}
	if out == nil {
		return args
	}
	return out
}

// Ping asks whether the store answers.
func (d *DB) Ping(ctx context.Context) error { return d.read.PingContext(ctx) }

// Close waits for running writes and closes the store.
func (d *DB) Close() error {
	if d.keeper != nil {
		d.keeper.stop()
	}
	if d.writer != nil {
		d.writer.stop()
	}
	d.prepared.close()
	err := d.write.Close()
	if d.read != d.write {
		err = errors.Join(d.read.Close(), err)
	}
	return err
}

// Tx is one atomic change. Its statements take the context of the writer, not of the request: a browser that goes away
// must not stop a write in the middle.
type Tx struct {
	ctx context.Context
	q   interface {
		ExecContext(context.Context, string, ...any) (sql.Result, error)
		QueryContext(context.Context, string, ...any) (*sql.Rows, error)
		QueryRowContext(context.Context, string, ...any) *sql.Row
	}
	dialect Dialect
	touched []Touched

	prepared *statements // SQLite only: of the writer
	wanted   []string    // texts to prepare when the connection is free
	watched  *watched
	counted  []counted
}

// ready gives a kept prepared statement for this transaction, or nil.
func (t *Tx) ready(query string) *sql.Stmt {
	s, wanted := t.prepared.look(query)
	if wanted {
		t.wanted = append(t.wanted, query)
	}
	tx, ok := t.q.(*sql.Tx)
	if s == nil || !ok {
		return nil
	}
	return tx.StmtContext(t.ctx, s)
}

// Exec runs a statement and gives the number of rows it touched.
func (t *Tx) Exec(query string, args ...any) (int64, error) {
	var res sql.Result
	var err error
	if s := t.ready(query); s != nil {
		res, err = s.ExecContext(t.ctx, storable(args)...)
	} else {
		res, err = t.q.ExecContext(t.ctx, query, storable(args)...)
	}
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	if n > 0 {
		t.wrote(query, args)
	}
	return n, err
}

// Query reads inside the transaction; the context is there to satisfy Queryer.
func (t *Tx) Query(_ context.Context, query string, args ...any) (*sql.Rows, error) {
	t.wrote(query, args)
	return t.q.QueryContext(t.ctx, query, storable(args)...)
}

// QueryRow reads one row inside the transaction.
func (t *Tx) QueryRow(_ context.Context, query string, args ...any) *sql.Row {
	t.wrote(query, args)
	if s := t.ready(query); s != nil {
		return s.QueryRowContext(t.ctx, storable(args)...)
	}
	return t.q.QueryRowContext(t.ctx, query, storable(args)...)
}

// Dialect tells which store this is.
func (t *Tx) Dialect() Dialect { return t.dialect }

// Tx runs fn as one atomic change and returns when it is durable. An error or panic of fn undoes it whole. A Tx must not
// start another.
func (d *DB) Tx(ctx context.Context, fn func(*Tx) error) error {
	if ctx.Value(inTx{}) != nil {
		panic("db: Tx inside Tx")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := d.health.writable(); err != nil {
		return err
	}
	fn = versioned(ride(ctx, fn))
	if d.writer != nil {
		return d.health.note(d.writer.do(ctx, fn))
	}
	return d.health.note(d.txPostgres(ctx, fn))
}

// Alone runs fn in the turn of the writer of the embedded store: no change runs meanwhile, and every change before it is in
// the log. fn gets the connection of the writer and must be quick, because everybody waits. PostgreSQL has no such turn.
func (d *DB) Alone(ctx context.Context, fn func(*sql.DB) error) error {
	if d.writer == nil {
		return errors.New("db: only the embedded store has a writer's turn")
	}
	if ctx.Value(inTx{}) != nil {
		panic("db: Alone inside Tx")
	}
	return d.writer.alone(fn)
}

// Settled runs fn while nobody who holds name (Tx.Hold) is at work, and lets it read only what is durable: not what another
// change of the same commit has written, which a power cut could still take back. So it is the place to remove what no row
// names any more. fn must be quick and changes no rows.
func (d *DB) Settled(ctx context.Context, name string, fn func(q Queryer) error) error {
	if d.writer != nil {
		return d.Alone(ctx, func(pool *sql.DB) error { return fn(settled{pool}) })
	}
	return d.Tx(ctx, func(tx *Tx) error {
		if err := tx.Hold(name); err != nil {
			return err
		}
		return fn(tx)
	})
}

type settled struct{ pool *sql.DB }

// Query implements Queryer.
func (s settled) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return s.pool.QueryContext(ctx, query, storable(args)...)
}

// QueryRow implements Queryer.
func (s settled) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return s.pool.QueryRowContext(ctx, query, storable(args)...)
}

// Path gives the file of the embedded store, "" for PostgreSQL.
func (d *DB) Path() string {
	if d.dialect != SQLite {
		return ""
	}
	return strings.TrimPrefix(d.url, "sqlite:")
}

type inTx struct{}

func (d *DB) txPostgres(ctx context.Context, fn func(*Tx) error) (err error) {
	ctx, cancel := context.WithTimeout(context.WithValue(context.WithoutCancel(ctx), inTx{}, true), time.Minute)
	defer cancel()
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			_ = tx.Rollback()
			panic(p)
		}
	}()
	if err := fn(&Tx{ctx: ctx, q: tx, dialect: Postgres, watched: &d.watched}); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

// Collect reads all rows through scan, closes them and checks for an error at the end. It takes the results of Query as
// they are: db.Collect(rows, err, scan) or db.Collect2(q.Query(...)).
func Collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// NotFound reports whether a single-row read found nothing.
func NotFound(err error) bool { return errors.Is(err, sql.ErrNoRows) }
