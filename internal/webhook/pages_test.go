package webhook_test

import (
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
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
	mux     *web.Mux
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
	s := &web.Server{Log: slog.New(slog.NewTextHandler(testLog{t}, nil)), Texts: texts, Views: views, Now: k.clock.now, Zone: tenant.OneZone(time.UTC), Sample: true, Version: "uji", NavItems: m.Nav,
		Asset: func(name string) string { return "/aset/" + name }, Who: func(*http.Request) (tenant.Actor, error) { return v.who, nil }}
	v.mux = s.NewMux().For(m.Name)
	m.Routes(v.mux)
	if v.handler, err = s.Handler(); err != nil {
		t.Fatal(err)
	}
	return v
}

// testLog shows what the server complains about when a test fails.
type testLog struct{ t testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

func (v *door) call(t *testing.T, who tenant.Actor, method, path, kind, body string) (int, string, http.Header) {
	t.Helper()
	v.who = who
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	out, _ := io.ReadAll(w.Result().Body)
	return w.Code, string(out), w.Result().Header
}

func (v *door) post(t *testing.T, path string, form url.Values) (int, string, http.Header) {
	t.Helper()
	return v.call(t, tenant.From(admin()), "POST", path, "application/x-www-form-urlencoded", form.Encode())
}

// whole checks what holds for every page.
func whole(t *testing.T, where, lang, body string) *goquery.Document {
	t.Helper()
	for _, wrong := range []string{"⟦", "<no value>", "%!", " style=", "<script>"} {
		if at := strings.Index(body, wrong); at >= 0 {
			t.Errorf("%s (%s) holds %q near %.80q", where, lang, wrong, body[at:])
		}
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := doc.Find("html").Attr("lang"); got != lang || doc.Find("h1").Length() != 1 || doc.Find(".roofed").Length() > 1 {
		t.Errorf("%s: language %q, want %q; %d main headings", where, got, lang, doc.Find("h1").Length())
	}
	doc.Find("thead th:not([scope]), tbody th:not([scope])").Each(func(_ int, s *goquery.Selection) { t.Errorf("%s: heading %q without scope", where, s.Text()) })
	doc.Find("main input:not([type=hidden]), main select, main textarea").Each(func(_ int, s *goquery.Selection) {
		if doc.Find("label[for='"+s.AttrOr("id", "-")+"']").Length() == 0 && s.Closest("label").Length() == 0 {
			t.Errorf("%s: field %q has no label", where, s.AttrOr("name", ""))
		}
	})
	ids := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		if id := s.AttrOr("id", ""); ids[id] {
			t.Errorf("%s: the id %q stands twice", where, id)
		} else {
			ids[id] = true
		}
	})
	doc.Find("main button").Each(func(_ int, s *goquery.Selection) {
		if clone := s.Clone(); len(strings.Fields(clone.Children().Remove().End().Text())) > 3 {
			t.Errorf("%s: button %q is longer than three words", where, s.Text())
		}
	})
	return doc
}

