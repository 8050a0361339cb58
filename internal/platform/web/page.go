package web

import (
	"bytes"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Page is what every page shows around its own content. Page structs embed it; Render fills the lower part.
type Page struct {
	Title  string  // the heading: the answer of the page, translated
	Lead   string  // one more sentence, may be empty
	Crumbs []Crumb // where this page stands, without the page itself
	Area   string  // which main place is lit, e.g. "evaluasi"
	Layout string  // "" the hall, "gate" sign-in and setup, "print" paper, "public" portal
	Plain  bool    // the page comes without script: it has nothing to press
	Status int     // HTTP status, 0 is 200
	Form   Form    // what was typed and what is wrong with it

	Actor  tenant.Actor
	Lang   string
	Path   string
	Brand  string
	Flash  *Notice
	Sample bool
	Bell   int
	Nav    []NavArea
	server *Server
	place  *time.Location // whose clock the regency follows
	before string         // what stands before the paths of public pages, see Visit
}

// Crumb is one step of the way to a page.
type Crumb struct{ Text, Path string }

// Notice is a sentence shown once after an action, with an optional way back.
type Notice struct {
	Kind, Text, Undo string // Kind: good, warn, bad, info; Undo: address to POST to
}

// Pager is implemented by every struct that embeds Page.
type Pager interface{ base() *Page }

func (p *Page) base() *Page { return p }

// Text translates for handlers: the same as .T in a view.
func Text(r *http.Request, key string, pairs ...any) string {
	q := requestOf(r)
	return q.server.Texts.Msg(q.server.lang(r), errs.M(key, pairs...))
}

// Render writes a page. name is "module/view".
func Render(w http.ResponseWriter, r *http.Request, name string, page Pager) error {
	return requestOf(r).server.render(w, r, name, page)
}

func (s *Server) render(w http.ResponseWriter, r *http.Request, name string, page Pager) error {
	p := page.base()
	s.fill(w, r, p)
	if p.Form.Err != nil && waits(w, p.Form.Err) {
		p.Status = http.StatusTooManyRequests
	}
	var body bytes.Buffer
	if err := s.Views.execute(&body, name, p.Layout, page); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", p.Lang)
	if p.Status != 0 {
		w.WriteHeader(p.Status)
	}
	_, err := w.Write(s.marked(body.Bytes(), p.Actor))
	return err
}

func (s *Server) fill(w http.ResponseWriter, r *http.Request, p *Page) {
	p.server, p.Actor, p.Lang, p.before = s, tenant.From(r.Context()), s.lang(r), visitOf(r).Base
	p.Path = p.before + r.URL.Path
	p.Sample, p.place = s.Sample, s.Zone(r.Context())
	if s.Brand != nil {
		p.Brand = s.Brand(r.Context(), p.shown())
	}
	p.Flash = takeFlash(w, r, s.Texts, p.Lang)
	if p.Actor.SignedIn() || p.Layout == "public" {
		p.Nav = s.nav(p)
	}
	if p.Actor.SignedIn() && s.Bell != nil && p.Layout != "print" {
		p.Bell = s.Bell(r.Context())
	}
}

// shown is the regency the page speaks of: one's own, on public pages the one whose address was opened.
func (p *Page) shown() int64 {
	if p.Layout == "public" && p.Actor.Visits != 0 {
		return p.Actor.Visits
	}
	return p.Actor.Place()
}

// PublicPath gives the address of a public page of the regency that is shown.
func (p *Page) PublicPath(path string) string { return p.before + path }

// T gives a text. pairs are name, value, ...
func (p *Page) T(key string, pairs ...any) string {
	return p.server.Texts.Msg(p.Lang, errs.M(key, pairs...))
}

// Has reports whether a text exists, for names that may come from data.
func (p *Page) Has(key string) bool { return p.server.Texts.Has(p.Lang, key) }

// Msg gives the text of a message made in Go.
func (p *Page) Msg(m errs.Msg) string { return p.server.Texts.Msg(p.Lang, m) }

// Can asks for a right, to show or hide a button. The service checks again.
func (p *Page) Can(action, agency string) bool { return p.Actor.Can(action, agency) }

// Int writes a whole number of any integer type.
func (p *Page) Int(n any) string { return i18n.Int(p.Lang, toInt(n)) }

// Num writes a float with digits after the mark.
func (p *Page) Num(x float64, digits int) string { return i18n.Float(p.Lang, x, digits) }

// Dec writes a plain decimal text in the language's way; empty stays empty.
func (p *Page) Dec(text string) string { return i18n.Number(p.Lang, text) }

// Size writes bytes for people.
func (p *Page) Size(n int64) string { return i18n.Size(p.Lang, n) }

// Date writes a day from milliseconds; "" for zero.
func (p *Page) Date(ms int64) string {
	if ms == 0 {
		return ""
	}
	return i18n.Date(p.Lang, p.at(ms))
}

// Day writes weekday, day and month.
func (p *Page) Day(ms int64) string {
	if ms == 0 {
		return ""
	}
	return i18n.Day(p.Lang, p.at(ms))
}

// DateTime writes day and time.
func (p *Page) DateTime(ms int64) string {
	if ms == 0 {
		return ""
	}
	return i18n.DateTime(p.Lang, p.at(ms))
}

// Moment writes day and time with the zone, for paper that is read elsewhere.
func (p *Page) Moment(ms int64) string { return p.DateTime(ms) + " " + p.at(ms).Format("MST") }

// ISO writes 2026-11-24 for a date input.
func (p *Page) ISO(ms int64) string {
	if ms == 0 {
		return ""
	}
	return p.at(ms).Format(time.DateOnly)
}

// DaysTo counts whole days from today to ms; negative when it is past.
func (p *Page) DaysTo(ms int64) int { return DaysBetween(p.server.Now(), p.at(ms), p.place) }

// Asset gives the address of a bundled file.
func (p *Page) Asset(name string) string { return p.server.Asset(name) }

// Icon gives the address of a symbol of the sprite: "cari" -> ...#i-cari, "m-good" stays.
func (p *Page) Icon(name string) string {
	if !strings.HasPrefix(name, "m-") {
		name = "i-" + name
	}
	return p.server.Asset("ikon.svg") + "#" + name
}

// Version names the program.
func (p *Page) Version() string { return p.server.Version }

// Theme is what the person chose, "" when the device decides.
func (p *Page) Theme() string { return p.Actor.Theme }

func (p *Page) at(ms int64) time.Time { return time.UnixMilli(ms).In(p.place) }

// DaysBetween counts calendar days in a zone.
func DaysBetween(from, to time.Time, zone *time.Location) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.In(zone).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(day(to).Sub(day(from)).Hours() / 24)
}

