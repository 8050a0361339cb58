package app

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/agency"
	"github.com/pendapa/pendapa/internal/assessment"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// The authorisation matrix is generated: every registered route x every role x ids of the own agency, of another agency and
// of another regency. A route that nobody thought of is in it the moment it is registered.

// subject is somebody who tries.
type subject struct {
	name string
	role string
	v    *visitor
}

func subjects(t *testing.T, a *App) []subject {
	t.Helper()
	out := []subject{{name: "stranger", v: &visitor{t: t, h: a.Handler(), cookies: map[string]string{}}}}
	for name, role := range map[string]string{"Admin Diskominfo": tenant.RoleAdmin, "Koordinator Evaluasi": tenant.RoleCoordinator, "Operator Dishub": tenant.RoleOperator,
		"Kepala Dishub": tenant.RoleHead, "Penilai 1": tenant.RoleAssessor, "Sekretaris Daerah": tenant.RoleLeader, "Inspektur": tenant.RoleInspector,
		"Meja Inovasi": tenant.RoleDesk, "Pegawai Dishub": tenant.RoleStaff} {
		out = append(out, subject{name, role, signIn(t, a, name, "id")})
	}
	return out
}

// holders gives the roles that hold an action.
func holders(a *App, action string) []string {
	var out []string
	for _, m := range a.Modules {
		for _, p := range m.Perms {
			if p.Action == action {
				out = append(out, p.Roles...)
			}
		}
	}
	return out
}

// fill puts ids into the wildcards of a route.
func fill(pattern string, ids map[string]string) string {
	parts := strings.Split(pattern, "/")
	for i, p := range parts {
		name, ok := strings.CutPrefix(p, "{")
		if !ok {
			continue
		}
		name = strings.TrimSuffix(strings.TrimSuffix(name, "}"), "...")
		switch {
		case name == "$":
			parts[i] = ""
		case ids[name] != "":
			parts[i] = ids[name]
		default:
			parts[i] = "tidak-ada"
		}
	}
	return strings.Join(parts, "/")
}

// TestEveryRouteForEveryRole checks the door: who does not hold the route's action is refused, whatever the ids are.
func TestEveryRouteForEveryRole(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	all := subjects(t, a)
	round := sampleRoundID(time.Now().Year())
	checked := 0
	for _, route := range a.Mux.Routes() {
		method, pattern, _ := strings.Cut(route.Pattern, " ")
		path := fill(pattern, map[string]string{"round": round, "code": "A1", "id": "bukti-A1"})
		for _, s := range all {
			if method == "POST" && (path == "/keluar" || strings.HasPrefix(path, "/masuk") || path == "/bahasa") {
				continue // these change the session the test stands on; the access room tests them
			}
			checked++
			may := route.Perm == web.Public || s.role != "" && (route.Perm == web.SignedIn || route.Perm == web.Half || slices.Contains(holders(a, route.Perm), s.role))
			res, body := s.v.do(method, path, url.Values{})
			switch {
			case !may && s.role == "" && !route.API:
				if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/masuk") {
					t.Errorf("%s as %s: %d, want the sign-in", route.Pattern, s.name, res.StatusCode)
				}
			case !may && s.role == "":
				if res.StatusCode != http.StatusUnauthorized {
					t.Errorf("%s as %s: %d, want 401", route.Pattern, s.name, res.StatusCode)
				}
			case !may:
				if res.StatusCode != http.StatusForbidden {
					t.Errorf("%s as %s: %d, want 403", route.Pattern, s.name, res.StatusCode)
				}
			case res.StatusCode == http.StatusInternalServerError:
				t.Errorf("%s as %s: 500 %.300s", route.Pattern, s.name, body)
			}
		}
	}
	if checked < 800 {
		t.Errorf("only %d cases were generated", checked)
	}
	t.Logf("%d cases", checked)
}

