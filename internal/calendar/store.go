package calendar

import (
	"context"
	"database/sql"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
)

type store struct{ d *db.DB }

// stamp gives the number that grows with every change of a regency's calendar; 0 when nothing was ever changed.
func (s store) stamp(ctx context.Context, regency int64) (seq int64, err error) {
	err = s.d.QueryRow(ctx, `SELECT seq FROM calendar_stamp WHERE regency_id = $1`, regency).Scan(&seq)
	if db.NotFound(err) {
		return 0, nil
	}
	return seq, err
}

// touch is the first statement of every change. Its row lock lets changes of one regency follow one another, so that the
// number grows in the order in which they become visible.
func (s store) touch(tx *db.Tx, regency int64) error {
	_, err := tx.Exec(`INSERT INTO calendar_stamp (regency_id, seq) VALUES ($1, 1)
		ON CONFLICT (regency_id) DO UPDATE SET seq = calendar_stamp.seq + 1`, regency)
	return err
}

func (s store) days(ctx context.Context, q db.Queryer, regency int64) ([]Day, error) {
	rows, err := q.Query(ctx, `SELECT day, name, kind, source, changed_by, changed_at, rev FROM calendar_day WHERE regency_id = $1 ORDER BY day`, regency)
	return db.Collect(rows, err, scanDay)
}

func scanDay(r *sql.Rows) (d Day, err error) {
	var on string
	if err := r.Scan(&on, &d.Name, &d.Kind, &d.Source, &d.ChangedBy, &d.ChangedAt, &d.Rev); err != nil {
		return d, err
	}
	d.Own = true
	d.On, err = ParseDate(on)
	return d, err
}

func (s store) insert(tx *db.Tx, regency int64, d Day) error {
	_, err := tx.Exec(`INSERT INTO calendar_day (regency_id, day, name, kind, source, changed_by, changed_at, rev)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 1)`, regency, d.On.String(), d.Name, d.Kind, d.Source, d.ChangedBy, d.ChangedAt)
	if db.IsUnique(err) {
		return errs.E(errs.Conflict, "calendar.error.taken", err)
	}
	return err
}

// update writes a day if nobody changed it since rev was read.
func (s store) update(tx *db.Tx, regency int64, d Day) error {
	n, err := tx.Exec(`UPDATE calendar_day SET name = $4, kind = $5, source = $6, changed_by = $7, changed_at = $8, rev = rev + 1
		WHERE regency_id = $1 AND day = $2 AND rev = $3`, regency, d.On.String(), d.Rev, d.Name, d.Kind, d.Source, d.ChangedBy, d.ChangedAt)
	if err == nil && n == 0 {
		return errs.E(errs.Conflict, "calendar.error.changed", nil)
	}
	return err
}

// remove drops a day if nobody changed it since rev was read.
func (s store) remove(tx *db.Tx, regency int64, on Date, rev int64) error {
	n, err := tx.Exec(`DELETE FROM calendar_day WHERE regency_id = $1 AND day = $2 AND rev = $3`, regency, on.String(), rev)
	if err == nil && n == 0 {
		return errs.E(errs.Conflict, "calendar.error.changed", nil)
	}
	return err
}

func (s store) entered(ctx context.Context, q db.Queryer, regency int64) ([]Entered, error) {
	rows, err := q.Query(ctx, `SELECT year, source, changed_by, changed_at FROM calendar_year WHERE regency_id = $1 ORDER BY year`, regency)
	return db.Collect(rows, err, func(r *sql.Rows) (e Entered, err error) {
		return e, r.Scan(&e.Year, &e.Source, &e.ChangedBy, &e.ChangedAt)
	})
}

func (s store) enter(tx *db.Tx, regency int64, e Entered) error {
	_, err := tx.Exec(`INSERT INTO calendar_year (regency_id, year, source, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (regency_id, year) DO UPDATE SET source = excluded.source, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
		regency, e.Year, e.Source, e.ChangedBy, e.ChangedAt)
	return err
}

func (s store) unenter(tx *db.Tx, regency int64, year int) error {
	n, err := tx.Exec(`DELETE FROM calendar_year WHERE regency_id = $1 AND year = $2`, regency, year)
	if err == nil && n == 0 {
		return errs.E(errs.Conflict, "calendar.error.not_declared", nil, "Year", year)
	}
	return err
}
