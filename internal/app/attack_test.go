package app

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/agency"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// The attack: everything the people of one regency can open or send is opened and sent, word for word, by somebody who
// holds every role in another regency of the same host. Nothing that is not public may be read, nothing may change.

// sent is a form as a page offers it.
type sent struct {
	action string
	values url.Values
	other  url.Values // the same with other words where words were
}

// loot is what a crawl of a regency finds: addresses and forms.
type loot struct {
	pages map[string]bool
	forms map[string]sent
}

// gather opens every page a role is shown and keeps what it offers.
func (l *loot) gather(t *testing.T, v *visitor, most int) {
	t.Helper()
	seen, queue := map[string]bool{"/": true}, []string{"/"}
	for len(queue) > 0 && len(seen) < most {
		path := queue[0]
		queue = queue[1:]
		res, body := v.do("GET", path, nil)
		if to := res.Header.Get("Location"); to != "" && !seen[to] && strings.HasPrefix(to, "/") {
			seen[to], queue = true, append(queue, to)
		}
		if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			continue
		}
		for _, to := range links(t, body) {
			l.pages[to] = true
			if kind := bare(to); !seen[to] && !strings.HasPrefix(to, "/a/") && few(seen, kind) {
				seen[to], queue = true, append(queue, to)
			}
		}
		l.offers(t, path, body)
	}
}

// bare is an address without its query: pages of one kind in many filters are opened a few times only.
func bare(to string) string { path, _, _ := strings.Cut(to, "?"); return path }

func few(seen map[string]bool, path string) bool {
	n := 0
	for s := range seen {
		if bare(s) == path {
			n++
		}
	}
	return n < 3
}

func (l *loot) offers(t *testing.T, page, body string) {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	doc.Find("form[method=post]").Each(func(_ int, f *goquery.Selection) {
		action, _, _ := strings.Cut(f.AttrOr("action", page), "?sekali=") // sent by somebody else it means nothing
		one := sent{action: action, values: url.Values{}, other: url.Values{}}
		f.Find("input[name], textarea[name], select[name], button[name]").Each(func(_ int, x *goquery.Selection) {
			name, value := x.AttrOr("name", ""), x.AttrOr("value", "")
			if goquery.NodeName(x) == "select" {
				value = x.Find("option[selected], option").First().AttrOr("value", "")
			}
			if one.values.Get(name) == "" {
				one.values.Set(name, filled(x, value))
				one.other.Set(name, altered(x, filled(x, value)))
			}
		})
		l.forms[action+"?"+strings.Join(slices.Sorted(keysOf(one.values)), ",")] = one
	})
}

func filled(x *goquery.Selection, value string) string {
	if value == "" && (goquery.NodeName(x) == "textarea" || x.AttrOr("type", "text") == "text") {
		return "diubah dari daerah lain"
	}
	return value
}

func altered(x *goquery.Selection, value string) string {
	if _, err := strconv.ParseFloat(value, 64); err != nil && (goquery.NodeName(x) == "textarea" || goquery.NodeName(x) == "input" && x.AttrOr("type", "text") == "text") {
		return value + " (lain)"
	}
	return value
}

func keysOf(v url.Values) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range v {
			if !yield(k) {
				return
			}
		}
	}
}

// account gives a regency one person with every role.
func everyRole(t *testing.T, a *App, code string) (*visitor, int64) {
	t.Helper()
	if err := a.Access.SampleRegency(tenant.With(t.Context(), tenant.SystemOf(0, "test")), code); err != nil {
		t.Fatal(err)
	}
	regency := access.RegencyID(code)
	ctx := tenant.With(context.Background(), tenant.SystemOf(regency, "test"))
	office, err := a.Agencies.Create(ctx, agency.Agency{Code: "1", Name: "Dinas Lain"})
	if err != nil {
		t.Fatal(err)
	}
	ids, err := a.Access.SampleAccounts(ctx, []access.Account{{Name: "Semua peran", Email: "semua@lain.example", Role: tenant.RoleAdmin}})
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range tenant.Roles() {
		g := access.Grant{UserID: ids["Semua peran"], Role: role}
		if tenant.OfAgency(role) {
			g.Agency = office
		}
		if role == tenant.RoleAdmin {
			continue
		}
		if err := a.Access.Grant(ctx, g); err != nil {
			t.Fatal(err)
		}
	}
	secret, err := a.Access.SampleSession(ctx, "semua@lain.example")
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, h: a.Handler(), cookies: map[string]string{a.Access.CookieName(): secret}}, regency
}

// holdings gives a hash of every row a regency has, by table. Jobs come and go by themselves.
func holdings(t *testing.T, a *App, regency int64) map[string][]string {
	t.Helper()
	ctx := t.Context()
	tables, err := a.DB.Tables(ctx)
	if err != nil || len(tables) < 40 {
		t.Fatalf("%d tables: %v", len(tables), err)
	}
	out := map[string][]string{}
	for _, table := range tables {
		if strings.HasPrefix(table, "schema_") || strings.HasPrefix(table, "jobs_") {
			continue // of the host
		}
		rows, err := a.DB.Query(ctx, `SELECT * FROM `+table+` WHERE regency_id = $1`, regency)
		found, err := db.Collect(rows, err, rowHash)
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		slices.Sort(found)
		out[table] = found
	}
	return out
}

