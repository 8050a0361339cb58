package app

import (
	"mime"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestEveryAnswerCarriesItsGuards opens every page and every reading route of the API and looks at what comes with the answer.
func TestEveryAnswerCarriesItsGuards(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	visitors := map[string]*visitor{"stranger": {t: t, h: a.Handler(), cookies: map[string]string{}},
		"coordinator": signIn(t, a, "Koordinator Evaluasi", "id"), "admin": signIn(t, a, "Admin Diskominfo", "id")}
	ids := map[string]string{"round": sampleRoundID(time.Now().Year()), "code": "A1", "id": "bukti-A1"}
	seen := 0
	for _, route := range a.Mux.Routes() {
		method, pattern, _ := strings.Cut(route.Pattern, " ")
		if method != http.MethodGet {
			continue
		}
		for who, v := range visitors {
			res, body := v.do("GET", fill(pattern, ids), nil)
			guarded(t, who+" "+pattern, res, body)
			seen++
		}
	}
	if seen < 300 {
		t.Errorf("only %d answers were looked at", seen)
	}
}

func guarded(t *testing.T, what string, res *http.Response, body string) {
	t.Helper()
	h := res.Header
	policy := h.Get("Content-Security-Policy")
	object := "object-src 'none'"
	if strings.HasSuffix(what, "/berkas") && res.StatusCode == http.StatusOK {
		object = "object-src 'self'" // the browser's own reader shows a PDF; nothing else may be an object
	}
	for _, want := range []string{"default-src 'none'", object, "base-uri 'none'", "frame-ancestors"} {
		if !strings.Contains(policy, want) {
			t.Errorf("%s: the policy of content lacks %s: %q", what, want, policy)
		}
	}
	if strings.Contains(policy, "unsafe-inline") || strings.Contains(policy, "unsafe-eval") {
		t.Errorf("%s: the policy of content lets inline script in: %q", what, policy)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin", "Access-Control-Allow-Origin": "", "Server": "", "X-Powered-By": ""} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %s is %q, want %q", what, name, got, want)
		}
	}
	if body == "" {
		return
	}
	kind, with, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		t.Errorf("%s: the kind of the answer is %q", what, h.Get("Content-Type"))
	}
	if strings.HasPrefix(kind, "text/") && !strings.EqualFold(with["charset"], "utf-8") {
		t.Errorf("%s: %s without its letters: %q", what, kind, h.Get("Content-Type"))
	}
	if !strings.HasPrefix(what, "stranger") && !strings.Contains(h.Get("Cache-Control"), "no-store") && !strings.Contains(h.Get("Cache-Control"), "private") {
		t.Errorf("%s: an answer to somebody signed in may be cached: %q", what, h.Get("Cache-Control"))
	}
}

// Nothing but the methods of the routes is answered, and folders of styles are not listed.
func TestOnlyTheMethodsOfRoutes(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	v := signIn(t, a, "Admin Diskominfo", "id")
	for _, method := range []string{"TRACE", "PROPFIND", "CONNECT"} {
		if res, _ := v.do(method, "/pengguna", nil); res.StatusCode < 400 {
			t.Errorf("%s /pengguna: %d", method, res.StatusCode)
		}
	}
	for _, path := range []string{"/a/", "/files/", "/.git/config", "/data/"} {
		if res, _ := v.do("GET", path, nil); res.StatusCode < 400 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

// Signing out tells the browser to forget what it kept.
func TestSigningOutClearsTheBrowser(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	v := signIn(t, a, "Koordinator Evaluasi", "id")
	res, _ := v.do("POST", "/keluar", nil)
	if got := res.Header.Get("Clear-Site-Data"); !strings.Contains(got, `"storage"`) || !strings.Contains(got, `"cache"`) {
		t.Errorf("signing out leaves the browser as it was: %q", got)
	}
	if res, _ := v.do("GET", "/pekerjaan", nil); res.StatusCode == http.StatusOK {
		t.Error("the session goes on after signing out")
	}
}
