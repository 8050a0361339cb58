package access_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// device is a phone or key with its passkey.
type device struct {
	site  virtualwebauthn.RelyingParty
	phone virtualwebauthn.Authenticator
	key   virtualwebauthn.Credential
}

func newDevice() *device {
	return &device{virtualwebauthn.RelyingParty{Name: "Pendapa", ID: "localhost", Origin: "http://localhost"},
		virtualwebauthn.NewAuthenticator(), newCredential()}
}

// newCredential gives a key whose public part has its full length: the helper writes coordinates that begin with a zero byte
// shorter than the standard asks, one key in 128, and they are rightly refused.
func newCredential() virtualwebauthn.Credential {
	for {
		c := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		if data := c.Key.AttestationData(); bytes.Count(data, []byte{0x58, 0x20}) >= 2 {
			return c
		}
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// register makes a passkey for the actor.
func (h *house) register(t *testing.T, a tenant.Actor, d *device) (access.Confirmed, error) {
	t.Helper()
	options, ceremony, err := h.AskNew(as(a))
	if err != nil {
		return access.Confirmed{}, err
	}
	asked, err := virtualwebauthn.ParseAttestationOptions(asJSON(t, options))
	if err != nil {
		t.Fatal(err)
	}
	answer := virtualwebauthn.CreateAttestationResponse(d.site, d.phone, d.key, *asked)
	done, err := h.Answer(as(a), ceremony, "telepon", answer)
	if err == nil {
		d.phone.Options.UserHandle = []byte(asked.UserID)
		d.phone.AddCredential(d.key)
	}
	return done, err
}

// passkey signs in with a device.
func (h *house) passkey(t *testing.T, d *device) (access.Entry, error) {
	t.Helper()
	options, ceremony, err := h.AskAny()
	if err != nil {
		t.Fatal(err)
	}
	asked, err := virtualwebauthn.ParseAssertionOptions(asJSON(t, options))
	if err != nil {
		t.Fatal(err)
	}
	answer := virtualwebauthn.CreateAssertionResponse(d.site, d.phone, d.key, *asked)
	e, err := h.Unlock(ceremony, answer)
	if _, again := h.Unlock(ceremony, answer); again == nil {
		t.Error("an answer was taken twice")
	}
	return e, err
}

// TestPasskeysCountAsTwo: one is set up as the first second factor, signs in alone, and may be several.
func TestPasskeysCountAsTwo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.begin(t)
		half, _ := h.half(t, "admin@jember.example")
		phone := newDevice()
		done, err := h.register(t, half, phone)
		if err != nil || len(done.Codes) != 10 {
			t.Fatalf("register: %v, %d codes", err, len(done.Codes))
		}
		if a := h.actor(t, done.Secret); !a.Can(access.Manage, "") {
			t.Fatalf("after making a passkey: %+v", a)
		}
		e, err := h.passkey(t, phone)
		if err != nil || e.Owes != "" {
			t.Fatalf("sign-in: %+v %v", e, err)
		}
		full := h.actor(t, e.Secret)
		if !full.Can(access.Manage, "") || !full.Proven(h.clock.at) {
			t.Errorf("a passkey alone: %+v", full)
		}
		if a, _ := h.half(t, "admin@jember.example"); a.SignedIn() || a.Owes != "code" {
			t.Errorf("the password alone: %+v", a)
		} else if _, err := h.Confirm(as(a), done.Codes[0], ""); err != nil {
			t.Errorf("a recovery code beside a passkey: %v", err)
		}
		second := newDevice()
		if _, err := h.register(t, full, second); err != nil {
			t.Fatalf("a second passkey: %v", err)
		}
		if all, err := h.Passkeys(as(full)); err != nil || len(all) != 2 || all[0].UsedAt == 0 && all[1].UsedAt == 0 {
			t.Errorf("list: %+v %v", all, err)
		}
	})
}

// TestPasskeysOfOthersOpenNothing tries a wrong site, no user verification, a removed key, an old question, a stranger.
func TestPasskeysOfOthersOpenNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.begin(t)
		half, _ := h.half(t, "admin@jember.example")
		phone := newDevice()
		done, err := h.register(t, half, phone)
		if err != nil {
			t.Fatal(err)
		}
		evil := *phone
		evil.site.Origin = "https://evil.example"
		if _, err := h.passkey(t, &evil); err == nil {
			t.Error("an answer made for another site was taken")
		}
		lazy := *phone
		lazy.phone.Options.UserNotVerified = true
		if _, err := h.passkey(t, &lazy); err == nil {
			t.Error("a key that nobody unlocked was taken")
		}
		if _, err := h.passkey(t, newDevice()); err == nil {
			t.Error("an unknown key was taken")
		}
		options, ceremony, err := h.AskAny()
		if err != nil {
			t.Fatal(err)
		}
		asked, err := virtualwebauthn.ParseAssertionOptions(asJSON(t, options))
		if err != nil {
			t.Fatal(err)
		}
		answer := virtualwebauthn.CreateAssertionResponse(phone.site, phone.phone, phone.key, *asked)
		if _, err := h.Unlock("lain", answer); err == nil {
			t.Error("an answer without its question was taken")
		}
		h.clock.at = h.clock.at.Add(6 * time.Minute)
		if _, err := h.Unlock(ceremony, answer); err == nil {
			t.Error("an old question was answered")
		}
		a := h.actor(t, done.Secret)
		all, err := h.Passkeys(as(a))
		if err != nil || len(all) != 1 {
			t.Fatal(err)
		}
		if err := h.RenamePasskey(as(a), all[0].ID, "laptop"); err != nil {
			t.Error(err)
		}
		if err := h.DropPasskey(as(a), all[0].ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.passkey(t, phone); err == nil {
			t.Error("a removed key was taken")
		}
	})
}

// TestKeysOfPhonesAreSealed looks into the store.
func TestKeysOfPhonesAreSealed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.begin(t)
		half, _ := h.half(t, "admin@jember.example")
		enrol, err := h.EnrolTOTP(as(half))
		if err != nil {
			t.Fatal(err)
		}
		look := func(sql string) string {
			var text string
			if err := d.QueryRow(context.Background(), sql).Scan(&text); err != nil {
				t.Fatal(err)
			}
			return text
		}
		draft := look(`SELECT seed FROM access_session WHERE regency_id > 0 AND seed <> ''`)
		if _, err := h.Confirm(as(half), h.code(t, enrol.Secret), ""); err != nil {
			t.Fatal(err)
		}
		kept := look(`SELECT totp FROM access_user WHERE regency_id > 0 AND totp <> ''`)
		for _, text := range []string{draft, kept} {
			if strings.Contains(text, enrol.Secret) || !strings.HasPrefix(text, "s1.") {
				t.Errorf("a key stands open: %.12s", text)
			}
		}
	})
}