func rowHash(r *sql.Rows) (string, error) {
	columns, err := r.Columns()
	if err != nil {
		return "", err
	}
	values := make([]any, len(columns))
	to := make([]any, len(columns))
	for n := range values {
		to[n] = &values[n]
	}
	if err := r.Scan(to...); err != nil {
		return "", err
	}
	sum := sha256.Sum256(fmt.Append(nil, values...))
	return hex.EncodeToString(sum[:]), nil
}

// equip gives the people of a house what their own pages show forms for: another session, a token, a passkey.
func equip(t *testing.T, a *App, regency int64) {
	t.Helper()
	for _, role := range sampleRoles() {
		signIn(t, a, role, "id")
	}
	ctx := tenant.With(t.Context(), tenant.SystemOf(regency, "test"))
	users, err := a.Access.Users(ctx, "Operator Dishub", "", "")
	if err != nil || len(users) != 1 {
		t.Fatalf("%v %v", users, err)
	}
	err = a.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO access_token (regency_id, id, hash, user_id, name, scopes, strong, created_at, expires, used_at)
			VALUES ($1, 'token-dishub', 'h', $2, 'Penarik data', '*:read', FALSE, 1, 9999999999999, 0)`, regency, users[0].ID)
		if err == nil {
			_, err = tx.Exec(`INSERT INTO access_passkey (regency_id, id, user_id, name, credential, created_at, used_at)
				VALUES ($1, 'kunci-dishub', $2, 'Telepon dinas', '{}', 1, 1)`, regency, users[0].ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAStrangersRegencyReplaysEverything(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); replayEverything(t, sampleHouse(t)) })
	if os.Getenv("PENDAPA_TEST_POSTGRES") != "" {
		t.Run("postgres", func(t *testing.T) { t.Parallel(); replayEverything(t, sampleHouseOn(t, storetest.Schema(t))) })
	}
}

func replayEverything(t *testing.T, a *App) {
	t.Helper()
	first, err := a.Access.Brand(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	equip(t, a, first.Regency)
	l := &loot{pages: map[string]bool{}, forms: map[string]sent{}}
	for _, role := range sampleRoles() {
		l.gather(t, signIn(t, a, role, "id"), 600)
	}
	home := signIn(t, a, "Admin Diskominfo", "id")
	attacker, _ := everyRole(t, a, "35.07")
	before := holdings(t, a, first.Regency)
	marks := []string{"Data contoh:", "@contoh.example", "sekda@jember.example", "CONTOH/", "Bukti contoh"}
	look := func(what, path string, res *http.Response, body string) {
		if res.StatusCode >= 500 {
			t.Errorf("%s %s: %d", what, path, res.StatusCode)
		}
		for _, mark := range marks {
			if !shownToAll(bare(path)) && strings.Contains(body, mark) {
				t.Errorf("%s %s shows %q", what, path, mark)
			}
		}
	}
	for path := range l.pages {
		if bare(path) == "/masuk" {
			continue
		}
		res, body := attacker.do("GET", path, nil)
		look("GET", path, res, body)
	}
	sentForms, account := 0, map[string]bool{}
	for _, f := range l.forms {
		if ownDoor(f.action) != "" {
			continue
		}
		res, body := attacker.do("POST", f.action, f.values)
		look("POST", f.action, res, body)
		again, said := attacker.do("POST", f.action, f.other) // word for word it would leave a row as it is
		look("POST", f.action, again, said)
		sentForms++
		if strings.HasPrefix(f.action, "/akun") {
			account[strings.Split(f.action, "/")[2]] = true
			if res.StatusCode == http.StatusUnauthorized {
				t.Errorf("POST %s: the attacker was put out", f.action)
			}
		}
	}
	for _, part := range []string{"sandi", "sesi", "token", "kunci"} {
		if !account[part] {
			t.Errorf("no form of /akun/%s was replayed", part)
		}
	}
	if res, _ := attacker.do("GET", "/pekerjaan", nil); res.StatusCode != http.StatusOK {
		t.Fatalf("the attacker was put out on the way: %d", res.StatusCode)
	}
	if sentForms < 120 || len(l.pages) < 300 {
		t.Errorf("only %d forms and %d pages were replayed", sentForms, len(l.pages))
	}
	t.Logf("%d forms and %d pages replayed", sentForms, len(l.pages))
	after := holdings(t, a, first.Regency)
	for table, rows := range before {
		if !slices.Equal(rows, after[table]) {
			t.Errorf("%s of the first regency changed: %d rows, now %d", table, len(rows), len(after[table]))
		}
	}
	// The comparison itself is tried: one change from inside must show.
	if res, _ := home.do("POST", "/opd/baru", url.Values{"code": {"9.99"}, "name": {"Dinas Baru"}, "kind": {"dinas"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("a change from inside: %d", res.StatusCode)
	}
	if slices.Equal(before["agency_agency"], holdings(t, a, first.Regency)["agency_agency"]) {
		t.Error("a change from inside is not seen")
	}
}

// ownDoor says why a form is left out: it would end the session of whoever sends it, and nothing after it would be tried.
func ownDoor(action string) string {
	return map[string]string{
		"/keluar":       "signs the sender out",
		"/masuk":        "signs the sender in as somebody else",
		"/masuk/contoh": "signs the sender in as a sample account, which everybody may here",
	}[action]
}
