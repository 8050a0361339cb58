package app

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/tenant"
)

// hostOperator signs in as an administrator who was given the host from the command line.
func hostOperator(t *testing.T, a *App) *visitor {
	t.Helper()
	v := signIn(t, a, "Admin Diskominfo", "id")
	ctx := tenant.With(t.Context(), tenant.SystemOf(3509, "test"))
	me, err := a.Access.Users(ctx, "Admin Diskominfo", "", "")
	if err != nil || len(me) != 1 {
		t.Fatalf("%v %v", me, err)
	}
	if res, _ := v.do("GET", "/induk", nil); res.StatusCode != http.StatusForbidden {
		t.Fatalf("an administrator without the host: %d", res.StatusCode)
	}
	if err := a.Host.Appoint(ctx, 3509, me[0].Email); err != nil {
		t.Fatal(err)
	}
	return v
}

func lookAt(h http.Handler, host, path string) (int, string) {
	r := httptest.NewRequest("GET", "http://"+host+path, nil)
	r.Host = host
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestTheHostsOperatorAddsARegency(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	v := hostOperator(t, a)
	if _, body := v.do("GET", "/induk/baru?q=Jembrana", nil); !strings.Contains(body, `value="51.01"`) {
		t.Fatalf("the official list is not offered: %.400s", body)
	}
	res, body := v.do("POST", "/induk/baru", url.Values{"regency": {"51.01"}, "name": {"Admin Jembrana"}, "email": {"admin@jembrana.example"}})
	if res.StatusCode != http.StatusOK || !strings.Contains(body, "/undangan/") {
		t.Fatalf("adding: %d %.400s", res.StatusCode, body)
	}
	if res, _ := v.do("POST", "/induk/baru", url.Values{"regency": {"51.01"}, "name": {"Lagi"}, "email": {"lagi@jembrana.example"}}); res.StatusCode < 400 {
		t.Errorf("the same regency twice: %d", res.StatusCode)
	}
	save := url.Values{"rev": {"0"}, "zone": {"Asia/Makassar"}, "host_name": {"kota.jembrana.example"}, "slug": {"jembrana"}, "agency_mb": {"3"}}
	if res, body := v.do("POST", "/induk/5101", save); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("saving: %d %.600s", res.StatusCode, body)
	}
	ctx := tenant.With(t.Context(), tenant.SystemOf(5101, "test"))
	if got := a.zones.of(ctx).String(); got != "Asia/Makassar" {
		t.Errorf("its clock is %s", got)
	}
	if got := a.address(ctx); got != "https://kota.jembrana.example" {
		t.Errorf("its letters say %s", got)
	}
	if l, err := a.fileLimits(ctx, 5101); err != nil || l.Agency != 3<<20 {
		t.Errorf("its limits are %+v %v", l, err)
	}
	shows(t, a, "kota.jembrana.example", "/publik", "JEMBRANA")
	shows(t, a, "localhost", "/d/jembrana/publik", "JEMBRANA")
	shows(t, a, "localhost", "/publik", "JEMBER")
	if code, _ := lookAt(a.Handler(), "localhost", "/d/tidak-ada/publik"); code != http.StatusNotFound {
		t.Errorf("an unknown slug: %d", code)
	}
	if code, _ := lookAt(a.Handler(), "evil.example", "/publik"); code < 400 {
		t.Errorf("a foreign name: %d", code)
	}
	staysInside(t, a)
	rows, _, err := a.Audit.List(t.Context(), 5101, audit.Filter{}, 20, 0)
	if err != nil || len(rows) < 4 || rows[len(rows)-1].ActorName != "Admin Diskominfo" {
		t.Errorf("the trail of the new regency does not say who founded it: %+v %v", rows, err)
	}
}

// shows checks whose public page an address gives, by the name at the top.
func shows(t *testing.T, a *App, host, path, want string) {
	t.Helper()
	code, body := lookAt(a.Handler(), host, path)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.ToUpper(doc.Find(".brand small").Text()); code != http.StatusOK || !strings.Contains(got, want) {
		t.Errorf("%s%s: %d, the name at the top is %q, want %s", host, path, code, got, want)
	}
}

// staysInside checks that links of public pages keep the slug and that nothing but public pages is served below one.
func staysInside(t *testing.T, a *App) {
	t.Helper()
	_, body := lookAt(a.Handler(), "localhost", "/d/jembrana/publik")
	for _, to := range links(t, body) {
		if strings.HasPrefix(to, "/publik") {
			t.Errorf("a public page below the slug leads out of it: %s", to)
		}
	}
	for path, want := range map[string]string{"/d/jembrana/masuk": "/masuk", "/d/jembrana//evil.example/x": "/evil.example/x", "/d/jembrana/": "/d/jembrana/publik"} {
		r := httptest.NewRequest("GET", "http://localhost/", nil)
		r.URL.Path = path
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != want {
			t.Errorf("%s: %d to %q, want %q", path, w.Code, got, want)
		}
	}
}

// No page gives the host away: the form of roles does not offer it and the service refuses it.
func TestNoPageGivesTheHost(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	v := signIn(t, a, "Admin Diskominfo", "id")
	ctx := tenant.With(t.Context(), tenant.SystemOf(3509, "test"))
	all, err := a.Access.Users(ctx, "Operator Dishub", "", "")
	if err != nil || len(all) != 1 {
		t.Fatalf("%v %v", all, err)
	}
	if _, body := v.do("GET", "/pengguna/"+all[0].ID, nil); strings.Contains(body, `value="host"`) {
		t.Error("the form of roles offers the host")
	}
	v.do("POST", "/pengguna/"+all[0].ID+"/peran", url.Values{"role": {"host"}})
	grants, err := a.Access.Grants(ctx, all[0].ID)
	for _, g := range grants {
		if g.Role == tenant.RoleHost {
			t.Error("an administrator gave the host away")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Access.Grant(ctx, access.Grant{UserID: all[0].ID, Role: tenant.RoleHost}); err == nil {
		t.Error("the service gives the host away")
	}
	if err := a.Access.Appoint(tenant.With(t.Context(), tenant.Actor{Regency: 3509, UserID: "x"}), 3509, all[0].Email); err == nil {
		t.Error("somebody appointed the host's operator")
	}
}
