package access

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Passkey is a key of a device or a security key (W3C Web Authentication). With user verification it stands for two
// factors: the device, and the finger, face or number that unlocks it.
type Passkey struct {
	ID, Name          string
	CreatedAt, UsedAt int64
}

const mostPasskeys = 20

// place is the address at which a passkey is made and used: it works for this name only.
type place struct{ Name, Origin string }

// holder is a person as the library sees them.
type holder struct {
	who  credential
	keys []webauthn.Credential
}

func handleOf(regency int64, userID string) []byte { return []byte(itoa(regency) + ":" + userID) }

// WebAuthnID implements webauthn.User.
func (h holder) WebAuthnID() []byte { return handleOf(h.who.Regency, h.who.User.ID) }

// WebAuthnName implements webauthn.User.
func (h holder) WebAuthnName() string { return h.who.User.Email }

// WebAuthnDisplayName implements webauthn.User.
func (h holder) WebAuthnDisplayName() string { return h.who.User.Name }

// WebAuthnCredentials implements webauthn.User.
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func relying(at place) (*webauthn.WebAuthn, error) {
	return webauthn.New(&webauthn.Config{RPID: at.Name, RPDisplayName: "Pendapa", RPOrigins: []string{at.Origin},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired}})
}

func keyID(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func (s *Service) holder(ctx context.Context, q db.Queryer, regency int64, userID string) (holder, error) {
	who, err := s.store.credential(ctx, q, regency, userID)
	if err != nil {
		return holder{}, err
	}
	rows, err := q.Query(ctx, `SELECT credential FROM access_passkey
		WHERE regency_id = $1 AND user_id = $2 ORDER BY created_at, id`, regency, userID)
	keys, err := db.Collect(rows, err, func(r *sql.Rows) (c webauthn.Credential, err error) {
		var text string
		return c, errors.Join(r.Scan(&text), json.Unmarshal([]byte(text), &c))
	})
	return holder{who, keys}, err
}

// Passkeys lists the passkeys of the actor.
func (s *Service) Passkeys(ctx context.Context) ([]Passkey, error) {
	a := tenant.From(ctx)
	rows, err := s.DB.Query(ctx, `SELECT id, name, created_at, used_at FROM access_passkey
		WHERE regency_id = $1 AND user_id = $2 ORDER BY created_at, id`, a.Regency, a.UserID)
	return db.Collect(rows, err, func(r *sql.Rows) (p Passkey, err error) {
		return p, r.Scan(&p.ID, &p.Name, &p.CreatedAt, &p.UsedAt)
	})
}

// mayAdd lets somebody add a passkey who proved themselves a short while ago; also as the first second factor at
// sign-in.
func (s *Service) mayAdd(a tenant.Actor) error {
	if a.Via != tenant.ViaSession || a.Owes != "" && a.Owes != owesEnrol {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	if s.Now().Sub(time.UnixMilli(a.ProvedAt)) >= tenant.ProofLife {
		return web.Prove()
	}
	return nil
}

// BeginPasskey asks the browser to make a passkey; ceremony is what it brings back with the answer.
func (s *Service) BeginPasskey(ctx context.Context, at place) (options any, ceremony string, err error) {
	a := tenant.From(ctx)
	if err := s.mayAdd(a); err != nil {
		return nil, "", err
	}
	h, err := s.holder(ctx, s.DB, a.Regency, a.UserID)
	if err != nil {
		return nil, "", err
	}
	if len(h.keys) >= mostPasskeys {
		return nil, "", errs.E(errs.Conflict, "access.error.passkey_many", nil, "Most", mostPasskeys)
	}
	rp, err := relying(at)
	if err != nil {
		return nil, "", err
	}
	known := webauthn.Credentials(h.keys).CredentialDescriptors()
	creation, session, err := rp.BeginRegistration(h, webauthn.WithExclusions(known))
	if err != nil {
		return nil, "", err
	}
	return creation, s.ceremonies.keep(s.Secret(), *session, s.Now()), nil
}

// AddPasskey keeps a passkey that the browser made. The first second factor of a person also gives recovery codes.
func (s *Service) AddPasskey(ctx context.Context, at place, ceremony, name, answer string, c comer) (
	done Confirmed, err error) {
	a := tenant.From(ctx)
	if err := s.mayAdd(a); err != nil {
		return done, err
	}
	name = cut(strings.Join(strings.Fields(name), " "), 80)
	if name == "" {
		return done, errs.InvalidFields(map[string]errs.Msg{"passkey_name": errs.M("access.error.passkey_name")})
	}
	session, ok := s.ceremonies.take(ceremony, s.Now())
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if !ok || err != nil {
		return done, errs.E(errs.Invalid, "access.error.passkey", err)
	}
	rp, err := relying(at)
	if err != nil {
		return done, err
	}
	return done, s.DB.Tx(ctx, func(tx *db.Tx) error {
		done = Confirmed{}
		h, err := s.holder(ctx, tx, a.Regency, a.UserID)
		if err != nil {
			return err
		}
		key, err := rp.CreateCredential(h, session, parsed)
		if err != nil {
			return errs.E(errs.Invalid, "access.error.passkey", err)
		}
		if err := s.keepPasskey(tx, a, name, key); err != nil {
			return err
		}
		if !h.who.User.TOTPOn && len(h.keys) == 0 {
			if err := s.store.end(tx, secondSet, a.Regency, a.UserID, a.SessionID); err != nil {
				return err
			}
			if done.Codes, err = s.newCodes(ctx, tx, a.Regency, a.UserID); err != nil {
				return err
			}
		}
		if done.Secret, err = s.rotateIn(ctx, tx, a, factors{byPasskey: s.Now().UnixMilli()}); err != nil {
			return err
		}
		if done.Device, err = s.remember(tx, a.Regency, a.UserID, c.Device); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "access.passkey.add", Object: "access_user",
			ObjectID: a.UserID, After: name})
	})
}

