package evidence

import (
	"context"
	"database/sql"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// An accepted proof is bound to what was accepted: card, address, file and the places it served. Its fingerprint stands in
// the row and in the audit trail, written by the transaction that decides.

func (i Item) form(kind string) *seal.Form {
	return seal.New(kind).Text("id", i.ID).Text("title", i.Title).Text("kind", i.Kind).Text("number", i.Number).Number("date", i.Date).
		Number("period_from", i.From).Number("period_to", i.To).Text("agency", i.Agency).Text("page", i.Page).Text("confidentiality", i.Confidentiality).
		Number("valid_until", i.ValidUntil).Text("supersedes", i.Supersedes).Text("note", i.Note).Text("url", i.URL).Text("file_name", i.FileName).
		Text("file_sha256", i.FileHash).Number("file_size", i.FileSize)
}

// Content is the fingerprint of card, address and file, wherever the proof hangs.
func (i Item) Content() string { return i.form("evidence-content").Hash() }

// Fingerprint is what a decision on a proof is bound to: card, address, file and the places it serves.
func Fingerprint(i Item, places []proof.Place) string {
	var lines []string
	for _, p := range places {
		lines = append(lines, p.String())
	}
	return i.form("evidence").List("place", lines).Hash()
}

// bind binds an accepted proof as it hangs now.
func (s *Service) bind(ctx context.Context, tx *db.Tx, regency int64, i Item, by string) (string, error) {
	if err := s.store.bindLinks(tx, regency, i.ID, 1); err != nil {
		return "", err
	}
	return s.rebind(ctx, tx, regency, i, by)
}

// rebind writes the fingerprint of an accepted proof with the places that are part of the acceptance.
func (s *Service) rebind(ctx context.Context, tx *db.Tx, regency int64, i Item, by string) (string, error) {
	places, err := s.store.places(ctx, tx, regency, i.ID, true)
	if err != nil {
		return "", err
	}
	hash := Fingerprint(i, places)
	_, err = tx.Exec(`UPDATE evidence_item SET decided_hash = $3, decided_by = $4, decided_at = $5 WHERE regency_id = $1 AND id = $2`,
		regency, i.ID, hash, by, s.now())
	return hash, err
}

// unbind takes the fingerprint from a proof that is no longer accepted.
func (s *Service) unbind(tx *db.Tx, regency int64, id string) error {
	if _, err := tx.Exec(`UPDATE evidence_item SET decided_hash = '', decided_by = '', decided_at = 0 WHERE regency_id = $1 AND id = $2`, regency, id); err != nil {
		return err
	}
	return s.store.bindLinks(tx, regency, id, 0)
}

// Intact reports whether an accepted proof still is what was accepted. One that was never accepted is.
func (s *Service) Intact(ctx context.Context, i Item) (bool, error) { return s.intact(ctx, s.DB, i) }

func (s *Service) intact(ctx context.Context, q db.Queryer, i Item) (bool, error) {
	if !seal.Bound(i.DecidedHash) {
		return i.State != Accepted, nil
	}
	places, err := s.store.places(ctx, q, tenant.From(ctx).Regency, i.ID, true)
	return err != nil || Fingerprint(i, places) == i.DecidedHash, err
}

// unaltered refuses a proof that no longer is what was accepted: bound anew it would look as if it were.
func (s *Service) unaltered(ctx context.Context, tx *db.Tx, i Item) error {
	whole, err := s.intact(ctx, tx, i)
	if err == nil && !whole {
		err = errs.E(errs.Conflict, "evidence.error.altered", nil)
	}
	return err
}

// Old is what may have been accepted before decisions carried a fingerprint.
func (s *Service) Old() []seal.Old {
	return []seal.Old{{Object: "evidence_item", Bind: s.bindOne, Find: func(ctx context.Context) ([]seal.Key, error) {
		rows, err := s.DB.Query(ctx, `SELECT regency_id, id FROM evidence_item WHERE regency_id > 0 AND decided_hash = 'unbound'`)
		return db.Collect(rows, err, func(r *sql.Rows) (k seal.Key, err error) { return k, r.Scan(&k.Regency, &k.ID) })
	}}}
}

func (s *Service) bindOne(ctx context.Context, tx *db.Tx, id string) error {
	regency := tenant.From(ctx).Regency
	i, err := s.store.get(ctx, tx, regency, id)
	if err != nil || i.DecidedHash != seal.Unbound {
		return ignoreGone(err)
	}
	hash, err := s.bind(ctx, tx, regency, i, "")
	if err != nil {
		return err
	}
	return s.record(ctx, tx, "bound", i, "", nil, seal.Decision{State: i.State, Decided: hash})
}

// Decisions compares every accepted proof of the regency with what was accepted and with the audit trail. It gives how many
// were looked at and what no longer fits.
func (s *Service) Decisions(ctx context.Context) (int, []seal.Mismatch, error) {
	regency := tenant.From(ctx).Regency
	check, err := seal.Begin(ctx, s.Audit, "evidence_item")
	if err != nil {
		return 0, nil, err
	}
	places, err := s.store.boundPlaces(ctx, regency)
	if err != nil {
		return 0, nil, err
	}
	rows, err := s.DB.Query(ctx, `SELECT `+columns+` FROM evidence_item e WHERE e.regency_id = $1
		AND (e.state = 'accepted' OR e.state = 'expired' AND e.decided_hash <> '') ORDER BY e.id`, regency)
	all, err := db.Collect(rows, err, scanRows)
	if err != nil {
		return 0, nil, err
	}
	for _, i := range all {
		check.Add(i.ID, i.Title, i.DecidedHash, Fingerprint(i, places[i.ID]))
	}
	n, wrong := check.End()
	return n, wrong, nil
}

// errSealed says that a round which has ended uses a proof, and what to do instead.
func (s *Service) errSealed(ctx context.Context, p proof.Place) error {
	title := p.Thing.String()
	if u, err := s.use(ctx, p); err == nil {
		title = u.Title
	}
	return errs.E(errs.Conflict, "evidence.error.sealed", nil, "Place", title)
}

// notSealed refuses when a round that has ended uses the proof.
func (s *Service) notSealed(ctx context.Context, tx *db.Tx, id string) error {
	p, err := s.store.sealedPlace(ctx, tx, tenant.From(ctx).Regency, id)
	if db.NotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.errSealed(ctx, p)
}
