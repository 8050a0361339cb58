package backup

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
)

// copyStore writes the store as an SQLite file. Of PostgreSQL it gives what the tables held while they were read; an SQLite
// copy is read afterwards.
func copyStore(ctx context.Context, src Source, path string) (tables map[string]Table, err error) {
	if src.DB.Dialect() == db.SQLite {
		if err := src.DB.CopyTo(ctx, path); err != nil {
			return nil, err
		}
		if err := syncFile(path); err != nil {
			return nil, err
		}
		return nil, removeLog(path)
	}
	to, err := db.Open(ctx, "sqlite:"+path)
	if err != nil {
		return nil, err
	}
	if err := src.Migrate(ctx, to); err != nil {
		return nil, errors.Join(err, to.Close())
	}
	err = src.DB.Snapshot(ctx, func(q db.Queryer) error {
		names, err := dataTables(ctx, src.DB)
		if err != nil {
			return err
		}
		tables, err = copyRows(ctx, q, to, names)
		return err
	})
	if err = errors.Join(err, to.Close()); err != nil {
		return nil, err
	}
	return tables, errors.Join(syncFile(path), removeLog(path))
}

// removeLog drops the companions that a closed SQLite file may leave: a copy stands alone.
func removeLog(path string) error {
	for _, end := range []string{"-wal", "-shm", "-sum", "-mark"} {
		if err := os.Remove(path + end); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// dataTables lists the tables with rows of ours; the ledgers of migrations are made anew by a restore.
func dataTables(ctx context.Context, d *db.DB) ([]string, error) {
	all, err := d.Tables(ctx)
	out := all[:0]
	for _, name := range all {
		if !strings.HasPrefix(name, "schema_") {
			out = append(out, name)
		}
	}
	return out, err
}

// content is what a copied store holds, as its rows say.
type content struct {
	tables map[string]Table
	digest digest
	files  []string // the hashes that rows name, in order
	roots  map[string]Root
}

// read reads a whole SQLite copy.
func read(ctx context.Context, path string, columns []blob.Column) (c content, err error) {
	d, err := db.Open(ctx, "sqlite:"+path)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, d.Close(), removeLog(path)) }()
	if err := d.IntegrityCheck(ctx); err != nil {
		return c, err
	}
	names, err := dataTables(ctx, d)
	if err != nil {
		return c, err
	}
	c.tables, c.digest = map[string]Table{}, digest{}
	for _, name := range names {
		keys, err := keyColumns(ctx, d, name)
		if err != nil {
			return c, err
		}
		note := c.digest.noter(name, keys)
		if c.tables[name], err = each(ctx, d, name, note); err != nil {
			return c, err
		}
	}
	c.digest.sort()
	if c.roots, err = roots(ctx, d, names); err != nil {
		return c, err
	}
	c.files, err = named(ctx, d, names, columns)
	return c, err
}

func keyColumns(ctx context.Context, d *db.DB, table string) ([]string, error) {
	rows, err := d.Query(ctx, "SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk", table)
	return db.Collect(rows, err, func(r *sql.Rows) (name string, err error) { return name, r.Scan(&name) })
}

// named lists the files that the rows of a store name.
func named(ctx context.Context, d *db.DB, tables []string, columns []blob.Column) ([]string, error) {
	seen := map[string]bool{}
	for _, c := range columns {
		if !slices.Contains(tables, c.Table) {
			continue // the backup is older than the table
		}
		rows, err := d.Query(ctx, "SELECT DISTINCT "+c.Column+" FROM "+c.Table+" WHERE regency_id >= 0 AND "+c.Column+" <> ''")
		found, err := db.Collect(rows, err, func(r *sql.Rows) (hash string, err error) { return hash, r.Scan(&hash) })
		if err != nil {
			return nil, err
		}
		for _, hash := range found {
			seen[hash] = true
		}
	}
	return slices.Sorted(maps.Keys(seen)), nil
}

const batch = 200

// copyRows brings the rows of all tables into an empty store and gives what they were.
func copyRows(ctx context.Context, from db.Queryer, to *db.DB, names []string) (map[string]Table, error) {
	out := map[string]Table{}
	for _, name := range names {
		var columns []string
		var waiting [][]any
		flush := func() error {
			if len(waiting) == 0 {
				return nil
			}
			rows := waiting
			waiting = nil
			return to.Tx(ctx, func(tx *db.Tx) error { return insert(tx, name, columns, rows) })
		}
		table, err := each(ctx, from, name, func(names []string, row []any, _ [sha256.Size]byte) error {
			columns = names
			if waiting = append(waiting, row); len(waiting) == batch {
				return flush()
			}
			return nil
		})
		if err := errors.Join(err, flush()); err != nil {
			return nil, fmt.Errorf("table %s: %w", name, err)
		}
		out[name] = table
	}
	return out, nil
}

func insert(tx *db.Tx, table string, columns []string, rows [][]any) error {
	marks := make([]string, len(columns))
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	query := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(marks, ", ") + ")"
	for _, row := range rows {
		if _, err := tx.Exec(query, row...); err != nil {
			return err
		}
	}
	return nil
}

// each reads a table row by row and hashes it. The hash of a row is over its columns by name, so it is the same on both
// stores; the hash of the table is the XOR of its rows, which have keys and therefore never stand twice.
func each(ctx context.Context, q db.Queryer, name string, use func(columns []string, row []any, sum [sha256.Size]byte) error) (t Table, err error) {
	rows, err := q.Query(ctx, "SELECT * FROM "+name)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return t, err
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		return t, err
	}
	var sum [sha256.Size]byte
	for rows.Next() {
		row, err := scan(rows, types)
		if err != nil {
			return t, err
		}
		h, err := hashRow(columns, row)
		if err != nil {
			return t, err
		}
		for i := range sum {
			sum[i] ^= h[i]
		}
		t.Rows++
		if use != nil {
			if err := use(columns, row, h); err != nil {
				return t, err
			}
		}
	}
	t.Hash = hex.EncodeToString(sum[:])
	return t, rows.Err()
}

// scan reads a row. SQLite keeps a boolean as 0 or 1, which PostgreSQL would not take back.
func scan(rows *sql.Rows, types []*sql.ColumnType) ([]any, error) {
	row, to := make([]any, len(types)), make([]any, len(types))
	for i := range row {
		to[i] = &row[i]
	}
	if err := rows.Scan(to...); err != nil {
		return nil, err
	}
	for i, v := range row {
		if n, ok := v.(int64); ok && types[i].DatabaseTypeName() == "BOOLEAN" {
			row[i] = n != 0
		}
	}
	return row, nil
}

// hashRow writes booleans as the numbers SQLite keeps, so that both stores give the same hash.
func hashRow(columns []string, row []any) ([sha256.Size]byte, error) {
	named := make(map[string]any, len(columns))
	for i, c := range columns {
		v := row[i]
		if b, ok := v.(bool); ok {
			v = int64(0)
			if b {
				v = int64(1)
			}
		}
		named[c] = v
	}
	data, err := json.Marshal(named) // keys in order of name
	return sha256.Sum256(data), err
}

// Hashes gives what tables hold at this moment; ledgers of migrations are left out.
func Hashes(ctx context.Context, q db.Queryer, tables []string) (map[string]Table, error) {
	out := map[string]Table{}
	for _, name := range tables {
		if strings.HasPrefix(name, "schema_") {
			continue
		}
		t, err := each(ctx, q, name, nil)
		if err != nil {
			return nil, err
		}
		out[name] = t
	}
	return out, nil
}
