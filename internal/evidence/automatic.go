package evidence

import (
	"context"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Automatic is a proof that the house makes itself, such as a signed adoption: a card without a file that points to a page.
type Automatic struct {
	ID, Title, Kind, Number, Agency, Path, Note string
	Date                                        int64
	Place                                       proof.Place
}

// Record keeps an automatic proof in a regency as part of the caller's transaction, accepted and linked. Doing it again
// changes nothing.
func (s *Service) Record(ctx context.Context, tx *db.Tx, regency int64, a Automatic) error {
	n, err := tx.Exec(`INSERT INTO evidence_item (regency_id, id, title, kind, number, date, period_from, period_to, agency_id, page, confidentiality, valid_until, supersedes, note,
		state, reason, url, file_name, file_type, file_group, file_hash, file_size, created_by, created_at, changed_at, rev)
		VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, '', 'internal', 0, '', $8, 'accepted', '', $9, '', '', '', '', 0, '', $10, $10, 1) ON CONFLICT (regency_id, id) DO NOTHING`,
		regency, a.ID, a.Title, a.Kind, a.Number, a.Date, a.Agency, a.Note, a.Path, s.now())
	if err != nil || n == 0 {
		return err
	}
	i := Item{ID: a.ID, Title: a.Title, Kind: a.Kind, Number: a.Number, Agency: a.Agency, Note: a.Note}
	if err := s.store.addWords(tx, regency, i.ID, "card", i.words()); err != nil {
		return err
	}
	if _, err := s.store.insertLink(tx, regency, a.Place, a.ID, "", s.now()); err != nil {
		return err
	}
	ctx = tenant.With(ctx, tenant.SystemOf(regency, "adoption"))
	if i, err = s.store.get(ctx, tx, regency, a.ID); err != nil {
		return err
	}
	hash, number, err := s.accept(ctx, tx, i, 0)
	if err != nil {
		return err
	}
	return s.record(ctx, tx, "automatic", i, "", nil, struct {
		seal.Decision
		Automatic
	}{seal.Decision{State: Accepted, Decided: hash, Version: number}, a})
}
