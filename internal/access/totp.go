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

// EnrolTOTP gives the secret that the present session is about to set up; the same until it is confirmed. Another
// session of the same person gets another one, so that a stranger who knows the password sees nothing of it.
func (s *Service) EnrolTOTP(ctx context.Context) (Enrolment, error) {
	a := tenant.From(ctx)
	who, err := s.store.credential(ctx, s.DB, a.Regency, a.UserID)
	if err != nil {
		return Enrolment{}, err
	}
	if who.User.TOTPOn {
		return Enrolment{}, errs.E(errs.Conflict, "access.error.totp_on", nil)
	}
	if a.Owes == owesCode || a.Owes == owesChoice { // what is set up already comes first
		return Enrolment{}, errs.E(errs.Conflict, "access.error.totp_on", nil)
	}
	h, err := s.store.session(ctx, s.DB, a.SessionID)
	if err != nil {
		return Enrolment{}, err
	}
	if h.Seed == "" {
		if h.Seed, err = s.newSeed(ctx, a, who.User.Email); err != nil {
			return Enrolment{}, err
		}
	}
	return drawn(who.User.Email, h.Seed)
}

func (s *Service) newSeed(ctx context.Context, a tenant.Actor, email string) (string, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Pendapa", AccountName: email})
	if err != nil {
		return "", err
	}
	seed := key.Secret()
	return seed, s.DB.Tx(ctx, func(tx *db.Tx) error {
		sealed := s.store.sealDraft(a.Regency, a.SessionID, seed)
		err := tx.QueryRow(ctx, `UPDATE access_session SET seed = CASE WHEN seed = '' THEN $3 ELSE seed END
			WHERE regency_id = $1 AND hash = $2 RETURNING seed`, a.Regency, a.SessionID, sealed).Scan(&sealed)
		if db.NotFound(err) {
			return errs.E(errs.NotFound, "access.error.no_session", err)
		}
		if err != nil {
			return err
		}
		seed, err = s.store.openDraft(a.Regency, a.SessionID, sealed)
		return err
	})
}

func drawn(email, seed string) (Enrolment, error) {
	key, err := otp.NewKeyFromURL("otpauth://totp/Pendapa:" + email + "?issuer=Pendapa&secret=" + seed)
	if err != nil {
		return Enrolment{}, err
	}
	code, err := qr.Encode(key.URL(), qr.M)
	if err != nil {
		return Enrolment{}, err
	}
	code.Scale = 5
	picture := base64.StdEncoding.EncodeToString(code.PNG())
	return Enrolment{Secret: seed, Picture: "data:image/png;base64," + picture}, nil
}

// Confirmed is a second factor that was taken: the new secret of the session, and recovery codes when it was just
// set up.
type Confirmed struct {
	Entry
	Codes []string
}

// ConfirmTOTP checks a code: it completes the enrolment of this session's secret, or the present sign-in.
func (s *Service) ConfirmTOTP(ctx context.Context, code string, c comer) (done Confirmed, err error) {
	a := tenant.From(ctx)
	undo, err := s.slowCode(ctx, a, c.Device)
	if err != nil {
		return Confirmed{}, err
	}
	wrong := errs.InvalidFields(map[string]errs.Msg{"code": errs.M("access.error.totp")})
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		done = Confirmed{}
		who, err := s.store.credential(ctx, tx, a.Regency, a.UserID)
		if err != nil {
			return err
		}
		kind := byTOTP
		switch {
		case a.Owes == owesChoice:
			return wrong
		case who.User.TOTPOn || a.Owes == owesCode: // with a passkey alone a recovery code helps; a new phone is no way around it
			if kind, err = s.checkCode(ctx, tx, who, code); err != nil {
				return err
			}
		default:
			if done.Codes, err = s.enrol(ctx, tx, who, a.SessionID, code); err != nil {
				return err
			}
		}
		done.Secret, err = s.rotateIn(ctx, tx, a, factors{kind: s.Now().UnixMilli()})
		if err != nil {
			return err
		}
		if done.Device, err = s.remember(tx, a.Regency, a.UserID, c.Device); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.totp", Object: "access_user", ObjectID: a.UserID, After: kind})
	})
	if errs.Is(err, errs.Invalid) {
		s.refusedOne(ctx, a.Regency, a.UserID, c.IP, "access.totp.refused")
	}
	if err == nil {
		undo()
	}
	return done, err
}

