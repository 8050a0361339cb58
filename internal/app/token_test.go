package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/tenant"
)

// TestTokensStayInTheirPlace: a token opens no page, only its rooms, and writes only where it may.
func TestTokensStayInTheirPlace(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	secret, err := a.Access.SampleSession(context.Background(), "admin@jember.example")
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "http://localhost/", nil)
	r.AddCookie(&http.Cookie{Name: a.Access.CookieName(), Value: secret})
	actor, err := a.Access.Who(r)
	if err != nil || !actor.SignedIn() {
		t.Fatalf("no session: %v", err)
	}
	ctx := tenant.With(context.Background(), actor)
	token, err := a.Access.NewToken(ctx, "skrip", tenant.Scopes{"notice": false}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	own := map[string]string{"Authorization": "Bearer " + token}
	for path, want := range map[string]int{
		"/api/v1/notices": http.StatusOK, "/api/v1/agencies": http.StatusForbidden,
		"/pengguna": http.StatusForbidden, "/pengguna/baru": http.StatusForbidden, "/akun": http.StatusForbidden, "/": http.StatusForbidden,
	} {
		if res := ask(a.Handler(), "GET", "http://localhost"+path, nil, own); res.StatusCode != want {
			t.Errorf("GET %s: %d, want %d", path, res.StatusCode, want)
		}
	}
	for _, path := range []string{"/akun/token", "/akun/sandi", "/pengguna/baru", "/api/v1/webhooks"} {
		if res := ask(a.Handler(), "POST", "http://localhost"+path, nil, own); res.StatusCode < 400 {
			t.Errorf("POST %s: %d", path, res.StatusCode)
		}
	}
}
