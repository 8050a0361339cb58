package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/admit"
)

// TestWhoIsNotLetInIsToldSo fills the only place of every class: all but health and styles are told in words to come back.
func TestWhoIsNotLetInIsToldSo(t *testing.T) {
	t.Parallel()
	a := house(t)
	busy, err := a.Web.Busy()
	if err != nil {
		t.Fatal(err)
	}
	full := limits()
	for i := range full {
		full[i].Running, full[i].Waiting = 1, 0
	}
	in, out := make(chan bool), make(chan bool)
	gate := admit.New(admit.Rules{Limits: full, Class: classOf, Refuse: busy}).Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Stay") != "" {
			in <- true
			<-out
		}
	}))
	ask := func(method, path, lang, stay string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.AddCookie(&http.Cookie{Name: "lang", Value: lang})
		if stay != "" {
			r.Header.Set("X-Stay", stay)
		}
		w := httptest.NewRecorder()
		gate.ServeHTTP(w, r)
		return w
	}
	ways := map[string]string{"/masuk": "GET", "/pekerjaan": "GET", "/evaluasi/x/soal/A1": "POST", "/api/v1/rounds": "GET", "/bukti/x/berkas": "GET", "/audit/daftar.csv": "GET"}
	for path, method := range ways {
		go ask(method, path, "id", "1")
		<-in
	}
	for path, method := range ways {
		for lang, words := range map[string]string{"id": "terlalu banyak permintaan", "en": "too many requests"} {
			w := ask(method, path, lang, "")
			kind := w.Header().Get("Content-Type")
			if w.Code != 503 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), words) || strings.Contains(w.Body.String(), "⟦") {
				t.Errorf("%s in %s: %d %v %.200s", path, lang, w.Code, w.Header(), w.Body)
			}
			if api := strings.HasPrefix(path, "/api/"); api != strings.HasPrefix(kind, "application/problem+json") {
				t.Errorf("%s answers as %s", path, kind)
			}
		}
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/a/0/app.css"} {
		if w := ask("GET", path, "id", ""); w.Code != 200 {
			t.Errorf("%s was refused: %d", path, w.Code)
		}
	}
	for range ways {
		out <- true
	}
}

// TestEveryRouteHasAClass: only health and styles are free; signing in has places of its own.
func TestEveryRouteHasAClass(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, l := range limits() {
		known[l.Class] = l.Running > 0
	}
	seen := map[string]bool{}
	for _, route := range house(t).Mux.Routes() {
		method, path, _ := strings.Cut(route.Pattern, " ")
		class := classOf(httptest.NewRequest(method, strings.NewReplacer("{", "", "}", "", "$", "", "...", "").Replace(path), nil))
		if !known[class] {
			t.Errorf("%s is of the class %q, which has no places", route.Pattern, class)
		}
		if signs := path == "/masuk" || strings.HasPrefix(path, "/masuk/"); signs != (class == classSignIn) {
			t.Errorf("%s is of the class %q", route.Pattern, class)
		}
		seen[class] = true
	}
	for class := range known {
		if !seen[class] && class != classFile {
			t.Errorf("no route is of the class %s", class)
		}
	}
}