// slowCode counts a try of a code: on the browser when it is known, else on the account.
func (s *Service) slowCode(ctx context.Context, a tenant.Actor, device string) (undo func(), err error) {
	known, err := s.knownOn(ctx, device)
	if err != nil {
		return nil, err
	}
	if me := (account{a.Regency, a.UserID}); !known[me] {
		return s.limiter.try(codeKeys(me)...)
	}
	return s.limiter.try(deviceKeys("kode", device)...)
}

// checkCode takes a code of the phone, or spends a recovery code, and says which it was.
func (s *Service) checkCode(ctx context.Context, tx *db.Tx, who credential, code string) (kind string, err error) {
	if step := s.matchStep(who.TOTP, who.TOTPLast, code); step != 0 {
		n, err := tx.Exec(`UPDATE access_user SET totp_last = $3 WHERE regency_id = $1 AND id = $2 AND totp_last < $3`,
			who.Regency, who.User.ID, step)
		if err != nil || n == 1 {
			return byTOTP, err
		}
	}
	if spent, err := s.useRecovery(tx, who.Regency, who.User.ID, code); err != nil || spent {
		return byRecovery, err
	}
	return "", errs.InvalidFields(map[string]errs.Msg{"code": errs.M("access.error.totp")})
}

// enrol makes the secret of this session the person's own, ends their other sessions and gives new recovery codes.
func (s *Service) enrol(ctx context.Context, tx *db.Tx, who credential, session, code string) ([]string, error) {
	h, err := s.store.session(ctx, tx, session)
	if err != nil {
		return nil, err
	}
	step := s.matchStep(h.Seed, 0, code)
	if step == 0 {
		return nil, errs.InvalidFields(map[string]errs.Msg{"code": errs.M("access.error.totp")})
	}
	n, err := tx.Exec(`UPDATE access_user SET totp = $3, totp_on = TRUE, totp_last = $4 WHERE regency_id = $1 AND id = $2 AND NOT totp_on`,
		who.Regency, who.User.ID, s.store.sealSeed(who.Regency, who.User.ID, h.Seed), step)
	if err == nil && n == 0 {
		err = errs.E(errs.Conflict, "access.error.totp_on", nil)
	}
	if err != nil {
		return nil, err
	}
	if err := s.store.end(tx, secondSet, who.Regency, who.User.ID, session); err != nil {
		return nil, err
	}
	return s.newCodes(ctx, tx, who.Regency, who.User.ID)
}

// matchStep gives the time step of a code within one step of now that was not used before; 0 when it does not match.
func (s *Service) matchStep(seed string, last int64, code string) int64 {
	if seed == "" {
		return 0
	}
	now := s.Now().Unix() / totpPeriod
	for step := now - 1; step <= now+1; step++ {
		at := time.Unix(step*totpPeriod, 0)
		ok, err := totp.ValidateCustom(code, seed, at, totp.ValidateOpts{Period: totpPeriod, Digits: otp.DigitsSix})
		if err == nil && ok && step > last {
			return step
		}
	}
	return 0
}

// ResetTOTP lets a person set up a second factor again, for a lost phone: phone, passkeys and recovery codes are
// forgotten.
func (s *Service) ResetTOTP(ctx context.Context, userID string) error {
	if err := s.allowProven(ctx); err != nil {
		return err
	}
	regency := tenant.From(ctx).Regency
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, sql := range []string{
			`UPDATE access_user SET totp = '', totp_on = FALSE WHERE regency_id = $1 AND id = $2`,
			`DELETE FROM access_recovery WHERE regency_id = $1 AND user_id = $2`,
			`DELETE FROM access_passkey WHERE regency_id = $1 AND user_id = $2`,
		} {
			if _, err := tx.Exec(sql, regency, userID); err != nil {
				return err
			}
		}
		if err := s.store.end(tx, secondReset, regency, userID, ""); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.totp.reset", Object: "access_user", ObjectID: userID})
	})
}
