package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/pendapa/pendapa/internal/platform/db/guard"
)

// prepare looks at a database file before SQLite does. unproven is true when its sums are taken now, because an older
// program made it. A file that this process has open already is left alone.
func prepare(ctx context.Context, path string) (unproven bool, err error) {
	if err := guard.Register(); err != nil {
		return false, err
	}
	if err := selfTest(); err != nil {
		return false, err
	}
	if guard.IsOpen(path) {
		return false, nil
	}
	if _, err := guard.CheckStart(path); err != nil {
		return false, err
	}
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 {
		return false, guard.Forget(path) // sums of a file that never came to be
	}
	if err != nil {
		return false, err
	}
	has, err := guard.Guarded(path)
	if err != nil || has {
		return false, errors.Join(err, mendFirst(path, has))
	}
	return true, TakeSums(ctx, path)
}

// mendFirst looks at the first page, without which SQLite opens nothing, and puts back one lost bit.
func mendFirst(path string, has bool) error {
	if !has {
		return nil
	}
	bad, _, err := guard.Scrub(path, 1, 1)
	if len(bad) == 0 && err == nil {
		return nil
	}
	_, err = guard.MendPage(path, 1)
	return err
}

// TakeSums reads a whole database, and if SQLite finds nothing wrong takes the sums of its pages: for a file of an older
// program and for repairs. The file must not be open.
func TakeSums(ctx context.Context, path string) error {
	pool, err := sql.Open("sqlite", address(path, url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(FULL)"}}))
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(1)
	var answer string
	err = pool.QueryRowContext(ctx, "SELECT integrity_check FROM pragma_integrity_check LIMIT 1").Scan(&answer)
	if err == nil && answer != "ok" {
		err = errors.New(answer)
	}
	if err == nil {
		var busy, frames, moved int
		err = pool.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
		if err == nil && busy != 0 {
			err = errors.New("another program has the file open")
		}
	}
	if err = errors.Join(err, pool.Close()); err != nil {
		return fmt.Errorf("%s is not sound: %w; restore the continuous copy or a backup into a new folder (docs/operations/repair.md)", path, err)
	}
	return errors.Join(guard.Forget(path), guard.Take(path))
}

// selfTest flips a bit in a scratch database and expects the guard to see it: once in the life of a process.
var selfTest = sync.OnceValue(func() (err error) {
	dir, err := os.MkdirTemp("", "pendapa-guard-")
	if err != nil {
		return fmt.Errorf("self-test of the guard: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "test.db")
	use := func(statement string) error {
		pool, err := sql.Open("sqlite", address(path, url.Values{"vfs": {guard.Name}, "_pragma": {"synchronous(OFF)", "journal_mode(MEMORY)"}}))
		if err != nil {
			return err
		}
		var n int
		if err = pool.QueryRow(statement).Scan(&n); errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return errors.Join(err, pool.Close())
	}
	if err := errors.Join(use("CREATE TABLE guard_test (n)"), use("INSERT INTO guard_test (n) VALUES (7)")); err != nil {
		return fmt.Errorf("self-test of the guard: %w", err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("self-test of the guard: %w", err)
	}
	data[len(data)-1] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return fmt.Errorf("self-test of the guard: %w", err)
	}
	if err := use("SELECT n FROM guard_test"); !IsDamaged(err) {
		return fmt.Errorf("self-test of the guard: a flipped bit was not seen (%v); this program must not be used", err)
	}
	return nil
})
