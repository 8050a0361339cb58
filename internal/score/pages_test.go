package score_test

import (
	"context"
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
	s := &web.Server{Log: slog.New(slog.DiscardHandler), Texts: k.texts, Views: views, Now: k.Now, Zone: tenant.OneZone(time.UTC), Sample: true, Version: "uji", NavItems: m.Nav,
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

// What was understood is echoed in the words of the reader.
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
