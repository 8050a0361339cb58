package reuse_test

import (
	"bytes"
	"context"
	"encoding/json"
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

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// door is the room behind the edge of the house: routes, pages, texts.
type door struct {
	*room
	handler http.Handler
	who     tenant.Actor
	flash   string
}

func doorOf(t *testing.T, k *room) *door {
	t.Helper()
	views, err := web.NewViews()
	if err != nil {
		t.Fatal(err)
	}
	catalogue, m := i18n.New(), k.Module()
	if err := catalogue.Add(web.Files); err != nil {
		t.Fatal(err)
	}
	if err := catalogue.Add(m.Files); err != nil {
		t.Fatal(err)
	}
	if err := views.Add(m.Name, m.Files); err != nil {
		t.Fatal(err)
	}
	v := &door{room: k}
	s := &web.Server{Log: slog.New(slog.DiscardHandler), Texts: catalogue, Views: views, Now: noon, Zone: tenant.OneZone(time.UTC), Sample: true, Version: "uji", NavItems: m.Nav,
		Asset: func(name string) string { return "/aset/" + name }, Who: func(*http.Request) (tenant.Actor, error) { return v.who, nil }}
	m.Routes(s.NewMux().For(m.Name))
	if v.handler, err = s.Handler(); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *door) send(who context.Context, method, path, kind, body string) (int, string, http.Header) {
	v.who = tenant.From(who)
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Content-Type", kind)
	if v.flash != "" {
		r.AddCookie(&http.Cookie{Name: "kabar", Value: v.flash})
		v.flash = ""
	}
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.Name == "kabar" && c.MaxAge >= 0 {
			v.flash = c.Value
		}
	}
	out, _ := io.ReadAll(w.Result().Body)
	return w.Code, string(out), w.Result().Header
}

func (v *door) post(t *testing.T, who context.Context, path string, want int, pairs ...string) (string, string) {
	t.Helper()
	f := url.Values{}
	for n := 0; n < len(pairs); n += 2 {
		f.Add(pairs[n], pairs[n+1])
	}
	status, body, header := v.send(who, "POST", path, "application/x-www-form-urlencoded", f.Encode())
	if status != want {
		t.Fatalf("POST %s %v: %d, want %d\n%.600s", path, pairs, status, want, body)
	}
	return body, header.Get("Location")
}

// page asks for a page in a language that must come, and checks what holds for every page.
func (v *door) page(t *testing.T, who context.Context, lang, path string) *goquery.Document {
	t.Helper()
	a := tenant.From(who)
	a.Lang = lang
	status, body, _ := v.send(tenant.With(who, a), "GET", path, "", "")
	if status != http.StatusOK {
		t.Fatalf("%s as %q: %d %.300s", path, a.UserID, status, body)
	}
	return checked(t, lang, path, body)
}

func checked(t *testing.T, lang, path, body string) *goquery.Document {
	t.Helper()
	for _, wrong := range []string{"⟦", "<no value>", "%!", " style=", "<script>", "<Lubang>", "ZgotmplZ"} {
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
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		if id := s.AttrOr("id", ""); seen[id] {
			t.Errorf("%s: id %q twice", path, id)
		} else {
			seen[id] = true
		}
	})
	doc.Find("[aria-labelledby]").Each(func(_ int, s *goquery.Selection) {
		if !seen[s.AttrOr("aria-labelledby", "")] {
			t.Errorf("%s: nothing is called %q", path, s.AttrOr("aria-labelledby", ""))
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

func texts(doc *goquery.Document) string {
	return strings.Join(strings.Fields(doc.Find("main").Text()), " ")
}

func TestEveryPageShowsInBothLanguages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		empty := doorOf(t, open(t, d, &world{}))
		for _, lang := range i18n.Languages() {
			for _, path := range []string{"/bukti/pakai-ulang", "/bukti/pakai-ulang/inovasi", "/bukti/pakai-ulang/inovasi?q=apa"} {
				if doc := empty.page(t, leader(), lang, path); doc.Find(".empty").Length() != 1 {
					t.Errorf("%s has no empty state", path)
				}
			}
			if doc := empty.page(t, leader(), lang, "/bukti/peta?q=tidakada"); doc.Find(".empty").Length() != 1 {
				t.Error("the mapping has no empty state")
			}
		}
	})
	v := doorOf(t, open(t, storetest.SQLite(t), furnished()))
	for _, lang := range i18n.Languages() {
		for _, who := range []context.Context{leader(), operator("kom"), coordinator()} {
			for _, path := range []string{"/bukti/pakai-ulang", "/bukti/pakai-ulang?tempat=kc26", "/bukti/pakai-ulang?tempat=kc26&opd=bap&kekuatan=strong", "/bukti/pakai-ulang?tempat=kc26&opd=hub", "/bukti/pakai-ulang?tempat=kc26&kekuatan=ngawur&hal=9",
				"/bukti/pakai-ulang?tempat=spbe25", "/bukti/pakai-ulang?tempat=inovasi:lubang", "/bukti/pakai-ulang?tempat=inovasi:antre", "/bukti/pakai-ulang?tempat=kc25", "/bukti/pakai-ulang/cetak?tempat=pemdi26", "/bukti/pakai-ulang/cetak?tempat=kc25",
				"/bukti/pakai-ulang/inovasi", "/bukti/peta", "/bukti/peta?q=notula&pasangan=smartcity~pemdi&keadaan=on", "/bukti/peta?keadaan=own", "/bukti/peta?keadaan=off"} {
				v.page(t, who, lang, path)
			}
		}
		for _, path := range []string{"/bukti/pakai-ulang/semua?tempat=pemdi26", "/bukti/pakai-ulang/semua?tempat=inovasi:antre"} {
			v.page(t, operator("kom"), lang, path)
			v.page(t, coordinator(), lang, path)
		}
		v.page(t, coordinator(), lang, "/bukti/peta/baris")
		v.page(t, coordinator(), lang, "/bukti/peta/baris?id="+url.QueryEscape(shippedLine))
	}
}

