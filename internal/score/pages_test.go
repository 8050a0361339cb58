package score_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// door is the room behind the edge of the house: routes, pages, texts.
type door struct {
	*room
	handler http.Handler
	who     tenant.Actor
}

func doorOf(t testing.TB, k *room) *door {
	t.Helper()
	views, err := web.NewViews()
	if err != nil {
		t.Fatal(err)
	}
	m := k.Module()
	if err := views.Add(m.Name, m.Files); err != nil {
		t.Fatal(err)
	}
	v := &door{room: k}
	s := &web.Server{Log: slog.New(slog.DiscardHandler), Texts: k.texts, Views: views, Now: k.Now, Zone: time.UTC, Sample: true, Version: "uji", NavItems: m.Nav,
		Asset: func(name string) string { return "/aset/" + name }, Who: func(*http.Request) (tenant.Actor, error) { return v.who, nil }}
	m.Routes(s.NewMux().For(m.Name))
	if v.handler, err = s.Handler(); err != nil {
		t.Fatal(err)
	}
	return v
}

// call sends a request as somebody: a form, or JSON when the body begins with a brace.
func (v *door) call(t *testing.T, who context.Context, method, path, body string) (int, string, http.Header) {
	t.Helper()
	v.who = tenant.From(who)
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if !strings.HasPrefix(body, "{") {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	out, _ := io.ReadAll(w.Result().Body)
	return w.Code, string(out), w.Result().Header
}

// as gives the actor in a language; a visitor's language stays empty.
func as(who context.Context, lang string) context.Context {
	a := tenant.From(who)
	a.Lang = lang
	return in(a)
}

// page asks for a page that must come, and checks what holds for every page.
func (v *door) page(t *testing.T, who context.Context, lang, path string) *goquery.Document {
	t.Helper()
	path, _, _ = strings.Cut(path, "#")
	status, body, _ := v.call(t, as(who, lang), "GET", path, "")
	if status != http.StatusOK {
		t.Fatalf("%s: %d %.300s", path, status, body)
	}
	return checked(t, lang, path, body)
}

func checked(t *testing.T, lang, path, body string) *goquery.Document {
	t.Helper()
	for _, wrong := range []string{"⟦", "<no value>", "%!", " style=", "<script>", "<b>bohong"} {
		if at := strings.Index(body, wrong); at >= 0 {
			t.Errorf("%s (%s) holds %q near %.80q", path, lang, wrong, body[at:])
		}
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := doc.Find("html").Attr("lang"); got != lang || doc.Find("h1").Length() != 1 || doc.Find(".roofed").Length() > 1 {
		t.Errorf("%s: language %q, want %q; %d main headings, %d roofs", path, got, lang, doc.Find("h1").Length(), doc.Find(".roofed").Length())
	}
	ids := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		if id := s.AttrOr("id", ""); ids[id] {
			t.Errorf("%s: id %q twice", path, id)
		} else {
			ids[id] = true
		}
	})
	doc.Find("a[href^='#']").Each(func(_ int, s *goquery.Selection) {
		if to := s.AttrOr("href", "#")[1:]; !ids[to] {
			t.Errorf("%s: %q leads nowhere", path, to)
		}
	})
	doc.Find("thead th:not([scope]), tbody th:not([scope])").Each(func(_ int, s *goquery.Selection) { t.Errorf("%s: heading %q without scope", path, s.Text()) })
	doc.Find("main input:not([type=hidden]), main select, main textarea").Each(func(_ int, s *goquery.Selection) {
		if id := s.AttrOr("id", ""); doc.Find("label[for='"+id+"']").Length() == 0 && s.Closest("label").Length() == 0 {
			t.Errorf("%s: field %q has no label", path, s.AttrOr("name", ""))
		}
	})
	doc.Find("main button, main a.btn").Each(func(_ int, s *goquery.Selection) {
		s = s.Clone()
		s.Find(".sr").Remove()
		if words := strings.Fields(s.Text()); len(words) == 0 || len(words) > 3 {
			t.Errorf("%s: button %q", path, s.Text())
		}
	})
	return doc
}

