package app

import (
	"context"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/instrument"
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

// TestFirstLoadIsSmall weighs every kind of page with its styles and script as they go over the wire.
func TestFirstLoadIsSmall(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
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
	for role, paths := range stops() {
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
			js, _ := doc.Find("script[src]").Attr("src")
			page, styles, script := wire(v, path), wire(v, css), wire(v, js)
			if script > 25<<10 || styles > 18<<10 {
				t.Fatalf("script %d, styles %d bytes", script, styles)
			}
			if total := page + styles + script; total > 45_000 {
				t.Errorf("%s: %d bytes over the wire (page %d, styles %d, script %d), at most 45,000", path, total, page, styles, script)
			}
		}
	}
}

// bigHouse fills the sample house with times x (8 rounds of 60 questions, 20,000 links of evidence).
func bigHouse(b *testing.B, times int) *App {
	b.Helper()
	dir := b.TempDir()
	a, err := New(context.Background(), Config{DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db"), Sample: true}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = a.Close() })
	if err := a.LoadSample(context.Background()); err != nil {
		b.Fatal(err)
	}
	ctx := tenant.With(context.Background(), tenant.SystemOf(3509, "test"))
	agencies, err := a.Agencies.List(ctx, false)
	if err != nil {
		b.Fatal(err)
	}
	pack, err := instrument.Find("smartcity-2022-kppn")
	if err != nil {
		b.Fatal(err)
	}
	now := time.Now().UnixMilli()
	var rounds []evaluation.SampleRound
	var proofs []evidence.SampleItem
	perQuestion := 20_000 / 8 / len(pack.Codes())
	for n := range 8 * times {
		r := evaluation.Round{ID: "besar-" + strconv.Itoa(n), Title: "Putaran " + strconv.Itoa(n), Year: 2020, Pack: pack.ID, State: evaluation.Locked, SelfFrom: now, SelfTo: now + oneDay, CreatedAt: now, Rev: 1}
		if n == 0 {
			r.State = evaluation.Open
		}
		x := evaluation.SampleRound{Round: r}
		for i, code := range pack.Codes() {
			x.Items = append(x.Items, evaluation.Item{Code: code, Lead: agencies[(n+i)%len(agencies)].ID, State: evaluation.Checked, Answer: "Jawaban", SelfMark: "3", ChangedAt: now, Rev: 1})
			for k := range perQuestion {
				proofs = append(proofs, evidence.SampleItem{Item: evidence.Item{ID: fmt.Sprintf("b-%d-%s-%d", n, code, k), Title: fmt.Sprintf("Bukti %s %d", code, k), Kind: "report", Agency: agencies[i%len(agencies)].ID, Confidentiality: "internal",
					State: evidence.Accepted, URL: "https://contoh.example/" + code, CreatedAt: now, ChangedAt: now, Rev: 1}, Links: []evidence.Target{{Round: r.ID, Item: code}}})
			}
		}
		rounds = append(rounds, x)
	}
	if err := a.Evaluation.Sample(ctx, rounds); err != nil {
		b.Fatal(err)
	}
	if err := a.Evidence.Sample(ctx, proofs); err != nil {
		b.Fatal(err)
	}
	return a
}

// BenchmarkPages measures the server's time for the leader's page and the question list, and the same with ten times the rows.
func BenchmarkPages(b *testing.B) {
	for _, times := range sizes() {
		a := bigHouse(b, times)
		for _, c := range []struct{ name, role, path string }{{"leader", "Sekretaris Daerah", "/papan"}, {"questions", "Koordinator Evaluasi", "/evaluasi/besar-1"}, {"evidence", "Koordinator Evaluasi", "/bukti?q=bukti+c4"}} {
			v := signIn(b, a, c.role, "id")
			b.Run(fmt.Sprintf("%s/x%d", c.name, times), func(b *testing.B) {
				var all []time.Duration
				for b.Loop() {
					start := time.Now()
					if res, _ := v.do("GET", c.path, nil); res.StatusCode != http.StatusOK {
						b.Fatal(res.StatusCode)
					}
					all = append(all, time.Since(start))
				}
				slices.Sort(all)
				b.ReportMetric(float64(all[len(all)*95/100].Microseconds())/1000, "p95-ms")
			})
		}
	}
}

// BenchmarkStart measures how long an existing house takes until it answers.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	c := Config{DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db"), Sample: true}
	for b.Loop() {
		a, err := New(context.Background(), c, slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		if err := a.LoadSample(context.Background()); err != nil {
			b.Fatal(err)
		}
		if err := a.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// sizes are how many times the goal's rows are measured; PENDAPA_TEST_SIZES=1 measures only the goal itself.
func sizes() []int {
	if os.Getenv("PENDAPA_TEST_SIZES") == "1" {
		return []int{1}
	}
	return []int{1, 10}
}
