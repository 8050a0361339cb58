package reuse

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// shownLine is a line as the page writes it.
type shownLine struct {
	Line
	From, To    string // the questions in words
	KindsInText string
	Reason      string
}

// group is the lines between two instruments.
type group struct {
	ID, Name string
	Lines    []shownLine
}

type mapPage struct {
	web.Page
	Groups          []group
	Pairs           []web.Option
	Pair            string
	Query, State    string
	States          []web.Option
	Total, Off, Own int
	Label           string
	Rows            []Row // of an import that was refused
	Manage          bool
	Back            string
}

func (s *Service) mapPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderMap(w, r, nil, nil)
}

func (s *Service) renderMap(w http.ResponseWriter, r *http.Request, rows []Row, failure error) error {
	ctx, q := r.Context(), r.URL.Query()
	all, err := s.Mapping(ctx)
	if err != nil {
		return err
	}
	packs, err := s.Packs.List(ctx)
	if err != nil {
		return err
	}
	p := &mapPage{Page: web.Page{Area: area, Crumbs: crumbs(r)}, Pair: q.Get("pasangan"), Query: tidy(q.Get("q")), State: q.Get("keadaan"), Rows: rows,
		Label: s.shipped.Label.In(tenant.From(ctx).Lang), Manage: tenant.From(ctx).Can(Manage, ""), Back: q.Encode()}
	for _, state := range []string{"on", "off", "own"} {
		p.States = append(p.States, web.Option{Value: state, Text: web.Text(r, "reuse.map.state."+state)})
	}
	p.fill(r, s, all, packs)
	p.Title = web.Text(r, "reuse.map.title", "N", p.Total-p.Off)
	p.Lead = web.Text(r, "reuse.map.lead", "Own", p.Own, "Off", p.Off)
	if failure != nil {
		p.Form, p.Status = web.Form{Err: failure}, http.StatusUnprocessableEntity
	}
	return web.Render(w, r, "reuse/map", p)
}

// fill sorts the lines into pairs of instruments and leaves what the filter asks for.
func (p *mapPage) fill(r *http.Request, s *Service, all []Line, packs []*instrument.Pack) {
	at := map[string]int{}
	options := map[string]bool{}
	for _, l := range all {
		p.Total++
		if l.Off {
			p.Off++
		}
		if l.Own {
			p.Own++
		}
		id := l.From.Of + "~" + l.To.Of
		name := s.nameOf(r, packs, l.From.Of) + " – " + s.nameOf(r, packs, l.To.Of)
		if !options[id] {
			options[id] = true
			p.Pairs = append(p.Pairs, web.Option{Value: id, Text: name})
		}
		one := s.shown(r, packs, l)
		if p.Pair != "" && p.Pair != id || !p.fits(one) {
			continue
		}
		n, ok := at[id]
		if !ok {
			n, at[id] = len(p.Groups), len(p.Groups)
			p.Groups = append(p.Groups, group{ID: strconv.Itoa(n), Name: name})
		}
		p.Groups[n].Lines = append(p.Groups[n].Lines, one)
	}
}

func (p *mapPage) fits(l shownLine) bool {
	switch {
	case p.State == "on" && l.Off, p.State == "off" && !l.Off, p.State == "own" && !l.Own && !l.Changed:
		return false
	}
	text := strings.ToLower(strings.Join([]string{l.From, l.To, l.Reason, l.KindsInText, l.Line.From.String(), l.Line.To.String()}, " "))
	return !slices.ContainsFunc(strings.Fields(strings.ToLower(p.Query)), func(w string) bool { return !strings.Contains(text, w) })
}

// nameOf names the instruments that a line speaks of.
func (s *Service) nameOf(r *http.Request, packs []*instrument.Pack, of string) string {
	lang := tenant.From(r.Context()).Lang
	for _, f := range s.shipped.Families {
		if f.Of == of {
			return f.Name.In(lang)
		}
	}
	for _, p := range packs {
		if p.ID == of {
			return p.Name.In(lang)
		}
	}
	return of
}

// shown writes a line in words.
func (s *Service) shown(r *http.Request, packs []*instrument.Pack, l Line) shownLine {
	lang := tenant.From(r.Context()).Lang
	words := func(ref Ref) string {
		q, ok := questionOf(packs, ref)
		switch {
		case !ok:
			return ref.Item
		case q.Short.In(lang) != "":
			return ref.Item + " " + q.Short.In(lang)
		}
		return ref.Item + " " + q.Text.In(lang)
	}
	var kinds []string
	for _, k := range l.Kinds {
		kinds = append(kinds, web.Text(r, "reuse.kind."+k))
	}
	out := shownLine{Line: l, From: words(l.From), To: words(l.To), KindsInText: strings.Join(kinds, ", "), Reason: l.Why.In(lang)}
	if out.Reason == "" {
		out.Reason = l.Why.ID
	}
	return out
}

// switchLine turns a line off or on.
func (s *Service) switchLine(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	off := r.PostFormValue("mati") == "ya"
	if err := s.Switch(r.Context(), r.PostFormValue("id"), off, rev); err != nil {
		return err
	}
	key := "reuse.map.switched_on"
	if off {
		key = "reuse.map.switched_off"
	}
	web.SetFlash(w, "good", errs.M(key), "")
	return web.Redirect(w, r, mapHome+mapBack(r))
}

// mapBack is the query of the page of the mapping a form came from.
func mapBack(r *http.Request) string {
	given, err := url.ParseQuery(r.PostFormValue("kembali"))
	keep := url.Values{}
	for _, name := range []string{"pasangan", "q", "keadaan"} {
		if v := given.Get(name); v != "" && err == nil {
			keep.Set(name, v)
		}
	}
	if len(keep) == 0 {
		return ""
	}
	return "?" + keep.Encode()
}

// exportMap writes the mapping as it stands.
func (s *Service) exportMap(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Mapping(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="pemetaan.csv"`)
	return sheet.WriteCSV(w, Table(all))
}
