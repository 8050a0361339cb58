package reuse

import (
	"context"
	"database/sql"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

type store struct{ d *db.DB }

func scanLine(r *sql.Rows) (l Line, err error) {
	var kinds string
	err = r.Scan(&l.From.Of, &l.From.Item, &l.To.Of, &l.To.Item, &kinds, &l.Strength, &l.Why.ID, &l.Why.EN, &l.Off, &l.Rev)
	if kinds != "" {
		l.Kinds = strings.Split(kinds, ",")
	}
	return l, err
}

func (s store) lines(ctx context.Context, q db.Queryer, regency int64) ([]Line, error) {
	rows, err := q.Query(ctx, `SELECT from_kind, from_item, to_kind, to_item, kinds, strength, why_id, why_en, off, rev FROM reuse_map WHERE regency_id = $1 ORDER BY id`, regency)
	return db.Collect(rows, err, scanLine)
}

// putLine writes the regency's row of a line if nobody changed it since Rev was read; Rev 0 makes it.
func (s store) putLine(tx *db.Tx, a tenant.Actor, l Line, at int64) error {
	if l.Rev == 0 {
		_, err := tx.Exec(`INSERT INTO reuse_map (regency_id, id, from_kind, from_item, to_kind, to_item, kinds, strength, why_id, why_en, off, changed_by, changed_at, rev)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)`,
			a.Regency, l.ID(), l.From.Of, l.From.Item, l.To.Of, l.To.Item, strings.Join(l.Kinds, ","), l.Strength, l.Why.ID, l.Why.EN, l.Off, a.UserID, at)
		if db.IsUnique(err) {
			return errs.E(errs.Conflict, "reuse.error.changed", err)
		}
		return err
	}
	n, err := tx.Exec(`UPDATE reuse_map SET kinds = $4, strength = $5, why_id = $6, why_en = $7, off = $8, changed_by = $9, changed_at = $10, rev = rev + 1
		WHERE regency_id = $1 AND id = $2 AND rev = $3`, a.Regency, l.ID(), l.Rev, strings.Join(l.Kinds, ","), l.Strength, l.Why.ID, l.Why.EN, l.Off, a.UserID, at)
	if err == nil && n == 0 {
		return errs.E(errs.Conflict, "reuse.error.changed", nil)
	}
	return err
}

// Batch is what was linked at once.
type Batch struct {
	ID, Holder, By string
	At, UndoneAt   int64
	Links          []BatchLink
}

// BatchLink is one link of a batch. Item may name a slot.
type BatchLink struct{ Evidence, Item string }

func (s store) insertBatch(tx *db.Tx, regency int64, b Batch) error {
	if _, err := tx.Exec(`INSERT INTO reuse_batch (regency_id, id, holder, made_by, made_at, undone_by, undone_at) VALUES ($1, $2, $3, $4, $5, '', 0)`,
		regency, b.ID, b.Holder, b.By, b.At); err != nil {
		return err
	}
	for n, l := range b.Links {
		if _, err := tx.Exec(`INSERT INTO reuse_batch_link (regency_id, batch_id, n, evidence_id, item) VALUES ($1, $2, $3, $4, $5)`, regency, b.ID, n, l.Evidence, l.Item); err != nil {
			return err
		}
	}
	return nil
}

// deleteBatch forgets a batch of which nothing was linked.
func (s store) deleteBatch(tx *db.Tx, regency int64, batch string) error {
	if _, err := tx.Exec(`DELETE FROM reuse_batch_link WHERE regency_id = $1 AND batch_id = $2`, regency, batch); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM reuse_batch WHERE regency_id = $1 AND id = $2`, regency, batch)
	return err
}

// dropLinks forgets links of a batch that were not made in the end.
func (s store) dropLinks(tx *db.Tx, regency int64, batch string, numbers []int) error {
	for _, n := range numbers {
		if _, err := tx.Exec(`DELETE FROM reuse_batch_link WHERE regency_id = $1 AND batch_id = $2 AND n = $3`, regency, batch, n); err != nil {
			return err
		}
	}
	return nil
}

func (s store) batch(ctx context.Context, regency int64, id string) (Batch, error) {
	b := Batch{ID: id}
	err := s.d.QueryRow(ctx, `SELECT holder, made_by, made_at, undone_at FROM reuse_batch WHERE regency_id = $1 AND id = $2`, regency, id).Scan(&b.Holder, &b.By, &b.At, &b.UndoneAt)
	if db.NotFound(err) {
		return b, errs.E(errs.NotFound, "reuse.error.batch", err)
	}
	if err != nil {
		return b, err
	}
	rows, err := s.d.Query(ctx, `SELECT evidence_id, item FROM reuse_batch_link WHERE regency_id = $1 AND batch_id = $2 ORDER BY n`, regency, id)
	b.Links, err = db.Collect(rows, err, func(r *sql.Rows) (l BatchLink, err error) { return l, r.Scan(&l.Evidence, &l.Item) })
	return b, err
}

// undone marks a batch as taken back; it was already when nothing changed.
func (s store) undone(tx *db.Tx, a tenant.Actor, batch string, at int64) error {
	n, err := tx.Exec(`UPDATE reuse_batch SET undone_by = $3, undone_at = $4 WHERE regency_id = $1 AND id = $2 AND undone_at = 0`, a.Regency, batch, a.UserID, at)
	if err == nil && n == 0 {
		return errs.E(errs.Conflict, "reuse.error.undone", nil)
	}
	return err
}
