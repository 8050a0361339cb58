package adoption

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

type store struct{ d *db.DB }

// stateNow is the state at the moment $2: a plan whose first day has come is running, without anybody touching it.
const stateNow = `CASE WHEN state = 'planned' AND started_at > 0 AND started_at <= $2 THEN 'running' ELSE state END`

const columns = `id, origin_regency, origin_id, origin_title, origin_agency_id, origin_agency_name, origin_regency_name, agency_id, ` + stateNow + ` AS state_now, started_at,
	changes, result, users, reason, started_by, noted_by, signed_by, signed_at, created_at, changed_at, rev`

func scan(r interface{ Scan(...any) error }) (a Adoption, err error) {
	return a, r.Scan(&a.ID, &a.Origin.Regency, &a.Origin.ID, &a.Origin.Title, &a.Origin.Agency, &a.Origin.AgencyName, &a.Origin.RegencyName, &a.Agency, &a.State, &a.StartedAt,
		&a.Changes, &a.Result, &a.Users, &a.Reason, &a.StartedBy, &a.NotedBy, &a.SignedBy, &a.SignedAt, &a.CreatedAt, &a.ChangedAt, &a.Rev)
}

func scanRows(r *sql.Rows) (Adoption, error) { return scan(r) }

func (s store) get(ctx context.Context, q db.Queryer, regency, now int64, id string) (Adoption, error) {
	a, err := scan(q.QueryRow(ctx, `SELECT `+columns+` FROM adoption_adoption WHERE regency_id = $1 AND id = $3`, regency, now, id))
	if db.NotFound(err) {
		return a, errs.E(errs.NotFound, "adoption.error.not_found", err)
	}
	return a, err
}

// find gives the adoption of an original by an agency; one without an id when there is none.
func (s store) find(ctx context.Context, regency, now int64, o Origin, agency string) (Adoption, error) {
	a, err := scan(s.d.QueryRow(ctx, `SELECT `+columns+` FROM adoption_adoption WHERE regency_id = $1 AND origin_regency = $3 AND origin_id = $4 AND agency_id = $5`,
		regency, now, o.Regency, o.ID, agency))
	if db.NotFound(err) {
		return Adoption{}, nil
	}
	return a, err
}

func (f Filter) where(args *[]any) string {
	parts := []string{"regency_id = $1"}
	and := func(column, value string) {
		if value != "" {
			*args = append(*args, value)
			parts = append(parts, column+" = $"+strconv.Itoa(len(*args)))
		}
	}
	and("agency_id", f.Agency)
	and(stateNow, f.State)
	return strings.Join(parts, " AND ")
}

func (s store) list(ctx context.Context, regency, now int64, f Filter, limit, offset int) ([]Adoption, int, error) {
	args := []any{regency, now}
	where := f.where(&args)
	rows, err := s.d.Query(ctx, `SELECT `+columns+` FROM adoption_adoption WHERE `+where+` ORDER BY changed_at DESC, id LIMIT $`+strconv.Itoa(len(args)+1)+` OFFSET $`+strconv.Itoa(len(args)+2),
		append(args, limit, offset)...)
	all, err := db.Collect(rows, err, scanRows)
	if err != nil {
		return nil, 0, err
	}
	var total int
	// The moment is named here too: a store may refuse an argument that nothing uses.
	err = s.d.QueryRow(ctx, `SELECT count(*) FROM (SELECT `+stateNow+` AS state_now FROM adoption_adoption WHERE `+where+`) t`, args...).Scan(&total)
	return all, total, err
}

// open lists adoptions whose first day came before a moment, that nobody signed, and on which a person may owe something: they
// began them, or sign for their agency.
func (s store) open(ctx context.Context, regency, now, before int64, user string, signs tenant.Scope) ([]Adoption, error) {
	args := []any{regency, now, before, user}
	rows, err := s.d.Query(ctx, `SELECT `+columns+` FROM adoption_adoption WHERE regency_id = $1 AND state IN ('planned', 'running') AND started_at > 0 AND started_at <= $3
		AND (started_by = $4 OR `+signs.Where("agency_id", &args)+`) ORDER BY started_at, id`, args...)
	return db.Collect(rows, err, scanRows)
}

