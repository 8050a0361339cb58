package access

import (
	"context"
	"net/http"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

const recoveryCodes = 10

// NewRecovery makes ten codes that each replace a code of the phone once, and forgets older ones. Only their hashes are
// kept, so they are shown this one time.
func (s *Service) NewRecovery(ctx context.Context) ([]string, error) {
	a := tenant.From(ctx)
	if !a.SignedIn() || a.Via != tenant.ViaSession {
		return nil, errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	var codes []string
	return codes, s.DB.Tx(ctx, func(tx *db.Tx) error {
		codes = codes[:0]
		if _, err := tx.Exec(`DELETE FROM access_recovery WHERE regency_id = $1 AND user_id = $2`, a.Regency, a.UserID); err != nil {
			return err
		}
		for range recoveryCodes {
			code := recoveryCode(s.Secret())
			codes = append(codes, code)
			if _, err := tx.Exec(`INSERT INTO access_recovery (regency_id, user_id, hash) VALUES ($1, $2, $3)`, a.Regency, a.UserID, digest(plainCode(code))); err != nil {
				return err
			}
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.recovery.new", Object: "access_user", ObjectID: a.UserID})
	})
}

// recoveryCode shortens a secret to four groups of four letters: 80 bits.
func recoveryCode(secret string) string {
	var letters strings.Builder
	for _, r := range strings.ToLower(secret) {
		if r >= 'a' && r <= 'z' || r >= '2' && r <= '9' {
			letters.WriteRune(r)
		}
	}
	text := letters.String()
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:16]
}

// plainCode reads a code however it was typed.
func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '2' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(code))
}

// useRecovery spends a recovery code; false when it is none.
func (s *Service) useRecovery(tx *db.Tx, regency int64, userID, code string) (bool, error) {
	plain := plainCode(code)
	if len(plain) != 16 {
		return false, nil
	}
	n, err := tx.Exec(`DELETE FROM access_recovery WHERE regency_id = $1 AND user_id = $2 AND hash = $3`, regency, userID, digest(plain))
	return n == 1, err
}

func (s *Service) makeRecovery(w http.ResponseWriter, r *http.Request) error {
	codes, err := s.NewRecovery(r.Context())
	if err != nil {
		return err
	}
	return s.renderAccount(w, r, strings.Join(codes, "  "), nil)
}
