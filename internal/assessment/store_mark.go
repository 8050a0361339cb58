package assessment

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
)

type store struct{ d *db.DB }

type scanner interface{ Scan(...any) error }

const inviteColumns = `round_id, user_id, number, until, invited_at, revoked_at`

func scanInvite(r scanner) (i Invite, err error) {
	return i, r.Scan(&i.Round, &i.User, &i.Number, &i.Until, &i.InvitedAt, &i.RevokedAt)
}

func (s store) invites(ctx context.Context, q db.Queryer, regency int64, round string) ([]Invite, error) {
	rows, err := q.Query(ctx, `SELECT `+inviteColumns+` FROM assessment_invite WHERE regency_id = $1 AND round_id = $2 ORDER BY number`, regency, round)
	return db.Collect(rows, err, func(r *sql.Rows) (Invite, error) { return scanInvite(r) })
}

func (s store) invitesOf(ctx context.Context, regency int64, user string) ([]Invite, error) {
	rows, err := s.d.Query(ctx, `SELECT `+inviteColumns+` FROM assessment_invite WHERE regency_id = $1 AND user_id = $2`, regency, user)
	return db.Collect(rows, err, func(r *sql.Rows) (Invite, error) { return scanInvite(r) })
}

// invite gives the invitation of a person; the zero Invite when there is none.
func (s store) invite(ctx context.Context, q db.Queryer, regency int64, round, user string) (Invite, error) {
	i, err := scanInvite(q.QueryRow(ctx, `SELECT `+inviteColumns+` FROM assessment_invite WHERE regency_id = $1 AND round_id = $2 AND user_id = $3`, regency, round, user))
	if db.NotFound(err) {
		return Invite{}, nil
	}
	return i, err
}

