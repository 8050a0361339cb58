package notice_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/notice"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// door is the room behind the edge of the house.
type door struct {
	*notice.Service
	house   *house
	handler http.Handler
	who     tenant.Actor
}

func open(t *testing.T) *door {
	t.Helper()
	s, h := room(t, storetest.SQLite(t))
	views, err := web.NewViews()
	must(t, err)
	m, v := s.Module(), &door{Service: s, house: h}
	must(t, views.Add(m.Name, m.Files))
	server := &web.Server{Log: slog.New(slog.DiscardHandler), Texts: h.texts, Views: views, Now: h.clock, Zone: tenant.OneZone(wib()), Version: "uji", NavItems: m.Nav, Bell: s.Unread,
		Asset: func(name string) string { return "/aset/" + name }, Who: func(*http.Request) (tenant.Actor, error) { return v.who, nil }}
	m.Routes(server.NewMux().For(m.Name))
	v.handler, err = server.Handler()
	must(t, err)
	return v
}

func (v *door) send(t *testing.T, ctx context.Context, method, path string, form url.Values) (*http.Response, string) {
	t.Helper()
	v.who = tenant.From(ctx)
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	must(t, err)
	return w.Result(), string(body)
}

// page asks for a page that must come and checks what holds for every page.
func (v *door) page(t *testing.T, ctx context.Context, path string) *goquery.Document {
	t.Helper()
	res, body := v.send(t, ctx, http.MethodGet, path, nil)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %.300s", path, res.StatusCode, body)
	}
	for _, wrong := range []string{"⟦", "<no value>", "%!", " style=", "<script>", "<daring>"} {
		if at := strings.Index(body, wrong); at >= 0 {
			t.Errorf("%s holds %q near %.80q", path, wrong, body[at:])
		}
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	must(t, err)
	if doc.Find("h1").Length() != 1 || doc.Find(".roofed").Length() > 1 || doc.Find("html").AttrOr("lang", "") != tenant.From(ctx).Lang {
		t.Errorf("%s: %d main headings, %d roofs, language %q", path, doc.Find("h1").Length(), doc.Find(".roofed").Length(), doc.Find("html").AttrOr("lang", ""))
	}
	doc.Find("main input:not([type=hidden])").Each(func(_ int, s *goquery.Selection) {
		if s.Closest("label").Length() == 0 {
			t.Errorf("%s: field %q has no label", path, s.AttrOr("name", ""))
		}
	})
	return doc
}

func TestEveryPageInBothLanguages(t *testing.T) {
	t.Parallel()
	v := open(t)
	step := func(name string, paths ...string) {
		t.Helper()
		for _, lang := range i18n.Languages() {
			for _, path := range paths {
				v.page(t, as(1, "desk", lang), path)
			}
		}
	}
	all := []string{"/kabar", "/kabar?keadaan=belum", "/kabar?hal=2", "/kabar?hal=99", "/kabar?hal=x", "/kabar/pengaturan"}
	step("empty", all...)
	for n := range 35 {
		must(t, tell(system(), v.Service, idea(strconv.Itoa(n), "desk")))
	}
	must(t, tell(system(), v.Service, notice.Notice{To: []string{"desk"}, Key: "idea.plain", Once: "plain"}))
	must(t, tell(system(), v.Service, notice.Notice{To: []string{"desk"}, Key: "room.that.left", Once: "gone", Path: "/lama"}))
	step("unread", all...)
	must(t, v.SetMailing(desk(), notice.None))
	_, err := v.OpenAll(desk(), v.house.clock().UnixMilli())
	must(t, err)
	step("read", all...)
}

func TestTheListAnswersAndMarksWhatIsUnread(t *testing.T) {
	t.Parallel()
	v := open(t)
	if doc := v.page(t, desk(), "/kabar"); doc.Find("h1").Text() != "Belum ada kabar" || doc.Find(".empty").Length() != 1 || doc.Find("main form").Length() != 0 {
		t.Errorf("empty: %q", doc.Find("main").Text())
	}
	must(t, tell(system(), v.Service, idea("1", "desk")))
	must(t, tell(system(), v.Service, idea("2", "desk")))
	items, _, err := v.List(desk(), false, 10, 0)
	must(t, err)
	_, err = v.Open(desk(), items[0].ID)
	must(t, err)
	doc := v.page(t, desk(), "/kabar")
	if doc.Find("h1").Text() != "1 kabar belum dibaca" || doc.Find(".count").Text() != "1" {
		t.Errorf("heading %q, bell %q", doc.Find("h1").Text(), doc.Find(".count").Text())
	}
	for n, want := range []string{"Belum dibaca", "Sudah dibaca"} {
		row := doc.Find(".list > li").Eq(n)
		if strings.TrimSpace(row.Find(".status").Text()) != want || row.Find(".status use").Length() != 1 || !strings.Contains(row.Text(), "Ide Antrean <daring> dijawab setelah 7 hari, nilai 2,5.") {
			t.Errorf("row %d: %q", n, row.Text())
		}
	}
	if n := v.page(t, desk(), "/kabar?keadaan=belum").Find(".list > li").Length(); n != 1 {
		t.Errorf("%d unread rows", n)
	}
	if n := v.page(t, admin(), "/kabar").Find(".list > li").Length(); n != 0 {
		t.Errorf("%d rows of somebody else", n)
	}
}

