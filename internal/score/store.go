package score

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
)

type store struct{ d *db.DB }

const claimColumns = `innovation_id, item, basis, raw, points, note, rev`

func scanClaim(r *sql.Rows) (c Claim, err error) {
	return c, r.Scan(&c.Innovation, &c.Item, &c.Basis, &c.Raw, &c.Points, &c.Note, &c.Rev)
}

// claims gives all claims by innovation and item; who made them stands in the audit trail.
func (s store) claims(ctx context.Context, regency int64) (map[string]map[string]Claim, error) {
	rows, err := s.d.Query(ctx, `SELECT `+claimColumns+` FROM score_item WHERE regency_id = $1`, regency)
	all, err := db.Collect(rows, err, scanClaim)
	out := map[string]map[string]Claim{}
	for _, c := range all {
		if out[c.Innovation] == nil {
			out[c.Innovation] = map[string]Claim{}
		}
		out[c.Innovation][c.Item] = c
	}
	return out, err
}

// claim gives one claim; nil when there is none.
func (s store) claim(ctx context.Context, regency int64, innovation, item string) (*Claim, error) {
	rows, err := s.d.Query(ctx, `SELECT `+claimColumns+` FROM score_item WHERE regency_id = $1 AND innovation_id = $2 AND item = $3`, regency, innovation, item)
	all, err := db.Collect(rows, err, scanClaim)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// putClaim writes a claim if nobody wrote or took it back since its rev was read; rev 0 is a first claim.
func (s store) putClaim(tx *db.Tx, regency int64, c Claim) error {
	if c.Rev == 0 {
		return changed(tx.Exec(`INSERT INTO score_item (regency_id, innovation_id, item, basis, raw, points, note, changed_by, changed_at, rev) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)
			ON CONFLICT (regency_id, innovation_id, item) DO NOTHING`, regency, c.Innovation, c.Item, c.Basis, c.Raw, c.Points, c.Note, c.By, c.At))
	}
	return changed(tx.Exec(`UPDATE score_item SET basis = $4, raw = $5, points = $6, note = $7, changed_by = $8, changed_at = $9, rev = rev + 1
		WHERE regency_id = $1 AND innovation_id = $2 AND item = $3 AND rev = $10`, regency, c.Innovation, c.Item, c.Basis, c.Raw, c.Points, c.Note, c.By, c.At, c.Rev))
}

func (s store) dropClaim(tx *db.Tx, regency int64, innovation, item string, rev int64) error {
	return changed(tx.Exec(`DELETE FROM score_item WHERE regency_id = $1 AND innovation_id = $2 AND item = $3 AND rev = $4`, regency, innovation, item, rev))
}

// changed turns a write that found no row into the news that somebody was faster.
func changed(n int64, err error) error {
	if err == nil && n == 0 {
		return errs.E(errs.Conflict, "score.error.changed", nil)
	}
	return err
}

func effortKey(item string, points int) string { return item + "/" + strconv.Itoa(points) }

func (s store) efforts(ctx context.Context, regency int64) (map[string]int, error) {
	rows, err := s.d.Query(ctx, `SELECT item, points, days FROM score_effort WHERE regency_id = $1`, regency)
	type one struct {
		item         string
		points, days int
	}
	all, err := db.Collect(rows, err, func(r *sql.Rows) (o one, err error) { return o, r.Scan(&o.item, &o.points, &o.days) })
	out := map[string]int{}
	for _, o := range all {
		out[effortKey(o.item, o.points)] = o.days
	}
	return out, err
}

func (s store) putEffort(tx *db.Tx, regency int64, item string, points, days int, by string, at int64) error {
	if days == 0 {
		_, err := tx.Exec(`DELETE FROM score_effort WHERE regency_id = $1 AND item = $2 AND points = $3`, regency, item, points)
		return err
	}
	_, err := tx.Exec(`INSERT INTO score_effort (regency_id, item, points, days, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (regency_id, item, points) DO UPDATE SET days = excluded.days, changed_by = excluded.changed_by, changed_at = excluded.changed_at`, regency, item, points, days, by, at)
	return err
}

func (s store) setting(ctx context.Context, q db.Queryer, regency int64) (Setting, error) {
	out := Setting{Choices: map[string]string{}}
	var choices string
	err := q.QueryRow(ctx, `SELECT pack, choices, published, rev FROM score_setting WHERE regency_id = $1`, regency).Scan(&out.Pack, &choices, &out.Published, &out.Rev)
	if db.NotFound(err) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal([]byte(choices), &out.Choices)
}

func (s store) putSetting(tx *db.Tx, regency int64, in Setting, by string, at int64) error {
	choices, err := json.Marshal(in.Choices)
	if err != nil {
		return err
	}
	return changed(tx.Exec(`INSERT INTO score_setting (regency_id, pack, choices, published, changed_by, changed_at, rev) VALUES ($1, $2, $3, $4, $5, $6, 1)
		ON CONFLICT (regency_id) DO UPDATE SET pack = excluded.pack, choices = excluded.choices, published = excluded.published, changed_by = excluded.changed_by,
		changed_at = excluded.changed_at, rev = score_setting.rev + 1 WHERE score_setting.rev = $7`, regency, in.Pack, string(choices), in.Published, by, at, in.Rev))
}

func (s store) frozen(ctx context.Context, regency int64, round string) (body string, at int64, err error) {
	err = s.d.QueryRow(ctx, `SELECT body, at FROM score_frozen WHERE regency_id = $1 AND round_id = $2`, regency, round).Scan(&body, &at)
	if db.NotFound(err) {
		return "", 0, nil
	}
	return body, at, err
}

func (s store) dropFrozen(tx *db.Tx, regency int64, round string) (int64, error) {
	return tx.Exec(`DELETE FROM score_frozen WHERE regency_id = $1 AND round_id = $2`, regency, round)
}

func (s store) putFrozen(tx *db.Tx, regency int64, round, pack, body, index string, at int64) error {
	_, err := tx.Exec(`INSERT INTO score_frozen (regency_id, round_id, pack, body, index_text, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (regency_id, round_id) DO UPDATE SET pack = excluded.pack, body = excluded.body, index_text = excluded.index_text, at = excluded.at`, regency, round, pack, body, index, at)
	return err
}
