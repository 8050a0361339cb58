package reuse

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

const pageSize = 20 // questions

// pill is a place to choose.
type pill struct {
	ID, Text string
	Current  bool
}

type listPage struct {
	web.Page
	Holder      string
	Rounds      []pill
	Innovations int
	Innovation  string // title of the chosen one
	Sheet       Sheet  // what is shown on this page
	Found       int    // questions with suggestions, before the filter
	Filter      Filter
	Agencies    []web.Option
	Strengths   []web.Option
	Names       map[string]string
	Paging      web.Paging
	Back        string // the query of this page, for the way back
	Asked       string // item and proof for which a reason is asked
	MayPlan     bool
}

// Key names a suggestion of a question on the page.
func (p *listPage) Key(o Open, s Suggestion) string { return o.Code + "~" + s.Proof.ID }

// KindOf names a kind of evidence.
func (p *listPage) KindOf(kind string) string { return p.T("reuse.kind." + kind) }

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	p := &listPage{}
	if err := s.fillList(r, p, r.URL.Query()); err != nil {
		return err
	}
	return web.Render(w, r, "reuse/list", p)
}

// fillList shows what a query asks for: tempat, opd, kekuatan, hal.
func (s *Service) fillList(r *http.Request, p *listPage, q url.Values) error {
	ctx := r.Context()
	if err := allow(ctx, Read); err != nil {
		return err
	}
	wld, err := s.world(ctx)
	if err != nil {
		return err
	}
	p.Area, p.Strengths = area, strengthOptions(r)
	p.Holder = q.Get("tempat")
	wld.choose(p)
	if p.Names, p.Agencies, err = web.Agencies(r.Context(), s.Dir); err != nil {
		return err
	}
	if p.Holder == "" {
		p.Title, p.Lead = web.Text(r, "reuse.title.no_place"), web.Text(r, "reuse.lead.no_place")
		return nil
	}
	x, err := s.suggest(ctx, wld, p.Holder)
	if err != nil {
		return err
	}
	p.Found = len(x.Open)
	p.Title, p.Lead = heading(r, x)
	p.MayPlan = x.Linkable && x.Strong() > 0 && tenant.From(ctx).Can(Use, "")
	p.Filter = Filter{Agency: q.Get("opd"), Strength: q.Get("kekuatan")}
	if !slices.Contains(Strengths(), p.Filter.Strength) {
		p.Filter.Strength = ""
	}
	p.Sheet = x.Narrow(p.Filter)
	p.cut(q)
	return nil
}

// heading says the answer of the page.
func heading(r *http.Request, x Sheet) (title, lead string) {
	args := []any{"Place", x.Title, "Without", x.Without}
	if len(x.Open) == 0 {
		return web.Text(r, "reuse.title.none"), web.Text(r, "reuse.lead.none", args...)
	}
	all := 0
	for _, o := range x.Open {
		all += len(o.Suggestions)
	}
	args = append(args, "Strong", x.Strong(), "Possible", all-x.Strong())
	return web.Text(r, "reuse.title", "Files", x.Files(), "Questions", len(x.Open)), web.Text(r, "reuse.lead", args...)
}

// choose offers the rounds as pills; without a wish the first open round is shown, else the first one.
func (w *world) choose(p *listPage) {
	first := ""
	for _, id := range w.order {
		at := w.places[id]
		if at.Innovation {
			p.Innovations++
			continue
		}
		if first == "" || at.Open && !w.places[first].Open {
			first = id
		}
		p.Rounds = append(p.Rounds, pill{ID: id, Text: at.Title})
	}
	if p.Holder == "" {
		p.Holder = first
	}
	for n := range p.Rounds {
		p.Rounds[n].Current = p.Rounds[n].ID == p.Holder
	}
	if at := w.places[p.Holder]; at != nil && at.Innovation {
		p.Innovation = at.Title
	}
}

// cut leaves one page of questions.
func (p *listPage) cut(q url.Values) {
	keep := url.Values{}
	for _, name := range []string{"tempat", "opd", "kekuatan"} {
		if v := q.Get(name); v != "" {
			keep.Set(name, v)
		}
	}
	keep.Set("tempat", p.Holder)
	n, _ := strconv.Atoi(q.Get("hal"))
	p.Paging = web.Paging{Size: pageSize, Total: len(p.Sheet.Open), Query: keep}
	p.Paging.Page = max(1, min(n, p.Paging.Pages()))
	from := p.Paging.Offset()
	p.Sheet.Open = p.Sheet.Open[from:min(from+pageSize, len(p.Sheet.Open))]
	p.Back = p.Paging.Link(p.Paging.Page)[1:]
}

func strengthOptions(r *http.Request) []web.Option {
	var out []web.Option
	for _, v := range Strengths() {
		out = append(out, web.Option{Value: v, Text: web.Text(r, "reuse.strength."+v)})
	}
	return out
}

// back is the query a form came from; only what this room knows is kept.
func back(r *http.Request) url.Values {
	given, err := url.ParseQuery(r.PostFormValue("kembali"))
	out := url.Values{"tempat": {r.PostFormValue("tempat")}}
	for _, name := range []string{"opd", "kekuatan", "hal"} {
		if v := given.Get(name); v != "" && err == nil {
			out.Set(name, v)
		}
	}
	return out
}

// link links one suggestion. Where a reason is wanted, the page comes again with the place to write it.
func (s *Service) link(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	pick := Pick{Item: r.PostFormValue("item"), Evidence: r.PostFormValue("evidence"), Slot: r.PostFormValue("slot")}
	batch, err := s.Link(r.Context(), r.PostFormValue("tempat"), pick, r.PostFormValue("year_reason"))
	if web.Correctable(err) {
		p := &listPage{}
		if _, wrong := errs.MsgOf(err); wrong["year_reason"].Key != "" {
			p.Asked = pick.Item + "~" + pick.Evidence
		}
		if err := s.fillList(r, p, back(r)); err != nil {
			return err
		}
		p.Form, p.Status = web.FormOf(r, err), http.StatusUnprocessableEntity
		if errs.Is(err, errs.Conflict) {
			p.Status = http.StatusConflict
		}
		p.Paging.Total = 0 // the pager would lead to the address of the form
		return web.Render(w, r, "reuse/list", p)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("reuse.linked"), home+"/urungkan/"+batch)
	return web.Redirect(w, r, home+"?"+back(r).Encode())
}

type printPage struct {
	web.Page
	Sheet Sheet
	Names map[string]string
}

// KindOf names a kind of evidence.
func (p *printPage) KindOf(kind string) string { return p.T("reuse.kind." + kind) }

// printPage is the whole list on paper.
func (s *Service) printPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	x, err := s.Suggest(r.Context(), q.Get("tempat"))
	if err != nil {
		return err
	}
	p := &printPage{Page: web.Page{Area: area, Layout: "print"}, Sheet: x.Narrow(Filter{Agency: q.Get("opd"), Strength: q.Get("kekuatan")})}
	p.Title, p.Lead = heading(r, x)
	if p.Names, _, err = web.Agencies(r.Context(), s.Dir); err != nil {
		return err
	}
	return web.Render(w, r, "reuse/print", p)
}
