package app

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// TestTheTrailPageSpeaksInWords: rows name act, object and reason in the reader's language and lead to the object; a
// beginning of acts that was asked for by hand stays chosen.
func TestTheTrailPageSpeaksInWords(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	hostOperator(t, a) // leaves a refusal, a role and a sign-in
	if err := a.Audit.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string][]string{"id": {"Memberi peran", "Permintaan ditolak", "Akun", "perintah di server"},
		"en": {"Gave a role", "Request refused", "Account", "command on the server"}} {
		v := signIn(t, a, "Inspektur", lang)
		_, body := v.do("GET", "/audit", nil)
		page, err := goquery.NewDocumentFromReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		rows := page.Find("tbody tr")
		rows.Find("details").Remove()
		for _, text := range want {
			if !strings.Contains(rows.Text(), text) {
				t.Errorf("%s: no %q in the rows", lang, text)
			}
		}
		for _, code := range []string{"access.", "access_", "web.", "evaluation_", "⟦"} {
			if strings.Contains(rows.Text(), code) {
				t.Errorf("%s: the rows show the code %q", lang, code)
			}
		}
		if page.Find(`tbody a[href^="/pengguna/"]`).Length() == 0 {
			t.Errorf("%s: no row leads to its account", lang)
		}
		_, body = v.do("GET", "/audit?tindakan=access.", nil)
		if !strings.Contains(body, `<option value="access." selected`) {
			t.Errorf("%s: the beginning is not kept", lang)
		}
	}
}