func TestTheHeadingIsTheAnswer(t *testing.T) {
	t.Parallel()
	v := doorOf(t, open(t, storetest.SQLite(t), furnished()))
	doc := v.page(t, leader(), "id", "/bukti/pakai-ulang?tempat=kc26")
	if h1, lead := doc.Find("h1").Text(), doc.Find(".lead").Text(); h1 != "4 bukti yang sudah diterima dapat menjawab 4 pertanyaan lagi" || !strings.Contains(lead, "3 saran kuat, 2 perlu dibaca dulu. Untuk 1 pertanyaan terbuka belum ada calon") {
		t.Errorf("%q %q", h1, lead)
	}
	if doc.Find("form[action='/bukti/pakai-ulang/tautkan']").Length() != 0 {
		t.Error("a leader is offered to link")
	}
	if doc.Find("nav.pills a[aria-current]").Text() != "Evaluasi kota cerdas 2026" || doc.Find("nav.pills a").Length() != 6 {
		t.Errorf("pills: %q", doc.Find("nav.pills").Text())
	}
	if doc := v.page(t, coordinator(), "id", "/bukti/pakai-ulang?tempat=spbe25"); doc.Find("form[action='/bukti/pakai-ulang/tautkan']").Length() != 0 || !strings.Contains(texts(doc), "sedang tidak terbuka") {
		t.Error("a locked round offers links")
	}
	if doc := v.page(t, operator("hub"), "id", "/bukti/pakai-ulang?tempat=pemdi26"); doc.Find("form[action='/bukti/pakai-ulang/tautkan']").Length() != 1 || doc.Find("#slot-4-0, select[name=slot] option[selected]").AttrOr("value", "") != "TD_19_07" {
		t.Errorf("an operator is offered %d links", doc.Find("form[action='/bukti/pakai-ulang/tautkan']").Length())
	}
}

func TestTheWayThroughTheForms(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		v := doorOf(t, open(t, d, furnished()))
		_, to := v.post(t, operator("bap"), "/bukti/pakai-ulang/tautkan", http.StatusSeeOther, "tempat", "kc26", "item", "B1", "evidence", "perbup", "kembali", "tempat=kc26&kekuatan=strong&hal=1&jahat=https://x")
		if to != "/bukti/pakai-ulang?hal=1&kekuatan=strong&tempat=kc26" {
			t.Errorf("leads to %s", to)
		}
		doc := v.page(t, operator("bap"), "id", to)
		undo := doc.Find(".flash form").AttrOr("action", "")
		if !strings.HasPrefix(undo, "/bukti/pakai-ulang/urungkan/") {
			t.Fatalf("no way back: %q", doc.Find(".flash").Text())
		}
		v.post(t, operator("kom"), undo, http.StatusNotFound)
		v.post(t, operator("bap"), undo, http.StatusSeeOther)
		if v.x.linked("perbup", "kc26", "B1") {
			t.Error("still linked")
		}
		v.flash = ""
		// Another year: the page comes again with the place for the reason.
		body, _ := v.post(t, operator("bap"), "/bukti/pakai-ulang/tautkan", http.StatusUnprocessableEntity, "tempat", "kc26", "item", "A2", "evidence", "notula25", "year_reason", " ")
		doc = checked(t, "id", "tautkan", body)
		if doc.Find("details[open] textarea#year_reason").Length() != 1 || !strings.Contains(texts(doc), "Dokumen ini tahun 2025, sedangkan yang diminta tahun 2026") {
			t.Errorf("no place for the reason: %s", texts(doc))
		}
		v.post(t, operator("bap"), "/bukti/pakai-ulang/tautkan", http.StatusSeeOther, "tempat", "kc26", "item", "A2", "evidence", "notula25", "year_reason", "Rapat ditunda")
		body, _ = v.post(t, coordinator(), "/bukti/pakai-ulang/tautkan", http.StatusConflict, "tempat", "spbe25", "item", "42", "evidence", "aduan")
		checked(t, "id", "tautkan", body)
		v.post(t, operator("hub"), "/bukti/pakai-ulang/tautkan", http.StatusForbidden, "tempat", "kc26", "item", "B1", "evidence", "perbup")
		v.post(t, leader(), "/bukti/pakai-ulang/tautkan", http.StatusForbidden)
		v.post(t, coordinator(), "/bukti/pakai-ulang/tautkan", http.StatusNotFound)
		v.post(t, stranger(), "/bukti/pakai-ulang/tautkan", http.StatusNotFound, "tempat", "kc26", "item", "B1", "evidence", "perbup")
	})
}

