package adoption_test

import (
	"context"
	"encoding/json"
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

	"github.com/pendapa/pendapa/internal/adoption"
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
}

func doorOf(t *testing.T, k *room) *door {
	t.Helper()
	views, err := web.NewViews()
	if err != nil {
		t.Fatal(err)
	}
	texts, m := i18n.New(), k.Module()
	if err := texts.Add(web.Files); err != nil {
		t.Fatal(err)
	}
	if err := texts.Add(m.Files); err != nil {
		t.Fatal(err)
	}
	if err := views.Add(m.Name, m.Files); err != nil {
		t.Fatal(err)
	}
	v := &door{room: k}
	s := &web.Server{Log: slog.New(slog.DiscardHandler), Texts: texts, Views: views, Now: k.clock.now, Zone: tenant.OneZone(time.UTC), Sample: true, Version: "uji", NavItems: m.Nav,
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
	lang := v.who.Lang
	if v.who = tenant.From(who); v.who.Lang == "" {
		v.who.Lang = lang
	}
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

// page asks for a page in a language that must come, and checks what holds for every page.
func (v *door) page(t *testing.T, who context.Context, lang, path string) *goquery.Document {
	t.Helper()
	a := tenant.From(who)
	a.Lang = lang
	status, body, _ := v.call(t, in(a), "GET", path, "")
	if status != http.StatusOK {
		t.Fatalf("%s as %q: %d %.300s", path, a.UserID, status, body)
	}
	return v.checked(t, lang, path, body)
}

func (v *door) checked(t *testing.T, lang, path, body string) *goquery.Document {
	t.Helper()
	for _, wrong := range []string{"⟦", "<no value>", "%!", " style=", "<script>", "<lubang>"} {
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

// furnished gives a room with an adoption in every state.
func furnished(t *testing.T, d *db.DB) (*door, map[string]string) {
	t.Helper()
	k := open(t, d)
	ids := map[string]string{"signed": k.signed(t, near, "hub7", home, "lubang"), "own": k.signed(t, home, "kes", home, "lubang")}
	plan, err := k.Start(operator(home, "hub"), adoption.Begin{Regency: home, Innovation: "antre", Agency: "hub"})
	if err != nil {
		t.Fatal(err)
	}
	ids["plan"], ids["fresh"] = plan, k.begun(t, home, "dlh", near, "kopi", 3)
	ids["note"] = k.begun(t, home, "hub", near, "kopi", 30)
	ids["sign"] = k.begun(t, home, "dlh", home, "antre", 30)
	k.written(t, home, "dlh", ids["sign"])
	ids["gone"] = k.begun(t, near, "kes7", home, "lubang", 9)
	if err := k.Withdraw(operator(near, "kes7"), ids["gone"], 1, "Anggaran dialihkan"); err != nil {
		t.Fatal(err)
	}
	return doorOf(t, k), ids
}

func TestEveryPageShowsInBothLanguages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		empty := doorOf(t, open(t, d))
		empty.x.originals = nil
		for _, lang := range i18n.Languages() {
			for _, path := range []string{"/adopsi", "/adopsi?sisi=keluar", "/adopsi?keadaan=signed&opd=hub", "/adopsi?keadaan=ngawur", "/adopsi/cari", "/adopsi/cari?q=apa"} {
				if doc := empty.page(t, leader(home), lang, path); doc.Find(".empty").Length() != 1 {
					t.Errorf("%s has no empty state", path)
				}
			}
			for _, path := range []string{"/publik/inovasi", "/publik/inovasi?q=apa&daerah=3509&hal=2"} {
				if doc := empty.page(t, context.Background(), lang, path); doc.Find(".empty").Length() != 1 {
					t.Errorf("%s has no empty state", path)
				}
			}
		}
	})
	v, ids := furnished(t, storetest.SQLite(t))
	for _, lang := range i18n.Languages() {
		for _, who := range []context.Context{leader(home), operator(home, "hub"), head(home, "hub"), head(home, "dlh"), desk(home), operator(near, "hub7")} {
			for _, path := range []string{"/adopsi", "/adopsi?keadaan=running", "/adopsi?sisi=keluar", "/adopsi?hal=9", "/adopsi/cari", "/adopsi/cari?daerah=3507&urusan=1.02&q=kopi", "/publik/inovasi"} {
				v.page(t, who, lang, path)
			}
		}
		for _, who := range []context.Context{leader(home), operator(home, "hub"), head(home, "hub"), head(home, "dlh"), head(home, "kes"), desk(home)} {
			for _, state := range []string{"plan", "fresh", "note", "sign", "own"} {
				v.page(t, who, lang, "/adopsi/"+ids[state])
				v.page(t, who, lang, "/adopsi/"+ids[state]+"/cetak")
			}
		}
		for _, who := range []context.Context{leader(near), head(near, "hub7"), operator(near, "kes7")} {
			v.page(t, who, lang, "/adopsi/"+ids["signed"])
			v.page(t, who, lang, "/adopsi/"+ids["gone"])
			v.page(t, who, lang, "/adopsi/"+ids["gone"]+"/cetak")
		}
		for _, path := range []string{"/adopsi/baru?daerah=3507&inovasi=kopi", "/adopsi/baru?daerah=3509&inovasi=lubang", "/adopsi/baru?daerah=3509&inovasi=coba"} {
			for _, who := range []context.Context{operator(home, "hub"), operator(home, "kes"), desk(home)} {
				v.page(t, who, lang, path)
			}
		}
		for _, path := range []string{"/publik/inovasi", "/publik/inovasi?daerah=3507", "/publik/inovasi/3509/lubang", "/publik/inovasi/3509/coba", "/publik/inovasi/3507/kopi"} {
			v.page(t, context.Background(), lang, path)
		}
	}
}

func TestThePublicSeesOnlyWhatIsPublished(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		v, ids := furnished(t, d)
		list := texts(v.page(t, context.Background(), "id", "/publik/inovasi"))
		if !strings.Contains(list, "Lapor Lubang Satu Foto") || !strings.Contains(list, "Kopi Lacak") || !strings.Contains(list, "2 kali diadopsi") || strings.Contains(list, "Antre dari Rumah") {
			t.Errorf("the list: %s", list)
		}
		page := texts(v.page(t, context.Background(), "id", "/publik/inovasi/3509/lubang"))
		for _, want := range []string{"Satu operator", "Rp 12 juta", "Sekretariat Dishub", "Penerapan", "1.250 pengguna", "2 pengadopsi", "Dinas Perhubungan Malang, Kabupaten Malang", changes, result, "Dinas Kesehatan, Kabupaten Jember"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %q: %s", want, page)
			}
		}
		for _, never := range []string{"Akun", "operator-", "kepala-", "Dinas Kesehatan Malang", "Adopsi inovasi"} {
			if strings.Contains(page, never) {
				t.Errorf("the public reads %q", never)
			}
		}
		for _, path := range []string{"/publik/inovasi/3509/antre", "/publik/inovasi/3509/hantu", "/publik/inovasi/3507/lubang", "/publik/inovasi/9999/lubang", "/publik/inovasi/x/lubang", "/publik/inovasi/-1/lubang"} {
			for _, who := range []context.Context{context.Background(), leader(near), desk(home)} {
				if status, body, _ := v.call(t, who, "GET", path, ""); status != http.StatusNotFound || strings.Contains(body, "Antre dari Rumah") {
					t.Errorf("%s: %d", path, status)
				}
			}
		}
		v.x.at(home, "lubang").Published = false
		if status, _, _ := v.call(t, context.Background(), "GET", "/publik/inovasi/3509/lubang", ""); status != http.StatusNotFound {
			t.Errorf("hidden again: %d", status)
		}
		if doc := v.page(t, leader(near), "id", "/adopsi/"+ids["signed"]); !strings.Contains(texts(doc), "tidak lagi menerbitkannya") || strings.Contains(texts(doc), "Satu operator") {
			t.Error("the adopter still reads what was hidden, or is not told")
		}
	})
}

