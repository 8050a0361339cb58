package access

import (
	"context"
	"encoding/base64"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"rsc.io/qr"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

const totpPeriod = 30

// Enrolment is what a person scans once: the secret as text and as a picture (data URL of a PNG).
type Enrolment struct{ Secret, Picture string }

// EnrolTOTP gives the secret of a person who has none confirmed yet; the same until it is confirmed.
func (s *Service) EnrolTOTP(ctx context.Context) (Enrolment, error) {
	a := tenant.From(ctx)
	who, err := s.store.credential(ctx, s.DB, a.Regency, a.UserID)
	if err != nil {
		return Enrolment{}, err
	}
	if who.User.TOTPOn {
		return Enrolment{}, errs.E(errs.Conflict, "access.error.totp_on", nil)
	}
	if who.TOTP == "" {
		key, err := totp.Generate(totp.GenerateOpts{Issuer: "Pendapa", AccountName: who.User.Email})
		if err != nil {
			return Enrolment{}, err
		}
		who.TOTP = key.Secret()
		err = s.DB.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE access_user SET totp = $3 WHERE regency_id = $1 AND id = $2 AND NOT totp_on`, a.Regency, a.UserID, who.TOTP)
			return err
		})
		if err != nil {
			return Enrolment{}, err
		}
	}
	key, err := otp.NewKeyFromURL("otpauth://totp/Pendapa:" + who.User.Email + "?issuer=Pendapa&secret=" + who.TOTP)
	if err != nil {
		return Enrolment{}, err
	}
	code, err := qr.Encode(key.URL(), qr.M)
	if err != nil {
		return Enrolment{}, err
	}
	code.Scale = 5
	return Enrolment{Secret: who.TOTP, Picture: "data:image/png;base64," + base64.StdEncoding.EncodeToString(code.PNG())}, nil
}

// ConfirmTOTP checks a code: it completes the enrolment of a new secret, and the present session.
func (s *Service) ConfirmTOTP(ctx context.Context, code string) error {
	a := tenant.From(ctx)
	if err := s.limiter.allow("totp " + a.UserID); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		who, err := s.store.credential(ctx, tx, a.Regency, a.UserID)
		if err != nil {
			return err
		}
		step, spent := s.matchStep(who, code), false
		if step == 0 && who.User.TOTPOn {
			if spent, err = s.useRecovery(tx, a.Regency, a.UserID, code); err != nil {
				return err
			}
			step = who.TOTPLast
		}
		if !spent && s.matchStep(who, code) == 0 {
			return errs.InvalidFields(map[string]errs.Msg{"code": errs.M("access.error.totp")})
		}
		if _, err := tx.Exec(`UPDATE access_user SET totp_on = TRUE, totp_last = $3 WHERE regency_id = $1 AND id = $2`, a.Regency, a.UserID, step); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE access_session SET full_right = TRUE WHERE regency_id = $1 AND hash = $2 AND user_id = $3`, a.Regency, a.SessionID, a.UserID); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.totp", Object: "access_user", ObjectID: a.UserID})
	})
}

// matchStep gives the time step of a code within one step of now that was not used before; 0 when it does not match.
func (s *Service) matchStep(who credential, code string) int64 {
	if who.TOTP == "" {
		return 0
	}
	now := s.Now().Unix() / totpPeriod
	for step := now - 1; step <= now+1; step++ {
		at := time.Unix(step*totpPeriod, 0)
		ok, err := totp.ValidateCustom(code, who.TOTP, at, totp.ValidateOpts{Period: totpPeriod, Digits: otp.DigitsSix})
		if err == nil && ok && step > who.TOTPLast {
			return step
		}
	}
	return 0
}

// ResetTOTP lets a person enrol again, for a lost phone; all their sessions end.
func (s *Service) ResetTOTP(ctx context.Context, userID string) error {
	if err := allow(ctx); err != nil {
		return err
	}
	regency := tenant.From(ctx).Regency
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`UPDATE access_user SET totp = '', totp_on = FALSE WHERE regency_id = $1 AND id = $2`, regency, userID); err != nil {
			return err
		}
		if err := s.store.dropSessions(tx, regency, userID); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.totp.reset", Object: "access_user", ObjectID: userID})
	})
}
