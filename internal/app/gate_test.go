package app

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"

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

// stalled is a body that came in part when the time for it was over.
type stalled struct{}

func (stalled) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }

// TestBodiesAreRefusedInWords sends what is too slow and too large through the whole house: before a place is taken, and while
// the handler reads.
func TestBodiesAreRefusedInWords(t *testing.T) {
	t.Parallel()
	a := house(t)
	for _, c := range []struct {
		path   string
		body   io.Reader
		length int64
		want   int
		id, en string
	}{
		{"/lupa", stalled{}, 100, 408, "terlalu lambat", "too slowly"},
		{"/api/v1/notices", stalled{}, 100, 408, "terlalu lambat", "too slowly"},
		{"/lupa", stalled{}, 2 << 20, 408, "terlalu lambat", "too slowly"},
		{"/masuk", strings.NewReader(strings.Repeat("x", 65<<10)), 65 << 10, 413, "terlalu besar", "too large"},
		{"/api/v1/notices", strings.NewReader(strings.Repeat("x", 2<<20)), -1, 413, "terlalu besar", "too large"},
		{"/lupa", strings.NewReader(strings.Repeat("x", 2<<20)), 2 << 20, 413, "terlalu besar", "too large"},
	} {
		for lang, words := range map[string]string{"id": c.id, "en": c.en} {
			if s, ok := c.body.(io.Seeker); ok {
				_, _ = s.Seek(0, io.SeekStart)
			}
			r := httptest.NewRequest("POST", c.path, c.body)
			r.ContentLength = c.length
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			r.AddCookie(&http.Cookie{Name: "lang", Value: lang})
			w := httptest.NewRecorder()
			a.Handler().ServeHTTP(w, r)
			if w.Code != c.want || !strings.Contains(w.Body.String(), words) || strings.Contains(w.Body.String(), "⟦") {
				t.Errorf("%s of %d bytes in %s: %d %.300s", c.path, c.length, lang, w.Code, w.Body)
			}
			if c.want == 408 && w.Header().Get("Retry-After") == "" {
				t.Errorf("%s of %d bytes: no Retry-After", c.path, c.length)
			}
		}
	}
}

// TestAFullClassStopsNoSignInAndNoHealth: one source fills the bodies of saves; it still signs in, reads a page and asks for
// health, and another address still saves.
func TestAFullClassStopsNoSignInAndNoHealth(t *testing.T) {
	t.Parallel()
	a := house(t)
	gate, err := a.gate()
	if err != nil {
		t.Fatal(err)
	}
	door := gate.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	send := func(method, path, from string, body io.Reader) int {
		r := httptest.NewRequest(method, path, body)
		r.RemoteAddr = from
		if body != nil {
			r.ContentLength = 1 << 20
		}
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		return w.Code
	}
	full, stop := make(chan bool, 60), make(chan bool)
	for range 60 {
		go func() {
			if send("POST", "/evaluasi/x/soal/A1", "[2001:db8:7:1::1]:9", &half{part: 900 << 10, full: full, stop: stop}) == 503 {
				full <- true
			}
		}()
	}
	for range 60 {
		<-full
	}
	large := func() io.Reader { return strings.NewReader(strings.Repeat("x", 1<<20)) }
	if c := send("POST", "/evaluasi/x/soal/A1", "[2001:db8:7:2::1]:9", large()); c != 503 {
		t.Errorf("the same network: %d", c)
	}
	if c := send("POST", "/evaluasi/x/soal/A1", "[2001:db8:8:1::1]:9", large()); c != 200 {
		t.Errorf("another network: %d", c)
	}
	for path, method := range map[string]string{"/masuk": "POST", "/healthz": "GET", "/readyz": "GET", "/pekerjaan": "GET"} {
		if c := send(method, path, "[2001:db8:7:1::1]:9", nil); c != 200 {
			t.Errorf("%s: %d", path, c)
		}
	}
	close(stop)
}

// half is a body that stops when a part of it has come, and says so.
type half struct {
	part       int
	full, stop chan bool
}

func (h *half) Read(p []byte) (int, error) {
	if h.part > 0 {
		n := min(len(p), h.part)
		h.part -= n
		return n, nil
	}
	h.full <- true
	<-h.stop
	return 0, io.ErrUnexpectedEOF
}

// TestOneSourceLeavesPlacesToOthers: one source asks 120 times for what takes long, of every class whose places it could use
// up; another source is answered at once.
func TestOneSourceLeavesPlacesToOthers(t *testing.T) {
	t.Parallel()
	for path, method := range map[string]string{"/masuk": "POST", "/masuk/oidc/kembali": "GET", "/bukti/x/berkas": "GET",
		"/audit/daftar.csv": "GET", "/evaluasi/x/bukti.zip": "GET"} {
		synctest.Test(t, func(t *testing.T) {
			stop := make(chan bool)
			door := admit.New(admit.Rules{Limits: limits(), Class: classOf,
				Source: func(r *http.Request) string { return r.RemoteAddr },
				Refuse: func(w http.ResponseWriter, _ *http.Request, status int) { w.WriteHeader(status) },
			}).Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if r.RemoteAddr == "many" {
					<-stop
				}
			}))
			send := func(from string) int {
				r := httptest.NewRequest(method, path, nil)
				r.RemoteAddr = from
				w := httptest.NewRecorder()
				door.ServeHTTP(w, r)
				return w.Code
			}
			for range 120 {
				go send("many")
			}
			synctest.Wait()
			if c := send("one"); c != 200 {
				t.Errorf("%s %s: another source got %d", method, path, c)
			}
			close(stop)
		})
	}
}

// TestUploadsHavePlacesOfTheirOwn: files that go out keep no file from coming in.
func TestUploadsHavePlacesOfTheirOwn(t *testing.T) {
	t.Parallel()
	in := httptest.NewRequest("POST", "/bukti/unggah", nil)
	in.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	if out := classOf(httptest.NewRequest("GET", "/bukti/x/berkas", nil)); classOf(in) == out {
		t.Errorf("both are of the class %q", out)
	}
}