func TestTheWayThroughTheForms(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		v := doorOf(t, open(t, d))
		form := func(pairs ...string) string {
			f := url.Values{}
			for n := 0; n < len(pairs); n += 2 {
				f.Set(pairs[n], pairs[n+1])
			}
			return f.Encode()
		}
		post := func(who context.Context, path, body string, want int) (string, string) {
			t.Helper()
			status, answer, header := v.call(t, who, "POST", path, body)
			if status != want {
				t.Fatalf("POST %s %s: %d, want %d\n%.400s", path, body, status, want, answer)
			}
			if status != http.StatusSeeOther && status != http.StatusForbidden && status != http.StatusNotFound {
				v.checked(t, "id", path, answer)
			}
			return answer, header.Get("Location")
		}
		op, boss := operator(home, "kes"), head(home, "kes")
		if doc := v.page(t, op, "id", "/adopsi/cari?q=lubang"); doc.Find("a[href='/adopsi/baru?daerah=3509&inovasi=lubang']").Length() != 1 {
			t.Error("the search offers no way to adopt")
		}
		doc := v.page(t, op, "id", "/adopsi/baru?daerah=3509&inovasi=lubang")
		if got := doc.Find("select#agency option[selected]").AttrOr("value", ""); got != "kes" || doc.Find("select#agency option").Length() != 1 {
			t.Errorf("the only agency is not chosen: %q", got)
		}
		body, _ := post(op, "/adopsi", form("regency", "3509", "innovation", "lubang", "agency", "kes", "started", "31-31"), http.StatusUnprocessableEntity)
		if !strings.Contains(body, "Tulis tanggal yang benar") || !strings.Contains(body, `value="31-31"`) {
			t.Errorf("a wrong day: %.300s", body)
		}
		_, to := post(op, "/adopsi", form("regency", "3509", "innovation", "lubang", "agency", "kes", "started", "2026-02-01"), http.StatusSeeOther)
		if _, again := post(op, "/adopsi", form("regency", "3509", "innovation", "lubang", "agency", "kes"), http.StatusConflict); again != "" {
			t.Errorf("double adoption leads to %q", again)
		}
		post(op, "/adopsi", form("regency", "3509", "innovation", "lubang", "agency", "hub"), http.StatusForbidden)
		post(operator(near, "hub7"), "/adopsi", form("regency", "3509", "innovation", "antre", "agency", "hub7"), http.StatusNotFound)
		post(op, to+"/tanda-tangan", form("rev", "1"), http.StatusForbidden)
		body, _ = post(boss, to+"/tanda-tangan", form("rev", "1"), http.StatusUnprocessableEntity)
		if !strings.Contains(body, "sedikitnya 20 huruf") {
			t.Errorf("an empty note: %.300s", body)
		}
		note := func(rev string) string {
			return form("rev", rev, "started", "2026-02-01", "changes", changes, "result", result, "users", "1.250")
		}
		post(op, to+"/catatan", note("1"), http.StatusSeeOther)
		body, _ = post(op, to+"/catatan", form("rev", "1", "started", "2026-02-01", "changes", "Yang baru saya ketik"), http.StatusConflict)
		if !strings.Contains(body, "Yang baru saya ketik") || !strings.Contains(body, changes) {
			t.Errorf("a conflict hides what was typed or what is saved: %.300s", body)
		}
		if doc := v.page(t, op, "en", to); doc.Find("#users").AttrOr("value", "") != "1,250" {
			t.Errorf("in English the users are %q", doc.Find("#users").AttrOr("value", ""))
		}
		v.who.Lang = "id"
		if doc := v.page(t, boss, "id", to); doc.Find("form[action='"+to+"/tanda-tangan'] button").Length() != 1 {
			t.Error("the head finds nothing to sign")
		}
		post(boss, to+"/tanda-tangan", form("rev", "2"), http.StatusSeeOther)
		post(op, to+"/batal", form("rev", "3", "reason", "Ternyata tidak jadi"), http.StatusConflict)
		post(boss, to+"/koreksi", form("rev", "3", "changes", "x", "result", result, "why", "Salah tulis alur"), http.StatusUnprocessableEntity)
		post(boss, to+"/koreksi", form("rev", "3", "changes", changes+" saja", "result", result, "why", "Salah tulis alur"), http.StatusSeeOther)
		if page := texts(v.page(t, context.Background(), "id", "/publik/inovasi/3509/lubang")); !strings.Contains(page, changes+" saja") {
			t.Errorf("the public page keeps the old text: %s", page)
		}
		if page := texts(v.page(t, boss, "id", to+"/cetak")); !strings.Contains(page, "Dinyatakan di Pendapa oleh Akun kepala-kes") || !strings.Contains(page, "Dikoreksi oleh Akun kepala-kes") {
			t.Errorf("the paper: %s", page)
		}
	})
}