// putInvite adds an invitation under the next number, or renews one with the number it had.
func (s store) putInvite(tx *db.Tx, regency int64, i Invite) error {
	if err := tx.Hold(fmt.Sprintf("assessment invite %d %s", regency, i.Round)); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO assessment_invite (regency_id, round_id, user_id, number, until, invited_at, revoked_at)
		VALUES ($1, $2, $3, (SELECT coalesce(max(number), 0) + 1 FROM assessment_invite WHERE regency_id = $1 AND round_id = $2), $4, $5, 0)
		ON CONFLICT (regency_id, round_id, user_id) DO UPDATE SET until = excluded.until, revoked_at = 0`, regency, i.Round, i.User, i.Until, i.InvitedAt)
	return err
}

func (s store) revoke(tx *db.Tx, regency int64, round, user string, at int64) error {
	n, err := tx.Exec(`UPDATE assessment_invite SET revoked_at = $4 WHERE regency_id = $1 AND round_id = $2 AND user_id = $3 AND revoked_at = 0`, regency, round, user, at)
	if err == nil && n == 0 {
		return errs.E(errs.NotFound, "assessment.error.invite", nil)
	}
	return err
}

const markColumns = `item, assessor_id, value, comment, state, at, rev, first_value, first_comment, first_at, seen_at, seen_why, decided_hash`

func scanMark(r scanner) (m Mark, err error) {
	return m, r.Scan(&m.Item, &m.Assessor, &m.Value, &m.Comment, &m.State, &m.At, &m.Rev, &m.First, &m.FirstComment, &m.FirstAt, &m.SeenAt, &m.SeenWhy, &m.DecidedHash)
}

func (s store) marks(ctx context.Context, regency int64, round string) ([]Mark, error) {
	rows, err := s.d.Query(ctx, `SELECT `+markColumns+` FROM assessment_mark WHERE regency_id = $1 AND round_id = $2`, regency, round)
	return db.Collect(rows, err, func(r *sql.Rows) (Mark, error) { return scanMark(r) })
}

func (s store) marksOf(ctx context.Context, q db.Queryer, regency int64, round, assessor string) ([]Mark, error) {
	rows, err := q.Query(ctx, `SELECT `+markColumns+` FROM assessment_mark WHERE regency_id = $1 AND round_id = $2 AND assessor_id = $3`, regency, round, assessor)
	return db.Collect(rows, err, func(r *sql.Rows) (Mark, error) { return scanMark(r) })
}

func (s store) marksFor(ctx context.Context, regency int64, round, item string) ([]Mark, error) {
	rows, err := s.d.Query(ctx, `SELECT `+markColumns+` FROM assessment_mark WHERE regency_id = $1 AND round_id = $2 AND item = $3`, regency, round, item)
	return db.Collect(rows, err, func(r *sql.Rows) (Mark, error) { return scanMark(r) })
}

// mark gives one mark; the zero Mark when nothing was written yet.
func (s store) mark(ctx context.Context, q db.Queryer, regency int64, round, item, assessor string) (Mark, error) {
	m, err := scanMark(q.QueryRow(ctx, `SELECT `+markColumns+` FROM assessment_mark WHERE regency_id = $1 AND round_id = $2 AND item = $3 AND assessor_id = $4`,
		regency, round, item, assessor))
	if db.NotFound(err) {
		return Mark{Item: item, Assessor: assessor}, nil
	}
	return m, err
}

// putMark writes a mark if nobody changed it since m.Rev was read; Rev 0 is a mark nobody wrote yet.
func (s store) putMark(tx *db.Tx, regency int64, round string, m Mark) error {
	if m.Rev == 0 {
		return changed(tx.Exec(`INSERT INTO assessment_mark (regency_id, round_id, item, assessor_id, value, comment, state, at, rev,
			first_value, first_comment, first_at, seen_at, seen_why, decided_hash)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`, regency, round, m.Item, m.Assessor, m.Value, m.Comment, m.State, m.At,
			m.First, m.FirstComment, m.FirstAt, m.SeenAt, m.SeenWhy, m.DecidedHash))
	}
	return changed(tx.Exec(`UPDATE assessment_mark SET value = $6, comment = $7, state = $8, at = $9, first_value = $10, first_comment = $11, first_at = $12,
		seen_at = $13, seen_why = $14, decided_hash = $15, rev = rev + 1
		WHERE regency_id = $1 AND round_id = $2 AND item = $3 AND assessor_id = $4 AND rev = $5`,
		regency, round, m.Item, m.Assessor, m.Rev, m.Value, m.Comment, m.State, m.At, m.First, m.FirstComment, m.FirstAt, m.SeenAt, m.SeenWhy, m.DecidedHash))
}

// External is a mark taken from a letter or report: of a question, or the mean of a whole component. Assessor may be "".
type External struct{ Item, Assessor, Value string }

func (s store) external(ctx context.Context, regency int64, round string) ([]External, error) {
	return s.externalIn(ctx, s.d, regency, round)
}

func (s store) externalIn(ctx context.Context, q db.Queryer, regency int64, round string) ([]External, error) {
	rows, err := q.Query(ctx, `SELECT item, assessor, value FROM assessment_external WHERE regency_id = $1 AND round_id = $2 ORDER BY item, assessor`, regency, round)
	return db.Collect(rows, err, func(r *sql.Rows) (e External, err error) { return e, r.Scan(&e.Item, &e.Assessor, &e.Value) })
}

// setExternal replaces the marks taken from a letter.
func (s store) setExternal(tx *db.Tx, regency int64, round string, all []External) error {
	if _, err := tx.Exec(`DELETE FROM assessment_external WHERE regency_id = $1 AND round_id = $2`, regency, round); err != nil {
		return err
	}
	for _, e := range all {
		if _, err := tx.Exec(`INSERT INTO assessment_external (regency_id, round_id, item, assessor, value) VALUES ($1, $2, $3, $4, $5)`,
			regency, round, e.Item, e.Assessor, e.Value); err != nil {
			return err
		}
	}
	return nil
}

func (s store) submittedCount(ctx context.Context, q db.Queryer, regency int64, round string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM assessment_mark WHERE regency_id = $1 AND round_id = $2 AND state = 'submitted'`, regency, round).Scan(&n)
	return n, err
}