// furnish makes hooks in every state, with deliveries in every state and more than one page of them.
func (v *door) furnish(t *testing.T) (busy string) {
	t.Helper()
	busy, _ = v.hook(t, "sibuk")
	v.tell(t, "innovation.stage", "baik", map[string]string{"a": "<b>"})
	v.work(t)
	v.receiver.say(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<script>alert(1)</script>", 500) })
	v.tell(t, "innovation.status", "gagal", nil)
	v.work(t)
	if err := v.Test(admin(), busy); err != nil {
		t.Fatal(err)
	}
	v.work(t)
	for n := range 30 {
		v.tell(t, "innovation.idea", fmt.Sprint("tunggu", n), nil)
	}
	for name, act := range map[string]func(id string){
		"tangan": func(id string) {
			if err := v.SetActive(admin(), id, 1, false); err != nil {
				t.Fatal(err)
			}
		},
		"pergi": func(id string) { v.say410(t) },
	} {
		id, _ := v.hook(t, name, "innovation.adopted", "innovation.answered")
		act(id)
	}
	if _, err := v.Rotate(admin(), busy, v.get(t, busy).Rev); err != nil {
		t.Fatal(err)
	}
	return busy
}

// say410 lets the next adoption find a receiver that is gone.
func (v *door) say410(t *testing.T) {
	t.Helper()
	v.receiver.say(status(410))
	ctx := admin()
	if err := v.d.Tx(ctx, func(tx *db.Tx) error { return v.Publish(ctx, tx, "innovation.adopted", "adopsi", nil) }); err != nil {
		t.Fatal(err)
	}
}

func TestEveryPageShowsInBothLanguages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		v := doorOf(t, open(t, d))
		who := tenant.From(admin())
		paths := []string{"/kait", "/kait/baru"}
		for round := range 2 {
			for _, who.Lang = range i18n.Languages() {
				for _, path := range paths {
					code, body, head := v.call(t, who, "GET", path, "", "")
					if code != http.StatusOK || head.Get("Cache-Control") != "no-store" {
						t.Fatalf("%s: %d %.300s", path, code, body)
					}
					whole(t, path, who.Lang, body)
				}
			}
			if round == 0 {
				busy := v.furnish(t)
				for _, h := range must(v.List(admin()))(t) {
					paths = append(paths, "/kait/"+h.ID)
				}
				paths = append(paths, "/kait/"+busy+"?hal=2", "/kait/"+busy+"?hal=99")
			}
		}
		who.Lang = "id"
		_, body, _ := v.call(t, who, "GET", "/kait", "", "")
		doc := whole(t, "/kait", "id", body)
		if text := doc.Find("h1").Text(); text != "2 dari 3 kait aktif" || doc.Find("tbody tr").Length() != 3 {
			t.Errorf("heading %q, %d rows", text, doc.Find("tbody tr").Length())
		}
	})
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func secretIn(body string) string {
	return regexp.MustCompile(`whsec_[A-Za-z0-9+/]{20,}`).FindString(html.UnescapeString(body))
}

// TestTheSecretIsShownOnce follows a hook from its making to its end: its secrets appear in one answer each and nowhere else.
func TestTheSecretIsShownOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		v := doorOf(t, open(t, d))
		form := url.Values{"name": {"Papan"}, "url": {v.receiver.URL + "/jalur-rahasia?kunci=abc"}, "events": {"innovation.stage", "innovation.idea"}}
		code, body, _ := v.post(t, "/kait/baru", form)
		made := whole(t, "made", "id", body).Find("code").First().Text()
		if code != http.StatusOK || !strings.HasPrefix(made, "whsec_") || strings.Count(html.UnescapeString(body), secretIn(body)) != 1 {
			t.Fatalf("%d %q", code, made)
		}
		h := must(v.List(admin()))(t)[0]
		code, body, _ = v.post(t, "/kait/"+h.ID+"/rahasia", url.Values{"rev": {"1"}})
		turned := whole(t, "turned", "id", body).Find("code").First().Text()
		if code != http.StatusOK || !strings.HasPrefix(turned, "whsec_") || turned == made {
			t.Fatalf("%d %q", code, turned)
		}
		if code, body, _ = v.post(t, "/kait/"+h.ID+"/rahasia", url.Values{"rev": {"1"}}); code != http.StatusConflict || secretIn(body) != "" {
			t.Errorf("an old revision: %d %q", code, secretIn(body))
		}
		if code, _, _ = v.post(t, "/kait/"+h.ID+"/uji", nil); code != http.StatusSeeOther {
			t.Errorf("test: %d", code)
		}
		v.work(t)
		r := v.receiver.all()[0]
		if !holds(made, r.header, r.body) || !holds(turned, r.header, r.body) {
			t.Error("the secrets shown are not those that sign")
		}
		for _, path := range []string{"/kait", "/kait/" + h.ID, "/api/v1/webhooks"} {
			_, body, _ := v.call(t, tenant.From(admin()), "GET", path, "", "")
			if body = html.UnescapeString(body); secretIn(body) != "" || strings.Contains(body, made[6:30]) || strings.Contains(body, turned[6:30]) {
				t.Errorf("%s shows a secret", path)
			}
		}
		if code, _, _ = v.post(t, "/kait/"+h.ID+"/hapus", url.Values{"confirm": {"ya"}}); code != http.StatusSeeOther {
			t.Errorf("delete: %d", code)
		}
		trail := v.trail(t)
		for _, action := range []string{"webhook.create", "webhook.rotate", "webhook.test", "webhook.delete"} {
			if !strings.Contains(trail, action) {
				t.Errorf("the trail lacks %s:\n%s", action, trail)
			}
		}
		if strings.Contains(trail, "whsec") || strings.Contains(trail, made[6:30]) || strings.Contains(trail, turned[6:30]) || strings.Contains(trail, "kunci") || strings.Contains(trail, "jalur") {
			t.Errorf("the trail holds a secret:\n%s", trail)
		}
	})
}
