package assessment_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/assessment"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// door is the room behind the edge of the house: routes, pages, texts.
type door struct {
	*desk
	handler http.Handler
	who     tenant.Actor
	ids     map[string]string // what was made for the pages: "follow", "finding"
}

func doorOf(t *testing.T, k *desk) *door {
	t.Helper()
	views, err := web.NewViews()
	if err != nil {
		t.Fatal(err)
	}
	texts := i18n.New()
	m := k.Module()
	if err := texts.Add(web.Files); err != nil {
		t.Fatal(err)
	}
	if err := texts.Add(m.Files); err != nil {
		t.Fatal(err)
	}
	if err := views.Add(m.Name, m.Files); err != nil {
		t.Fatal(err)
	}
	v := &door{desk: k, ids: map[string]string{}}
	s := &web.Server{Log: slog.New(slog.DiscardHandler), Texts: texts, Views: views, Now: k.clock.now, Zone: tenant.OneZone(time.UTC), Sample: true, Version: "uji", NavItems: m.Nav,
		Asset: func(name string) string { return "/aset/" + name }, Who: func(*http.Request) (tenant.Actor, error) { return v.who, nil }}
	m.Routes(s.NewMux().For(m.Name))
	if v.handler, err = s.Handler(); err != nil {
		t.Fatal(err)
	}
	return v
}

// call sends a request as somebody; body is a form, or JSON when it begins with a brace.
func (v *door) call(t *testing.T, who tenant.Actor, method, path, body string, header ...string) (int, string, http.Header) {
	t.Helper()
	v.who = who
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	out, _ := io.ReadAll(w.Result().Body)
	return w.Code, string(out), w.Result().Header
}

// page asks for a page that must come, and checks what holds for every page.
func (v *door) page(t *testing.T, who tenant.Actor, path string) *goquery.Document {
	t.Helper()
	status, body, _ := v.call(t, who, "GET", path, "")
	if status != http.StatusOK {
		t.Fatalf("%s as %s: %d %.300s", path, who.UserID, status, body)
	}
	lang := who.Lang
	if lang == "" {
		lang = i18n.Default
	}
	for _, wrong := range []string{"⟦", "<no value>", "%!", " style=", "<script>"} {
		if at := strings.Index(body, wrong); at >= 0 {
			t.Errorf("%s (%s) holds %q near %.80q", path, lang, wrong, body[at:])
		}
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := doc.Find("html").Attr("lang"); got != lang || doc.Find("h1").Length() != 1 {
		t.Errorf("%s: language %q, want %q; %d main headings", path, got, lang, doc.Find("h1").Length())
	}
	doc.Find("thead th:not([scope]), tbody th:not([scope])").Each(func(_ int, s *goquery.Selection) { t.Errorf("%s: heading %q without scope", path, s.Text()) })
	doc.Find("main input:not([type=hidden]), main select, main textarea").Each(func(_ int, s *goquery.Selection) {
		id, _ := s.Attr("id")
		if doc.Find("label[for='"+id+"']").Length() == 0 && s.Closest("label").Length() == 0 && s.AttrOr("aria-label", "") == "" {
			t.Errorf("%s: field %q has no label", path, s.AttrOr("name", ""))
		}
	})
	return doc
}

// furnish fills the rounds: "r" half marked, "tua" done with letter, findings and follow-ups.
func (v *door) furnish(t *testing.T) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	v.invite(t, "p1", "p2")
	v.give(t, "p1", "A1", "2.75")
	v.give(t, "p2", "A1", "3")
	v.give(t, "p2", "A2", "1")
	_, err := v.Save(marker("p1"), "r", assessment.Entry{Item: "A2", Value: "2", Comment: "Perlu <bukti>"})
	must(err)
	_, err = v.ImportMarks(coordinator(), "tua", "item,entry,assessor,value\nA,,,3.60\nB,,,3.21\nC,,,3.23\nD,,,3.07\nE,,,3.65\n")
	must(err)
	must(v.Publish(coordinator(), assessment.Published{Round: "tua", Letter: "B-1/2021", Date: v.clock.ms(), Index: "3,31", Components: map[string]string{"A": "3.60"}, Note: "asli"}))
	v.state("tua", "assess")
	for n, kind := range assessment.Kinds() {
		v.ids["finding"], err = v.AddFinding(coordinator(), assessment.Finding{Round: "tua", Assessor: n + 1, Kind: kind, Item: "A", Text: "Temuan " + kind})
		must(err)
	}
	v.state("tua", "done")
	_, err = v.AddFinding(marker("p1"), assessment.Finding{Round: "r", Kind: assessment.Strength, Text: "Dasar hukum lengkap"})
	must(err)
	for n := range 35 {
		id, err := v.AddFollowup(coordinator(), assessment.Followup{Round: "tua", Title: fmt.Sprint("Pekerjaan ", n), Agency: "hub", Due: v.clock.ms() + int64(n-3)*oneDay})
		must(err)
		v.ids["follow"] = id
	}
	must(v.EditFollowup(operator(), assessment.Followup{ID: v.ids["follow"], Status: "running", Note: "Mulai", Rev: 1}))
	must(v.SetPublication(coordinator(), assessment.Publication{Round: "tua", Shown: true, Result: true, Masterplan: "https://jember.example/masterplan", Text: "Untuk warga"}))
	v.x.late = []assessment.Overdue{{Item: "A1", Agency: "hub", Due: v.clock.ms() - 2*oneDay}}
}

