package calendar_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/calendar"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// door is the room behind the edge of the house.
type door struct {
	*calendar.Service
	clock   *clock
	handler http.Handler
	who     tenant.Actor
	cookies []*http.Cookie
}

func open(t *testing.T) *door {
	t.Helper()
	s, c := room(t, storetest.SQLite(t))
	views, err := web.NewViews()
	must(t, err)
	texts, m, v := i18n.New(), s.Module(), &door{Service: s, clock: c}
	must(t, texts.Add(web.Files))
	must(t, texts.Add(m.Files))
	must(t, views.Add(m.Name, m.Files))
	server := &web.Server{Log: slog.New(slog.DiscardHandler), Texts: texts, Views: views, Now: c.now, Zone: tenant.OneZone(wib()), Version: "uji", NavItems: m.Nav,
		Asset: func(name string) string { return "/aset/" + name }, Who: func(*http.Request) (tenant.Actor, error) { return v.who, nil }}
	m.Routes(server.NewMux().For(m.Name))
	v.handler, err = server.Handler()
	must(t, err)
	return v
}

func (v *door) send(t *testing.T, ctx context.Context, r *http.Request) (*http.Response, string) {
	t.Helper()
	v.who = tenant.From(ctx)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	v.cookies = w.Result().Cookies()
	body, err := io.ReadAll(w.Result().Body)
	must(t, err)
	return w.Result(), string(body)
}

func (v *door) post(t *testing.T, ctx context.Context, path string, form url.Values) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.send(t, ctx, r)
}

// page asks for a page that must come and checks what holds for every page.
func (v *door) page(t *testing.T, ctx context.Context, path, lang string) *goquery.Document {
	t.Helper()
	a := tenant.From(ctx)
	a.Lang = lang
	res, body := v.send(t, tenant.With(ctx, a), httptest.NewRequest(http.MethodGet, path, nil))
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %.300s", path, res.StatusCode, body)
	}
	return check(t, path, body)
}

func check(t *testing.T, path, body string) *goquery.Document {
	t.Helper()
	for _, wrong := range []string{"⟦", "<no value>", "%!", " style=", "<script>"} {
		if at := strings.Index(body, wrong); at >= 0 {
			t.Errorf("%s holds %q near %.80q", path, wrong, body[at:])
		}
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	must(t, err)
	if doc.Find("h1").Length() != 1 || doc.Find(".roofed").Length() > 1 {
		t.Errorf("%s: %d main headings, %d roofs", path, doc.Find("h1").Length(), doc.Find(".roofed").Length())
	}
	ids := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		if id := s.AttrOr("id", ""); ids[id] {
			t.Errorf("%s: two things are called %s", path, id)
		} else {
			ids[id] = true
		}
	})
	doc.Find("th:not([scope])").Each(func(_ int, s *goquery.Selection) { t.Errorf("%s: heading %q without scope", path, s.Text()) })
	doc.Find("main input:not([type=hidden]), main select").Each(func(_ int, s *goquery.Selection) {
		if doc.Find("label[for='"+s.AttrOr("id", "-")+"']").Length() == 0 && s.AttrOr("aria-label", "") == "" {
			t.Errorf("%s: field %q has no label", path, s.AttrOr("name", ""))
		}
	})
	return doc
}

func TestEveryPageInBothLanguages(t *testing.T) {
	t.Parallel()
	v := open(t)
	must(t, v.Set(desk(), local(t, "2026-11-25")))
	must(t, v.Set(desk(), calendar.Day{On: date(t, "2026-12-24"), Name: "Tetap <masuk>", Kind: calendar.Workday}))
	must(t, v.Set(desk(), calendar.Day{On: date(t, "2027-03-10"), Name: "Idul Fitri", Kind: calendar.Holiday}))
	must(t, v.Declare(desk(), 2027, "SKB 1/2026", true))
	for _, lang := range i18n.Languages() {
		for _, path := range []string{"/kalender", "/kalender?tahun=2025", "/kalender?tahun=2027", "/kalender?tahun=2028", "/kalender?tahun=2000", "/kalender?tahun=2199", "/kalender?tahun=x",
			"/kalender/cetak?tahun=2026", "/kalender/cetak?tahun=2028", "/kalender/2026-12-24/ubah", "/kalender/2026-12-25/ubah", "/kalender/impor"} {
			v.page(t, desk(), path, lang)
		}
		for _, path := range []string{"/kalender", "/kalender?tahun=2028"} {
			if doc := v.page(t, staff(), path, lang); doc.Find("main form[method=post]").Length() != 0 {
				t.Errorf("%s: a reader is shown a form", path)
			}
		}
	}
}

