package webhook

import (
	"context"
	"database/sql"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
)

type store struct {
	d   *db.DB
	box *keys.Box
}

// sealed lists where the secrets of hooks stand.
func sealed() []keys.Column {
	return []keys.Column{
		{Table: "webhook_hook", Name: "secret", Row: []string{"id"}, Lost: "active = FALSE, reason = '" + OffKey + "', rev = rev + 1"},
		{Table: "webhook_hook", Name: "old_secret", Row: []string{"id"}, Lost: "old_until = 0"},
	}
}

func (s store) seal(column string, regency int64, id, secret string) string {
	return s.box.Seal(keys.Context("webhook_hook", column, regency, id), []byte(secret))
}

func (s store) unseal(column string, regency int64, id, text string) (string, error) {
	secret, err := s.box.Open(keys.Context("webhook_hook", column, regency, id), text)
	return string(secret), err
}

const hookColumns = `id, name, url, events, active, reason, deaths, old_until, last_ok, created_at, rev`

func scanHook(r interface{ Scan(...any) error }, more ...any) (h Hook, err error) {
	var events string
	err = r.Scan(append([]any{&h.ID, &h.Name, &h.URL, &events, &h.Active, &h.Reason, &h.Deaths, &h.OldUntil, &h.LastOK, &h.CreatedAt, &h.Rev}, more...)...)
	h.Events = strings.Fields(events)
	return h, err
}

func (s store) hooks(ctx context.Context, q db.Queryer, regency int64) ([]Hook, error) {
	rows, err := q.Query(ctx, `SELECT `+hookColumns+` FROM webhook_hook WHERE regency_id = $1 ORDER BY name, id`, regency)
	return db.Collect(rows, err, func(r *sql.Rows) (Hook, error) { return scanHook(r) })
}

func (s store) hook(ctx context.Context, q db.Queryer, regency int64, id string) (Hook, error) {
	h, err := scanHook(q.QueryRow(ctx, `SELECT `+hookColumns+` FROM webhook_hook WHERE regency_id = $1 AND id = $2`, regency, id))
	return h, missing(err, "webhook.error.not_found")
}

// target reads a hook with its secrets; only the job that signs asks for it.
func (s store) target(ctx context.Context, regency int64, id string) (t target, err error) {
	row := s.d.QueryRow(ctx, `SELECT `+hookColumns+`, secret, old_secret, hold_until, hold_id FROM webhook_hook WHERE regency_id = $1 AND id = $2`, regency, id)
	t.Hook, err = scanHook(row, &t.now, &t.old, &t.holdUntil, &t.holdID)
	if err != nil {
		return t, missing(err, "webhook.error.not_found")
	}
	t.oldUntil = t.OldUntil
	if t.now, err = s.unseal("secret", regency, id, t.now); err != nil {
		return t, err
	}
	t.old, err = s.unseal("old_secret", regency, id, t.old)
	return t, err
}

// hasSecret refuses a hook that could not sign.
func (s store) hasSecret(ctx context.Context, regency int64, id string) error {
	var sealed string
	err := s.d.QueryRow(ctx, `SELECT secret FROM webhook_hook WHERE regency_id = $1 AND id = $2`, regency, id).Scan(&sealed)
	if err == nil && sealed == "" {
		return errs.E(errs.Conflict, "webhook.error.no_secret", nil)
	}
	return missing(err, "webhook.error.not_found")
}

func missing(err error, key string) error {
	if db.NotFound(err) {
		return errs.E(errs.NotFound, key, err)
	}
	return err
}