func words(doc *goquery.Selection) string { return strings.Join(strings.Fields(doc.Text()), " ") }

func form(pairs ...string) string {
	f := url.Values{}
	for n := 0; n < len(pairs); n += 2 {
		f.Add(pairs[n], pairs[n+1])
	}
	return f.Encode()
}

// post sends a form and gives the page or where it leads.
func (v *door) post(t *testing.T, who context.Context, path, body string, want int) (*goquery.Document, string) {
	t.Helper()
	status, answer, header := v.call(t, who, "POST", path, body)
	if status != want {
		t.Fatalf("POST %s %s: %d, want %d\n%.400s", path, body, status, want, answer)
	}
	if status == http.StatusSeeOther {
		return nil, header.Get("Location")
	}
	return checked(t, tenant.From(who).Lang, path, answer), ""
}

func TestEveryPageInBothLanguages(t *testing.T) {
	t.Parallel()
	boards := []string{"/iid", "/iid?q=i00", "/iid?q=tidak+ada", "/iid?hal=9", "/iid/simulasi", "/iid/simulasi?ubah=i000:34:3&tanpa=i001&tambah=draft&ubah=:12:3&ubah=idea:16:2&semua=ya", "/iid/simulasi?ubah=%3Cb%3Ebohong&tanpa=%3Cb%3Ebohong"}
	items := []string{"/inovasi/i000/skor", "/inovasi/draft/skor", "/inovasi/i000/skor?butir=16", "/inovasi/i000/skor?butir=17", "/inovasi/i000/skor?butir=33", "/inovasi/i001/skor?butir=31", "/inovasi/i000/skor?butir=%3Cb%3Ebohong"}
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		v := doorOf(t, open(t, d))
		for _, lang := range i18n.Languages() {
			for _, who := range []context.Context{leader(), desk()} {
				for _, path := range boards {
					v.page(t, who, lang, path)
				}
			}
			v.page(t, desk(), lang, "/iid/atur")
		}
	})
	v := doorOf(t, furnished(t, storetest.SQLite(t), 15))
	v.w.change("i000", func(f *score.Fact) { f.Title = "<b>bohong</b> & benar" })
	v.w.values["pad/2025"], v.w.values["pad/2024"] = "9", "0"
	for _, round := range []*score.Round{v.w.round, nil} {
		v.w.round = round
		for _, lang := range i18n.Languages() {
			for _, who := range []context.Context{leader(), operator("hub"), operator("kes"), desk()} {
				for _, path := range append(boards, items...) {
					v.page(t, who, lang, path)
				}
			}
			v.page(t, desk(), lang, "/iid/atur")
		}
	}
	for path, want := range map[string]int{"/inovasi/hantu/skor": http.StatusNotFound} {
		if status, _, _ := v.call(t, desk(), "GET", path, ""); status != want {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestTheBoardSaysWhatToDoWithoutInnovations(t *testing.T) {
	t.Parallel()
	v := doorOf(t, open(t, storetest.SQLite(t)))
	doc := v.page(t, desk(), "id", "/iid")
	if got := words(doc.Find("h1")); got != "Indeks Inovasi 0,00: Tidak Dapat Dinilai" || doc.Find("a[href='/inovasi/ajukan']").Length() != 1 {
		t.Errorf("%s", got)
	}
	if text := words(doc.Find("#butir-7")); !strings.Contains(text, "Angka tahun 2025, 2024 belum lengkap.") {
		t.Errorf("a figure that is missing: %s", text)
	}
	v.w.counting("x", "health")
	v.w.change("x", func(f *score.Fact) { f.Counting = false })
	doc = v.page(t, desk(), "id", "/iid")
	if text := words(doc.Find(".note")); !strings.Contains(text, "Belum ada inovasi yang dihitung") || doc.Find("a[href='/inovasi/ajukan']").Length() != 0 {
		t.Errorf("none counts: %s", text)
	}
	if text := words(doc.Find("section[aria-labelledby=h-tambah]")); !strings.Contains(text, "Inovasi x") {
		t.Errorf("what it would bring: %s", text)
	}
}

func TestTheBoardPage(t *testing.T) {
	t.Parallel()
	v := doorOf(t, furnished(t, storetest.SQLite(t), 5))
	doc := v.page(t, leader(), "id", "/iid")
	for id, want := range map[string]string{
		"h-gerbang": "Jumlah inovasi memberi 0,76 poin indeks", "h-langkah": "35 Video: 0 → 3Tingkatnya sudah dipilih; tautkan buktinya", "h-tambah": "Inovasi draft", "h-daerah": "Diisi di putaran", "h-inovasi": "Berkas belum siap atau terkirim"} {
		if text := words(doc.Find("[aria-labelledby=" + id + "]")); !strings.Contains(text, want) {
			t.Errorf("%s lacks %q: %s", id, want, text)
		}
	}
	if got := v.page(t, leader(), "en", "/iid"); !strings.Contains(words(got.Find("[aria-labelledby=h-gerbang]")), "gives 0.76 index points") {
		t.Error("the numbers are not English")
	}
	v.w.change("i004", func(f *score.Fact) { f.Affair = "transport" })
	doc = v.page(t, leader(), "id", "/iid")
	if text := words(doc.Find("[aria-labelledby=h-gerbang] .note")); !strings.Contains(text, "0,76 poin indeks tertahan") {
		t.Errorf("the gate shut: %s", text)
	}
	if text := words(doc.Find("[aria-labelledby=h-tambah]")); !strings.Contains(text, "urusan menjadi cukup") {
		t.Errorf("the effect that opens the gate: %s", text)
	}
	v.w.change("draft", func(f *score.Fact) { f.Affair = "labour" })
	if text := words(v.page(t, leader(), "id", "/iid").Find("[aria-labelledby=h-tambah]")); strings.Contains(text, "urusan menjadi cukup") {
		t.Errorf("labour is no basic affair: %s", text)
	}
	if doc := v.page(t, leader(), "id", "/iid?q=draft"); doc.Find("[aria-labelledby=h-inovasi] tbody tr").Length() != 1 {
		t.Error("the search finds something else")
	}
	if v.page(t, leader(), "id", "/iid").Find("a[href='/iid/atur']").Length() != 0 {
		t.Error("a leader is offered the settings")
	}
}

func TestPublishedBesideComputed(t *testing.T) {
	t.Parallel()
	v := doorOf(t, furnished(t, storetest.SQLite(t), 6))
	v.w.round.State = "locked"
	v.moved(t, "r26", "open", "locked")
	handed := v.index(t)
	note := func() string { return words(v.page(t, leader(), "id", "/iid").Find("[aria-labelledby=h-skor]")) }
	v.w.round.Published = handed.FloatString(2)
	v.w.counting("later", "health") // work after the lock moves today's index, not what was handed in
	if text := note(); !strings.Contains(text, "Selisihnya hanya pembulatan") || !strings.Contains(text, "Saat dikunci 4 Mei 2026: "+strings.Replace(handed.FloatString(2), ".", ",", 1)+" dengan 6 inovasi") {
		t.Errorf("rounding: %s", text)
	}
	v.w.round.Published = "12.34"
	diff := strings.Replace(minus(handed, rat("12.34")).FloatString(4), "-", "−", 1)
	if text := note(); !strings.Contains(text, "Nilai terbit 12,34") || !strings.Contains(text, strings.Replace(diff, ".", ",", 1)) || !strings.Contains(text, "Bandingkan butir satu per satu") {
		t.Errorf("a real difference: %s", text)
	}
	v.w.round.Published = ""
	if text := note(); strings.Contains(text, "Nilai terbit") {
		t.Errorf("nothing came yet: %s", text)
	}
}

func TestASimulationLivesInItsAddress(t *testing.T) {
	t.Parallel()
	v := doorOf(t, furnished(t, storetest.SQLite(t), 6))
	path := "/iid/simulasi?tambah=draft&tanpa=i001&ubah=i000%3A34%3A3&ubah=%3A12%3A3"
	doc := v.page(t, leader(), "id", path)
	sim := v.board(t).Simulate([]score.Change{{Entry: "i000", Item: "34", Points: 3}, {Item: "12", Points: 3}}, []string{"i001"}, []string{"draft"})
	if want := strings.Replace(sim.Then.Index.FloatString(2), ".", ",", 1); words(doc.Find(".stat").Eq(1).Find("dd").First()) != want {
		t.Errorf("then %s, want %s", words(doc.Find(".stat").Eq(1)), want)
	}
	// Every part has a way out; taking all of them leads back to the plain page.
	seen := 0
	for next := path; ; seen++ {
		out := v.page(t, leader(), "id", next).Find("section[aria-labelledby=h-ubah] li a.btn")
		if out.Length() == 0 {
			break
		}
		if next = out.First().AttrOr("href", ""); seen > 4 {
			t.Fatal("a part stays")
		}
	}
	if seen != 4 {
		t.Errorf("%d parts", seen)
	}
	// The form carries everything on, and its redirect holds the same and one more.
	kept := doc.Find("form.filters input[type=hidden]")
	if kept.Length() != 4 {
		t.Errorf("%d parts kept", kept.Length())
	}
	add := func(query string, want int) (string, string) {
		t.Helper()
		status, body, header := v.call(t, leader(), "GET", path+query, "")
		if status != want {
			t.Fatalf("%s: %d %.200s", query, status, body)
		}
		return header.Get("Location"), body
	}
	if to, _ := add("&inovasi=i002&butir=16&poin=3", http.StatusSeeOther); to != "/iid/simulasi?tambah=draft&tanpa=i001&ubah=i000%3A34%3A3&ubah=%3A12%3A3&ubah=i002%3A16%3A3" {
		t.Errorf("one more: %s", to)
	}
	if to, _ := add("&inovasi=i000&butir=34&poin=1", http.StatusSeeOther); to != "/iid/simulasi?tambah=draft&tanpa=i001&ubah=i000%3A34%3A1&ubah=%3A12%3A3" {
		t.Errorf("the same item again: %s", to)
	}
	if to, _ := add("&inovasi=i000&butir=2a&poin=2", http.StatusSeeOther); !strings.HasSuffix(to, "ubah=%3A2a%3A2") {
		t.Errorf("an item of the regency: %s", to)
	}
	if _, body := add("&inovasi=&butir=16&poin=3", http.StatusUnprocessableEntity); !strings.Contains(body, "Pilih inovasinya") || checked(t, "id", path, body).Find("#butir option[selected]").AttrOr("value", "") != "16" {
		t.Error("an item without its innovation")
	}
	if _, body := add("&inovasi=i000&butir=16&poin=9", http.StatusUnprocessableEntity); !strings.Contains(body, "tingkat 0 sampai 3") {
		t.Error("a level that does not exist")
	}
}

func TestWhatASimulationLeavesOutIsSaid(t *testing.T) {
	t.Parallel()
	v := doorOf(t, furnished(t, storetest.SQLite(t), 6))
	doc := v.page(t, leader(), "id", "/iid/simulasi?ubah=i000:99:1&ubah=x&tanpa=hantu&tanpa=draft&tambah=i000&tanpa=i001&tanpa=i001")
	if text := words(doc.Find(".note")); !strings.Contains(text, "5 bagian alamat ini tidak dikenal") {
		t.Errorf("%s", text)
	}
	doc = v.page(t, leader(), "id", "/iid/simulasi?ubah=draft:16:3")
	link := doc.Find("section[aria-labelledby=h-ubah] li a").First().AttrOr("href", "")
	if link != "/iid/simulasi?tambah=draft&ubah=draft%3A16%3A3" || !strings.Contains(words(doc.Find("section[aria-labelledby=h-ubah]")), "belum dihitung") {
		t.Errorf("a change of what does not count: %s", link)
	}
	var long strings.Builder
	for _, it := range v.board(t).Rows[0].Items {
		for _, id := range []string{"i000", "i001", "i002"} {
			fmt.Fprintf(&long, "&ubah=%s:%s:3", id, it.Question.Code)
		}
	}
	doc = v.page(t, leader(), "id", "/iid/simulasi?"+long.String()[1:])
	if doc.Find("section[aria-labelledby=h-ubah] li").Length() != 40 || !strings.Contains(words(doc.Find(".note")), "20 bagian") {
		t.Errorf("too many changes: %d", doc.Find("section[aria-labelledby=h-ubah] li").Length())
	}
	if status, body, _ := v.call(t, leader(), "GET", "/iid/simulasi?"+long.String()[1:]+"&inovasi=i003&butir=16&poin=1", ""); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Paling banyak 40") {
		t.Errorf("one more: %d", status)
	}
	v.w.several(30)
	if doc := v.page(t, leader(), "id", "/iid/simulasi"); doc.Find("section[aria-labelledby=h-lepas] li").Length() != 12 || doc.Find("a[href='/iid/simulasi?semua=ya']").Length() != 1 {
		t.Error("a long list is not cut")
	}
	if doc := v.page(t, leader(), "id", "/iid/simulasi?semua=ya"); doc.Find("section[aria-labelledby=h-lepas] li").Length() != 30 {
		t.Error("the whole list is not shown")
	}
}

func TestStepsAsATable(t *testing.T) {
	t.Parallel()
	v := doorOf(t, furnished(t, storetest.SQLite(t), 6))
	v.w.change("i000", func(f *score.Fact) { f.Title = "=HYPERLINK(0)" })
	status, body, header := v.call(t, leader(), "GET", "/iid/langkah.csv", "")
	if status != http.StatusOK || !strings.Contains(header.Get("Content-Disposition"), "langkah-iid.csv") || !strings.HasPrefix(header.Get("Content-Type"), "text/csv") {
		t.Fatalf("%d %v", status, header)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	all := v.board(t).Steps("", 0)
	if err != nil || len(rows) != len(all)+1 || len(rows[0]) != 10 || rows[0][0] != "Urutan" {
		t.Fatalf("%d rows of %d steps, %v", len(rows), len(all), err)
	}
	for n, st := range all {
		row := rows[n+1]
		if row[0] != fmt.Sprint(n+1) || !strings.HasPrefix(row[2], st.Item+" ") || row[3] != fmt.Sprint(st.From) || row[4] != fmt.Sprint(st.To) || row[7] != fmt.Sprint(st.Effort) || strings.Contains(row[5], ".") || strings.HasPrefix(row[1], "=") {
			t.Fatalf("row %d is %v, the step %+v", n, row, st)
		}
	}
}

func TestFillingItems(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.w.counting("x", "health")
		k.w.file("sk", "submitted")
		v := doorOf(t, k)
		op := operator("hub")
		if doc := v.page(t, op, "id", "/inovasi/x/skor"); doc.Find("form").FilterFunction(func(_ int, s *goquery.Selection) bool {
			return strings.HasPrefix(s.AttrOr("action", ""), "/inovasi/")
		}).Length() != 0 || doc.Find("a[href='/inovasi/x/skor?butir=16#b-16']").Length() < 1 {
			t.Error("forms are shown before anybody asks")
		}
		if doc := v.page(t, operator("kes"), "id", "/inovasi/x/skor?butir=16"); doc.Find("main form").Length() != 0 {
			t.Error("another agency is offered a form")
		}
		_, to := v.post(t, op, "/inovasi/x/skor/17", form("rev", "0", "raw", "1.234"), http.StatusSeeOther)
		if to != "/inovasi/x/skor?butir=17#b-17" {
			t.Errorf("after a claim: %s", to)
		}
		doc := v.page(t, op, "id", to)
		if doc.Find("#raw").AttrOr("value", "") != "1.234" || doc.Find("input[name=points][checked]").Length() != 0 || doc.Find("input[name=rev]").First().AttrOr("value", "") != "1" {
			t.Error("a figure does not come back as it was understood, or a level is chosen beside it")
		}
		if doc := v.page(t, op, "en", to); doc.Find("#raw").AttrOr("value", "") != "1,234" {
			t.Errorf("in English: %s", doc.Find("#raw").AttrOr("value", ""))
		}
		doc, _ = v.post(t, op, "/inovasi/x/skor/17", form("rev", "1", "raw", "40", "points", "1", "note", "Catatan saya"), http.StatusUnprocessableEntity)
		if doc.Find("#raw").AttrOr("value", "") != "40" || doc.Find("#note").AttrOr("value", "") != "Catatan saya" || doc.Find("input[name=points][checked]").AttrOr("value", "") != "1" || !strings.Contains(words(doc.Find("#points .error")), "Angka itu berarti tingkat 3") {
			t.Errorf("a level beside another figure: %s", words(doc.Find("#b-17")))
		}
		doc, _ = v.post(t, op, "/inovasi/x/skor/17", form("rev", "0", "points", "2"), http.StatusConflict)
		if !strings.Contains(words(doc.Find(".error-summary")), "Orang lain sudah mengubahnya") || doc.Find("input[name=points][checked]").AttrOr("value", "") != "2" || doc.Find("input[name=rev]").First().AttrOr("value", "") != "1" {
			t.Error("a conflict hides what was typed or what stands")
		}
		doc, _ = v.post(t, op, "/inovasi/x/skor/33", form("rev", "0", "basis", "a", "basis", "c", "raw", "412"), http.StatusUnprocessableEntity)
		if !strings.Contains(words(doc.Find("#b-33")), "tepat satu dasar") {
			t.Errorf("two bases: %s", words(doc.Find("#b-33")))
		}
		v.post(t, op, "/inovasi/x/skor/33", form("rev", "0", "basis", "a", "raw", "412"), http.StatusSeeOther)
		v.post(t, op, "/inovasi/x/skor/31", form("rev", "0", "points", "3"), http.StatusConflict)
		v.post(t, op, "/inovasi/x/skor/99", form("rev", "0", "points", "3"), http.StatusNotFound)
		v.post(t, operator("kes"), "/inovasi/x/skor/16", form("rev", "0", "points", "3"), http.StatusForbidden)
		v.post(t, leader(), "/inovasi/x/skor/16", form("rev", "0", "points", "3"), http.StatusForbidden)

		if doc := v.page(t, op, "id", "/inovasi/x/skor?butir=17"); doc.Find("#evidence form[action='/inovasi/x/skor/17/bukti']").Length() != 1 || !strings.Contains(doc.Find("#evidence a.btn").AttrOr("href", ""), "kembali=%2finovasi%2fx%2fskor%3fbutir%3d17") {
			t.Errorf("nothing to link, or the upload does not lead back: %s", doc.Find("#evidence a.btn").AttrOr("href", ""))
		}
		_, to = v.post(t, op, "/inovasi/x/skor/17/bukti", form("evidence", "sk"), http.StatusSeeOther)
		if to != "/inovasi/x/skor#b-17" || k.item(t, "x", "17").Points != 3 {
			t.Errorf("linked: %s", to)
		}
		doc = v.page(t, op, "id", "/inovasi/x/skor?butir=17")
		if doc.Find("#evidence li").Length() != 0 || !strings.Contains(words(doc.Find("#b-17")), "menunggu diperiksa") {
			t.Error("a linked proof is offered again, or its state is not said")
		}
		v.post(t, op, "/inovasi/x/skor/17/bukti", form("evidence", "hantu"), http.StatusUnprocessableEntity)
		v.post(t, op, "/inovasi/x/skor/17/lepas", form("evidence", "sk"), http.StatusSeeOther)
		v.post(t, op, "/inovasi/x/skor/17/batal", form("rev", "9"), http.StatusConflict)
		v.post(t, op, "/inovasi/x/skor/17/batal", form("rev", "1"), http.StatusSeeOther)
	})
}