func TestTheListAnswersAndMarksToday(t *testing.T) {
	t.Parallel()
	v := open(t)
	doc := v.page(t, staff(), "/kalender", "id")
	if got := doc.Find("h1").Text(); got != "240 hari kerja pada 2026" {
		t.Errorf("heading %q", got)
	}
	if got := doc.Find(".lead").Text(); got != "Hari ini hari kerja. Libur berikutnya Kamis, 24 Desember 2026: Cuti bersama Kelahiran Yesus Kristus." {
		t.Errorf("lead %q", got)
	}
	if got := strings.TrimSpace(doc.Find("[aria-current=date] th").Text()); got != "Sel 24 Nov hari ini" {
		t.Errorf("today is marked as %q", got)
	}
	if n := doc.Find("tbody tr").Length(); n != 12+25+1 {
		t.Errorf("%d rows, want twelve months, 25 days and today", n)
	}
	for days, want := range map[int]string{4: "Sab 28 Nov hari ini", 30: "Kam 24 Des hari ini", 31: "Jum 25 Des hari ini"} {
		w := open(t)
		w.clock.pass(time.Duration(days) * 24 * time.Hour)
		doc := w.page(t, staff(), "/kalender", "id")
		if got := doc.Find("[aria-current=date] th"); strings.TrimSpace(got.Text()) != want || got.Length() != 1 {
			t.Errorf("%d days later today is marked as %q", days, got.Text())
		}
	}
	if doc := v.page(t, staff(), "/kalender?tahun=2025", "id"); doc.Find("[aria-current=date]").Length() != 0 {
		t.Error("today stands in another year")
	}
	doc = v.page(t, staff(), "/kalender?tahun=2027", "en")
	if got := doc.Find("h1").Text() + doc.Find(".note.warn").Text(); !strings.Contains(got, "not complete") || !strings.Contains(got, "follow the moon") {
		t.Errorf("an incomplete year says %q", got)
	}
}

