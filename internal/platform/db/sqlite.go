package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/db/guard"
	"github.com/pendapa/pendapa/internal/platform/durable"

	_ "modernc.org/sqlite" // the only import of the driver: a build tag may swap it here
)

// oldestSQLite is the first release without the fault that could lose committed pages when the log was reset.
const oldestSQLite = "3.51.3"

// openSQLite opens or makes a database file: write-ahead log, synchronous=FULL, foreign keys on.
// The settings are read back, because drivers differ in their defaults.
// Every page and log frame is compared with its sum (package guard); a log that lost acknowledged commits is not opened.
func openSQLite(ctx context.Context, path string, o options) (*DB, error) {
	if err := durable.MkdirAll(filepath.Dir(path)); err != nil {
		return nil, err
	}
	unproven, err := prepare(ctx, path)
	if err != nil {
		return nil, err
	}
	sync := "FULL"
	if v := os.Getenv("PENDAPA_UNSAFE_SYNCHRONOUS"); v == "NORMAL" { // only for the test that must show loss
		sync = v
	}
	pragmas := url.Values{"_pragma": {
		"journal_mode(WAL)", "synchronous(" + sync + ")", "foreign_keys(ON)", "busy_timeout(10000)",
		"cache_size(-16000)", "temp_store(MEMORY)", "wal_autocheckpoint(" + strconv.Itoa(o.checkpoint) + ")",
	}, "vfs": {guard.Name}}
	dsn := address(path, pragmas)
	write, err := sql.Open("sqlite", dsn+"&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	readers := max(4, runtime.NumCPU())
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	d := &DB{dialect: SQLite, url: "sqlite:" + path, read: read, write: write, unproven: unproven, prepared: newStatements(read)}
	d.writer = startWriter(write, &d.watched)
	d.keeper = startKeeper(d, path, url.Values{"vfs": {guard.Name}, "_pragma": {"query_only(ON)"}})
	if err := checkSQLite(ctx, write, sync); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, d.Explain(err)), d.Close())
	}
	return d, nil
}

// address is the name of a database file for the driver.
func address(path string, settings url.Values) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + settings.Encode()
}

func checkSQLite(ctx context.Context, pool *sql.DB, sync string) error {
	var version, journal string
	var level, foreign int
	row := pool.QueryRowContext(ctx, "SELECT sqlite_version(), (SELECT journal_mode FROM pragma_journal_mode), (SELECT synchronous FROM pragma_synchronous), (SELECT foreign_keys FROM pragma_foreign_keys)")
	if err := row.Scan(&version, &journal, &level, &foreign); err != nil {
		return err
	}
	want := map[string]int{"NORMAL": 1, "FULL": 2}[sync]
	if !strings.EqualFold(journal, "wal") || level != want || foreign != 1 {
		return fmt.Errorf("settings were not taken: journal %s, synchronous %d, foreign keys %d", journal, level, foreign)
	}
	if older(version, oldestSQLite) {
		return fmt.Errorf("SQLite %s is older than %s and may lose committed pages", version, oldestSQLite)
	}
	return nil
}

// older compares dotted version numbers.
func older(a, b string) bool {
	var x, y [3]int
	_, _ = fmt.Sscanf(a, "%d.%d.%d", &x[0], &x[1], &x[2])
	_, _ = fmt.Sscanf(b, "%d.%d.%d", &y[0], &y[1], &y[2])
	for i := range x {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return false
}
