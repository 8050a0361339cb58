package evaluation

import (
	"context"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// SampleRound is a round of the sample data with its answers; ids and states are taken as given.
type SampleRound struct {
	Round    Round
	Items    []Item
	Requests []Request
	Figures  []Figure
}

// Sample writes sample rounds. It is for an empty regency only and writes one audit entry per round.
// Its proofs and marks come later; what it decided is bound when they are there.
func (s *Service) Sample(ctx context.Context, all []SampleRound) error {
	regency := tenant.From(ctx).Regency
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, x := range all {
			if err := s.sampleRound(ctx, tx, regency, x); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) sampleRound(ctx context.Context, tx *db.Tx, regency int64, x SampleRound) error {
	if err := s.store.insertRound(tx, regency, x.Round); err != nil {
		return err
	}
	for _, i := range x.Items {
		if err := s.store.insertItem(tx, regency, x.Round.ID, i); err != nil {
			return err
		}
		if i.Reason != "" {
			if _, err := tx.Exec(`UPDATE evaluation_item SET reason = $4 WHERE regency_id = $1 AND round_id = $2 AND code = $3`, regency, x.Round.ID, i.Code, i.Reason); err != nil {
				return err
			}
		}
	}
	for _, statement := range []string{
		`UPDATE evaluation_item SET decided_hash = 'unbound' WHERE regency_id = $1 AND round_id = $2 AND state IN ('approved', 'checked')`,
		`UPDATE evaluation_round SET seal = 'unbound' WHERE regency_id = $1 AND id = $2 AND state = 'done'`,
	} {
		if _, err := tx.Exec(statement, regency, x.Round.ID); err != nil {
			return err
		}
	}
	for _, r := range x.Requests {
		r.Round = x.Round.ID
		if err := s.store.insertRequest(tx, regency, r); err != nil {
			return err
		}
	}
	for _, f := range x.Figures {
		f.Rev = 0
		if err := s.putFigure(ctx, tx, f); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, "round.sample", "round", x.Round.ID, "", "data contoh", nil, x.Round)
}
