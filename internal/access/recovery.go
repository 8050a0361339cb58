package access

import (
	"context"
	"net/http"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

const recoveryCodes = 10

// NewRecovery makes ten codes that each replace a code of the phone once, and forgets older ones. Only their hashes
// are kept, so they are shown this one time.
func (s *Service) NewRecovery(ctx context.Context) (codes []string, err error) {
	a := tenant.From(ctx)
	if !a.SignedIn() || a.Via != tenant.ViaSession {
		return nil, errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	if err := s.proven(ctx); err != nil {
		return nil, err
	}
	return codes, s.DB.Tx(ctx, func(tx *db.Tx) error {
		codes, err = s.newCodes(ctx, tx, a.Regency, a.UserID)
		return err
	})
}

// newCodes replaces all recovery codes of a person.
func (s *Service) newCodes(ctx context.Context, tx *db.Tx, regency int64, userID string) ([]string, error) {
	var codes []string
	if _, err := tx.Exec(`DELETE FROM access_recovery WHERE regency_id = $1 AND user_id = $2`, regency, userID); err != nil {
		return nil, err
	}
	for range recoveryCodes {
		code := recoveryCode(s.Secret())
		codes = append(codes, code)
		if _, err := tx.Exec(`INSERT INTO access_recovery (regency_id, user_id, hash) VALUES ($1, $2, $3)`,
			regency, userID, digest(plainCode(code))); err != nil {
			return nil, err
		}
	}
	return codes, s.Audit.Record(ctx, tx, audit.Entry{Action: "access.recovery.new", Object: "access_user", ObjectID: userID})
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
	return s.renderCodes(w, r, codes, "/akun")
}

type codesPage struct {
	gatePage
	Codes []string
}

// renderCodes shows new recovery codes this one time.
func (s *Service) renderCodes(w http.ResponseWriter, r *http.Request, codes []string, to string) error {
	p := &codesPage{gatePage: gate(r, "access.codes.title"), Codes: codes}
	p.To = web.Back(to, "/")
	return web.Render(w, r, "access/codes", p)
}
