package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/webhook"
)

// TestSignIsThatOfTheStandard uses the example that the libraries of Standard Webhooks share.
func TestSignIsThatOfTheStandard(t *testing.T) {
	t.Parallel()
	got, err := webhook.Sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; err != nil || got != want {
		t.Errorf("Sign = %q %v, want %q", got, err, want)
	}
	for _, bad := range []string{"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!"} {
		if got, err := webhook.Sign(bad, "a", time.Unix(1, 0), nil); err == nil {
			t.Errorf("Sign with %q = %q, want an error", bad, got)
		}
	}
}

// holds is a receiver's check, written from the text of the standard and not from the sender: any of the signatures of the
// header must be that of the secret.
func holds(secret string, h http.Header, body string) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) < 24 || len(key) > 64 { // "between 24 bytes and 64 bytes"
		return false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(strings.Join([]string{h.Get("webhook-id"), h.Get("webhook-timestamp"), body}, ".")))
	for _, part := range strings.Split(h.Get("webhook-signature"), " ") {
		version, text, _ := strings.Cut(part, ",")
		sum, err := base64.StdEncoding.DecodeString(text)
		if version == "v1" && err == nil && hmac.Equal(sum, mac.Sum(nil)) {
			return true
		}
	}
	return false
}

func signatures(h http.Header) int { return len(strings.Fields(h.Get("webhook-signature"))) }

func TestTheReceiverCanCheckWhatItGets(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id, secret := k.hook(t, "papan", "innovation.stage")
		k.tell(t, "innovation.stage", "i1-2", map[string]any{"innovation": "i1", "stage": "uji <coba>"})
		k.work(t)
		all := k.receiver.all()
		if len(all) != 1 {
			t.Fatalf("%d requests, want 1", len(all))
		}
		r, sent := all[0], k.one(t, id)
		if !holds(secret, r.header, r.body) || signatures(r.header) != 1 {
			t.Errorf("the signature %q does not hold", r.header.Get("webhook-signature"))
		}
		for _, changed := range []string{r.body + " ", strings.Replace(r.body, "i1", "i2", 1), ""} {
			if holds(secret, r.header, changed) {
				t.Errorf("the signature holds for %q too", changed)
			}
		}
		if r.header.Get("webhook-id") != sent.ID || strings.Contains(sent.ID, ".") || r.header.Get("Content-Type") != "application/json" || r.path != "/papan" {
			t.Errorf("headers %v, path %s", r.header, r.path)
		}
		if at := strconv.FormatInt(k.clock.now().Unix(), 10); r.header.Get("webhook-timestamp") != at {
			t.Errorf("timestamp %s, want %s", r.header.Get("webhook-timestamp"), at)
		}
		want := `{"id":"` + sent.ID + `","event":"innovation.stage","regency":3509,"at":1772438400000,"data":{"innovation":"i1","stage":"uji \u003ccoba\u003e"}}`
		if r.body != want {
			t.Errorf("body %s\nwant %s", r.body, want)
		}
	})
}

func TestTheOldSecretSignsForADay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id, first := k.hook(t, "papan")
		second, err := k.Rotate(admin(), id, 1)
		if err != nil || second == first {
			t.Fatalf("%v, the same secret: %v", err, second == first)
		}
		last := func(event string) got {
			k.tell(t, "innovation.idea", event, nil)
			k.work(t)
			all := k.receiver.all()
			return all[len(all)-1]
		}
		k.clock.pass(24*time.Hour - time.Second)
		if r := last("a"); signatures(r.header) != 2 || !holds(first, r.header, r.body) || !holds(second, r.header, r.body) {
			t.Errorf("within a day: %q", r.header.Get("webhook-signature"))
		}
		k.clock.pass(time.Second)
		if r := last("b"); signatures(r.header) != 1 || holds(first, r.header, r.body) || !holds(second, r.header, r.body) {
			t.Errorf("after a day: %q", r.header.Get("webhook-signature"))
		}
		third, err := k.Rotate(admin(), id, k.get(t, id).Rev)
		if err != nil {
			t.Fatal(err)
		}
		fourth, err := k.Rotate(admin(), id, k.get(t, id).Rev)
		if err != nil {
			t.Fatal(err)
		}
		r := last("c")
		for secret, want := range map[string]bool{first: false, second: false, third: true, fourth: true} {
			if got := holds(secret, r.header, r.body); got != want {
				t.Errorf("after two changes a secret holds = %v, want %v", got, want)
			}
		}
	})
}