func TestPreviewThenConfirm(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		v := doorOf(t, open(t, d, furnished()))
		before := len(v.x.Linked)
		doc := v.page(t, coordinator(), "id", "/bukti/pakai-ulang/semua?tempat=pemdi26")
		keys := []string{"tempat", "pemdi26"}
		doc.Find("input[name=pilih][checked]").Each(func(_ int, s *goquery.Selection) { keys = append(keys, "pilih", s.AttrOr("value", "")) })
		if len(v.x.Linked) != before || len(keys) != 8 || doc.Find("h1").Text() != "3 bukti akan ditautkan" {
			t.Fatalf("%d links, keys %q, %q", len(v.x.Linked)-before, keys, doc.Find("h1").Text())
		}
		body, _ := v.post(t, coordinator(), "/bukti/pakai-ulang/semua", http.StatusUnprocessableEntity, "tempat", "pemdi26")
		if !strings.Contains(texts(checked(t, "id", "semua", body)), "Centang sedikitnya satu bukti") {
			t.Error("nothing ticked is not told")
		}
		_, to := v.post(t, coordinator(), "/bukti/pakai-ulang/semua", http.StatusSeeOther, keys...)
		if len(v.x.Linked) != before+3 {
			t.Errorf("%d links", len(v.x.Linked)-before)
		}
		doc = v.page(t, coordinator(), "id", to)
		if !strings.Contains(doc.Find(".flash").Text(), "3 bukti ditautkan") {
			t.Errorf("told: %q", doc.Find(".flash").Text())
		}
		v.post(t, coordinator(), doc.Find(".flash form").AttrOr("action", ""), http.StatusSeeOther)
		if len(v.x.Linked) != before {
			t.Errorf("%d links after taking back", len(v.x.Linked)-before)
		}
		v.post(t, leader(), "/bukti/pakai-ulang/semua", http.StatusForbidden, keys...)
		v.post(t, stranger(), "/bukti/pakai-ulang/semua", http.StatusNotFound, keys...)
	})
}

