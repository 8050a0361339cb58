package score_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
)

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
			return v.post(t, desk(), "/iid/usaha", form("hari-16-3", days, "hari-2a-1", "5"), want)
		}
		if _, to := effort(http.StatusSeeOther, " 7 "); to != "/iid/atur#usaha" {
			t.Errorf("after an effort: %s", to)
		}
		doc = v.page(t, desk(), "id", "/iid/atur")
		if doc.Find("#hari-16-3").AttrOr("value", "") != "7" || doc.Find("#hari-2a-1").AttrOr("value", "") != "5" || doc.Find("#hari-16-2").AttrOr("value", "x") != "" || words(doc.Find("#hari-16-2-h")) == "" {
			t.Error("own efforts are not shown as such")
		}
		for _, bad := range []string{"0", "-1", "banyak", "2001", "1,5"} {
			if doc, _ := effort(http.StatusUnprocessableEntity, bad); doc.Find("#hari-16-3").AttrOr("value", "") != bad || !strings.Contains(words(doc.Find(".error-summary")), "Butir 16 ke tingkat 3") {
				t.Errorf("%q is not shown again: %s", bad, words(doc.Find(".error-summary")))
			}
		}
		effort(http.StatusSeeOther, "")
		if doc := v.page(t, desk(), "id", "/iid/atur"); doc.Find("#hari-16-3").AttrOr("value", "x") != "" {
			t.Error("the own effort stays")
		}
		for _, path := range []string{"/iid/atur", "/iid/usaha"} {
			v.post(t, operator("hub"), path, form("rev", "1", "pack", "iid-2026"), http.StatusForbidden)
		}
	})
}

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
	if all := k.w.lib.Overrides(); len(all) != 1 || all[0].Action != "score.year.override" || all[0].ObjectID != "x/16" || all[0].Why != "Terbit terlambat" {
		t.Errorf("the trail is told %+v", all)
	}
}