func (s store) count(ctx context.Context, tx *db.Tx, regency int64) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*) FROM webhook_hook WHERE regency_id = $1`, regency).Scan(&n)
	return n, err
}

func (s store) insert(tx *db.Tx, regency int64, h Hook, secret, by string) error {
	_, err := tx.Exec(`INSERT INTO webhook_hook (regency_id, id, name, url, secret, old_secret, old_until, events, active, reason, deaths, hold_until, hold_id, last_ok, created_by, created_at, rev)
		VALUES ($1, $2, $3, $4, $5, '', 0, $6, $7, $8, 0, 0, '', $9, $10, $11, 1)`,
		regency, h.ID, h.Name, h.URL, s.seal("secret", regency, h.ID, secret), strings.Join(h.Events, " "), h.Active, h.Reason, h.LastOK, by, h.CreatedAt)
	return err
}

// update writes a hook if nobody changed it since rev was read. What is written by a person also lets held deliveries go.
func (s store) update(tx *db.Tx, regency int64, h Hook) error {
	n, err := tx.Exec(`UPDATE webhook_hook SET name = $4, url = $5, events = $6, active = $7, reason = $8, deaths = $9, hold_until = 0, hold_id = '', rev = rev + 1
		WHERE regency_id = $1 AND id = $2 AND rev = $3`, regency, h.ID, h.Rev, h.Name, h.URL, strings.Join(h.Events, " "), h.Active, h.Reason, h.Deaths)
	return changed(n, err)
}

// rotate puts a new secret in the place of the present one, which stays as the old one until oldUntil.
func (s store) rotate(ctx context.Context, tx *db.Tx, regency int64, id string, rev int64, secret string, oldUntil int64) error {
	var now string
	err := tx.QueryRow(ctx, `SELECT secret FROM webhook_hook WHERE regency_id = $1 AND id = $2`, regency, id).Scan(&now)
	if err != nil {
		return missing(err, "webhook.error.not_found")
	}
	if now, err = s.unseal("secret", regency, id, now); err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE webhook_hook SET old_secret = $6, old_until = $4, secret = $5, rev = rev + 1 WHERE regency_id = $1 AND id = $2 AND rev = $3`,
		regency, id, rev, oldUntil, s.seal("secret", regency, id, secret), s.seal("old_secret", regency, id, now))
	return changed(n, err)
}

func changed(n int64, err error) error {
	if err == nil && n == 0 {
		return errs.E(errs.Conflict, "webhook.error.changed", nil)
	}
	return err
}

func (s store) remove(tx *db.Tx, regency int64, id string) error {
	if _, err := tx.Exec(`DELETE FROM webhook_delivery WHERE regency_id = $1 AND hook_id = $2`, regency, id); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM webhook_hook WHERE regency_id = $1 AND id = $2`, regency, id)
	return err
}

// answered notes that a receiver took a delivery.
func (s store) answered(tx *db.Tx, regency int64, id string, at int64) error {
	_, err := tx.Exec(`UPDATE webhook_hook SET deaths = 0, hold_until = 0, hold_id = '', last_ok = $3 WHERE regency_id = $1 AND id = $2`, regency, id, at)
	return err
}

// hold lets only one delivery try a receiver that gave no answer.
func (s store) hold(tx *db.Tx, regency int64, id, delivery string, until int64) error {
	_, err := tx.Exec(`UPDATE webhook_hook SET hold_until = $3, hold_id = $4 WHERE regency_id = $1 AND id = $2`, regency, id, until, delivery)
	return err
}

// death counts deliveries given up in a row; 0 when the hook is gone.
func (s store) death(ctx context.Context, tx *db.Tx, regency int64, id string) (n int64, err error) {
	err = tx.QueryRow(ctx, `UPDATE webhook_hook SET deaths = deaths + 1 WHERE regency_id = $1 AND id = $2 RETURNING deaths`, regency, id).Scan(&n)
	if db.NotFound(err) {
		return 0, nil
	}
	return n, err
}

func (s store) switchOff(tx *db.Tx, regency int64, id, reason string) (bool, error) {
	n, err := tx.Exec(`UPDATE webhook_hook SET active = $3, reason = $4, rev = rev + 1 WHERE regency_id = $1 AND id = $2 AND active`, regency, id, false, reason)
	return n == 1, err
}
