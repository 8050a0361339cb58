package db

import (
	"context"
	"database/sql"
	"sync"
)

// mostStatements is how many texts are kept prepared: more than the program has; texts that are put together for one
// request alone are not kept.
const mostStatements = 800

// statements keeps prepared statements, because SQLite spends a third of a page on reading SQL. PostgreSQL's driver keeps
// its own. A text is prepared when it is seen for the second time.
type statements struct {
	pool *sql.DB

	mu   sync.RWMutex
	kept map[string]*sql.Stmt
	seen map[string]struct{}
}

func newStatements(pool *sql.DB) *statements {
	return &statements{pool: pool, kept: map[string]*sql.Stmt{}, seen: map[string]struct{}{}}
}

// of gives the prepared form of a text, preparing it when it was seen before; nil when it is not kept.
func (s *statements) of(ctx context.Context, text string) *sql.Stmt {
	kept, wanted := s.look(text)
	if kept != nil || !wanted {
		return kept
	}
	return s.keep(ctx, text)
}

// look gives the prepared form of a text, and whether it should be prepared because it came again.
func (s *statements) look(text string) (kept *sql.Stmt, wanted bool) {
	if s == nil {
		return nil, false
	}
	s.mu.RLock()
	kept, full := s.kept[text], len(s.kept) >= mostStatements
	s.mu.RUnlock()
	if kept != nil || full {
		return kept, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, again := s.seen[text]; again {
		return nil, true
	}
	if len(s.seen) >= 4*mostStatements {
		clear(s.seen)
	}
	s.seen[text] = struct{}{}
	return nil, false
}

// keep prepares a text. It needs a free connection, so it must not be called inside a transaction.
func (s *statements) keep(ctx context.Context, text string) *sql.Stmt {
	made, err := s.pool.PrepareContext(ctx, text)
	if err != nil {
		return nil // running it says what is wrong
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if kept := s.kept[text]; kept != nil {
		_ = made.Close()
		return kept
	}
	s.kept[text] = made
	return made
}

// close forgets all of them, before their pool is closed.
func (s *statements) close() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.kept {
		_ = one.Close()
	}
	clear(s.kept)
}