func TestPrograms(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		v := doorOf(t, open(t, d))
		ask := func(who context.Context, method, path, body string, want int) map[string]any {
			t.Helper()
			status, answer, _ := v.call(t, who, method, path, body)
			out := map[string]any{}
			if err := json.Unmarshal([]byte(answer), &out); status != want || err != nil {
				t.Fatalf("%s %s: %d %v, want %d: %s", method, path, status, err, want, answer)
			}
			return out
		}
		op, boss := operator(near, "hub7"), head(near, "hub7")
		got := ask(op, "POST", "/api/v1/adoptions", fmt.Sprintf(`{"origin_regency": 3509, "innovation": "lubang", "agency": "hub7", "started_at": %d}`, v.clock.ago(20)), http.StatusCreated)
		id, _ := got["id"].(string)
		if got["state"] != "running" || got["owes"] != "note" || got["users"] != nil || got["rev"] != 1.0 {
			t.Errorf("begun: %v", got)
		}
		if p := ask(op, "POST", "/api/v1/adoptions", `{"origin_regency": 3509, "innovation": "lubang", "agency": "hub7"}`, http.StatusConflict); p["code"] != "adoption.error.twice" {
			t.Errorf("twice: %v", p)
		}
		ask(op, "POST", "/api/v1/adoptions", `{"innovation": "lubang", "agency": "hub7"}`, http.StatusNotFound) // not one of the own regency
		ask(op, "POST", "/api/v1/adoptions", `{"inovasi": "lubang"}`, http.StatusUnprocessableEntity)
		got = ask(op, "PUT", "/api/v1/adoptions/"+id+"/note", `{"changes": "`+changes+`", "result": "`+result+`", "users": 40, "rev": 1}`, http.StatusOK)
		if got["users"] != 40.0 || got["started_at"] != float64(v.day(v.clock.ago(20))) {
			t.Errorf("noted: %v", got)
		}
		ask(op, "POST", "/api/v1/adoptions/"+id+"/sign", `{"rev": 2}`, http.StatusForbidden)
		if got = ask(boss, "POST", "/api/v1/adoptions/"+id+"/sign", `{"rev": 2}`, http.StatusOK); got["state"] != "signed" {
			t.Errorf("signed: %v", got)
		}
		list := ask(leader(home), "GET", "/api/v1/adoptions", "", http.StatusOK)
		taken, _ := list["taken"].([]any)
		if list["total"] != 0.0 || len(taken) != 1 || taken[0].(map[string]any)["adopter_agency_name"] != "Dinas Perhubungan Malang" {
			t.Errorf("the original's list: %v", list)
		}
		if list := ask(leader(near), "GET", "/api/v1/adoptions?state=signed&agency=hub7", "", http.StatusOK); list["total"] != 1.0 {
			t.Errorf("the adopter's list: %v", list)
		}
		if list := ask(leader(third), "GET", "/api/v1/adoptions", "", http.StatusOK); list["total"] != 0.0 || list["taken_total"] != 0.0 {
			t.Errorf("the third's list: %v", list)
		}
		ask(leader(near), "GET", "/api/v1/adoptions?state=apa", "", http.StatusUnprocessableEntity)
	})
}

// day gives the start of a day in the zone of these tests.
func (v *door) day(ms int64) int64 {
	return time.UnixMilli(ms).UTC().Truncate(oneDay).UnixMilli()
}
