package app

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/pquerna/otp/totp"
)

// TestANewHouseLeadsItsFirstAdministrator starts empty and follows the one-time link: regency, administrator, second factor,
// checklist.
func TestANewHouseLeadsItsFirstAdministrator(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, err := New(context.Background(), Config{DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db"), Hosts: "localhost"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	secret, err := a.Access.SetupLink(context.Background())
	if err != nil || secret == "" {
		t.Fatalf("no setup link: %v", err)
	}
	v := &visitor{t: t, h: a.Handler(), cookies: map[string]string{"lang": "id"}}
	res, _ := v.do("GET", "/mulai?kunci="+secret+"&q=jember", nil)
	if to := res.Header.Get("Location"); to != "/mulai?q=jember" {
		t.Fatalf("the key stays in the address: %s", to)
	}
	if _, body := v.do("GET", "/mulai?q=jember", nil); !strings.Contains(body, "Kabupaten Jember") || strings.Contains(body, secret) {
		t.Fatalf("the form does not offer the regency, or holds the key: %.600s", body)
	}
	const words = "rumah joglo di lereng argopuro"
	res, body := v.do("POST", "/mulai", url.Values{"regency": {"35.09"}, "name": {"Admin Diskominfo"}, "email": {"admin@jember.example"}, "password": {words}, "lang": {"id"}})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("setup: %d %.800s", res.StatusCode, body)
	}
	if res, body = v.do("POST", "/masuk", url.Values{"email": {"admin@jember.example"}, "password": {words}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign-in: %d %.600s", res.StatusCode, body)
	}
	_, body = v.do("GET", "/masuk/kode", nil)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	code, err := totp.GenerateCode(strings.TrimSpace(doc.Find("code.code").Text()), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if res, body = v.do("POST", "/masuk/kode", url.Values{"code": {code}}); res.StatusCode != http.StatusOK || strings.Count(body, `<code class="code">`) != 10 {
		t.Fatalf("second factor: %d, or no ten recovery codes: %.600s", res.StatusCode, body)
	}
	_, body = v.do("GET", "/pekerjaan", nil)
	for _, want := range []string{"/opd/impor", "/pengguna/impor", "Kabupaten Jember"} {
		if !strings.Contains(body, want) {
			t.Errorf("the first page lacks %s", want)
		}
	}
	if secret, err := a.Access.SetupLink(context.Background()); err != nil || secret != "" {
		t.Errorf("a house with a regency offers another setup: %v", err)
	}
}
