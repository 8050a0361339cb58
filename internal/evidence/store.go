package evidence

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
)

type store struct{ d *db.DB }

const columns = `e.id, e.title, e.kind, e.number, e.date, e.period_from, e.period_to, e.agency_id, e.page, e.confidentiality, e.valid_until, e.supersedes, e.note,
	e.state, e.reason, e.url, e.file_name, e.file_type, e.file_group, e.file_hash, e.file_size, e.created_by, e.created_at, e.changed_at, e.rev,
	e.decided_hash, e.decided_by, e.decided_at, e.pending`

func scan(r interface{ Scan(...any) error }) (i Item, err error) {
	return i, r.Scan(&i.ID, &i.Title, &i.Kind, &i.Number, &i.Date, &i.From, &i.To, &i.Agency, &i.Page, &i.Confidentiality, &i.ValidUntil, &i.Supersedes, &i.Note,
		&i.State, &i.Reason, &i.URL, &i.FileName, &i.FileType, &i.FileGroup, &i.FileHash, &i.FileSize, &i.CreatedBy, &i.CreatedAt, &i.ChangedAt, &i.Rev,
		&i.DecidedHash, &i.DecidedBy, &i.DecidedAt, &i.Pending)
}

func scanRows(r *sql.Rows) (Item, error) { return scan(r) }

func (s store) get(ctx context.Context, q db.Queryer, regency int64, id string) (Item, error) {
	i, err := scan(q.QueryRow(ctx, `SELECT `+columns+` FROM evidence_item e WHERE e.regency_id = $1 AND e.id = $2`, regency, id))
	if db.NotFound(err) {
		return i, errs.E(errs.NotFound, "evidence.error.not_found", err)
	}
	return i, err
}

func (s store) insert(tx *db.Tx, regency int64, i Item) error {
	_, err := tx.Exec(`INSERT INTO evidence_item (regency_id, id, title, kind, number, date, period_from, period_to, agency_id, page, confidentiality, valid_until, supersedes, note,
		state, reason, url, file_name, file_type, file_group, file_hash, file_size, created_by, created_at, changed_at, rev)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, 1)`,
		regency, i.ID, i.Title, i.Kind, i.Number, i.Date, i.From, i.To, i.Agency, i.Page, i.Confidentiality, i.ValidUntil, i.Supersedes, i.Note,
		i.State, i.Reason, i.URL, i.FileName, i.FileType, i.FileGroup, i.FileHash, i.FileSize, i.CreatedBy, i.CreatedAt, i.ChangedAt)
	return err
}

// update writes a card if nobody changed it since rev was read. The file of a proof never changes.
func (s store) update(tx *db.Tx, regency int64, i Item) error {
	return changed(tx.Exec(`UPDATE evidence_item SET title = $4, kind = $5, number = $6, date = $7, period_from = $8, period_to = $9, agency_id = $10, page = $11, confidentiality = $12,
		valid_until = $13, supersedes = $14, note = $15, state = $16, reason = $17, url = $18, changed_at = $19, rev = rev + 1
		WHERE regency_id = $1 AND id = $2 AND rev = $3`, regency, i.ID, i.Rev, i.Title, i.Kind, i.Number, i.Date, i.From, i.To, i.Agency, i.Page, i.Confidentiality,
		i.ValidUntil, i.Supersedes, i.Note, i.State, i.Reason, i.URL, i.ChangedAt))
}

func changed(n int64, err error) error {
	if err == nil && n == 0 {
		return errs.E(errs.Conflict, "evidence.error.changed", nil)
	}
	return err
}

// usedAll is what a whole regency keeps and is receiving, other than one upload.
func (s store) usedAll(ctx context.Context, q db.Queryer, regency int64, without string, now int64) (n int64, err error) {
	err = q.QueryRow(ctx, `SELECT (SELECT coalesce(sum(file_size), 0) FROM evidence_item WHERE regency_id = $1)
		+ (SELECT coalesce(sum(size), 0) FROM evidence_claim WHERE regency_id = $1 AND until >= $2 AND (upload = '' OR upload <> $3))`,
		regency, now, without).Scan(&n)
	return n, err
}

// used is what an agency has taken of its quota: its files, and the room of uploads that come in, other than one.
func (s store) used(ctx context.Context, q db.Queryer, regency int64, agency, without string, now int64) (n int64, err error) {
	var coming int64
	if err := q.QueryRow(ctx, `SELECT coalesce(sum(file_size), 0) FROM evidence_item WHERE regency_id = $1 AND agency_id = $2`, regency, agency).Scan(&n); err != nil {
		return 0, err
	}
	err = q.QueryRow(ctx, `SELECT coalesce(sum(size), 0) FROM evidence_claim WHERE regency_id = $1 AND agency_id = $2 AND until >= $3
		AND (upload = '' OR upload <> $4)`, regency, agency, now, without).Scan(&coming)
	return n + coming, err
}

func (s store) byIDs(ctx context.Context, regency int64, ids []string) ([]Item, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args, marks := []any{regency}, make([]string, len(ids))
	for n, id := range ids {
		args = append(args, id)
		marks[n] = "$" + strconv.Itoa(len(args))
	}
	rows, err := s.d.Query(ctx, `SELECT `+columns+` FROM evidence_item e WHERE e.regency_id = $1 AND e.id IN (`+strings.Join(marks, ", ")+`)`, args...)
	return db.Collect(rows, err, scanRows)
}

// setWords replaces the words of one source.
func (s store) setWords(tx *db.Tx, regency int64, id, source string, words []string) error {
	if _, err := tx.Exec(`DELETE FROM evidence_word WHERE regency_id = $1 AND evidence_id = $2 AND source = $3`, regency, id, source); err != nil {
		return err
	}
	return s.addWords(tx, regency, id, source, words)
}

// addWords keeps the words of a source that has none yet.
func (s store) addWords(tx *db.Tx, regency int64, id, source string, words []string) error {
	const batch = 200
	for len(words) > 0 {
		some := words[:min(batch, len(words))]
		words = words[len(some):]
		args, values := []any{regency, id, source}, make([]string, len(some))
		for n, w := range some {
			args = append(args, w)
			values[n] = "($1, $" + strconv.Itoa(len(args)) + ", $2, $3)"
		}
		if _, err := tx.Exec(`INSERT INTO evidence_word (regency_id, word, evidence_id, source) VALUES `+strings.Join(values, ", "), args...); err != nil {
			return err
		}
	}
	return nil
}

func (s store) setReading(tx *db.Tx, regency int64, id string, r Reading) error {
	_, err := tx.Exec(`INSERT INTO evidence_reading (regency_id, evidence_id, failure, pages, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (regency_id, evidence_id) DO UPDATE SET failure = excluded.failure, pages = excluded.pages, at = excluded.at`,
		regency, id, r.Failure, r.Pages, r.At)
	return err
}

// reading gives how the last reading ended; At is 0 when there was none.
func (s store) reading(ctx context.Context, regency int64, id string) (r Reading, err error) {
	err = s.d.QueryRow(ctx, `SELECT failure, pages, at, look, look_width, look_height FROM evidence_reading WHERE regency_id = $1 AND evidence_id = $2`, regency, id).
		Scan(&r.Failure, &r.Pages, &r.At, &r.Look.Hash, &r.Look.Width, &r.Look.Height)
	if db.NotFound(err) {
		err = nil
	}
	return r, err
}