func TestTheMappingThroughTheForms(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		v := doorOf(t, open(t, d, furnished()))
		if doc := v.page(t, leader(), "id", "/bukti/peta"); doc.Find("main form[method=post]").Length() != 0 || !strings.Contains(texts(doc), "Usulan Pendapa sendiri") || doc.Find("h1").Text() != "100 pasangan pertanyaan dijawab oleh bukti yang sama" {
			t.Errorf("the mapping for a leader: %q", doc.Find("h1").Text())
		}
		body, _ := v.post(t, coordinator(), "/bukti/peta", http.StatusUnprocessableEntity, "from_of", "smartcity", "from_item", "Z9", "to_of", "pemdi", "to_item", "I2", "kinds", "minutes", "strength", "strong", "why_id", "kata saya")
		doc := checked(t, "id", "peta", body)
		if doc.Find("#why_id").AttrOr("value", "") != "kata saya" || doc.Find("input[name=kinds][checked]").AttrOr("value", "") != "minutes" || doc.Find("#from_item.is-invalid").Length() != 1 {
			t.Errorf("what was typed is gone: %s", texts(doc))
		}
		_, to := v.post(t, coordinator(), "/bukti/peta", http.StatusSeeOther, "from_of", "smartcity", "from_item", "A3", "to_of", "pemdi", "to_item", "I2", "kinds", "minutes", "strength", "strong", "why_id", "kata saya")
		if doc := v.page(t, leader(), "en", to); !strings.Contains(texts(doc), "kata saya") || !strings.Contains(texts(doc), "Own line") {
			t.Errorf("%s: %s", to, texts(doc))
		}
		body, _ = v.post(t, coordinator(), "/bukti/peta", http.StatusConflict, "from_of", "pemdi", "from_item", "I2", "to_of", "smartcity", "to_item", "A3", "kinds", "minutes", "strength", "strong", "why_id", "lagi")
		checked(t, "id", "peta", body)
		_, to = v.post(t, coordinator(), "/bukti/peta/sakelar", http.StatusSeeOther, "id", shippedLine, "rev", "0", "mati", "ya", "kembali", "keadaan=on&q=B1")
		if to != "/bukti/peta?keadaan=on&q=B1" {
			t.Errorf("leads to %s", to)
		}
		v.post(t, coordinator(), "/bukti/peta/sakelar", http.StatusConflict, "id", shippedLine, "rev", "0")
		v.post(t, coordinator(), "/bukti/peta/sakelar", http.StatusNotFound)
		v.post(t, operator("bap"), "/bukti/peta/sakelar", http.StatusForbidden, "id", shippedLine, "rev", "1")
		status, csv, header := v.send(leader(), "GET", "/bukti/peta/peta.csv", "", "")
		if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/csv") || !strings.Contains(csv, "smartcity,A1,smartcity,B1,peraturan,kuat,") || !strings.Contains(csv, ",mati,pendapa\n") {
			t.Errorf("the download: %d %.300s", status, csv)
		}
		upload := func(who context.Context, body string) (int, string) {
			var b bytes.Buffer
			m := multipart.NewWriter(&b)
			part, _ := m.CreateFormFile("file", "peta.csv")
			_, _ = io.WriteString(part, body)
			_ = m.Close()
			status, body, _ := v.send(who, "POST", "/bukti/peta/impor", m.FormDataContentType(), b.String())
			return status, body
		}
		status, body = upload(coordinator(), heading+"smartcity,Z9,pemdi,I2,notula,kuat,rapat,,\n")
		if status != http.StatusUnprocessableEntity || !strings.Contains(texts(checked(t, "id", "impor", body)), "Pertanyaan Z9 tidak ada pada smartcity") {
			t.Errorf("a wrong table: %d %.300s", status, body)
		}
		if status, body = upload(coordinator(), "apa saja"); status != http.StatusUnprocessableEntity {
			t.Errorf("no table: %d", status)
		}
		checked(t, "id", "impor", body)
		if status, _ = upload(coordinator(), heading+"spbe,10,pemdi,I2,keputusan,mungkin,tim,,\n"); status != http.StatusSeeOther {
			t.Errorf("a good table: %d", status)
		}
		if status, _ = upload(operator("bap"), heading); status != http.StatusForbidden {
			t.Errorf("an operator imports: %d", status)
		}
		v.post(t, coordinator(), "/bukti/peta/impor", http.StatusUnprocessableEntity)
	})
}

func TestPrograms(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		v := doorOf(t, open(t, d, furnished()))
		ask := func(who context.Context, path string, want int) map[string]any {
			t.Helper()
			status, body, _ := v.send(who, "GET", path, "", "")
			out := map[string]any{}
			if err := json.Unmarshal([]byte(body), &out); status != want || err != nil {
				t.Fatalf("%s: %d %v, want %d: %s", path, status, err, want, body)
			}
			return out
		}
		got := ask(leader(), "/api/v1/reuse?round=iid26", http.StatusOK)
		if got["files"] != 2.0 || got["questions"] != 2.0 || got["strong"] != 2.0 || got["instrument"] != "iid-2026" {
			t.Errorf("got %v", got)
		}
		first, _ := got["open"].([]any)[0].(map[string]any)["suggestions"].([]any)[0].(map[string]any)
		if first["evidence"] != "miskin25" || first["found"] != "figure" || !strings.Contains(first["why"].([]any)[0].(string), "angka yang sama") {
			t.Errorf("the first suggestion: %v", first)
		}
		lines, _ := ask(leader(), "/api/v1/reuse/mapping", http.StatusOK)["lines"].([]any)
		if len(lines) != 100 || lines[0].(map[string]any)["origin"] != "shipped" {
			t.Errorf("%d lines", len(lines))
		}
		ask(stranger(), "/api/v1/reuse?round=iid26", http.StatusNotFound)
		ask(assessor(), "/api/v1/reuse?round=iid26", http.StatusForbidden)
		ask(assessor(), "/api/v1/reuse/mapping", http.StatusForbidden)
	})
}
