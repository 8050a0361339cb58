package webhook

import (
	"context"
	"database/sql"

	"github.com/pendapa/pendapa/internal/platform/db"
)

const deliveryColumns = `id, hook_id, event, event_id, body, state, attempts, turn, last_status, last_error, last_answer, next_at, created_at, sent_at`

func scanDelivery(r interface{ Scan(...any) error }) (d Delivery, err error) {
	err = r.Scan(&d.ID, &d.Hook, &d.Event, &d.EventID, &d.Body, &d.State, &d.Attempts, &d.Turn, &d.LastStatus, &d.LastError, &d.LastAnswer, &d.NextAt, &d.CreatedAt, &d.SentAt)
	return d, err
}

func (s store) delivery(ctx context.Context, q db.Queryer, regency int64, id string) (Delivery, error) {
	d, err := scanDelivery(q.QueryRow(ctx, `SELECT `+deliveryColumns+` FROM webhook_delivery WHERE regency_id = $1 AND id = $2`, regency, id))
	return d, missing(err, "webhook.error.delivery")
}

// insertDelivery writes a delivery; false when the hook has one for the same event already.
func (s store) insertDelivery(tx *db.Tx, regency int64, d Delivery) (bool, error) {
	n, err := tx.Exec(`INSERT INTO webhook_delivery (regency_id, id, hook_id, event, event_id, body, state, attempts, turn, last_status, last_error, last_answer, next_at, created_at, sent_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (regency_id, hook_id, event_id) DO NOTHING`,
		regency, d.ID, d.Hook, d.Event, d.EventID, d.Body, d.State, d.Attempts, d.Turn, d.LastStatus, d.LastError, d.LastAnswer, d.NextAt, d.CreatedAt, d.SentAt)
	return n == 1, err
}

// settle writes what changed of a delivery; false when another job or a person was first.
func (s store) settle(tx *db.Tx, regency int64, d Delivery, was int64) (bool, error) {
	n, err := tx.Exec(`UPDATE webhook_delivery SET state = $4, attempts = $5, turn = $6, last_status = $7, last_error = $8, last_answer = $9, next_at = $10, sent_at = $11
		WHERE regency_id = $1 AND id = $2 AND turn = $3`,
		regency, d.ID, was, d.State, d.Attempts, d.Turn, d.LastStatus, d.LastError, d.LastAnswer, d.NextAt, d.SentAt)
	return n == 1, err
}

func (s store) log(ctx context.Context, regency int64, hook string, limit, offset int) (all []Delivery, total int, err error) {
	err = s.d.QueryRow(ctx, `SELECT count(*) FROM webhook_delivery WHERE regency_id = $1 AND hook_id = $2`, regency, hook).Scan(&total)
	if err != nil {
		return nil, 0, err
	}
	rows, err := s.d.Query(ctx, `SELECT `+deliveryColumns+` FROM webhook_delivery WHERE regency_id = $1 AND hook_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4`,
		regency, hook, limit, offset)
	all, err = db.Collect(rows, err, func(r *sql.Rows) (Delivery, error) { return scanDelivery(r) })
	return all, total, err
}

// Tally counts deliveries of a hook that are not through: Waiting will be tried, Dead were given up.
type Tally struct{ Waiting, Dead int }

func (s store) tallies(ctx context.Context, regency int64) (map[string]Tally, error) {
	out := map[string]Tally{}
	rows, err := s.d.Query(ctx, `SELECT hook_id, sum(CASE WHEN state = 'dead' THEN 0 ELSE 1 END), sum(CASE WHEN state = 'dead' THEN 1 ELSE 0 END)
		FROM webhook_delivery WHERE regency_id = $1 AND state <> 'sent' GROUP BY hook_id`, regency)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (t Tally, err error) {
		var hook string
		err = r.Scan(&hook, &t.Waiting, &t.Dead)
		out[hook] = t
		return t, err
	})
	return out, err
}

// forget removes deliveries of all regencies that are older than a moment. None is tried that long.
func (s store) forget(tx *db.Tx, before int64) error {
	_, err := tx.Exec(`DELETE FROM webhook_delivery WHERE regency_id > 0 AND created_at < $1`, before)
	return err
}
