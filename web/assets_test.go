package web

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func sample(t *testing.T, css string) *Assets {
	t.Helper()
	a, err := New(fstest.MapFS{
		".keep":    {},
		"app.css":  {Data: []byte(css)},
		"app.js":   {Data: []byte(strings.Repeat("/* x */", 100))},
		"ikon.svg": {Data: []byte("<svg/>")},
		"logo.svg": {Data: []byte("<svg/>")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func get(a *Assets, path, encoding string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w.Result()
}

func TestPath(t *testing.T) {
	t.Parallel()
	one, two := sample(t, "a{}"), sample(t, "b{}")
	if p := one.Path("app.css"); !regexp.MustCompile(`^/a/[0-9a-f]{12}/app\.css$`).MatchString(p) {
		t.Errorf("path = %q, want a hash of 12 signs", p)
	}
	if one.Path("app.css") == two.Path("app.css") {
		t.Error("other content has the same address")
	}
	if one.Path("app.js") != two.Path("app.js") {
		t.Error("same content has another address")
	}
	if got := one.Path("none.css"); got != "/a/0/none.css" {
		t.Errorf("path of an absent file = %q", got)
	}
	for name, want := range map[string]string{"cari": "#i-cari", "i-cari": "#i-cari", "m-good": "#m-good"} {
		if got := one.Icon(name); got != one.Path("ikon.svg")+want {
			t.Errorf("icon %s = %q", name, got)
		}
	}
}

func TestBuilt(t *testing.T) {
	t.Parallel()
	if !sample(t, "").Built() {
		t.Error("the whole bundle counts as missing")
	}
	empty, err := New(fstest.MapFS{".keep": {}})
	if err != nil {
		t.Fatal(err)
	}
	if empty.Built() {
		t.Error("a placeholder counts as a bundle")
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	a := sample(t, "a{}")
	const year = "public, max-age=31536000, immutable"
	cases := []struct {
		name, path, encoding         string
		status                       int
		kind, cache, contentEncoding string
		wantGzip                     bool
	}{
		{"plain", a.Path("app.js"), "", 200, "text/javascript; charset=utf-8", year, "", false},
		{"gzip", a.Path("app.js"), "br, gzip;q=0.8", 200, "text/javascript; charset=utf-8", year, "gzip", true},
		{"gzip refused", a.Path("app.js"), "gzip;q=0, br", 200, "text/javascript; charset=utf-8", year, "", false},
		{"too small to pack", a.Path("app.css"), "gzip", 200, "text/css; charset=utf-8", year, "", false},
		{"picture", a.Path("logo.svg"), "", 200, "image/svg+xml; charset=utf-8", year, "", false},
		{"hash of another version", "/a/0123456789ab/app.css", "", 200, "text/css; charset=utf-8", "no-cache", "", false},
		{"absent", "/a/0/none.js", "", 404, "text/plain; charset=utf-8", "no-store", "", false},
		{"placeholder", "/a/0/.keep", "", 404, "text/plain; charset=utf-8", "no-store", "", false},
		{"folder above", "/a/0/../embed.go", "", 404, "text/plain; charset=utf-8", "no-store", "", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			res := get(a, c.path, c.encoding)
			h := res.Header
			if res.StatusCode != c.status || h.Get("Content-Type") != c.kind || h.Get("Cache-Control") != c.cache ||
				h.Get("Content-Encoding") != c.contentEncoding || h.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("status %d, header %v", res.StatusCode, h)
			}
			if !c.wantGzip {
				return
			}
			z, err := gzip.NewReader(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(z); err != nil || len(body) != 700 {
				t.Errorf("unpacked %d bytes, %v, want 700", len(body), err)
			}
		})
	}
}

func TestServeMethodsAndTags(t *testing.T) {
	t.Parallel()
	a := sample(t, "a{}")
	serve := func(method, tag string) *http.Response {
		r := httptest.NewRequest(method, a.Path("app.css"), nil)
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		return w.Result()
	}
	tag := serve(http.MethodGet, "").Header.Get("ETag")
	if got := serve(http.MethodGet, tag).StatusCode; got != http.StatusNotModified {
		t.Errorf("same tag = %d, want 304", got)
	}
	head := serve(http.MethodHead, "")
	if body, _ := io.ReadAll(head.Body); head.StatusCode != 200 || len(body) != 0 || head.Header.Get("Content-Length") != "3" {
		t.Errorf("HEAD = %d, %d bytes, length %s", head.StatusCode, len(body), head.Header.Get("Content-Length"))
	}
	if got := serve(http.MethodPost, "").StatusCode; got != http.StatusMethodNotAllowed {
		t.Errorf("POST = %d, want 405", got)
	}
}

// The goals are those of the first page load over the wire; they hold for the bundle as the program sends it.
func TestBundle(t *testing.T) {
	t.Parallel()
	a, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if !a.Built() {
		t.Fatal("the bundle is missing: run `npm ci` and `node build.mjs` in the folder web first")
	}
	for name, goal := range map[string]int{"app.js": 25 << 10, "app.css": 18 << 10, "ikon.svg": 8 << 10} {
		if n := len(a.files[name].packed()); n > goal {
			t.Errorf("%s = %d bytes gzip, goal %d", name, n, goal)
		}
	}
	script, css := string(a.files["app.js"].body), string(a.files["app.css"].body)
	for _, bad := range []string{"eval(", "new Function(", `"http://`, `"https://`} {
		if strings.Contains(script, bad) {
			t.Errorf("app.js contains %s", bad)
		}
	}
	for _, bad := range []string{"url(", "@import", "http:"} {
		if strings.Contains(css, bad) {
			t.Errorf("app.css contains %s", bad)
		}
	}
	notices, err := fs.ReadFile(dist, "dist/NOTICES.txt")
	if err != nil || !strings.Contains(string(notices), "htmx.org 4.0.1") {
		t.Errorf("notices do not name htmx: %v", err)
	}
}