// TestAnotherRegencySeesNothing gives every role of a second regency the ids of the first: no answer may hold its data.
func TestAnotherRegencySeesNothing(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	first, err := a.Access.Brand(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	home := tenant.With(context.Background(), tenant.SystemOf(first.Regency, "test"))
	agencies, err := a.Agencies.List(home, true)
	if err != nil {
		t.Fatal(err)
	}
	users, err := a.Access.Users(home, "", "", "")
	if err != nil {
		t.Fatal(err)
	}
	follow, err := a.Assessment.Followups(home, assessment.FollowFilter{})
	if err != nil || len(follow) == 0 {
		t.Fatalf("no follow-up: %v", err)
	}
	others := secondRegency(t, a)
	year := time.Now().Year()
	ids := []map[string]string{
		{"round": sampleRoundID(year), "code": "A1", "id": "bukti-A1", "user": users[0].ID}, {"round": sampleRoundID(year - 1), "code": "A1", "id": agencies[0].ID},
		{"id": users[0].ID}, {"id": follow[0].ID}, {"id": "permintaan-A2", "round": sampleRoundID(year)},
		{"id": "inv-lubang", "item": "17", "round": sampleIID, "code": "2a", "kind": "users", "part": "x", "regency": "3509"}, {"id": "inv-antre", "round": samplePemdi, "code": "I13", "phase": "visit"},
	}
	marks := []string{"Data contoh:", "@contoh.example", "sekda@jember.example", "CONTOH/", "Bukti contoh", "Dinas Perumahan Rakyat, Kawasan Pemukiman dan Cipta Karya", "Dinas Perhubungan"}
	checked := 0
	for role, v := range others {
		for _, route := range a.Mux.Routes() {
			method, pattern, _ := strings.Cut(route.Pattern, " ")
			if method != http.MethodGet && (strings.HasPrefix(pattern, "/keluar") || strings.HasPrefix(pattern, "/masuk") || pattern == "/bahasa") || pattern == "/masuk" || shownToAll(pattern) {
				continue
			}
			for _, set := range ids {
				path := fill(pattern, set)
				res, body := v.do(method, path, url.Values{"rev": {"1"}, "state": {"done"}, "to": {"locked"}})
				checked++
				if res.StatusCode == http.StatusInternalServerError {
					t.Errorf("%s %s as %s of another regency: 500", method, path, role)
				}
				for _, mark := range marks {
					if strings.Contains(body, mark) {
						t.Errorf("%s %s as %s of another regency shows %q", method, path, role, mark)
					}
				}
			}
		}
	}
	t.Logf("%d cases", checked)
	for _, id := range []string{"bukti-A1"} {
		if _, err := a.Evidence.Get(home, id); err != nil {
			t.Errorf("%s was changed from another regency: %v", id, err)
		}
	}
	if r, err := a.Evaluation.Round(home, sampleRoundID(year)); err != nil || r.State != "open" || r.Rev != 1 {
		t.Errorf("the round was changed from another regency: %+v %v", r, err)
	}
}

// shownToAll are the pages on which a regency shows what it published, also to others on this host.
func shownToAll(pattern string) bool {
	return pattern == "/publik" || strings.HasPrefix(pattern, "/publik/") || pattern == "/adopsi/cari" || pattern == "/adopsi/baru"
}

// secondRegency makes a regency beside the sample with one account per role and signs them in.
func secondRegency(t *testing.T, a *App) map[string]*visitor {
	t.Helper()
	ctx := tenant.With(context.Background(), tenant.SystemOf(0, "test"))
	if err := a.Access.SampleRegency(ctx, "35.07"); err != nil {
		t.Fatal(err)
	}
	ctx = tenant.With(context.Background(), tenant.SystemOf(3507, "test"))
	office, err := a.Agencies.Create(ctx, agency.Agency{Code: "1", Name: "Dinas Lain"})
	if err != nil {
		t.Fatal(err)
	}
	var accounts []access.Account
	for _, role := range tenant.Roles() {
		one := access.Account{Name: "Lain " + role, Email: role + "@lain.example", Role: role}
		if tenant.OfAgency(role) {
			one.Agency = office
		}
		accounts = append(accounts, one)
	}
	if _, err := a.Access.SampleAccounts(ctx, accounts); err != nil {
		t.Fatal(err)
	}
	out := map[string]*visitor{}
	for _, role := range tenant.Roles() {
		secret, err := a.Access.SampleSession(ctx, role+"@lain.example")
		if err != nil {
			t.Fatal(err)
		}
		out[role] = &visitor{t: t, h: a.Handler(), cookies: map[string]string{a.Access.CookieName(): secret}}
		if res, _ := out[role].do("GET", "/pekerjaan", nil); res.StatusCode != http.StatusOK {
			t.Fatalf("%s of the second regency cannot work: %d", role, res.StatusCode)
		}
	}
	return out
}

// TestAnotherAgencyChangesNothing lets an operator of Dishub try every change on questions and proofs of other agencies.
func TestAnotherAgencyChangesNothing(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	first, err := a.Access.Brand(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	home := tenant.With(context.Background(), tenant.SystemOf(first.Regency, "test"))
	round := sampleRoundID(time.Now().Year())
	items, err := a.Evaluation.Items(home, round)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Operator Dishub", "Kepala Dishub"} {
		v := signIn(t, a, name, "id")
		me, err := a.Access.Users(home, name, "", "")
		if err != nil || len(me) != 1 {
			t.Fatalf("%s: %v %v", name, me, err)
		}
		tried := 0
		for _, i := range items {
			if i.Lead == me[0].Agency || slices.Contains(i.Support, me[0].Agency) {
				continue
			}
			path := "/evaluasi/" + round + "/soal/" + i.Code
			for _, action := range []string{"", "/ajukan", "/setujui", "/kembalikan", "/terima", "/bukti", "/bukti/lepas"} {
				form := url.Values{"rev": {fmt.Sprint(i.Rev)}, "answer": {"x"}, "mark": {"1"}, "reason": {"x"}, "evidence": {"bukti-tabel"}}
				if res, _ := v.do("POST", path+action, form); res.StatusCode < 400 {
					t.Errorf("%s on %s%s: %d", name, path, action, res.StatusCode)
				}
				tried++
			}
			now, err := a.Evaluation.Item(home, round, i.Code)
			if err != nil || now.Rev != i.Rev {
				t.Errorf("%s changed %s: %v", name, i.Code, err)
			}
		}
		if tried < 100 {
			t.Errorf("%s: only %d tries", name, tried)
		}
	}
}
