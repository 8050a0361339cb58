package evidence

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Card is the part of a proof that people write and may propose to change after it was accepted. Times are milliseconds.
type Card struct {
	Title           string `json:"title"`
	Kind            string `json:"kind"`
	Number          string `json:"number"`
	Date            int64  `json:"date"`
	From            int64  `json:"period_from"`
	To              int64  `json:"period_to"`
	Agency          string `json:"agency"`
	Page            string `json:"page"`
	Confidentiality string `json:"confidentiality"`
	ValidUntil      int64  `json:"valid_until"`
	Supersedes      string `json:"supersedes"`
	Note            string `json:"note"`
	URL             string `json:"url"`
}

// Card gives the written part of a proof.
func (i Item) Card() Card {
	return Card{i.Title, i.Kind, i.Number, i.Date, i.From, i.To, i.Agency, i.Page, i.Confidentiality, i.ValidUntil, i.Supersedes, i.Note, i.URL}
}

// With gives the proof with another card. The file of a proof never changes.
func (i Item) With(c Card) Item {
	i.Title, i.Kind, i.Number, i.Date, i.From, i.To = c.Title, c.Kind, c.Number, c.Date, c.From, c.To
	i.Agency, i.Page, i.Confidentiality, i.ValidUntil, i.Supersedes, i.Note, i.URL = c.Agency, c.Page, c.Confidentiality, c.ValidUntil, c.Supersedes, c.Note, c.URL
	return i
}

// Replaced is the state of a proposal that a newer one took the place of, or that its agency took back.
const Replaced = "replaced"

// Version is a card of a proof: one that was accepted, or a proposal to change an accepted one. Hash is the fingerprint
// that an accepted one was bound to.
type Version struct {
	Number            int64
	Card              Card
	State, Reason     string
	Hash              string
	By, DecidedBy     string
	MadeAt, DecidedAt int64
}

const versionColumns = `number, card, state, reason, hash, made_by, made_at, decided_by, decided_at`

func scanVersion(r interface{ Scan(...any) error }) (v Version, err error) {
	var card string
	if err := r.Scan(&v.Number, &card, &v.State, &v.Reason, &v.Hash, &v.By, &v.MadeAt, &v.DecidedBy, &v.DecidedAt); err != nil {
		return v, err
	}
	if err := json.Unmarshal([]byte(card), &v.Card); err != nil {
		return v, fmt.Errorf("version %d: %w", v.Number, err)
	}
	return v, nil
}

func (s store) version(ctx context.Context, q db.Queryer, regency int64, id string, number int64) (Version, error) {
	return scanVersion(q.QueryRow(ctx, `SELECT `+versionColumns+` FROM evidence_version WHERE regency_id = $1 AND evidence_id = $2 AND number = $3`, regency, id, number))
}

// author gives who wrote the card of a proof that stands: that of the newest accepted version, or the first one.
func (s store) author(ctx context.Context, q db.Queryer, regency int64, i Item) (by string, err error) {
	err = q.QueryRow(ctx, `SELECT made_by FROM evidence_version WHERE regency_id = $1 AND evidence_id = $2 AND state = 'accepted'
		ORDER BY number DESC LIMIT 1`, regency, i.ID).Scan(&by)
	if db.NotFound(err) {
		return i.CreatedBy, nil
	}
	return by, err
}

// Versions lists the cards of a proof, newest first.
func (s *Service) Versions(ctx context.Context, id string) ([]Version, error) {
	if _, err := s.Get(ctx, id); err != nil {
		return nil, err
	}
	rows, err := s.DB.Query(ctx, `SELECT `+versionColumns+` FROM evidence_version WHERE regency_id = $1 AND evidence_id = $2 ORDER BY number DESC`, tenant.From(ctx).Regency, id)
	return db.Collect(rows, err, func(r *sql.Rows) (Version, error) { return scanVersion(r) })
}

// Proposal gives the change of an accepted proof that waits for a decision or was returned; ok is false when there is none.
func (s *Service) Proposal(ctx context.Context, i Item) (v Version, ok bool, err error) {
	if i.Pending == 0 {
		return v, false, nil
	}
	v, err = s.store.version(ctx, s.DB, tenant.From(ctx).Regency, i.ID, i.Pending)
	return v, err == nil, err
}

// addVersion keeps a card under the next number and gives that.
func (s *Service) addVersion(ctx context.Context, tx *db.Tx, regency int64, id string, v Version) (int64, error) {
	card, err := json.Marshal(v.Card)
	if err != nil {
		return 0, err
	}
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(number), 0) + 1 FROM evidence_version WHERE regency_id = $1 AND evidence_id = $2`, regency, id).Scan(&v.Number); err != nil {
		return 0, err
	}
	_, err = tx.Exec(`INSERT INTO evidence_version (regency_id, evidence_id, number, card, state, reason, hash, made_by, made_at, decided_by, decided_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, regency, id, v.Number, string(card), v.State, v.Reason, v.Hash, v.By, v.MadeAt, v.DecidedBy, v.DecidedAt)
	return v.Number, err
}

// endVersion writes what became of a proposal.
func (s *Service) endVersion(ctx context.Context, tx *db.Tx, id string, number int64, state, reason, hash string) error {
	a := tenant.From(ctx)
	_, err := tx.Exec(`UPDATE evidence_version SET state = $4, reason = $5, hash = $6, decided_by = $7, decided_at = $8
		WHERE regency_id = $1 AND evidence_id = $2 AND number = $3`, a.Regency, id, number, state, reason, hash, a.UserID, s.now())
	return err
}

// setPending says which version of an accepted proof waits, 0 none. It is a change of the proof: who decides must have seen it.
func (s store) setPending(tx *db.Tx, regency int64, i Item, number, now int64) error {
	return changed(tx.Exec(`UPDATE evidence_item SET pending = $4, changed_at = $5, rev = rev + 1 WHERE regency_id = $1 AND id = $2 AND rev = $3`,
		regency, i.ID, i.Rev, number, now))
}
