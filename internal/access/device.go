package access

import (
	"context"
	"database/sql"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// A browser in which somebody finished a sign-in keeps a secret of its own for a long time. It opens nothing; it
// only lets its person try on a budget that no stranger can use up.
const (
	deviceCookie = "perangkat"
	deviceLife   = 400 * 24 * time.Hour
)

// account names a person of a regency.
type account struct {
	Regency int64
	UserID  string
}

func (c credential) key() account { return account{c.Regency, c.User.ID} }

// knownOn gives the accounts that finished a sign-in on a device.
func (s *Service) knownOn(ctx context.Context, device string) (map[account]bool, error) {
	out := map[account]bool{}
	rows, err := s.DB.Query(ctx, `SELECT regency_id, user_id FROM access_device WHERE regency_id > 0 AND hash = $1`, digest(device))
	all, err := db.Collect(rows, err, func(r *sql.Rows) (a account, err error) { return a, r.Scan(&a.Regency, &a.UserID) })
	for _, a := range all {
		out[a] = true
	}
	return out, err
}

// remember makes a device known to an account and gives its secret. A browser keeps one secret for all accounts.
func (s *Service) remember(tx *db.Tx, regency int64, userID, device string) (string, error) {
	if len(device) < 20 || len(device) > 200 {
		device = s.Secret()
	}
	_, err := tx.Exec(`INSERT INTO access_device (regency_id, user_id, hash, made_at, seen_at) VALUES ($1, $2, $3, $4, $4)
		ON CONFLICT (regency_id, user_id, hash) DO UPDATE SET seen_at = excluded.seen_at`,
		regency, userID, digest(device), s.Now().UnixMilli())
	return device, err
}
