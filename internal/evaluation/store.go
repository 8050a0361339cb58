package evaluation

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
)

type store struct{ d *db.DB }

type scanner interface{ Scan(...any) error }

const roundColumns = `id, title, year, pack, state, self_from, self_to, check_to, assess_from, assess_to, previous_id, choices, created_at, rev, seal`

func scanRound(r scanner) (x Round, err error) {
	var choices string
	if err := r.Scan(&x.ID, &x.Title, &x.Year, &x.Pack, &x.State, &x.SelfFrom, &x.SelfTo, &x.CheckTo, &x.AssessFrom, &x.AssessTo, &x.Previous, &choices, &x.CreatedAt, &x.Rev, &x.Seal); err != nil {
		return x, err
	}
	return x, json.Unmarshal([]byte(choices), &x.Choices)
}

// choicesText writes the chosen readings of a round; an empty object when there are none.
func choicesText(m map[string]string) string {
	if len(m) == 0 {
		return "{}"
	}
	text, _ := json.Marshal(m) // a map of texts always has a JSON form
	return string(text)
}

func (s store) rounds(ctx context.Context, regency int64) ([]Round, error) {
	rows, err := s.d.Query(ctx, `SELECT `+roundColumns+` FROM evaluation_round WHERE regency_id = $1 ORDER BY year DESC, created_at DESC`, regency)
	return db.Collect(rows, err, func(r *sql.Rows) (Round, error) { return scanRound(r) })
}

func (s store) round(ctx context.Context, q db.Queryer, regency int64, id string) (Round, error) {
	r, err := scanRound(q.QueryRow(ctx, `SELECT `+roundColumns+` FROM evaluation_round WHERE regency_id = $1 AND id = $2`, regency, id))
	if db.NotFound(err) {
		return r, errs.E(errs.NotFound, "evaluation.error.round", err)
	}
	return r, err
}

func (s store) insertRound(tx *db.Tx, regency int64, r Round) error {
	_, err := tx.Exec(`INSERT INTO evaluation_round (regency_id, id, title, year, pack, state, self_from, self_to, check_to, assess_from, assess_to, previous_id, choices, created_at, rev)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1)`, regency, r.ID, r.Title, r.Year, r.Pack, r.State,
		r.SelfFrom, r.SelfTo, r.CheckTo, r.AssessFrom, r.AssessTo, r.Previous, choicesText(r.Choices), r.CreatedAt)
	return err
}

// updateRound writes a round if nobody changed it since rev was read.
func (s store) updateRound(tx *db.Tx, regency int64, r Round) error {
	n, err := tx.Exec(`UPDATE evaluation_round SET title = $4, state = $5, self_from = $6, self_to = $7, check_to = $8, assess_from = $9, assess_to = $10, previous_id = $11, choices = $12, rev = rev + 1
		WHERE regency_id = $1 AND id = $2 AND rev = $3`, regency, r.ID, r.Rev, r.Title, r.State, r.SelfFrom, r.SelfTo, r.CheckTo, r.AssessFrom, r.AssessTo, r.Previous, choicesText(r.Choices))
	return changed(n, err)
}

func changed(n int64, err error) error {
	if err == nil && n == 0 {
		return errs.E(errs.Conflict, "evaluation.error.changed", nil)
	}
	return err
}

func (s store) packUsed(ctx context.Context, regency int64, pack string) (used bool, err error) {
	err = s.d.QueryRow(ctx, `SELECT count(*) > 0 FROM evaluation_round WHERE regency_id = $1 AND pack = $2`, regency, pack).Scan(&used)
	return used, err
}

const itemColumns = `code, lead, due, state, answer, self_mark, note, reason, answered_by, submitted_by, approved_by, changed_at, rev, decided_hash`

func scanItem(r scanner) (x Item, err error) {
	return x, r.Scan(&x.Code, &x.Lead, &x.Due, &x.State, &x.Answer, &x.SelfMark, &x.Note, &x.Reason, &x.AnsweredBy, &x.SubmittedBy, &x.ApprovedBy, &x.ChangedAt, &x.Rev, &x.DecidedHash)
}

func (s store) items(ctx context.Context, regency int64, round string) ([]Item, error) {
	rows, err := s.d.Query(ctx, `SELECT `+itemColumns+` FROM evaluation_item WHERE regency_id = $1 AND round_id = $2`, regency, round)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (Item, error) { return scanItem(r) })
	if err != nil {
		return nil, err
	}
	support, err := s.support(ctx, s.d, regency, round)
	for i := range all {
		all[i].Support = support[all[i].Code]
	}
	return all, err
}

