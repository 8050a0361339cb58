package host

import (
	"context"
	"database/sql"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
)

type store struct{ d *db.DB }

// place names the sealed password of a regency, so that it opens nowhere else.
func place(regency int64) string { return keys.Context("host_regency", "mail_password", regency) }

// all gives what every regency has of its own; the password as it is kept, sealed.
func (s store) all(ctx context.Context) (map[int64]Regency, error) {
	rows, err := s.d.Query(ctx, `SELECT regency_id, host_name, slug, mail_host, mail_port, mail_user, mail_password, mail_from,
		file_mb, agency_mb, regency_mb, changed_at, rev FROM host_regency WHERE regency_id > 0`)
	found, err := db.Collect(rows, err, func(r *sql.Rows) (x Regency, err error) {
		return x, r.Scan(&x.Regency, &x.HostName, &x.Slug, &x.Mail.Host, &x.Mail.Port, &x.Mail.User, &x.Mail.Password, &x.Mail.From,
			&x.FileMB, &x.AgencyMB, &x.RegencyMB, &x.ChangedAt, &x.Rev)
	})
	out := make(map[int64]Regency, len(found))
	for _, r := range found {
		out[r.Regency] = r
	}
	return out, err
}

// put keeps what a regency has of its own; rev 0 is the first time.
func (s store) put(tx *db.Tx, r Regency, password string) error {
	n, err := tx.Exec(`INSERT INTO host_regency (regency_id, host_name, slug, mail_host, mail_port, mail_user, mail_password, mail_from,
			file_mb, agency_mb, regency_mb, changed_at, rev)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)
		ON CONFLICT (regency_id) DO UPDATE SET host_name = excluded.host_name, slug = excluded.slug, mail_host = excluded.mail_host,
			mail_port = excluded.mail_port, mail_user = excluded.mail_user, mail_password = excluded.mail_password,
			mail_from = excluded.mail_from, file_mb = excluded.file_mb, agency_mb = excluded.agency_mb,
			regency_mb = excluded.regency_mb, changed_at = excluded.changed_at, rev = host_regency.rev + 1
		WHERE host_regency.rev = $13`,
		r.Regency, r.HostName, r.Slug, r.Mail.Host, r.Mail.Port, r.Mail.User, password, r.Mail.From,
		r.FileMB, r.AgencyMB, r.RegencyMB, r.ChangedAt, r.Rev)
	switch {
	case db.IsUnique(err):
		return errs.InvalidFields(map[string]errs.Msg{"host_name": errs.M("host.error.taken"), "slug": errs.M("host.error.taken")})
	case err == nil && n == 0:
		return errs.E(errs.Conflict, "host.error.changed", nil)
	}
	return err
}
