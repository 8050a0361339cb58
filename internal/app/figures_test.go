package app

import (
	"context"
	"database/sql"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// malang are the published marks of Kabupaten Malang 2022 (letter B-1004/DJAI/AI.01.04/12/2022), question by question.
func malang() string {
	var b strings.Builder
	b.WriteString("item,entry,assessor,value\n")
	for _, c := range []struct{ code, marks string }{{"A", "2 1 2 1 1"}, {"B", "2 1 2 2.75 1 1 1"},
		{"C", "2.75 4 4 1 3 3.5 2 3 2 3 3 2 3.5 3 3 4 4 3.25 2 3.25 4 4 4 4 2 3 4 1 1.25 2 2"}, {"D", "2.25 2 3 3"}, {"E", "2.25 3 2.75 4 3 2.75 3 2.5 3.75 3.75 2.5 3.75"}} {
		for i, mark := range strings.Fields(c.marks) {
			fmt.Fprintf(&b, "%s%d,,,%s\n", c.code, i+1, mark)
		}
	}
	return b.String()
}

// TestMalang2022OnTheResultPage enters the published marks and the letter as a coordinator does and reads the page.
func TestMalang2022OnTheResultPage(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	v := signIn(t, a, "Koordinator Evaluasi", "id")
	res, _ := v.do("POST", "/evaluasi/baru", url.Values{"pack": {"smartcity-2022-kppn"}, "title": {"Malang 2022"}, "year": {"2022"}, "self_from": {"2022-09-01"}, "self_to": {"2022-10-01"}})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("round: %d", res.StatusCode)
	}
	round := strings.Split(res.Header.Get("Location"), "/")[2]
	if res, body := v.do("POST", "/hasil/"+round+"/nilai", url.Values{"csv": {malang()}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("marks: %d %.400s", res.StatusCode, body)
	}
	letter := url.Values{"rev": {"0"}, "letter": {"B-1004/DJAI/AI.01.04/12/2022"}, "date": {"2022-12-30"}, "index": {"2,51"}, "c_A": {"1,40"}, "c_B": {"1,54"}, "c_C": {"2,92"}, "c_D": {"2,56"}, "c_E": {"3,08"}}
	if res, body := v.do("POST", "/hasil/"+round+"/surat", letter); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("letter: %d %.400s", res.StatusCode, body)
	}
	_, body := v.do("GET", "/hasil/"+round, nil)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	doc.Find("section[aria-labelledby=h-k] tbody tr:not(.total) td b").Each(func(_ int, s *goquery.Selection) {
		if text := strings.TrimSpace(s.Text()); text != "" {
			shown = append(shown, text)
		}
	})
	if want := []string{"1,40", "1,54", "2,92", "2,56", "3,08"}; !slices.Equal(shown, want) {
		t.Errorf("components %v, want %v", shown, want)
	}
	r, err := a.Assessment.Result(tenant.With(context.Background(), tenant.SystemOf(3509, "test")), round)
	if err != nil {
		t.Fatal(err)
	}
	diff, explained := r.Difference()
	if diff == nil || new(big.Rat).Abs(diff).Cmp(big.NewRat(15, 1000)) > 0 || !explained || !strings.Contains(body, "2,5042") || !strings.Contains(body, "B-1004") {
		t.Errorf("difference %v, explained %v", diff, explained)
	}
}

// crowd fills the long lists: 300 innovations with long titles, each another text, of which a third waits for the desk, and 300 open
// requests for proof of this year's round.
func crowd(t *testing.T, a *App) {
	t.Helper()
	const more = ` WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) `
	copies := func(table, where string, set map[string]string) {
		t.Helper()
		rows, err := a.DB.SQL().Query(`SELECT name FROM pragma_table_info($1)`, table)
		names, err := db.Collect(rows, err, func(r *sql.Rows) (name string, err error) { return name, r.Scan(&name) })
		if err != nil {
			t.Fatal(err)
		}
		values := slices.Clone(names)
		for i, name := range names {
			if v, ok := set[name]; ok {
				values[i] = v
			} else {
				values[i] = "x." + name
			}
		}
		if _, err := a.DB.SQL().Exec(`INSERT INTO ` + table + ` (` + strings.Join(names, ", ") + `)` + more + `SELECT ` + strings.Join(values, ", ") +
			` FROM (SELECT * FROM ` + table + ` WHERE regency_id = 3509 AND ` + where + ` LIMIT 1) x JOIN n`); err != nil {
			t.Fatal(err)
		}
	}
	title := `'Layanan ' || hex(randomblob(30)) || ' di kecamatan'`
	copies("innovation_innovation", `stage = 'live' AND published`, map[string]string{"id": "'penuh-' || n.i", "number": "x.number + n.i * 1000", "title": title, "title_key": title, "previous_id": "''",
		"state": "CASE n.i % 3 WHEN 0 THEN 'submitted' ELSE x.state END"})
	round := fmt.Sprintf("round_id = 'contoh-%d' AND state = 'open'", time.Now().Year())
	copies("evaluation_request", round, map[string]string{"id": "'penuh-' || n.i", "text": title})
}

// TestFirstLoadIsSmall weighs every kind of page with its styles and script as they go over the wire, in a house whose long lists
// are full: what grows with the house must stand on several pages.
func TestFirstLoadIsSmall(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	crowd(t, a)
	wire := func(v *visitor, path string) int {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		for name, value := range v.cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
		return w.Body.Len()
	}
	all := stops()
	all["Meja Inovasi"] = append(all["Meja Inovasi"], "/pekerjaan", "/iid/simulasi", "/iid/simulasi?semua=ya", "/inovasi?tampil=daftar&hal=2")
	for role, paths := range all {
		v := &visitor{t: t, h: a.Handler(), cookies: map[string]string{"lang": "id"}}
		if role != "" {
			v = signIn(t, a, role, "id")
		}
		for _, path := range paths {
			if path == "/tidak-ada" {
				continue
			}
			_, body := v.do("GET", path, nil)
			doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			css, _ := doc.Find("link[rel=stylesheet]").Attr("href")
			page, styles, script := wire(v, path), wire(v, css), 0
			if js, ok := doc.Find("script[src]").Attr("src"); ok {
				script = wire(v, js)
			}
			if script > 25<<10 || styles > 18<<10 {
				t.Fatalf("script %d, styles %d bytes", script, styles)
			}
			if total := page + styles + script; total > 45_000 {
				t.Errorf("%s: %d bytes over the wire (page %d, styles %d, script %d), at most 45,000", path, total, page, styles, script)
			}
		}
	}
}