// What was understood is echoed in the words of the reader.
func TestTheEcho(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	k.w.counting("x", "health")
	v := doorOf(t, k)
	for n, c := range []struct{ lang, typed, want string }{
		{"id", "1,234", "Dipahami 1.234: butir 17 di tingkat 3"}, {"en", "1.234", "Understood 1,234: item 17 at level 3"},
	} {
		_, _, header := v.call(t, as(operator("hub"), c.lang), "POST", "/inovasi/x/skor/17", form("rev", fmt.Sprint(n), "raw", c.typed))
		r := httptest.NewRequestWithContext(context.Background(), "GET", header.Get("Location"), nil)
		r.Header.Set("Cookie", strings.SplitN(header.Get("Set-Cookie"), ";", 2)[0])
		w := httptest.NewRecorder()
		v.handler.ServeHTTP(w, r)
		if !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s %q: the page lacks %q", c.lang, c.typed, c.want)
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		v := doorOf(t, furnished(t, d, 2))
		doc := v.page(t, desk(), "id", "/iid/atur")
		if doc.Find("select#pack option").Length() != 3 || !strings.Contains(words(doc.Find(".note")), "Putaran IID 2026 memakai Indeks Inovasi Daerah (IID) 2026") {
			t.Errorf("instruments: %s", words(doc.Find("select#pack")))
		}
		save := func(want int, pairs ...string) *goquery.Document {
			t.Helper()
			doc, _ := v.post(t, desk(), "/iid/atur", form(pairs...), want)
			return doc
		}
		save(http.StatusSeeOther, "rev", "0", "pack", "iid-2027", "opt_edges", "lower", "opt_affairs", "all", "published", "ya")
		if b := v.board(t); b.Pack.ID != "iid-2026" || !b.Setting.Published || b.Setting.Pack != "iid-2027" || b.Options.Chosen["edges"] != "lower" {
			t.Errorf("%+v", b.Setting)
		}
		doc = v.page(t, desk(), "id", "/iid/atur")
		if doc.Find("select#pack option[selected]").AttrOr("value", "") != "iid-2027" || doc.Find("select#opt_edges option[selected]").AttrOr("value", "") != "lower" {
			t.Error("the choices do not come back")
		}
		doc = save(http.StatusConflict, "rev", "0", "pack", "iid-2023")
		if doc.Find("select#pack option[selected]").AttrOr("value", "") != "iid-2023" || doc.Find("input[name=published][checked]").Length() != 0 {
			t.Error("what was typed is lost")
		}
		save(http.StatusUnprocessableEntity, "rev", "1", "pack", "spbe-2020")
		effort := func(want int, days string) (*goquery.Document, string) {
			t.Helper()
			return v.post(t, desk(), "/iid/usaha", form("item", "16", "points", "3", "days", days), want)
		}
		if _, to := effort(http.StatusSeeOther, " 7 "); to != "/iid/atur#usaha" {
			t.Errorf("after an effort: %s", to)
		}
		if doc := v.page(t, desk(), "id", "/iid/atur"); doc.Find("#u-16-3").AttrOr("value", "") != "7" || doc.Find("#u-16-3").Parent().Find(".tag").Length() != 1 {
			t.Error("the own effort is not shown as such")
		}
		for _, bad := range []string{"0", "-1", "banyak", "2001", "1,5"} {
			if doc, _ := effort(http.StatusUnprocessableEntity, bad); doc.Find("#days").AttrOr("value", "") != bad {
				t.Errorf("%q is not shown again", bad)
			}
		}
		effort(http.StatusSeeOther, "")
		if doc := v.page(t, desk(), "id", "/iid/atur"); doc.Find("#u-16-3").Parent().Find(".tag").Length() != 0 {
			t.Error("the own effort stays")
		}
		for _, path := range []string{"/iid/atur", "/iid/usaha"} {
			v.post(t, operator("hub"), path, form("rev", "1", "pack", "iid-2026"), http.StatusForbidden)
		}
	})
}

