package db

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db/guard"
)

// scrubPages is how many pages are compared in one turn of the writer: about 15 ms, in which no change is committed.
const scrubPages = 8192

// Scrub compares every page of the embedded store with its sum and then looks at the log. It gives the number of pages and
// of those that do not fit; the state of the store says which. PostgreSQL has checksums of its own and is only asked.
func (d *DB) Scrub(ctx context.Context) (pages, bad int64, err error) {
	if d.dialect != SQLite {
		return 0, 0, d.Ping(ctx)
	}
	for from := int64(1); from > 0; {
		if err := ctx.Err(); err != nil {
			return pages, bad, err
		}
		var wrong []int64
		var next int64
		err := d.writer.alone(func(*sql.DB) (err error) {
			wrong, next, err = guard.Scrub(d.keeper.path, from, scrubPages)
			return err
		})
		if err != nil {
			return pages, bad, err
		}
		bad += int64(len(wrong))
		if next > 0 {
			pages += scrubPages
		}
		from = next
	}
	if err := d.QueryRow(ctx, "SELECT page_count FROM pragma_page_count").Scan(&pages); err != nil {
		return pages, bad, err
	}
	return pages, bad, d.ScanLog(ctx)
}

// ScanLog looks at every frame of the write-ahead log; damage becomes the state of the store.
func (d *DB) ScanLog(ctx context.Context) error {
	if d.dialect != SQLite {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return d.writer.alone(func(*sql.DB) error {
		_, err := guard.ScanLog(d.keeper.path)
		return err
	})
}

// Unproven reports that the sums of this file were taken at this start: what was damaged before is not known.
func (d *DB) Unproven() bool { return d.unproven }

// owned says which table or index a damaged page belongs to. Each is walked through a connection without cached pages;
// the one whose walk meets damage is the answer.
func owned(ctx context.Context, path string, settings url.Values, x guard.Damage) string {
	if x.Log {
		return "the log of the latest changes"
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	pool, err := sql.Open("sqlite", address(path, settings))
	if err != nil {
		return unknownOwner
	}
	defer pool.Close()
	rows, err := pool.QueryContext(ctx, "SELECT name, tbl_name, type FROM sqlite_schema WHERE rootpage > 0 ORDER BY name")
	type part struct{ name, table, kind string }
	parts, err := Collect(rows, err, func(r *sql.Rows) (p part, err error) { return p, r.Scan(&p.name, &p.table, &p.kind) })
	if IsDamaged(err) {
		return "list of tables"
	}
	if err != nil {
		return unknownOwner
	}
	var owners []string
	for _, p := range parts {
		var pages int64
		err := pool.QueryRowContext(ctx, "SELECT count(*) FROM dbstat WHERE name = $1", p.name).Scan(&pages)
		switch {
		case IsDamaged(err) && p.kind == "index":
			owners = append(owners, "index "+p.name+" of table "+p.table)
		case IsDamaged(err):
			owners = append(owners, "table "+p.table)
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return unknownOwner
		}
	}
	if len(owners) == 0 {
		return "a free page of no table"
	}
	return strings.Join(owners, ", ")
}

const unknownOwner = "table not known"
