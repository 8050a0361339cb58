package notice

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
)

type store struct{ d *db.DB }

const columns = `id, key, args, path, at, read_at, mailed_at`

func scan(r interface{ Scan(...any) error }) (i Item, err error) {
	var args string
	if err := r.Scan(&i.ID, &i.Key, &args, &i.Path, &i.At, &i.ReadAt, &i.MailedAt); err != nil {
		return i, err
	}
	d := json.NewDecoder(strings.NewReader(args))
	d.UseNumber()
	err = d.Decode(&i.Args)
	return i, err
}

func scanRows(r *sql.Rows) (Item, error) { return scan(r) }

// insert adds a notice unless the person has one of this name.
func (s store) insert(tx *db.Tx, regency int64, id, person string, n Notice, args string, at int64) error {
	_, err := tx.Exec(`INSERT INTO notice_notice (regency_id, id, user_id, key, args, path, once, at, read_at, mailed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0) ON CONFLICT (regency_id, user_id, once) DO NOTHING`,
		regency, id, person, n.Key, args, n.Path, n.Once, at)
	return err
}

func (s store) list(ctx context.Context, regency int64, person string, unread bool, limit, offset int) ([]Item, int, error) {
	var total int
	err := s.d.QueryRow(ctx, `SELECT count(*) FROM notice_notice WHERE regency_id = $1 AND user_id = $2 AND (read_at = 0 OR NOT $3)`, regency, person, unread).Scan(&total)
	if err != nil {
		return nil, 0, err
	}
	rows, err := s.d.Query(ctx, `SELECT `+columns+` FROM notice_notice WHERE regency_id = $1 AND user_id = $2 AND (read_at = 0 OR NOT $3)
		ORDER BY CASE WHEN read_at = 0 THEN 0 ELSE 1 END, at DESC, id DESC LIMIT $4 OFFSET $5`, regency, person, unread, limit, offset)
	all, err := db.Collect(rows, err, scanRows)
	return all, total, err
}

func (s store) unread(ctx context.Context, regency int64, person string) (n int, err error) {
	err = s.d.QueryRow(ctx, `SELECT count(*) FROM notice_notice WHERE regency_id = $1 AND user_id = $2 AND read_at = 0`, regency, person).Scan(&n)
	return n, err
}

func (s store) get(ctx context.Context, regency int64, person, id string) (Item, error) {
	i, err := scan(s.d.QueryRow(ctx, `SELECT `+columns+` FROM notice_notice WHERE regency_id = $1 AND id = $2 AND user_id = $3`, regency, id, person))
	if db.NotFound(err) {
		return i, errs.E(errs.NotFound, "notice.error.not_found", err)
	}
	return i, err
}

func (s store) read(tx *db.Tx, regency int64, person, id string, at int64) error {
	_, err := tx.Exec(`UPDATE notice_notice SET read_at = $4 WHERE regency_id = $1 AND id = $2 AND user_id = $3 AND read_at = 0`, regency, id, person, at)
	return err
}

func (s store) readAll(tx *db.Tx, regency int64, person string, until, at int64) (int, error) {
	n, err := tx.Exec(`UPDATE notice_notice SET read_at = $4 WHERE regency_id = $1 AND user_id = $2 AND read_at = 0 AND at <= $3`, regency, person, until, at)
	return int(n), err
}

func (s store) mailing(ctx context.Context, q db.Queryer, regency int64, person string) (mail string, err error) {
	err = q.QueryRow(ctx, `SELECT mail FROM notice_setting WHERE regency_id = $1 AND user_id = $2`, regency, person).Scan(&mail)
	if db.NotFound(err) {
		return Daily, nil
	}
	return mail, err
}

func (s store) setMailing(tx *db.Tx, regency int64, person, mail string) error {
	_, err := tx.Exec(`INSERT INTO notice_setting (regency_id, user_id, mail) VALUES ($1, $2, $3)
		ON CONFLICT (regency_id, user_id) DO UPDATE SET mail = excluded.mail`, regency, person, mail)
	return err
}

// reader is a person for whom something waits.
type reader struct {
	regency int64
	person  string
}

// owed lists the regencies in which a notice waits for a letter.
func (s store) owed(ctx context.Context) ([]int64, error) {
	rows, err := s.d.Query(ctx, `SELECT DISTINCT regency_id FROM notice_notice WHERE regency_id > 0 AND read_at = 0 AND mailed_at = 0
		ORDER BY regency_id`)
	return db.Collect(rows, err, func(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) })
}

// waiting lists the people of a regency who get a letter today and have none yet.
func (s store) waiting(ctx context.Context, regency int64, day string) ([]reader, error) {
	rows, err := s.d.Query(ctx, `SELECT DISTINCT n.regency_id, n.user_id FROM notice_notice n
		WHERE n.regency_id = $1 AND n.read_at = 0 AND n.mailed_at = 0
		AND NOT EXISTS (SELECT 1 FROM notice_setting s WHERE s.regency_id = n.regency_id AND s.user_id = n.user_id AND s.mail = 'none')
		AND NOT EXISTS (SELECT 1 FROM notice_letter l WHERE l.regency_id = n.regency_id AND l.user_id = n.user_id AND l.day = $2)
		ORDER BY n.user_id`, regency, day)
	return db.Collect(rows, err, func(r *sql.Rows) (x reader, err error) { return x, r.Scan(&x.regency, &x.person) })
}

// claim takes the letter of a person and day; false when it was taken before. A second taker waits for the first one's end.
func (s store) claim(tx *db.Tx, to reader, day string, at int64) (bool, error) {
	n, err := tx.Exec(`INSERT INTO notice_letter (regency_id, user_id, day, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (regency_id, user_id, day) DO NOTHING`, to.regency, to.person, day, at)
	return n == 1, err
}

// mail marks everything that waits as mailed and gives it. One statement does both, so that nothing slips between.
func (s store) mail(ctx context.Context, tx *db.Tx, to reader, at int64) ([]Item, error) {
	rows, err := tx.Query(ctx, `UPDATE notice_notice SET mailed_at = $3 WHERE regency_id = $1 AND user_id = $2 AND read_at = 0 AND mailed_at = 0
		RETURNING `+columns, to.regency, to.person, at)
	return db.Collect(rows, err, scanRows)
}

// old lists the regencies that hold notices read before a moment.
func (s store) old(ctx context.Context, before int64) ([]int64, error) {
	rows, err := s.d.Query(ctx, `SELECT DISTINCT regency_id FROM notice_notice WHERE regency_id > 0 AND read_at > 0 AND read_at < $1`, before)
	return db.Collect(rows, err, func(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) })
}

func (s store) remove(tx *db.Tx, regency, before int64) (int64, error) {
	return tx.Exec(`DELETE FROM notice_notice WHERE regency_id = $1 AND read_at > 0 AND read_at < $2`, regency, before)
}

func (s store) removeLetters(tx *db.Tx, before int64) error {
	_, err := tx.Exec(`DELETE FROM notice_letter WHERE regency_id > 0 AND at < $1`, before)
	return err
}