func (s store) item(ctx context.Context, q db.Queryer, regency int64, round, code string) (Item, error) {
	i, err := scanItem(q.QueryRow(ctx, `SELECT `+itemColumns+` FROM evaluation_item WHERE regency_id = $1 AND round_id = $2 AND code = $3`, regency, round, code))
	if db.NotFound(err) {
		return i, errs.E(errs.NotFound, "evaluation.error.item", err)
	}
	if err != nil {
		return i, err
	}
	rows, err := q.Query(ctx, `SELECT agency_id FROM evaluation_support WHERE regency_id = $1 AND round_id = $2 AND code = $3 ORDER BY agency_id`, regency, round, code)
	i.Support, err = db.Collect(rows, err, scanText)
	return i, err
}

func scanText(r *sql.Rows) (text string, err error) { return text, r.Scan(&text) }

// support gives the supporting agencies of a round by question.
func (s store) support(ctx context.Context, q db.Queryer, regency int64, round string) (map[string][]string, error) {
	rows, err := q.Query(ctx, `SELECT code, agency_id FROM evaluation_support WHERE regency_id = $1 AND round_id = $2 ORDER BY code, agency_id`, regency, round)
	pairs, err := db.Collect(rows, err, func(r *sql.Rows) (p [2]string, err error) { return p, r.Scan(&p[0], &p[1]) })
	out := map[string][]string{}
	for _, p := range pairs {
		out[p[0]] = append(out[p[0]], p[1])
	}
	return out, err
}

func (s store) insertItem(tx *db.Tx, regency int64, round string, i Item) error {
	_, err := tx.Exec(`INSERT INTO evaluation_item (regency_id, round_id, code, lead, due, state, answer, self_mark, note, reason, answered_by, submitted_by, approved_by, changed_at, rev)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11, $12, $13, 1)`, regency, round, i.Code, i.Lead, i.Due, i.State, i.Answer, i.SelfMark, i.Note,
		i.AnsweredBy, i.SubmittedBy, i.ApprovedBy, i.ChangedAt)
	if err != nil {
		return err
	}
	return s.setSupport(tx, regency, round, i.Code, i.Support)
}

func (s store) setSupport(tx *db.Tx, regency int64, round, code string, agencies []string) error {
	if _, err := tx.Exec(`DELETE FROM evaluation_support WHERE regency_id = $1 AND round_id = $2 AND code = $3`, regency, round, code); err != nil {
		return err
	}
	for _, id := range agencies {
		if _, err := tx.Exec(`INSERT INTO evaluation_support (regency_id, round_id, code, agency_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, regency, round, code, id); err != nil {
			return err
		}
	}
	return nil
}

// updateItem writes an item if nobody changed it since rev was read.
func (s store) updateItem(tx *db.Tx, regency int64, round string, i Item) error {
	n, err := tx.Exec(`UPDATE evaluation_item SET lead = $5, due = $6, state = $7, answer = $8, self_mark = $9, note = $10, reason = $11,
		answered_by = $12, submitted_by = $13, approved_by = $14, changed_at = $15, decided_hash = $16, rev = rev + 1
		WHERE regency_id = $1 AND round_id = $2 AND code = $3 AND rev = $4`, regency, round, i.Code, i.Rev, i.Lead, i.Due, i.State, i.Answer, i.SelfMark, i.Note,
		i.Reason, i.AnsweredBy, i.SubmittedBy, i.ApprovedBy, i.ChangedAt, i.DecidedHash)
	return changed(n, err)
}

// owed lists the items of open rounds that a set of agencies leads or supports.
func (s store) owed(ctx context.Context, regency int64, where string, args []any) ([]owedItem, error) {
	rows, err := s.d.Query(ctx, `SELECT r.id, r.title, r.pack, r.self_to, i.code, i.lead, i.due, i.state, i.reason, i.submitted_by, i.answered_by
		FROM evaluation_round r JOIN evaluation_item i ON i.regency_id = r.regency_id AND i.round_id = r.id
		WHERE r.regency_id = $1 AND r.state = 'open' AND `+where, args...)
	return db.Collect(rows, err, func(r *sql.Rows) (o owedItem, err error) {
		return o, r.Scan(&o.Round, &o.Title, &o.Pack, &o.RoundDue, &o.Code, &o.Lead, &o.Due, &o.State, &o.Reason, &o.SubmittedBy, &o.AnsweredBy)
	})
}

// owedItem is an item with what a list of work needs of its round.
type owedItem struct {
	Round, Title, Pack      string
	RoundDue                int64
	Code, Lead              string
	Due                     int64
	State, Reason           string
	SubmittedBy, AnsweredBy string
}

func (o owedItem) due() int64 {
	if o.Due != 0 {
		return o.Due
	}
	return o.RoundDue
}
