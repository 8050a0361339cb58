package access

import (
	"context"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
)

const (
	kindSweep  = "access.sweep"
	kindForgot = "access.forgot"
)

// sweep removes every day what opens nothing any more: links and sessions past their end, tokens a month after
// theirs, and browsers that were away for longer than their sign lives.
func (s *Service) sweep(ctx context.Context, _ jobs.Job) error {
	now := s.Now()
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, step := range []struct {
			sql string
			at  int64
		}{
			{`DELETE FROM access_link WHERE regency_id >= 0 AND expires <= $1`, now.UnixMilli()},
			{`DELETE FROM access_session WHERE regency_id > 0 AND created_at <= $1`, now.Add(-longestLife).UnixMilli()},
			{`DELETE FROM access_session WHERE regency_id > 0 AND seen_at <= $1`, now.Add(-idleOther).UnixMilli()},
			{`DELETE FROM access_token WHERE regency_id > 0 AND expires <= $1`, now.Add(-30 * day).UnixMilli()},
			{`DELETE FROM access_device WHERE regency_id > 0 AND seen_at <= $1`, now.Add(-deviceLife).UnixMilli()},
		} {
			if _, err := tx.Exec(step.sql, step.at); err != nil {
				return err
			}
		}
		return nil
	})
}
