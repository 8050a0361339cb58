package adoption

import (
	"context"
	"database/sql"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
)

// The statements of this file name the regency of the original.

const replicaColumns = `id, innovation_id, title, origin_agency_id, adopter_regency, adopter_regency_name, agency_id, agency_name, changes, result, users, signed_at`

func scanReplica(r interface{ Scan(...any) error }) (p Replica, err error) {
	return p, r.Scan(&p.ID, &p.Innovation, &p.Title, &p.OriginAgency, &p.Regency, &p.RegencyName, &p.Agency, &p.AgencyName, &p.Changes, &p.Result, &p.Users, &p.SignedAt)
}

func (s store) replicas(ctx context.Context, regency int64, innovation string) ([]Replica, error) {
	rows, err := s.d.Query(ctx, `SELECT `+replicaColumns+` FROM adoption_replica WHERE regency_id = $1 AND innovation_id = $2 ORDER BY signed_at DESC, id`, regency, innovation)
	return db.Collect(rows, err, func(r *sql.Rows) (Replica, error) { return scanReplica(r) })
}

func (s store) taken(ctx context.Context, regency int64, limit, offset int) ([]Replica, int, error) {
	rows, err := s.d.Query(ctx, `SELECT `+replicaColumns+` FROM adoption_replica WHERE regency_id = $1 ORDER BY signed_at DESC, id LIMIT $2 OFFSET $3`, regency, limit, offset)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (Replica, error) { return scanReplica(r) })
	if err != nil {
		return nil, 0, err
	}
	var total int
	err = s.d.QueryRow(ctx, `SELECT count(*) FROM adoption_replica WHERE regency_id = $1`, regency).Scan(&total)
	return all, total, err
}

func (s store) countOut(ctx context.Context, regency int64) (map[string]int, error) {
	return s.counted(ctx, `SELECT origin_agency_id, count(*) FROM adoption_replica WHERE regency_id = $1 GROUP BY origin_agency_id`, regency)
}

func (s store) replications(ctx context.Context, regency int64) (map[string]Replication, error) {
	out := map[string]Replication{}
	rows, err := s.d.Query(ctx, `SELECT innovation_id, count(*), count(DISTINCT adopter_regency) FROM adoption_replica WHERE regency_id = $1 GROUP BY innovation_id`, regency)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var id string
		var n Replication
		err := r.Scan(&id, &n.Times, &n.Regions)
		out[id] = n
		return struct{}{}, err
	})
	return out, err
}

func (s store) insertReplica(tx *db.Tx, regency int64, p Replica) error {
	_, err := tx.Exec(`INSERT INTO adoption_replica (regency_id, innovation_id, id, title, origin_agency_id, adopter_regency, adopter_regency_name, agency_id, agency_name, changes, result, users, signed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		regency, p.Innovation, p.ID, p.Title, p.OriginAgency, p.Regency, p.RegencyName, p.Agency, p.AgencyName, p.Changes, p.Result, p.Users, p.SignedAt)
	return err
}

// updateReplica writes the corrected text. Names and the day of the signature stay.
func (s store) updateReplica(tx *db.Tx, regency int64, p Replica) error {
	n, err := tx.Exec(`UPDATE adoption_replica SET changes = $4, result = $5, users = $6 WHERE regency_id = $1 AND innovation_id = $2 AND id = $3`,
		regency, p.Innovation, p.ID, p.Changes, p.Result, p.Users)
	if err == nil && n == 0 {
		return errs.E(errs.NotFound, "adoption.error.not_found", nil)
	}
	return err
}
