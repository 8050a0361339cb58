package agency

import (
	"context"
	"database/sql"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
)

type store struct{ d *db.DB }

const columns = `a.id, a.code, a.name, a.short, a.kind, a.parent_id, a.active, a.rev`

func scan(r interface{ Scan(...any) error }) (a Agency, err error) {
	err = r.Scan(&a.ID, &a.Code, &a.Name, &a.Short, &a.Kind, &a.Parent, &a.Active, &a.Rev)
	return a, err
}

func scanRows(r *sql.Rows) (Agency, error) { return scan(r) }

func (s store) list(ctx context.Context, regency int64, all bool) ([]Agency, error) {
	rows, err := s.d.Query(ctx, `SELECT `+columns+` FROM agency_agency a WHERE a.regency_id = $1 AND (a.active OR $2) ORDER BY a.code`, regency, all)
	return db.Collect(rows, err, scanRows)
}

func (s store) get(ctx context.Context, q db.Queryer, regency int64, id string) (Agency, error) {
	a, err := scan(q.QueryRow(ctx, `SELECT `+columns+` FROM agency_agency a WHERE a.regency_id = $1 AND a.id = $2`, regency, id))
	if db.NotFound(err) {
		return a, errs.E(errs.NotFound, "agency.error.not_found", err)
	}
	return a, err
}

func (s store) insert(tx *db.Tx, regency int64, a Agency) error {
	_, err := tx.Exec(`INSERT INTO agency_agency (regency_id, id, code, name, short, kind, parent_id, active, rev)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)`, regency, a.ID, a.Code, a.Name, a.Short, a.Kind, a.Parent, a.Active)
	return err
}

// update writes an agency if nobody changed it since rev was read.
func (s store) update(tx *db.Tx, regency int64, a Agency) error {
	n, err := tx.Exec(`UPDATE agency_agency SET code = $4, name = $5, short = $6, kind = $7, parent_id = $8, active = $9, rev = rev + 1
		WHERE regency_id = $1 AND id = $2 AND rev = $3`, regency, a.ID, a.Rev, a.Code, a.Name, a.Short, a.Kind, a.Parent, a.Active)
	if err == nil && n == 0 {
		return errs.E(errs.Conflict, "agency.error.changed", nil)
	}
	return err
}

func (s store) names(ctx context.Context, regency int64, id string) ([]OldName, error) {
	rows, err := s.d.Query(ctx, `SELECT until, name, note FROM agency_name WHERE regency_id = $1 AND agency_id = $2 ORDER BY until DESC`, regency, id)
	return db.Collect(rows, err, func(r *sql.Rows) (n OldName, err error) { return n, r.Scan(&n.Until, &n.Name, &n.Note) })
}

func (s store) insertName(tx *db.Tx, regency int64, id string, n OldName) error {
	_, err := tx.Exec(`INSERT INTO agency_name (regency_id, agency_id, until, name, note) VALUES ($1, $2, $3, $4, $5)`,
		regency, id, n.Until, n.Name, n.Note)
	if db.IsUnique(err) {
		return errs.InvalidFields(map[string]errs.Msg{"from": errs.M("agency.error.same_day")})
	}
	return err
}

func (s store) insertSuccessor(tx *db.Tx, regency int64, old, successor string, at int64, note string) error {
	_, err := tx.Exec(`INSERT INTO agency_successor (regency_id, old_id, new_id, at, note) VALUES ($1, $2, $3, $4, $5)`,
		regency, old, successor, at, note)
	return err
}

func (s store) successors(ctx context.Context, regency int64, id string) ([]Agency, error) {
	rows, err := s.d.Query(ctx, `SELECT `+columns+` FROM agency_successor x JOIN agency_agency a ON a.regency_id = x.regency_id AND a.id = x.new_id
		WHERE x.regency_id = $1 AND x.old_id = $2 ORDER BY a.code`, regency, id)
	return db.Collect(rows, err, scanRows)
}
