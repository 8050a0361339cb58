package evidence

import (
	"context"
	"database/sql"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/tenant"
)

// mostEnded is how many rows end in one transaction, so that people need not wait for long.
const mostEnded = 200

// ended is a row whose time is over.
type ended struct {
	regency int64
	id      string
}

// expire is the daily job that marks proofs whose validity ended, each with an entry in the trail of its regency.
func (s *Service) expire(ctx context.Context, _ jobs.Job) error {
	return s.each(ctx, `SELECT regency_id, id FROM evidence_item WHERE regency_id > 0 AND valid_until > 0 AND valid_until < $1
		AND state = 'accepted' ORDER BY regency_id, id LIMIT $2`, s.expireOne)
}

func (s *Service) expireOne(ctx context.Context, tx *db.Tx, o ended) error {
	i, err := s.store.get(ctx, tx, o.regency, o.id)
	if err != nil || i.State != Accepted {
		return ignoreGone(err)
	}
	step, err := decisions().Take(ctx, moveExpire, decidable{Item: i}, "")
	if err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE evidence_item SET state = $4, rev = rev + 1 WHERE regency_id = $1 AND id = $2 AND rev = $3`,
		o.regency, o.id, i.Rev, step.To)
	if err != nil || n == 0 {
		return err
	}
	return s.record(ctx, tx, step.To, i, "", map[string]any{"state": step.From, "valid_until": i.ValidUntil}, map[string]any{"state": step.To})
}

// endClaims forgets the claims of files that nobody gave a card in time, each with an entry in the trail of its regency.
func (s *Service) endClaims(ctx context.Context) error {
	return s.each(ctx, `SELECT regency_id, id FROM evidence_claim WHERE regency_id > 0 AND until < $1
		ORDER BY regency_id, id LIMIT $2`, s.endClaim)
}

func (s *Service) endClaim(ctx context.Context, tx *db.Tx, o ended) error {
	var hash, agency, by string
	err := tx.QueryRow(ctx, `DELETE FROM evidence_claim WHERE regency_id = $1 AND id = $2 AND until < $3
		RETURNING file_hash, agency_id, claimed_by`, o.regency, o.id, s.now()).Scan(&hash, &agency, &by)
	if db.NotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.Audit.Record(ctx, tx, audit.Entry{Action: "evidence.claim.end", Object: "evidence_claim", ObjectID: o.id, Agency: agency,
		Before: map[string]any{"file_hash": hash, "claimed_by": by}})
}

// each ends the rows that a query finds, some in one transaction, as the program itself in the regency of each row.
func (s *Service) each(ctx context.Context, query string, end func(context.Context, *db.Tx, ended) error) error {
	now := s.now()
	for {
		rows, err := s.DB.Query(ctx, query, now, mostEnded)
		all, err := db.Collect(rows, err, func(r *sql.Rows) (o ended, err error) { return o, r.Scan(&o.regency, &o.id) })
		if err != nil || len(all) == 0 {
			return err
		}
		for from := 0; from < len(all); {
			until := from
			for until < len(all) && all[until].regency == all[from].regency {
				until++
			}
			in := tenant.With(ctx, tenant.SystemOf(all[from].regency, "evidence"))
			if err := s.DB.Tx(in, func(tx *db.Tx) error {
				for _, o := range all[from:until] {
					if err := end(in, tx, o); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				return err
			}
			from = until
		}
	}
}
