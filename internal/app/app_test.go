package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/i18n"
)

func house(t *testing.T) *App {
	t.Helper()
	dir := t.TempDir()
	a, err := New(context.Background(), Config{DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db"), Sample: true, Hosts: "example.com"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func get(t *testing.T, h http.Handler, method, path, lang string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, "http://localhost"+path, nil)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(&http.Cookie{Name: "lang", Value: lang})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, _ := io.ReadAll(w.Result().Body)
	return w.Code, string(body)
}

func TestPublicPagesInBothLanguages(t *testing.T) {
	t.Parallel()
	a := house(t)
	for _, lang := range i18n.Languages() {
		code, body := get(t, a.Handler(), "GET", "/bantuan", lang)
		if code != 200 || !strings.Contains(body, `<html lang="`+lang+`"`) || strings.Contains(body, "⟦") {
			t.Errorf("%s: status %d, or wrong language, or a missing text", lang, code)
		}
	}
}

func TestStrangersAreSentToSignIn(t *testing.T) {
	t.Parallel()
	a := house(t)
	for _, route := range a.Mux.Routes() {
		if route.Perm == "public" || strings.Contains(route.Pattern, "{") {
			continue
		}
		method, path, _ := strings.Cut(route.Pattern, " ")
		code, _ := get(t, a.Handler(), method, path, "id")
		want := http.StatusSeeOther
		if route.API {
			want = http.StatusUnauthorized
		}
		if code != want {
			t.Errorf("%s as a stranger: %d, want %d", route.Pattern, code, want)
		}
	}
}

func TestAnotherSiteCannotPost(t *testing.T) {
	t.Parallel()
	a := house(t)
	for name, set := range map[string]func(http.Header){
		"cross site":      func(h http.Header) { h.Set("Sec-Fetch-Site", "cross-site") },
		"no origin given": func(http.Header) {},
	} {
		r := httptest.NewRequest("POST", "http://localhost/bahasa", strings.NewReader("lang=en"))
		set(r.Header)
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusForbidden {
			t.Errorf("%s: %d, want 403", name, w.Code)
		}
	}
}

func TestEveryViewParses(t *testing.T) {
	t.Parallel()
	views := house(t).Web.Views
	if err := views.Check(); err != nil || len(views.Names()) < 80 {
		t.Errorf("%d views: %v", len(views.Names()), err)
	}
}

func TestBothLanguagesHoldTheSameTexts(t *testing.T) {
	t.Parallel()
	texts := house(t).Web.Texts
	for key := range texts.Keys("id") {
		if !texts.Has("en", key) {
			t.Errorf("%s is missing in English", key)
		}
	}
	for key := range texts.Keys("en") {
		if !texts.Has("id", key) {
			t.Errorf("%s is missing in Indonesian", key)
		}
	}
}
