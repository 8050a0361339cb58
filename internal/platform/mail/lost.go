package mail

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
)

type letter struct {
	regency  int64
	id, args string
}

// Closes counts the letters of the outbox that nothing opens when one sealing key alone stays, by its id; "" when none stays.
func Closes(ctx context.Context, d *db.DB, stays string) (n int, err error) {
	all, err := letters(ctx, d)
	for _, l := range all {
		var w waiting
		if json.Unmarshal([]byte(l.args), &w) == nil && keys.IsSealed(w.Sealed) && !keys.SealedBy(w.Sealed, stays) {
			n++
		}
	}
	return n, err
}

func letters(ctx context.Context, d *db.DB) ([]letter, error) {
	rows, err := d.Query(ctx, `SELECT regency_id, id, args FROM jobs_job WHERE regency_id >= 0 AND kind = $1`, Kind)
	return db.Collect(rows, err, func(r *sql.Rows) (l letter, err error) { return l, r.Scan(&l.regency, &l.id, &l.args) })
}

// GiveUp drops the letters of the outbox that are sealed with a key that is not in the key folder: nobody can read them
// any more. It gives how many; record leaves an entry for each regency.
func GiveUp(ctx context.Context, d *db.DB, box *keys.Box, record keys.Record) (n int, err error) {
	all, err := letters(ctx, d)
	if err != nil {
		return 0, err
	}
	given := map[int64]int{}
	err = d.Tx(ctx, func(tx *db.Tx) error {
		for _, l := range all {
			var w waiting
			if json.Unmarshal([]byte(l.args), &w) != nil || box.Opens(w.Sealed) {
				continue
			}
			gone, err := tx.Exec(`DELETE FROM jobs_job WHERE regency_id = $1 AND id = $2`, l.regency, l.id)
			if err != nil {
				return err
			}
			given[l.regency] += int(gone)
		}
		n, err = keys.Tell(ctx, tx, "jobs_job", given, record)
		return err
	})
	return n, err
}