func TestThePublicPage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		v := doorOf(t, furnished(t, d, 6))
		visitor := context.Background()
		hidden := func(name string) {
			t.Helper()
			for _, who := range []context.Context{visitor, desk()} {
				if status, body, _ := v.call(t, who, "GET", "/publik/iid", ""); status != http.StatusNotFound || strings.Contains(body, "dari 100") {
					t.Errorf("%s: %d", name, status)
				}
			}
		}
		hidden("nobody published")
		if err := v.SaveSetting(desk(), score.Setting{Pack: "iid-2026", Published: true}); err != nil {
			t.Fatal(err)
		}
		v.w.round.Published = "44.4"
		index := v.index(t).FloatString(2)
		doc := v.page(t, visitor, "id", "/publik/iid")
		text := words(doc.Find("main"))
		for _, want := range []string{strings.Replace(index, ".", ",", 1), "simulasi", "6 inovasi dihitung", "Nilai resmi: 44,40", "bukan nilai resmi"} {
			if !strings.Contains(strings.ToLower(text), strings.ToLower(want)) {
				t.Errorf("the public page lacks %q: %s", want, text)
			}
		}
		for _, never := range []string{"Inovasi i00", "Dishub", "Akun"} {
			if strings.Contains(text, never) {
				t.Errorf("the public reads %q", never)
			}
		}
		v.who = tenant.Actor{}
		r := httptest.NewRequestWithContext(visitor, "GET", "/publik/iid", nil)
		r.AddCookie(&http.Cookie{Name: "lang", Value: "en"})
		w := httptest.NewRecorder()
		v.handler.ServeHTTP(w, r)
		if text := words(checked(t, "en", "/publik/iid", w.Body.String()).Find("main")); !strings.Contains(text, index) || !strings.Contains(text, "Regional Innovation Index") || !strings.Contains(text, "44.40") {
			t.Errorf("in English: %s", text)
		}
		v.host = near
		hidden("another regency's host")
		v.host = 0
		hidden("a host of no regency")
		v.host = home
		if err := v.SaveSetting(desk(), score.Setting{Pack: "iid-2026", Rev: 1}); err != nil {
			t.Fatal(err)
		}
		hidden("taken back")
	})
}

// An item of this pack asks for the year before: a proof of another year needs a reason, which stays in the trail.
func TestAReasonForAnotherYear(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	k.w.counting("x", "health")
	k.w.file("baru", "accepted")
	k.Packs = lastYear(t)
	v := doorOf(t, k)
	doc, _ := v.post(t, operator("hub"), "/inovasi/x/skor/16/bukti", form("evidence", "baru"), http.StatusUnprocessableEntity)
	if !strings.Contains(words(doc.Find("#b-16")), "meminta dokumen tahun 2024, bukti ini dari 2025") || doc.Find("#year_reason").Length() != 1 || doc.Find("#evidence form input[name=evidence]").First().AttrOr("value", "") != "baru" {
		t.Errorf("no reason is asked: %s", words(doc.Find("#b-16")))
	}
	v.post(t, operator("hub"), "/inovasi/x/skor/16/bukti", form("evidence", "baru", "year_reason", " Terbit terlambat "), http.StatusSeeOther)
	if !strings.Contains(k.trail(t, home), "score.year.override operator-hub score_item x/16 Terbit terlambat") {
		t.Error("the reason is not in the trail")
	}
}