// of lists the adoptions of these originals.
func (s store) of(ctx context.Context, regency, now int64, ids []string) ([]Adoption, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args, marks := []any{regency, now}, make([]string, len(ids))
	for n, id := range ids {
		args = append(args, id)
		marks[n] = "$" + strconv.Itoa(len(args))
	}
	rows, err := s.d.Query(ctx, `SELECT `+columns+` FROM adoption_adoption WHERE regency_id = $1 AND origin_id IN (`+strings.Join(marks, ", ")+`) ORDER BY created_at, id`, args...)
	return db.Collect(rows, err, scanRows)
}

func (s store) tally(ctx context.Context, regency, now int64) (map[string]int, error) {
	return s.counted(ctx, `SELECT state_now, count(*) FROM (SELECT `+stateNow+` AS state_now FROM adoption_adoption WHERE regency_id = $1) t GROUP BY state_now`, regency, now)
}

func (s store) countIn(ctx context.Context, regency int64) (map[string]int, error) {
	return s.counted(ctx, `SELECT agency_id, count(*) FROM adoption_adoption WHERE regency_id = $1 AND state = 'signed' GROUP BY agency_id`, regency)
}

func (s store) lastSigned(ctx context.Context, regency int64) (map[string]int64, error) {
	return numbered[int64](ctx, s, `SELECT agency_id, max(signed_at) FROM adoption_adoption WHERE regency_id = $1 AND state = 'signed' GROUP BY agency_id`, regency)
}

func (s store) counted(ctx context.Context, query string, args ...any) (map[string]int, error) {
	return numbered[int](ctx, s, query, args...)
}

// numbered reads rows of a name and a number.
func numbered[N int | int64](ctx context.Context, s store, query string, args ...any) (map[string]N, error) {
	out := map[string]N{}
	rows, err := s.d.Query(ctx, query, args...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var name string
		var n N
		err := r.Scan(&name, &n)
		out[name] = n
		return struct{}{}, err
	})
	return out, err
}

func (s store) insert(tx *db.Tx, regency int64, a Adoption) error {
	_, err := tx.Exec(`INSERT INTO adoption_adoption (regency_id, id, origin_regency, origin_id, origin_title, origin_agency_id, origin_agency_name, origin_regency_name, agency_id, state,
		started_at, changes, result, users, reason, started_by, noted_by, signed_by, signed_at, created_at, changed_at, rev)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 1)`,
		regency, a.ID, a.Origin.Regency, a.Origin.ID, a.Origin.Title, a.Origin.Agency, a.Origin.AgencyName, a.Origin.RegencyName, a.Agency, a.State,
		a.StartedAt, a.Changes, a.Result, a.Users, a.Reason, a.StartedBy, a.NotedBy, a.SignedBy, a.SignedAt, a.CreatedAt, a.ChangedAt)
	return err
}

// update writes an adoption if nobody changed it since rev was read.
func (s store) update(tx *db.Tx, regency int64, a Adoption) error {
	n, err := tx.Exec(`UPDATE adoption_adoption SET origin_title = $4, origin_agency_id = $5, origin_agency_name = $6, origin_regency_name = $7, state = $8, started_at = $9, changes = $10, result = $11,
		users = $12, reason = $13, started_by = $14, noted_by = $15, signed_by = $16, signed_at = $17, changed_at = $18, rev = rev + 1
		WHERE regency_id = $1 AND id = $2 AND rev = $3`,
		regency, a.ID, a.Rev, a.Origin.Title, a.Origin.Agency, a.Origin.AgencyName, a.Origin.RegencyName, a.State, a.StartedAt, a.Changes, a.Result,
		a.Users, a.Reason, a.StartedBy, a.NotedBy, a.SignedBy, a.SignedAt, a.ChangedAt)
	if err == nil && n == 0 {
		return errs.E(errs.Conflict, "adoption.error.changed", nil)
	}
	return err
}