// in gives the actor of a context with a language.
func in(ctx context.Context, lang string) tenant.Actor {
	a := tenant.From(ctx)
	a.Lang = lang
	return a
}

// place is a page and somebody who may open it.
type place struct {
	who  context.Context
	path string
}

// places are all pages of the room; those of a follow-up exist only when the room is furnished.
func (v *door) places() []place {
	var all []place
	for _, path := range []string{"/penilaian", "/penilaian/r", "/penilaian/r/temuan", "/penilaian/r/soal/A1", "/penilaian/r/soal/A2", "/penilaian/r/soal/A3?bukti=bukti-A3",
		"/penilaian/r/soal/A4", "/penilaian/r/soal/E12"} {
		all = append(all, place{marker("p1"), path})
	}
	for _, path := range []string{"/papan", "/hasil", "/hasil/r", "/hasil/tua", "/hasil/baru", "/hasil/r/penilai", "/hasil/r/surat", "/hasil/tua/surat", "/hasil/tua/versi", "/hasil/r/versi", "/hasil/tua/temuan", "/hasil/tua/terbit", "/hasil/r/terbit",
		"/hasil/tua/simulasi", "/hasil/tua/simulasi?n_A=4", "/hasil/r/simulasi?n_A1=4", "/tindak-lanjut", "/tindak-lanjut?keadaan=open&lewat=ya&opd=hub", "/tindak-lanjut?hal=2", "/tindak-lanjut?hal=99",
		"/tindak-lanjut/baru", "/tindak-lanjut/baru?putaran=tua&temuan=" + v.ids["finding"]} {
		all = append(all, place{coordinator(), path})
	}
	for _, who := range []context.Context{operator(), leader(), inspector()} {
		all = append(all, place{who, "/hasil/r"}, place{who, "/hasil/tua"}, place{who, "/tindak-lanjut"})
	}
	if id := v.ids["follow"]; id != "" {
		for _, who := range []context.Context{coordinator(), operator(), leader()} {
			all = append(all, place{who, "/tindak-lanjut/" + id})
		}
	}
	return all
}

func TestEveryPageShowsInBothLanguages(t *testing.T) {
	t.Parallel()
	v := doorOf(t, open(t, storetest.SQLite(t)))
	v.invite(t, "p1")
	for _, step := range []func(){func() {}, func() { v.furnish(t) }, func() { v.state("r", "done"); v.x.proofAt = v.clock.ms() - oneDay }} {
		step()
		for _, lang := range i18n.Languages() {
			for _, p := range v.places() {
				v.page(t, in(p.who, lang), p.path)
			}
			v.page(t, tenant.Actor{Lang: lang}, "/publik")
		}
	}
}