func TestOnlyAPostMarksAsRead(t *testing.T) {
	t.Parallel()
	v := open(t)
	must(t, tell(system(), v.Service, idea("1", "desk")))
	must(t, tell(system(), v.Service, notice.Notice{To: []string{"desk"}, Key: "idea.plain", Once: "plain"}))
	doc := v.page(t, desk(), "/kabar")
	for _, form := range doc.Find(".list form").EachIter() {
		action := form.AttrOr("action", "")
		if res, _ := v.send(t, desk(), http.MethodGet, action, nil); res.StatusCode < 400 || form.AttrOr("method", "") != "post" {
			t.Errorf("GET %s: %d", action, res.StatusCode)
		}
	}
	if n := v.Unread(desk()); n != 2 {
		t.Fatalf("looking left %d unread", n)
	}
	for n, want := range []string{"/kabar", "/inovasi/1"} {
		action := doc.Find(".list form").Eq(n).AttrOr("action", "")
		if res, _ := v.send(t, admin(), http.MethodPost, action, url.Values{}); res.StatusCode != http.StatusNotFound {
			t.Errorf("somebody else opened %s: %d", action, res.StatusCode)
		}
		res, _ := v.send(t, desk(), http.MethodPost, action, url.Values{})
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != want || v.Unread(desk()) != 1-n {
			t.Errorf("%s: %d to %q, %d unread", action, res.StatusCode, res.Header.Get("Location"), v.Unread(desk()))
		}
	}
}

func TestAllAreMarkedUpToThePage(t *testing.T) {
	t.Parallel()
	v := open(t)
	must(t, tell(system(), v.Service, idea("1", "desk")))
	must(t, tell(system(), v.Service, idea("2", "desk")))
	until := v.page(t, desk(), "/kabar").Find("input[name=until]").AttrOr("value", "")
	v.house.at(t, "2026-11-24 09:01")
	must(t, tell(system(), v.Service, idea("3", "desk")))
	if res, _ := v.send(t, desk(), http.MethodPost, "/kabar/dibaca", url.Values{"until": {until}}); res.StatusCode != http.StatusSeeOther || v.Unread(desk()) != 1 {
		t.Errorf("%d, %d unread, want the one that came later", res.StatusCode, v.Unread(desk()))
	}
	if res, _ := v.send(t, desk(), http.MethodPost, "/kabar/dibaca", url.Values{"until": {"kemarin"}}); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a broken form: %d", res.StatusCode)
	}
}

func TestTheSettingPage(t *testing.T) {
	t.Parallel()
	v := open(t)
	if got := v.page(t, desk(), "/kabar/pengaturan").Find("input[checked]").AttrOr("value", ""); got != notice.Daily {
		t.Errorf("at first %q", got)
	}
	if res, _ := v.send(t, desk(), http.MethodPost, "/kabar/pengaturan", url.Values{"mail": {"none"}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("saved: %d", res.StatusCode)
	}
	if got := v.page(t, desk(), "/kabar/pengaturan").Find("input[checked]").AttrOr("value", ""); got != notice.None {
		t.Errorf("afterwards %q", got)
	}
	res, body := v.send(t, desk(), http.MethodPost, "/kabar/pengaturan", url.Values{"mail": {"hourly"}})
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `href="#mail"`) {
		t.Errorf("an unknown choice: %d", res.StatusCode)
	}
}

func TestStrangersAreSentToSignIn(t *testing.T) {
	t.Parallel()
	v := open(t)
	for _, route := range []string{"GET /kabar", "GET /kabar/pengaturan", "POST /kabar/pengaturan", "POST /kabar/dibaca", "POST /kabar/k001"} {
		method, path, _ := strings.Cut(route, " ")
		res, _ := v.send(t, as(1, "", "id"), method, path, nil)
		if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/masuk") {
			t.Errorf("%s: %d %s", route, res.StatusCode, res.Header.Get("Location"))
		}
	}
	if res, _ := v.send(t, as(1, "", "id"), http.MethodGet, "/api/v1/notices", nil); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("the programming interface: %d", res.StatusCode)
	}
}

func TestTheProgrammingInterfaceGivesOwnNotices(t *testing.T) {
	t.Parallel()
	v := open(t)
	must(t, tell(system(), v.Service, idea("1", "desk", "admin")))
	must(t, tell(system(), v.Service, idea("2", "admin")))
	items, _, err := v.List(admin(), false, 10, 0)
	must(t, err)
	_, err = v.Open(admin(), items[0].ID)
	must(t, err)
	for path, want := range map[string]int{"/api/v1/notices": 2, "/api/v1/notices?unread=true": 1, "/api/v1/notices?page=2": 0} {
		res, body := v.send(t, admin(), http.MethodGet, path, nil)
		var got struct {
			Notices []struct {
				ID, Key, Text, Path string
				Args                map[string]any
				At                  int64
				ReadAt              int64 `json:"read_at"`
			}
			Total, Unread, Page int
		}
		must(t, json.Unmarshal([]byte(body), &got))
		if res.StatusCode != http.StatusOK || len(got.Notices) != want || got.Unread != 1 {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
		if want > 0 {
			if n := got.Notices[0]; n.Path != "/inovasi/1" || n.Args["Days"] != 7.0 || n.Args["Mark"] != 2.5 || n.ReadAt != 0 || !strings.HasPrefix(n.Text, "Idea Antrean <daring> was answered") {
				t.Errorf("%s: %+v", path, n)
			}
		}
	}
	if v.Unread(admin()) != 1 {
		t.Error("reading by a program marked something as read")
	}
}
