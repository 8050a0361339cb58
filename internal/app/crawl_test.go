package app

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/storetest"
)

// sampleHouse gives a house with the sample regency.
func sampleHouse(t testing.TB) *App {
	t.Helper()
	return sampleHouseOn(t, "sqlite:"+filepath.Join(t.TempDir(), "app.db"))
}

func sampleHouseOn(t testing.TB, database string) *App {
	t.Helper()
	a, err := New(context.Background(), Config{DataDir: t.TempDir(), Database: database, Sample: true, Hosts: "example.com"}, slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	if err := a.LoadSample(context.Background()); err != nil {
		t.Fatal(err)
	}
	return a
}

// testLog shows what the server complains about when a test fails.
type testLog struct{ t testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(p)))
	if strings.Contains(string(p), "a request was done in parts") {
		l.t.Error("a server killed between the parts leaves half of it, and the repeat is told that it is done")
	}
	return len(p), nil
}

// visitor is a browser without script that stays in one house.
type visitor struct {
	t       testing.TB
	h       http.Handler
	cookies map[string]string
}

func (v *visitor) do(method, path string, form url.Values) (*http.Response, string) {
	v.t.Helper()
	r := httptest.NewRequest(method, "http://localhost"+markOf(method, path), strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if strings.HasPrefix(path, "/api/") {
		r.Header.Set("Idempotency-Key", rand.Text())
	}
	r.RemoteAddr = "127.0.0.1:1"
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	v.h.ServeHTTP(w, r)
	res := w.Result()
	for _, c := range res.Cookies() {
		if v.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		}
	}
	body, _ := io.ReadAll(res.Body)
	return res, string(body)
}

// markOf gives a form of a page the mark that its page would have given it, a new one each time.
func markOf(method, path string) string {
	switch {
	case method != http.MethodPost || strings.HasPrefix(path, "/api/") || strings.Contains(path, "sekali="):
		return path
	case strings.Contains(path, "?"):
		return path + "&sekali=" + rand.Text()
	}
	return path + "?sekali=" + rand.Text()
}

// signIn enters as a sample account by one click.
func signIn(t testing.TB, a *App, name, lang string) *visitor {
	t.Helper()
	v := &visitor{t: t, h: a.Handler(), cookies: map[string]string{}}
	_, body := v.do("GET", "/masuk", nil)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	id := ""
	doc.Find("form[action='/masuk/contoh'] button").Each(func(_ int, b *goquery.Selection) {
		if strings.Contains(b.Text(), name) {
			id, _ = b.Attr("value")
		}
	})
	if id == "" {
		t.Fatalf("no one-click sign-in for %s", name)
	}
	if res, _ := v.do("POST", "/masuk/contoh", url.Values{"user": {id}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign-in as %s: %d", name, res.StatusCode)
	}
	if res, _ := v.do("POST", "/bahasa", url.Values{"lang": {lang}, "ke": {"/"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("language: %d", res.StatusCode)
	}
	return v
}

// links gives the places of this house that a page points to.
func links(t testing.TB, body string) []string {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	doc.Find("a[href], iframe[src], img[src]").Each(func(_ int, s *goquery.Selection) {
		to, _ := s.Attr("href")
		if src, ok := s.Attr("src"); ok {
			to = src
		}
		u, err := url.Parse(to)
		if err != nil || u.IsAbs() || u.Host != "" || u.Path == "" {
			return
		}
		u.Fragment = ""
		out = append(out, u.String())
	})
	return out
}

func sampleRoles() []string {
	return []string{"Admin Diskominfo", "Koordinator Evaluasi", "Operator Dishub", "Kepala Dishub", "Penilai 1", "Sekretaris Daerah", "Inspektur", "Meja Inovasi", "Pegawai Dishub"}
}

// TestEveryLinkOfEveryRoleWorks follows all links that each role is shown, in both languages: none may fail, none may
// lead to a refusal, no text may be missing.
func TestEveryLinkOfEveryRoleWorks(t *testing.T) {
	t.Parallel()
	houses := map[string]*App{"sqlite": sampleHouse(t)}
	if os.Getenv("PENDAPA_TEST_POSTGRES") != "" {
		houses["postgres"] = sampleHouseOn(t, storetest.Schema(t))
	}
	for store, a := range houses {
		crawlAll(t, store, a)
	}
}

func crawlAll(t *testing.T, store string, a *App) {
	t.Helper()
	for _, role := range sampleRoles() {
		t.Run(store+" "+role, func(t *testing.T) {
			t.Parallel()
			for _, lang := range i18n.Languages() { // one after the other: the language belongs to the account
				crawl(t, signIn(t, a, role, lang), lang)
			}
		})
	}
}

const mostPages = 400

func crawl(t *testing.T, v *visitor, lang string) {
	seen, queue := map[string]bool{"/": true}, []string{"/"}
	kinds := map[string]int{}
	for len(queue) > 0 && len(seen) < 5000 {
		path := queue[0]
		queue = queue[1:]
		if kind := shape(path); kinds[kind] >= 3 || len(kinds) > mostPages {
			continue // three of a kind are enough
		} else {
			kinds[kind]++
		}
		res, body := v.do("GET", path, nil)
		if res.StatusCode >= 300 && res.StatusCode < 400 {
			if to := res.Header.Get("Location"); !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
			continue
		}
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, res.StatusCode)
			continue
		}
		if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			continue
		}
		if strings.Contains(body, "⟦") || !strings.Contains(body, `<html lang="`+lang+`"`) {
			at := strings.Index(body, "⟦")
			t.Errorf("%s: a text is missing near %q", path, body[max(0, at):min(len(body), max(0, at)+60)])
		}
		for _, to := range links(t, body) {
			if _, query, _ := strings.Cut(strings.ToLower(to), "?"); strings.Contains(query, "%3d") && !strings.Contains(query, "=") {
				t.Errorf("%s: the query of %s was escaped as a whole", path, to)
			}
			if !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	if len(kinds) < 5 {
		t.Errorf("only %d kinds of pages were found", len(kinds))
	}
}

// shape makes pages of one kind the same: ids and codes become *.
func shape(path string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	parts := strings.Split(u.Path, "/")
	for i, p := range parts {
		if strings.ContainsAny(p, "0123456789") && !strings.HasSuffix(p, ".xlsx") {
			parts[i] = "*"
		}
	}
	var names []string
	for name := range u.Query() {
		names = append(names, name)
	}
	return strings.Join(parts, "/") + "?" + strings.Join(names, "&")
}
