package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
)

// groupMost is how many waiting changes share one commit at the most: enough to make the fsync cheap, few enough that
// nobody waits long for a stranger's work.
const groupMost = 64

// turnMost is how long a change waits for its turn at the most. Who was not served by then is told that nothing was changed.
const turnMost = 10 * time.Second

// writer runs all changes of a SQLite file one after another on one connection. Those that wait together are committed
// together: each in its own savepoint, one fsync for all, and nobody is answered before it.
type writer struct {
	pool  *sql.DB
	queue chan *change
	done  chan struct{}

	mu     sync.RWMutex // held for reading while a change is handed over
	ended  bool
	turned time.Duration // how long a change waits for its turn at the most

	prepared *statements
	wanted   []string // texts to prepare between two commits
	watched  *watched
}

type change struct {
	ctx    context.Context
	fn     func(*Tx) error
	solo   func(*sql.DB) error // instead of fn: work between two commits, outside any transaction
	taken  atomic.Bool         // by the writer that begins it, or by the caller that waited too long
	result chan error
	panic  any
	err    error
}

func startWriter(pool *sql.DB, watched *watched) *writer {
	w := &writer{pool: pool, queue: make(chan *change, 1024), done: make(chan struct{}), turned: turnMost, prepared: newStatements(pool), watched: watched}
	go w.run()
	return w
}

func (w *writer) do(ctx context.Context, fn func(*Tx) error) error {
	c := &change{ctx: context.WithValue(context.WithoutCancel(ctx), inTx{}, true), fn: fn, result: make(chan error, 1)}
	turn := time.NewTimer(w.turned)
	defer turn.Stop()
	if err := w.hand(ctx, c, turn.C); err != nil {
		return err
	}
	var err error
	select {
	case err = <-c.result:
	case <-turn.C:
		if c.taken.CompareAndSwap(false, true) {
			return errBusy()
		}
		err = <-c.result
	}
	if c.panic != nil {
		panic(c.panic)
	}
	return err
}

// hand puts a change into the queue.
func (w *writer) hand(ctx context.Context, c *change, late <-chan time.Time) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.ended {
		return errClosed
	}
	select {
	case w.queue <- c:
		return nil
	case <-late:
		return errBusy()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// errBusy says that too many changes wait; this one was not begun.
func errBusy() error { return errs.E(errs.Internal, "web.error.busy", nil) }

var errClosed = errors.New("the store is closed")

// alone runs f when no change runs, with the connection that writes. Nothing is committed meanwhile, so f must be short.
func (w *writer) alone(f func(*sql.DB) error) error {
	c := &change{solo: f, result: make(chan error, 1)}
	if err := w.hand(context.Background(), c, nil); err != nil {
		return err
	}
	return <-c.result
}

// stop lets queued changes finish; later ones are refused.
func (w *writer) stop() {
	w.mu.Lock()
	w.ended = true
	w.mu.Unlock()
	close(w.queue)
	<-w.done
}

func (w *writer) run() {
	defer close(w.done)
	defer w.prepared.close()
	for first := range w.queue {
		group, solo := w.fill(first)
		if len(group) > 0 {
			w.commit(group)
			w.prepare()
		}
		if solo != nil {
			solo.result <- solo.solo(w.pool)
		}
	}
}

// fill gathers the changes that wait, up to one that wants to be alone, which runs after them.
func (w *writer) fill(c *change) (group []*change, solo *change) {
	for {
		if c.solo != nil {
			return group, c
		}
		if group = append(group, c); len(group) == groupMost {
			return group, nil
		}
		select {
		case next, ok := <-w.queue:
			if !ok {
				return group, nil
			}
			c = next
		default:
			return group, nil
		}
	}
}

// commit runs the group in one transaction and answers each member with its own error or that of the commit.
func (w *writer) commit(group []*change) {
	err := w.tryCommit(group)
	for _, c := range group {
		if c.err == nil {
			c.err = err
		}
		c.result <- c.err
	}
}

func (w *writer) tryCommit(group []*change) error {
	ctx := context.Background()
	tx, err := w.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, c := range group {
		if err := w.step(ctx, tx, c); err != nil {
			_ = tx.Rollback()
			return err
		}
	}
	return tx.Commit()
}

// step runs one change inside a savepoint. Its own failure is kept in the change; the returned error is one of the
// store, which fails the whole group.
func (w *writer) step(ctx context.Context, tx *sql.Tx, c *change) error {
	if !c.taken.CompareAndSwap(false, true) {
		return nil // nobody waits for it any more
	}
	if _, err := tx.ExecContext(ctx, "SAVEPOINT step"); err != nil {
		return err
	}
	c.err = w.call(tx, c)
	if c.err != nil {
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO step"); err != nil {
			return fmt.Errorf("undo: %w", err)
		}
	}
	_, err := tx.ExecContext(ctx, "RELEASE step")
	return err
}

func (w *writer) call(tx *sql.Tx, c *change) (err error) {
	t := &Tx{ctx: c.ctx, q: tx, dialect: SQLite, prepared: w.prepared, watched: w.watched}
	defer func() {
		w.wanted = append(w.wanted, t.wanted...)
		if p := recover(); p != nil {
			c.panic = fmt.Sprintf("%v\n%s", p, debug.Stack())
			err = fmt.Errorf("panic in change: %v", p)
		}
	}()
	return c.fn(t)
}

// prepare keeps the statements that came again, while the connection is free.
func (w *writer) prepare() {
	for _, text := range w.wanted {
		if kept, _ := w.prepared.look(text); kept == nil {
			w.prepared.keep(context.Background(), text)
		}
	}
	w.wanted = w.wanted[:0]
}
