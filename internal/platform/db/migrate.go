package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// Migrate brings the tables of one module up to date. files holds migrations/*.sql for every store and, where a store
// needs its own text, migrations/sqlite/*.sql or migrations/postgres/*.sql with numbers of their own. Each module has its
// own ledger, so modules never wait for each other's numbers.
func (d *DB) Migrate(ctx context.Context, module string, files fs.FS) error {
	if err := d.migrateOwn(ctx); err != nil {
		return err
	}
	return d.migrate(ctx, module, files)
}

// migrateOwn makes the tables of this package before those of the first module.
func (d *DB) migrateOwn(ctx context.Context) error {
	d.ownMu.Lock()
	defer d.ownMu.Unlock()
	if d.own {
		return nil
	}
	err := d.migrate(ctx, "store", ownFiles)
	d.own = err == nil
	return err
}

func (d *DB) migrate(ctx context.Context, module string, files fs.FS) error {
	merged, err := d.migrationFiles(files)
	if err != nil || merged == nil {
		return err
	}
	if flat, ok := merged.(flatFS); ok && d.upToDate(ctx, module, flat) {
		d.known.Store(module, files)
		return nil
	}
	dialect := database.DialectSQLite3
	if d.dialect == Postgres {
		dialect = database.DialectPostgres
	}
	store, err := database.NewStore(dialect, "schema_"+module)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider("", d.write, merged, goose.WithStore(store))
	if err != nil {
		return err
	}
	if err := d.newerThan(ctx, module, files); err != nil {
		return err
	}
	d.known.Store(module, files)
	_, err = p.Up(ctx)
	return err
}

// NewerError is a store that a newer program has brought up to date. An older one must not touch it.
type NewerError struct {
	Module      string
	Have, Known int64 // numbers of migrations; 0 and 0 when the module itself is unknown
}

// Error says what to do.
func (e *NewerError) Error() string {
	if e.Have == 0 {
		return fmt.Sprintf("this data was made by a newer Pendapa: its room %s is not known here. "+
			"Use the newer program, or restore a backup of this one", e.Module)
	}
	return fmt.Sprintf("this data was made by a newer Pendapa: the tables of %s are at %d, this program knows %d. "+
		"Use the newer program, or restore a backup of this one", e.Module, e.Have, e.Known)
}

// Newer compares another store with the migrations that this one was brought up to date with, and gives a *NewerError when
// a newer program has been there. d itself may be given, after its last Migrate. Nothing is changed.
func (d *DB) Newer(ctx context.Context, other *DB) error {
	var failed []error
	d.known.Range(func(module, files any) bool {
		failed = append(failed, other.newerThan(ctx, module.(string), files.(fs.FS)))
		return true
	})
	names, err := other.Tables(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if module, is := strings.CutPrefix(name, "schema_"); is {
			if _, known := d.known.Load(module); !known {
				failed = append(failed, &NewerError{Module: module})
			}
		}
	}
	return errors.Join(failed...)
}

func (d *DB) newerThan(ctx context.Context, module string, files fs.FS) error {
	merged, err := d.migrationFiles(files)
	if err != nil {
		return err
	}
	names, err := d.Tables(ctx)
	if err != nil || !slices.Contains(names, "schema_"+module) {
		return err
	}
	var have, known int64
	if err := d.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM schema_"+module).Scan(&have); err != nil {
		return err
	}
	all, _ := merged.(flatFS)
	for name := range all {
		if n, err := goose.NumericComponent(name); err == nil {
			known = max(known, n)
		}
	}
	if have > known {
		return &NewerError{Module: module, Have: have, Known: known}
	}
	return nil
}

// upToDate looks into the ledger of a module: when it holds every file and nothing else there is nothing to do, and the start of
// a house need not ask the migration library, which takes longer than all of its ledgers together.
func (d *DB) upToDate(ctx context.Context, module string, files flatFS) bool {
	rows, err := d.write.QueryContext(ctx, "SELECT version_id FROM schema_"+module+" WHERE is_applied AND version_id > 0 ORDER BY version_id")
	done, err := Collect(rows, err, func(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) })
	if err != nil {
		return false // no ledger yet
	}
	var wanted []int64
	for name := range files {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return false
		}
		wanted = append(wanted, n)
	}
	slices.Sort(wanted)
	return slices.Equal(slices.Compact(done), wanted)
}

func (d *DB) migrationFiles(files fs.FS) (fs.FS, error) {
	all := flatFS{}
	for _, dir := range []string{"migrations", "migrations/" + string(d.dialect)} {
		entries, err := fs.ReadDir(files, dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !e.IsDir() && strings.HasSuffix(e.Name(), ".sql") {
				all[e.Name()] = source{files, dir + "/" + e.Name()}
			}
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	return all, nil
}

// Tables lists the tables of the store in order of name, without the store's own (also those of this package, which say
// nothing outside this store) and without search indexes.
func (d *DB) Tables(ctx context.Context) ([]string, error) {
	query := "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
	if d.dialect == Postgres {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY table_name"
	}
	rows, err := d.Query(ctx, query)
	all, err := Collect(rows, err, func(r *sql.Rows) (name string, err error) { return name, r.Scan(&name) })
	shadow := regexp.MustCompile(`_fts_(data|idx|content|docsize|config)$`)
	out := all[:0]
	for _, name := range all {
		if !shadow.MatchString(name) && name != "store_version" && name != "schema_store" {
			out = append(out, name)
		}
	}
	return out, err
}

// Columns lists the columns of a table that exists, as it stands before or after its migrations.
func (d *DB) Columns(ctx context.Context, table string) ([]string, error) {
	rows, err := d.Query(ctx, "SELECT * FROM "+table+" WHERE regency_id < 0")
	if err != nil {
		return nil, err
	}
	names, err := rows.Columns()
	return names, errors.Join(err, rows.Close())
}
