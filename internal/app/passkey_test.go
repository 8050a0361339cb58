package app

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// TestAPasskeyInTheBrowser makes a passkey on the account page with script and a device of Chromium, signs out, and
// signs in with nothing else. The pages of sign-in are looked at on the way: axe finds nothing, and none is wider
// than its window.
func TestAPasskeyInTheBrowser(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	server := httptest.NewServer(a.Handler())
	t.Cleanup(server.Close)
	server.URL = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	chrome, axe := browser(t), axeSource(t)
	b := open(t, chrome, server, signIn(t, a, "Inspektur", "id"), 360, "light", true)
	change(t, a, `UPDATE access_user SET sample = 0 WHERE regency_id = $1`, int64(3509)) // accounts of a sample open by one click alone
	call(b, webauthn.Enable, webauthn.EnableParams{})
	call(b, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, AutomaticPresenceSimulation: true, IsUserVerified: true}})
	b.look("/akun", axe, "/akun id 360 light")
	b.fill("#passkey_name", "Laptop kantor")
	b.press(`form[data-passkey-make] button`)
	if codes := value(b, chromedp.Evaluate[int](`document.querySelectorAll("code.code").length`)); codes != 10 {
		t.Fatalf("%d recovery codes: %s", codes, b.text("main"))
	}
	b.look("/akun", axe, "/akun with a passkey id 360 light")
	b.want("Kunci sandi")
	b.look("/akun/bukti", axe, "/akun/bukti id 360 light")
	b.look("/masuk/kode", axe, "/masuk/kode id 360 light")
	b.visit("/akun")
	b.press(`form[action^="/keluar"] button`)
	b.look("/masuk", axe, "/masuk id 360 light")
	b.press(`form[data-passkey] button`)
	if b.visit("/akun"); !strings.Contains(b.text("body"), "Laptop kantor") {
		t.Errorf("the passkey signed nobody in: %.600s", b.text("body"))
	}
}
