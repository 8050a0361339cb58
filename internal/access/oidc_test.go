package access_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// staff are the people the identity provider of the test knows.
type staff struct{}

func person(id string) *storage.User {
	verified := id != "belum@jember.example"
	return &storage.User{ID: id, Username: id, Password: "sandi-idp", Email: id, EmailVerified: verified}
}

func (staff) GetUserByID(id string) *storage.User         { return person(id) }
func (staff) GetUserByUsername(name string) *storage.User { return person(name) }
func (staff) ExampleClientID() string                     { return "contoh" }

// identityProvider starts a real OpenID provider on loopback that knows our site as a client.
func identityProvider(t *testing.T, site string) string {
	t.Helper()
	storage.RegisterClients(storage.WebClient("pendapa", "rahasia", site+"/masuk/oidc/kembali"))
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	handler = exampleop.SetupServer(server.URL, storage.NewStorage(staff{}), nil, false, op.WithAllowInsecure())
	return server.URL
}

func TestSignInThroughAnIdentityProvider(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	ctx := h.begin(t)
	h.person(t, ctx, "op@jember.example", tenant.RoleOperator, "dinas")
	h.person(t, ctx, "belum@jember.example", tenant.RoleOperator, "dinas")
	sample(t, h, ctx, "contoh@jember.example")
	site := serve(t, h)
	h.OIDC = &access.OIDCConfig{Issuer: identityProvider(t, site), ClientID: "pendapa", ClientSecret: "rahasia", Redirect: site + "/masuk/oidc/kembali", Name: "SSO Pemkab"}
	h.clock.at = nowFar()

	for _, c := range []struct {
		email string
		in    bool
	}{{"op@jember.example", true}, {"op@jember.example", true}, {"belum@jember.example", false}, {"orang@lain.example", false},
		{"contoh@jember.example", false}} {
		body, jar := through(t, site, c.email)
		u, _ := url.Parse(site)
		in := false
		for _, cookie := range jar.Cookies(u) {
			in = in || cookie.Name == h.CookieName() && h.actor(t, cookie.Value).UserID != ""
		}
		if in != c.in {
			t.Errorf("%s: signed in %v, want %v: %.300s", c.email, in, c.in, body)
		}
	}
	res, err := http.Get(site + "/masuk/oidc/kembali?code=x&state=y")
	if err != nil {
		t.Fatal(err)
	}
	if _ = res.Body.Close(); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an answer nobody asked for: %d", res.StatusCode)
	}
}

// TestTheProvidersSecondFactorCountsWhenItIsNamed: the provider of the test says that it asked for a password (amr pwd).
func TestTheProvidersSecondFactorCountsWhenItIsNamed(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	ctx := h.begin(t)
	h.person(t, ctx, "op@jember.example", tenant.RoleOperator, "dinas")
	site := serve(t, h)
	h.OIDC = &access.OIDCConfig{Issuer: identityProvider(t, site), ClientID: "pendapa", ClientSecret: "rahasia",
		Redirect: site + "/masuk/oidc/kembali", Name: "SSO Pemkab"}
	h.clock.at = nowFar()
	at, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		accepted []string
		owes     string
	}{{nil, "enrol"}, {[]string{"mfa", "hwk"}, "enrol"}, {[]string{""}, "enrol"}, {[]string{"mfa", "pwd"}, ""}} {
		h.OIDC.Second = c.accepted
		_, jar := through(t, site, "op@jember.example")
		var a tenant.Actor
		for _, cookie := range jar.Cookies(at) {
			if cookie.Name == h.CookieName() {
				a = h.actor(t, cookie.Value)
			}
		}
		if a.UserID == "" || a.Owes != c.owes || (len(a.Grants) > 0) != (c.owes == "") {
			t.Errorf("accepted %q: %+v", c.accepted, a)
		}
	}
}

// through goes the way a browser goes: our button, the provider's form, back to us.
func through(t *testing.T, site, email string) (string, http.CookieJar) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	res, err := client.Get(site + "/masuk/oidc")
	if err != nil {
		t.Fatal(err)
	}
	form, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	_, after, ok := strings.Cut(string(form), `name="id" value="`)
	if !ok {
		t.Fatalf("no form at the provider: %d %s", res.StatusCode, form)
	}
	request, _, _ := strings.Cut(after, `"`)
	res, err = client.PostForm(res.Request.URL.Scheme+"://"+res.Request.URL.Host+"/login/username", url.Values{"id": {request}, "username": {email}, "password": {"sandi-idp"}})
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	return string(body), jar
}

// serve shows the access room alone as a site.
func serve(t *testing.T, h *house) string {
	t.Helper()
	views, err := web.NewViews()
	if err != nil {
		t.Fatal(err)
	}
	s := &web.Server{Log: quiet(), Texts: i18n.New(), Views: views, Now: h.clock.now, Zone: tenant.OneZone(zone()), Asset: func(name string) string { return "/" + name }, Who: h.Who}
	m := h.Module()
	for _, err := range []error{s.Texts.Add(web.Files), s.Texts.Add(m.Files), views.Add(m.Name, m.Files)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	mux := s.NewMux()
	m.Routes(mux.For(m.Name))
	handler, err := s.Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}
