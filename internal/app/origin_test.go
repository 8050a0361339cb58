package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/i18n"
)

// ask sends one request with these headers; a name with small letters sets Host.
func ask(h http.Handler, method, target string, form url.Values, header map[string]string) *http.Response {
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.RemoteAddr = "127.0.0.1:1"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, v := range header {
		r.Header.Set(name, v)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestForeignNamesAreRefused calls the house by names that are not its own, on pages and for programs.
func TestForeignNamesAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := Config{DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db"), BaseURL: "https://pendapa.jemberkab.go.id", Hosts: "lain.example"}
	a, err := New(context.Background(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	for _, host := range []string{"pendapa.jemberkab.go.id", "PENDAPA.jemberkab.go.id:443", "lain.example"} {
		if res := ask(a.Handler(), "GET", "http://"+host+"/bantuan", nil, nil); res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", host, res.StatusCode)
		}
	}
	for _, host := range []string{"evil.example", "localhost", "127.0.0.1:8080", "pendapa.jemberkab.go.id.evil.example"} {
		for _, path := range []string{"/bantuan", "/masuk", "/api/v1/openapi.json", "/tidak-ada"} {
			res := ask(a.Handler(), "GET", "http://"+host+path, nil, nil)
			if text := body(t, res); res.StatusCode != http.StatusMisdirectedRequest || !strings.Contains(text, "hosts") || strings.Contains(text, "⟦") {
				t.Errorf("%s%s: %d", host, path, res.StatusCode)
			}
		}
	}
	if res := ask(a.Handler(), "GET", "http://127.0.0.1/healthz", nil, nil); res.StatusCode != http.StatusOK {
		t.Errorf("health from this machine: %d", res.StatusCode)
	}
	if res := ask(a.Handler(), "GET", "http://127.0.0.1/healthz", nil, map[string]string{"X-Real-IP": "1.2.3.4"}); res.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("health through a proxy by the machine's name: %d", res.StatusCode)
	}
}

// TestOneClickAndMetricsAreForThisMachine tries them with each sign of a proxy and with a foreign name.
func TestOneClickAndMetricsAreForThisMachine(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	if res := ask(a.Handler(), "GET", "http://localhost/metrics", nil, nil); res.StatusCode != http.StatusOK {
		t.Fatalf("metrics at this machine: %d", res.StatusCode)
	}
	for _, header := range []string{"X-Real-IP", "X-Forwarded-For", "Forwarded", "X-Forwarded-Proto", "Via"} {
		for _, path := range []string{"/metrics", "/masuk"} {
			res := ask(a.Handler(), "GET", "http://localhost"+path, nil, map[string]string{header: "203.0.113.9"})
			if text := body(t, res); strings.Contains(text, "pendapa_info") || strings.Contains(text, "/masuk/contoh") {
				t.Errorf("%s with %s is open", path, header)
			}
		}
	}
	res := ask(a.Handler(), "POST", "http://example.com/masuk/contoh", url.Values{"user": {"x"}}, map[string]string{"Origin": "http://example.com"})
	if res.StatusCode != http.StatusNotFound {
		t.Errorf("one-click sign-in by another name: %d", res.StatusCode)
	}
}

// TestCookiesAreBoundToTheHost looks at every cookie of a house behind https and at what it takes back.
func TestCookiesAreBoundToTheHost(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := Config{DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db"), Sample: true, Secure: true}
	a, err := New(context.Background(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	if err := a.LoadSample(context.Background()); err != nil {
		t.Fatal(err)
	}
	b, err := a.Access.Brand(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := a.Access.SampleSession(context.Background(), "admin@jember.example")
	if err != nil || b.Regency == 0 {
		t.Fatal(err)
	}
	own := map[string]string{"Cookie": "__Host-" + a.Access.CookieName() + "=" + secret}
	res := ask(a.Handler(), "POST", "http://localhost/bahasa", url.Values{"lang": {"en"}, "ke": {"//evil.example"}}, own)
	if res.Header.Get("Location") != "/" {
		t.Errorf("the language leads to %s", res.Header.Get("Location"))
	}
	seen := res.Cookies()
	seen = append(seen, ask(a.Handler(), "POST", "http://localhost/akun/token", url.Values{}, own).Cookies()...)
	seen = append(seen, ask(a.Handler(), "POST", "http://localhost/keluar", url.Values{}, own).Cookies()...)
	for _, c := range seen {
		if !c.Secure || !strings.HasPrefix(c.Name, "__Host-") || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %s: %+v", c.Name, c)
		}
	}
	if len(seen) < 2 {
		t.Errorf("only %d cookies were seen", len(seen))
	}
	if h := ask(a.Handler(), "GET", "http://localhost/masuk", nil, nil).Header.Get("Strict-Transport-Security"); !strings.Contains(h, "max-age=63072000") {
		t.Errorf("HSTS: %q", h)
	}
	if h := ask(sampleHouse(t).Handler(), "GET", "http://localhost/masuk", nil, nil).Header.Get("Strict-Transport-Security"); h != "" {
		t.Errorf("HSTS over http: %q", h)
	}
	res = ask(a.Handler(), "GET", "http://localhost/bantuan", nil, map[string]string{"Cookie": "lang=en"})
	if text := body(t, res); !strings.Contains(text, `<html lang="`+i18n.Default+`"`) {
		t.Error("a cookie that a neighbour may have set was taken")
	}
}

// TestUploadsLeadBackHere: a return address with a tab was followed to another site.
func TestUploadsLeadBackHere(t *testing.T) {
	t.Parallel()
	v := signIn(t, sampleHouse(t), "Operator Dishub", "id")
	_, page := v.do("GET", "/bukti/unggah?kembali=%2F%09%2Fevil.example", nil)
	if strings.Contains(page, "evil.example") {
		t.Error("the form carries an address of another site")
	}
	if res, _ := v.do("GET", "/bukti?q="+url.QueryEscape(strings.Repeat("kata ", 2)+manyWords(1100)), nil); res.StatusCode != http.StatusOK {
		t.Errorf("a search of 1,100 words: %d", res.StatusCode)
	}
}

func manyWords(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("kata")
		for ; i > 0; i /= 10 {
			b.WriteByte(byte('0' + i%10))
		}
		b.WriteByte(' ')
	}
	return b.String()
}
