package evidence

import (
	"context"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// When a round ends, its links keep the state each proof had then: what expires or is decided later is no matter of that
// round any more, and nothing it used can be changed or removed.

// heldColumns are those of an item that hangs on something: in a round that has ended, with the state it had at the end.
const heldColumns = `e.id, e.title, e.kind, e.number, e.date, e.period_from, e.period_to, e.agency_id, e.page, e.confidentiality, e.valid_until, e.supersedes, e.note,
	CASE WHEN l.sealed <> '' THEN l.sealed ELSE e.state END, e.reason, e.url, e.file_name, e.file_type, e.file_group, e.file_hash, e.file_size,
	e.created_by, e.created_at, e.changed_at, e.rev, e.decided_hash, e.decided_by, e.decided_at, e.pending`

// Seal keeps what the proofs of a thing are, as part of the caller's transaction.
func (s *Service) Seal(ctx context.Context, tx *db.Tx, t proof.Thing) error {
	return s.store.sealLinks(tx, tenant.From(ctx).Regency, t)
}

// Unseal lets the proofs of a thing go on, when it was opened again.
func (s *Service) Unseal(ctx context.Context, tx *db.Tx, t proof.Thing) error {
	return s.store.unsealLinks(tx, tenant.From(ctx).Regency, t)
}

// Lines gives one line for each proof of a thing: spot, proof, state and the fingerprint of its content. They are what the
// seal of a round holds.
func (s *Service) Lines(ctx context.Context, q db.Queryer, t proof.Thing) ([]string, error) {
	all, err := s.store.heldIn(ctx, q, tenant.From(ctx).Regency, t)
	var out []string
	for _, h := range all {
		out = append(out, h.at.String()+" "+h.item.ID+" "+h.item.State+" "+h.item.Content())
	}
	return out, err
}

// ItemLines gives one line for each proof of a question and its slots: spot, proof, and the file or address behind it. They
// are what the approval of an answer holds; the card of a proof has decisions of its own.
func (s *Service) ItemLines(ctx context.Context, q db.Queryer, t proof.Thing, item string) ([]string, error) {
	return s.store.itemLines(ctx, q, tenant.From(ctx).Regency, t, item)
}

// Release lets the assessors of a round see a restricted proof, or takes that back. Only who decides on proofs may; without
// it no assessor from outside sees what is restricted.
func (s *Service) Release(ctx context.Context, id, round string, on bool) error {
	i, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := mayDecide(ctx); err != nil {
		return err
	}
	a, action := tenant.From(ctx), "release"
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		var n int64
		if on {
			n, err = tx.Exec(`INSERT INTO evidence_release (regency_id, round_id, evidence_id, released_by, at) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (regency_id, evidence_id, round_id) DO NOTHING`, a.Regency, round, id, a.UserID, s.now())
		} else {
			action = "withhold"
			n, err = tx.Exec(`DELETE FROM evidence_release WHERE regency_id = $1 AND round_id = $2 AND evidence_id = $3`, a.Regency, round, id)
		}
		if err != nil || n == 0 {
			return err
		}
		return s.record(ctx, tx, action, i, "", nil, map[string]string{"round": round})
	})
}

// released lists the rounds whose assessors may see a restricted proof.
func (s store) released(ctx context.Context, regency int64, id string) (map[string]bool, error) {
	rows, err := s.d.Query(ctx, `SELECT round_id FROM evidence_release WHERE regency_id = $1 AND evidence_id = $2`, regency, id)
	all, err := db.Collect(rows, err, scanText)
	out := map[string]bool{}
	for _, round := range all {
		out[round] = true
	}
	return out, err
}
