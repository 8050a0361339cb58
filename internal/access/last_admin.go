package access

import (
	"context"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// keepingAdmin runs a change and takes it back when nobody would be left who administers the regency without an end
// date. The row of the regency is locked first, so that two administrators cannot end each other at the same
// moment.
func (s *Service) keepingAdmin(ctx context.Context, tx *db.Tx, change func() error) error {
	if _, err := tx.Exec(`UPDATE access_regency SET name = name WHERE regency_id = $1`, tenant.From(ctx).Regency); err != nil {
		return err
	}
	before, err := s.admins(ctx, tx)
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := s.admins(ctx, tx)
	if err == nil && before > 0 && after == 0 {
		return errs.E(errs.Conflict, "access.error.last_admin", nil)
	}
	return err
}

// admins counts who administers the whole regency, without end and with a way to sign in.
func (s *Service) admins(ctx context.Context, tx *db.Tx) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT count(DISTINCT u.id) FROM access_grant g JOIN access_user u ON u.regency_id = g.regency_id AND u.id = g.user_id
		WHERE g.regency_id = $1 AND g.role = 'admin' AND g.agency_id = '' AND g.until = 0 AND u.active AND u.until = 0
		AND (u.password <> '' OR u.sample OR EXISTS (SELECT 1 FROM access_identity i WHERE i.regency_id = u.regency_id AND i.user_id = u.id)
			OR EXISTS (SELECT 1 FROM access_passkey p WHERE p.regency_id = u.regency_id AND p.user_id = u.id))`,
		tenant.From(ctx).Regency).Scan(&n)
	return n, err
}