// ParseDay reads 2026-11-24 as the start of that day in the regency's zone, in milliseconds; 0 for "".
func ParseDay(r *http.Request, text string) (int64, error) {
	if strings.TrimSpace(text) == "" {
		return 0, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(text), requestOf(r).server.Zone(r.Context()))
	if err != nil {
		return 0, errs.E(errs.Invalid, "web.error.date", err, "Text", text)
	}
	return t.UnixMilli(), nil
}

func toInt(n any) int64 {
	switch v := n.(type) {
	case int:
		return int64(v)
	case int64:
		return v
	case int32:
		return int64(v)
	}
	return 0
}

// NavItem is one place a module offers in the menus.
type NavItem struct {
	Area  string // beranda, kinerja, evaluasi, inovasi, bukti, wilayah, kelola; publik is the portal
	Key   string // text key
	Path  string
	Perm  string
	Order int
}

// NavArea is a main place with the places inside it that the actor may open.
type NavArea struct {
	Key, Icon, Path string
	Current         bool
	Items           []NavItem
}

// Current is the lit place inside an area.
func (a NavArea) Lit(path string, item NavItem) bool {
	best := ""
	for _, i := range a.Items {
		if (path == i.Path || strings.HasPrefix(path, i.Path+"/")) && len(i.Path) > len(best) {
			best = i.Path
		}
	}
	return best == item.Path
}

// portal is the area of the pages that everybody may read.
const portal = "publik"

func areas() []NavArea {
	return []NavArea{
		{Key: "beranda", Icon: "beranda"}, {Key: "kinerja", Icon: "kinerja"}, {Key: "evaluasi", Icon: "evaluasi"},
		{Key: "inovasi", Icon: "inovasi"}, {Key: "bukti", Icon: "berkas"}, {Key: "wilayah", Icon: "tempat"}, {Key: "kelola", Icon: "menu"},
	}
}

func (s *Server) nav(p *Page) []NavArea {
	var out []NavArea
	all, lit := areas(), p.Area
	if p.Layout == "public" {
		all, lit = []NavArea{{Key: portal}}, portal
	}
	for _, a := range all {
		for _, item := range s.NavItems {
			if item.Area == a.Key && (item.Perm == SignedIn || item.Perm == Public || p.Actor.Can(item.Perm, "")) {
				if a.Key == portal {
					item.Path = p.PublicPath(item.Path)
				}
				a.Items = append(a.Items, item)
			}
		}
		if len(a.Items) == 0 {
			continue
		}
		slices.SortStableFunc(a.Items, func(x, y NavItem) int { return x.Order - y.Order })
		a.Path, a.Current = a.Items[0].Path, a.Key == lit
		out = append(out, a)
	}
	return out
}

// Subnav gives the lit area, for the second menu line; nil when it has one place only.
func (p *Page) Subnav() *NavArea {
	for i := range p.Nav {
		if p.Nav[i].Current && len(p.Nav[i].Items) > 1 {
			return &p.Nav[i]
		}
	}
	return nil
}

// HTML marks text made by our own chart and map writers as ready to show.
func HTML(s string) template.HTML { return template.HTML(s) } //nolint:gosec // only our own SVG writers call it

// Days counts calendar days from today to ms in the regency's zone; negative when it is past.
func Days(r *http.Request, ms int64) int {
	s := requestOf(r).server
	return DaysBetween(s.Now(), time.UnixMilli(ms), s.Zone(r.Context()))
}

// Picture marks a data: address of a PNG made by this program as ready to show; anything else is dropped.
func (p *Page) Picture(data string) template.URL {
	if !strings.HasPrefix(data, "data:image/png;base64,") {
		return ""
	}
	return template.URL(data) //nolint:gosec // the prefix was checked and the rest cannot leave an attribute
}