func (s *Service) keepPasskey(tx *db.Tx, a tenant.Actor, name string, key *webauthn.Credential) error {
	data, err := json.Marshal(key)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO access_passkey (regency_id, id, user_id, name, credential, created_at, used_at)
		VALUES ($1, $2, $3, $4, $5, $6, 0)`, a.Regency, keyID(key.ID), a.UserID, name, string(data), s.Now().UnixMilli())
	if db.IsUnique(err) {
		return errs.E(errs.Conflict, "access.error.passkey_twice", err)
	}
	return err
}

// RenamePasskey gives a passkey of the actor another name.
func (s *Service) RenamePasskey(ctx context.Context, id, name string) error {
	name = cut(strings.Join(strings.Fields(name), " "), 80)
	if name == "" {
		return errs.InvalidFields(map[string]errs.Msg{"passkey_name": errs.M("access.error.passkey_name")})
	}
	return s.changePasskey(ctx, id, "access.passkey.name", name, func(tx *db.Tx, a tenant.Actor) (int64, error) {
		return tx.Exec(`UPDATE access_passkey SET name = $4 WHERE regency_id = $1 AND user_id = $2 AND id = $3`,
			a.Regency, a.UserID, id, name)
	})
}

// DropPasskey forgets a passkey of the actor and ends their other sessions.
func (s *Service) DropPasskey(ctx context.Context, id string) error {
	if err := s.proven(ctx); err != nil {
		return err
	}
	return s.changePasskey(ctx, id, "access.passkey.drop", "", func(tx *db.Tx, a tenant.Actor) (int64, error) {
		if err := s.store.end(tx, secondSet, a.Regency, a.UserID, a.SessionID); err != nil {
			return 0, err
		}
		return tx.Exec(`DELETE FROM access_passkey WHERE regency_id = $1 AND user_id = $2 AND id = $3`,
			a.Regency, a.UserID, id)
	})
}

func (s *Service) changePasskey(ctx context.Context, id, action, name string,
	do func(*db.Tx, tenant.Actor) (int64, error)) error {
	a := tenant.From(ctx)
	if a.Via != tenant.ViaSession || !a.SignedIn() {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		return s.keepingAdmin(ctx, tx, func() error {
			n, err := do(tx, a)
			if err == nil && n == 0 {
				err = errs.E(errs.NotFound, "access.error.no_passkey", nil)
			}
			if err != nil {
				return err
			}
			return s.Audit.Record(ctx, tx, audit.Entry{Action: action, Object: "access_user", ObjectID: a.UserID, After: name})
		})
	})
}

// BeginPasskeySignIn asks a browser for any passkey of this house.
func (s *Service) BeginPasskeySignIn(at place) (options any, ceremony string, err error) {
	rp, err := relying(at)
	if err != nil {
		return nil, "", err
	}
	asked, session, err := rp.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", err
	}
	return asked, s.ceremonies.keep(s.Secret(), *session, s.Now()), nil
}

// PasskeySignIn opens a session for the account whose passkey answered; nothing more is asked for.
func (s *Service) PasskeySignIn(ctx context.Context, at place, ceremony, answer string, c comer) (Entry, error) {
	undo, err := s.limiter.try(linkKeys(c.IP)...)
	if err != nil {
		return Entry{}, err
	}
	session, ok := s.ceremonies.take(ceremony, s.Now())
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if !ok || err != nil {
		return Entry{}, errs.E(errs.Invalid, "access.error.passkey", err)
	}
	rp, err := relying(at)
	if err != nil {
		return Entry{}, err
	}
	var h holder
	key, err := rp.ValidateDiscoverableLogin(func(_, handle []byte) (webauthn.User, error) {
		code, userID := cutAt(string(handle))
		var regency int64
		if err := json.Unmarshal([]byte(code), &regency); err != nil || regency <= 0 {
			return nil, errs.E(errs.NotFound, "access.error.no_passkey", err)
		}
		h, err = s.holder(ctx, s.DB, regency, userID)
		return h, err
	}, session, parsed)
	if err != nil || !s.opens(h.who.User) || key.Authenticator.CloneWarning {
		return Entry{}, errs.E(errs.Invalid, "access.error.passkey", err)
	}
	undo()
	if err := s.usedPasskey(ctx, h.who, key); err != nil {
		return Entry{}, err
	}
	return s.open(ctx, []credential{h.who}, factors{byPasskey: s.Now().UnixMilli()}, c)
}

// usedPasskey keeps the counter of a key, by which a copy of it would be noticed.
func (s *Service) usedPasskey(ctx context.Context, who credential, key *webauthn.Credential) error {
	data, err := json.Marshal(key)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE access_passkey SET credential = $4, used_at = $5
			WHERE regency_id = $1 AND user_id = $2 AND id = $3`,
			who.Regency, who.User.ID, keyID(key.ID), string(data), s.Now().UnixMilli())
		return err
	})
}
