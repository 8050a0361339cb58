package assessment

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/pendapa/pendapa/internal/platform/db"
)

const publishedColumns = `round_id, letter, date, index_value, components, note, changed_by, changed_at, rev, decided_hash`

func scanPublished(r scanner) (p Published, err error) {
	var parts string
	if err := r.Scan(&p.Round, &p.Letter, &p.Date, &p.Index, &parts, &p.Note, &p.ChangedBy, &p.ChangedAt, &p.Rev, &p.DecidedHash); err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(parts), &p.Components); err != nil {
		return p, fmt.Errorf("components of round %s: %w", p.Round, err)
	}
	return p, nil
}

// published gives the letter of a round; the zero Published when none was entered.
func (s store) published(ctx context.Context, q db.Queryer, regency int64, round string) (Published, error) {
	p, err := scanPublished(q.QueryRow(ctx, `SELECT `+publishedColumns+` FROM assessment_published WHERE regency_id = $1 AND round_id = $2`, regency, round))
	if db.NotFound(err) {
		return Published{Round: round}, nil
	}
	return p, err
}

// allPublished reads what was published of every round; one without a letter has only its name.
func (s store) allPublished(ctx context.Context, regency int64) (func(round string) Published, error) {
	rows, err := s.d.Query(ctx, `SELECT `+publishedColumns+` FROM assessment_published WHERE regency_id = $1`, regency)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (Published, error) { return scanPublished(r) })
	known := map[string]Published{}
	for _, p := range all {
		known[p.Round] = p
	}
	return func(round string) Published {
		if p, ok := known[round]; ok {
			return p
		}
		return Published{Round: round}
	}, err
}

func (s store) putPublished(tx *db.Tx, regency int64, p Published) error {
	parts, err := json.Marshal(p.Components)
	if err != nil {
		return err
	}
	if p.Rev == 0 {
		return changed(tx.Exec(`INSERT INTO assessment_published (regency_id, round_id, letter, date, index_value, components, note, changed_by, changed_at, rev)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1) ON CONFLICT DO NOTHING`, regency, p.Round, p.Letter, p.Date, p.Index, string(parts), p.Note, p.ChangedBy, p.ChangedAt))
	}
	return changed(tx.Exec(`UPDATE assessment_published SET letter = $4, date = $5, index_value = $6, components = $7, note = $8, changed_by = $9, changed_at = $10, rev = rev + 1
		WHERE regency_id = $1 AND round_id = $2 AND rev = $3`, regency, p.Round, p.Rev, p.Letter, p.Date, p.Index, string(parts), p.Note, p.ChangedBy, p.ChangedAt))
}

const findingColumns = `id, round_id, assessor, kind, item, body, written_by, at`

func scanFinding(r scanner) (f Finding, err error) {
	return f, r.Scan(&f.ID, &f.Round, &f.Assessor, &f.Kind, &f.Item, &f.Text, &f.By, &f.At)
}

func (s store) findings(ctx context.Context, regency int64, round string) ([]Finding, error) {
	rows, err := s.d.Query(ctx, `SELECT `+findingColumns+` FROM assessment_finding WHERE regency_id = $1 AND round_id = $2 ORDER BY assessor, at, id`, regency, round)
	return db.Collect(rows, err, func(r *sql.Rows) (Finding, error) { return scanFinding(r) })
}

func (s store) finding(ctx context.Context, q db.Queryer, regency int64, round, id string) (Finding, error) {
	f, err := scanFinding(q.QueryRow(ctx, `SELECT `+findingColumns+` FROM assessment_finding WHERE regency_id = $1 AND round_id = $2 AND id = $3`, regency, round, id))
	if db.NotFound(err) {
		return f, notFound(err)
	}
	return f, err
}

func (s store) insertFinding(tx *db.Tx, regency int64, f Finding) error {
	_, err := tx.Exec(`INSERT INTO assessment_finding (regency_id, round_id, id, assessor, kind, item, body, written_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		regency, f.Round, f.ID, f.Assessor, f.Kind, f.Item, f.Text, f.By, f.At)
	return err
}

func (s store) deleteFinding(tx *db.Tx, regency int64, round, id string) error {
	_, err := tx.Exec(`DELETE FROM assessment_finding WHERE regency_id = $1 AND round_id = $2 AND id = $3`, regency, round, id)
	return err
}

func (s store) followupsFrom(ctx context.Context, q db.Queryer, regency int64, finding string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM assessment_followup WHERE regency_id = $1 AND finding_id = $2`, regency, finding).Scan(&n)
	return n, err
}

const publicationColumns = `round_id, shown, result, masterplan, body, changed_by, changed_at, rev`

func scanPublication(r scanner) (p Publication, err error) {
	return p, r.Scan(&p.Round, &p.Shown, &p.Result, &p.Masterplan, &p.Text, &p.ChangedBy, &p.ChangedAt, &p.Rev)
}

func (s store) publication(ctx context.Context, q db.Queryer, regency int64, round string) (Publication, error) {
	p, err := scanPublication(q.QueryRow(ctx, `SELECT `+publicationColumns+` FROM assessment_publish WHERE regency_id = $1 AND round_id = $2`, regency, round))
	if db.NotFound(err) {
		return Publication{Round: round}, nil
	}
	return p, err
}

func (s store) publications(ctx context.Context, regency int64) ([]Publication, error) {
	rows, err := s.d.Query(ctx, `SELECT `+publicationColumns+` FROM assessment_publish WHERE regency_id = $1 AND shown`, regency)
	return db.Collect(rows, err, func(r *sql.Rows) (Publication, error) { return scanPublication(r) })
}

func (s store) putPublication(tx *db.Tx, regency int64, p Publication) error {
	if p.Rev == 0 {
		return changed(tx.Exec(`INSERT INTO assessment_publish (regency_id, round_id, shown, result, masterplan, body, changed_by, changed_at, rev)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) ON CONFLICT DO NOTHING`, regency, p.Round, p.Shown, p.Result, p.Masterplan, p.Text, p.ChangedBy, p.ChangedAt))
	}
	return changed(tx.Exec(`UPDATE assessment_publish SET shown = $4, result = $5, masterplan = $6, body = $7, changed_by = $8, changed_at = $9, rev = rev + 1
		WHERE regency_id = $1 AND round_id = $2 AND rev = $3`, regency, p.Round, p.Rev, p.Shown, p.Result, p.Masterplan, p.Text, p.ChangedBy, p.ChangedAt))
}