func TestADayIsAddedChangedRemovedAndBroughtBack(t *testing.T) {
	t.Parallel()
	v := open(t)
	form := url.Values{"tahun": {"2026"}, "day": {"2026-11-25"}, "name": {"Hari jadi"}, "kind": {"local"}, "source": {"SK Bupati & lain"}}
	res, _ := v.post(t, desk(), "/kalender", form)
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/kalender?tahun=2026" {
		t.Fatalf("added: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res, body := v.post(t, desk(), "/kalender", form); res.StatusCode != http.StatusConflict || !strings.Contains(body, `value="Hari jadi"`) {
		t.Errorf("added twice: %d", res.StatusCode)
	}
	if res, _ := v.post(t, desk(), "/kalender/2026-11-25/ubah", url.Values{"rev": {"1"}, "name": {"Hari jadi daerah"}, "kind": {"local"}, "source": {"SK Bupati & lain"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("changed: %d", res.StatusCode)
	}
	if res, body := v.post(t, desk(), "/kalender/2026-11-25/ubah", url.Values{"rev": {"1"}, "name": {"Lain"}, "kind": {"local"}}); res.StatusCode != http.StatusConflict || !strings.Contains(body, `value="Lain"`) {
		t.Errorf("a stale change: %d", res.StatusCode)
	}
	if res, _ := v.post(t, desk(), "/kalender/2026-11-25/hapus", url.Values{"rev": {"1"}}); res.StatusCode != http.StatusConflict {
		t.Errorf("a stale removal: %d", res.StatusCode)
	}
	if res, _ := v.post(t, desk(), "/kalender/2026-11-25/hapus", url.Values{"rev": {"2"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("removed: %d", res.StatusCode)
	}
	undo, ok := v.page(t, desk(), "/kalender?tahun=2026", "id").Find(".flash form").Attr("action")
	if !ok {
		t.Fatal("no way back is offered")
	}
	if res, _ := v.post(t, desk(), undo, nil); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("brought back: %d", res.StatusCode)
	}
	set, err := v.Days(desk())
	must(t, err)
	if d, _ := set.Day(date(t, "2026-11-25")); !d.Own || d.Name != "Hari jadi daerah" || d.Kind != calendar.Local || d.Source != "SK Bupati & lain" {
		t.Errorf("brought back as %+v", d)
	}
	if res, _ := v.post(t, desk(), undo, nil); res.StatusCode != http.StatusConflict {
		t.Errorf("brought back twice: %d", res.StatusCode)
	}
}

func TestMistakesAreShownBesideTheField(t *testing.T) {
	t.Parallel()
	v := open(t)
	for field, form := range map[string]url.Values{
		"day":  {"day": {"31/31/2026"}, "name": {"Hari jadi"}, "kind": {"local"}},
		"name": {"day": {"25 November 2026"}, "name": {""}, "kind": {"local"}},
		"kind": {"day": {"2026-11-25"}, "name": {"Hari jadi"}, "kind": {"workday"}},
	} {
		res, body := v.post(t, desk(), "/kalender", form)
		doc := check(t, field, body)
		if res.StatusCode != http.StatusUnprocessableEntity || doc.Find("#"+field+"-e").Text() == "" || doc.Find(".error-summary a[href='#"+field+"']").Length() != 1 {
			t.Errorf("%s: %d %q", field, res.StatusCode, doc.Find(".error").Text())
		}
	}
	for _, path := range []string{"/kalender/2026-11-24/ubah", "/kalender/kemarin/ubah"} {
		if res, _ := v.send(t, desk(), httptest.NewRequest(http.MethodGet, path, nil)); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	for _, path := range []string{"/kalender", "/kalender/lengkap", "/kalender/impor", "/kalender/impor/simpan", "/kalender/2026-11-25/ubah", "/kalender/2026-11-25/hapus", "/kalender/2026-11-25/kembali", "/kalender/x/kembali"} {
		if res, body := v.post(t, desk(), path, url.Values{}); res.StatusCode < 400 || res.StatusCode >= 500 {
			t.Errorf("an empty form to %s: %d %.200s", path, res.StatusCode, body)
		}
		if res, _ := v.post(t, staff(), path, url.Values{}); res.StatusCode != http.StatusForbidden {
			t.Errorf("a reader to %s: %d", path, res.StatusCode)
		}
	}
}

func TestAYearIsDeclaredCompleteOnThePage(t *testing.T) {
	t.Parallel()
	v := open(t)
	form := url.Values{"tahun": {"2027"}, "decree": {"SKB 1/2026"}, "complete": {"ya"}}
	if res, body := v.post(t, desk(), "/kalender/lengkap", form); res.StatusCode != http.StatusUnprocessableEntity || check(t, "lengkap", body).Find("#decree-e").Text() == "" {
		t.Errorf("nothing entered: %d", res.StatusCode)
	}
	must(t, v.Set(desk(), calendar.Day{On: date(t, "2027-03-10"), Name: "Idul Fitri", Kind: calendar.Holiday}))
	if res, _ := v.post(t, desk(), "/kalender/lengkap", form); res.StatusCode != http.StatusSeeOther {
		t.Errorf("declared: %d", res.StatusCode)
	}
	doc := v.page(t, desk(), "/kalender?tahun=2027", "id")
	if doc.Find(".note.warn").Length() != 0 || !strings.Contains(doc.Find("main").Text(), "menurut SKB 1/2026") {
		t.Error("the page does not say who declared the year complete")
	}
	if res, _ := v.post(t, desk(), "/kalender/lengkap", url.Values{"tahun": {"2027"}, "complete": {"tidak"}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("taken back: %d", res.StatusCode)
	}
	if doc := v.page(t, desk(), "/kalender?tahun=2027", "id"); doc.Find(".note.warn").Length() != 1 {
		t.Error("taken back, and the note is missing")
	}
}

// upload sends a file as the import form does.
func (v *door) upload(t *testing.T, content string) (*http.Response, string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	w, err := m.CreateFormFile("file", "libur.csv")
	must(t, err)
	_, err = io.WriteString(w, content)
	must(t, err)
	must(t, m.Close())
	r := httptest.NewRequest(http.MethodPost, "/kalender/impor", &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return v.send(t, desk(), r)
}

// typedIn gives the form of a page as a browser would send it.
func typedIn(doc *goquery.Document, action string) url.Values {
	form := url.Values{}
	doc.Find("form[action='" + action + "'] input").Each(func(_ int, s *goquery.Selection) {
		if _, checked := s.Attr("checked"); s.AttrOr("type", "") != "checkbox" || checked {
			form.Add(s.AttrOr("name", ""), s.AttrOr("value", ""))
		}
	})
	return form
}

func TestImportOnThePage(t *testing.T) {
	t.Parallel()
	v := open(t)
	res, body := v.upload(t, "tanggal,nama,jenis,dasar\n9 Maret 2027,Cuti bersama Idul Fitri,,SKB 1/2026\n03-10-27,Idul Fitri,,\n")
	doc := check(t, "impor", body)
	if res.StatusCode != http.StatusOK || doc.Find("td .error").Length() != 1 || !strings.Contains(doc.Find("td").First().Text(), "Selasa, 9 Maret 2027") {
		t.Fatalf("%d: %q", res.StatusCode, doc.Find("td").Text())
	}
	form := typedIn(doc, "/kalender/impor/simpan")
	res, body = v.post(t, desk(), "/kalender/impor/simpan", form)
	if res.StatusCode != http.StatusUnprocessableEntity || check(t, "simpan", body).Find("td .error").Length() != 1 {
		t.Errorf("a wrong line was saved: %d", res.StatusCode)
	}
	form["date"][1] = "10/3/2027"
	if res, _ = v.post(t, desk(), "/kalender/impor/simpan", form); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/kalender?tahun=2027" {
		t.Fatalf("corrected: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	days, err := v.List(desk(), 2027)
	must(t, err)
	if len(days) != 10 {
		t.Errorf("%d days, want the 8 computed ones and two", len(days))
	}
	for _, content := range []string{"", "hari;nama\n1;2\n", "tanggal,nama\n", "PK\x03\x04x"} {
		if res, body := v.upload(t, content); res.StatusCode != http.StatusUnprocessableEntity || check(t, "salah", body).Find(".error-summary").Length() != 1 {
			t.Errorf("%q: %d", content, res.StatusCode)
		}
	}
}

func TestTheExportCanBeImported(t *testing.T) {
	t.Parallel()
	v := open(t)
	must(t, v.Set(desk(), calendar.Day{On: date(t, "2026-11-25"), Name: "=HYPERLINK(1)", Kind: calendar.Local}))
	res, body := v.send(t, staff(), httptest.NewRequest(http.MethodGet, "/kalender/daftar.csv?tahun=2026", nil))
	if res.StatusCode != http.StatusOK || !strings.Contains(res.Header.Get("Content-Disposition"), "kalender-2026.csv") {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 27 || rows[23][1] != "'=HYPERLINK(1)" && rows[24][1] != "'=HYPERLINK(1)" {
		t.Fatalf("%d rows %v %q", len(rows), err, rows)
	}
	plan, err := v.Check(desk(), planOf(t, body))
	must(t, err)
	if plan.Count(calendar.LineSame) != 26 {
		t.Errorf("%d of 26 lines would change nothing", plan.Count(calendar.LineSame))
	}
}
