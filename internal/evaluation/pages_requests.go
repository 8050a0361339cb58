package evaluation

import (
	"net/http"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument/figures"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// requestsSize is how many requests stand on one page.
const requestsSize = 25

type requestsPage struct {
	web.Page
	Round    Round
	Requests []Request // of this page
	Paging   web.Paging
	Names    map[string]string
	Texts    map[string]string
	Lines    []line
	Agencies []web.Option
	Picked   map[string]bool
	Open     int
	Late     int
	Now      int64
}

func (s *Service) requestsPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderRequests(w, r, nil)
}

func (s *Service) renderRequests(w http.ResponseWriter, r *http.Request, failure error) error {
	ctx := r.Context()
	x, pack, items, err := s.opened(r)
	if err != nil {
		return err
	}
	p := &requestsPage{Page: web.Page{Area: "evaluasi", Lead: web.Text(r, "evaluation.requests.lead"), Crumbs: within(r, x)}, Round: x, Now: s.today(r.Context()), Texts: map[string]string{}, Picked: map[string]bool{}}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	for _, code := range append(r.PostForm["codes"], r.URL.Query()["soal"]...) {
		p.Picked[code] = true
	}
	if p.Lines, err = s.lines(r, pack, items, x.ID); err != nil {
		return err
	}
	for _, l := range p.Lines {
		p.Texts[l.Code] = l.Text
	}
	if p.Names, err = s.names(ctx); err != nil {
		return err
	}
	if p.Agencies, err = s.agencyOptions(ctx); err != nil {
		return err
	}
	all, err := s.Requests(ctx, x.ID)
	if err != nil {
		return err
	}
	p.Paging = web.PagingOf(r, requestsSize)
	p.Requests = web.Cut(all, &p.Paging)
	for _, q := range all {
		if q.State == "open" {
			p.Open++
			if q.Due < p.Now {
				p.Late++
			}
		}
	}
	p.Title = web.Text(r, "evaluation.requests.title", "Open", p.Open, "Late", p.Late)
	return web.Render(w, r, "evaluation/requests", p)
}

func (s *Service) sendRequests(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	due, err := web.ParseDay(r, r.PostFormValue("due"))
	if err != nil {
		return s.renderRequests(w, r, err)
	}
	if due != 0 {
		due = endOfDay(due)
	}
	sent, without, err := s.Ask(r.Context(), r.PathValue("round"), r.PostForm["codes"], r.PostFormValue("agency"), r.PostFormValue("text"), due)
	if web.Correctable(err) {
		return s.renderRequests(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("evaluation.requests.sent", "N", sent, "Without", without), "")
	return web.Redirect(w, r, "/evaluasi/"+r.PathValue("round")+"/permintaan")
}

func (s *Service) endRequest(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	if err := s.CloseRequest(r.Context(), r.PathValue("id"), r.PostFormValue("state")); err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("evaluation.requests.closed"), "")
	if code := r.PostFormValue("code"); code != "" {
		return web.Redirect(w, r, questionPath(r.PathValue("round"), code))
	}
	return web.Redirect(w, r, "/evaluasi/"+r.PathValue("round")+"/permintaan")
}

// cell is the state of an agency's part in a question.
type cell struct{ Role, State string } // Role lead, support or ask

type gridPage struct {
	web.Page
	Round    Round
	Agencies []web.Option
	Lines    []line
	Rows     [][]cell          // by line, one cell for each agency
	Done     map[string][2]int // agency -> ready, owned
}

func (s *Service) gridPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	x, pack, items, err := s.opened(r)
	if err != nil {
		return err
	}
	p := &gridPage{Page: web.Page{Area: "evaluasi", Lead: web.Text(r, "evaluation.grid.lead"), Crumbs: within(r, x)}, Round: x, Done: map[string][2]int{}}
	if p.Lines, err = s.lines(r, pack, items, x.ID); err != nil {
		return err
	}
	requests, err := s.Requests(ctx, x.ID)
	if err != nil {
		return err
	}
	names, err := s.names(ctx)
	if err != nil {
		return err
	}
	p.fill(requests, names)
	complete := 0
	for _, d := range p.Done {
		if d[0] == d[1] {
			complete++
		}
	}
	p.Title = web.Text(r, "evaluation.grid.title", "N", complete, "Total", len(p.Done))
	return web.Render(w, r, "evaluation/grid", p)
}

func (p *gridPage) fill(requests []Request, names map[string]string) {
	involved, cells := map[string]string{}, map[string]map[string]cell{} // code -> agency
	put := func(code, agency string, c cell) {
		if agency == "" {
			return
		}
		if cells[code] == nil {
			cells[code] = map[string]cell{}
		}
		if _, known := cells[code][agency]; !known {
			cells[code][agency] = c
		}
		involved[agency] = names[agency]
	}
	for _, l := range p.Lines {
		put(l.Code, l.Lead, cell{"lead", l.State})
		for _, id := range l.Item.Support {
			put(l.Code, id, cell{"support", l.State})
		}
		if l.Lead != "" {
			d := p.Done[l.Lead]
			d[1]++
			if l.Ready() {
				d[0]++
			}
			p.Done[l.Lead] = d
		}
	}
	for _, q := range requests {
		put(q.Code, q.Agency, cell{"ask", q.State})
	}
	p.Agencies = sortedOptions(involved)
	for _, l := range p.Lines {
		row := make([]cell, len(p.Agencies))
		for n, a := range p.Agencies {
			row[n] = cells[l.Code][a.Value]
		}
		p.Rows = append(p.Rows, row)
	}
}

type figuresPage struct {
	web.Page
	Keys    []string
	Asks    map[string]string
	Figures map[string][]Figure
	Options []web.Option
	Edit    Figure
	About   map[string]figures.Figure
	Uses    map[string][]figures.Use
	Bases   []web.Option // of the figure that is entered
	Year    int
}

func (s *Service) figuresPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderFigures(w, r, nil)
}

func (s *Service) renderFigures(w http.ResponseWriter, r *http.Request, failure error) error {
	ctx := r.Context()
	p := &figuresPage{Page: web.Page{Area: "evaluasi", Lead: web.Text(r, "evaluation.figures.lead")}, Figures: map[string][]Figure{}}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	var err error
	if p.Keys, p.Asks, err = s.FigureKeys(ctx); err != nil {
		return err
	}
	all, err := s.Figures(ctx, "")
	if err != nil {
		return err
	}
	known := 0
	for _, f := range all {
		if len(p.Figures[f.Key]) == 0 {
			known++
		}
		p.Figures[f.Key] = append(p.Figures[f.Key], f)
		if f.ID == r.URL.Query().Get("ubah") {
			p.Edit = f
		}
	}
	if p.Edit.Key == "" {
		p.Edit.Key = r.URL.Query().Get("angka")
	}
	for _, k := range p.Keys {
		p.Options = append(p.Options, web.Option{Value: k, Text: p.Asks[k]})
	}
	p.Title = web.Text(r, "evaluation.figures.title", "N", known, "Total", len(p.Keys))
	if err := s.aboutFigures(r, p); err != nil {
		return err
	}
	return web.Render(w, r, "evaluation/figures", p)
}

// aboutFigures adds what the list says of each figure and which questions ask for it.
func (s *Service) aboutFigures(r *http.Request, p *figuresPage) error {
	packs, err := s.Packs.List(r.Context())
	if err != nil {
		return err
	}
	p.About, p.Uses, p.Year = map[string]figures.Figure{}, map[string][]figures.Use{}, s.Now().Year()-1
	for _, k := range p.Keys {
		if f, err := figures.Find(k); err == nil {
			p.About[k] = f
		}
		p.Uses[k] = figures.Uses(packs, k)
	}
	for _, b := range p.About[p.Edit.Key].Bases {
		p.Bases = append(p.Bases, web.Option{Value: b.ID, Text: b.Name.In(tenant.From(r.Context()).Lang)})
	}
	if p.Edit.Basis == "" {
		p.Edit.Basis = p.About[p.Edit.Key].Default
	}
	return nil
}

func (s *Service) saveFigure(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	f := Figure{ID: r.PostFormValue("id"), Key: r.PostFormValue("figure"), Value: r.PostFormValue("value"), Unit: r.PostFormValue("unit"), Basis: r.PostFormValue("basis"), Source: r.PostFormValue("source")}
	f.Year, f.Rev = int(number(r.PostFormValue("year"))), number(r.PostFormValue("rev"))
	var err error
	if f.AsOf, err = web.ParseDay(r, r.PostFormValue("as_of")); err == nil {
		err = s.SetFigure(r.Context(), f)
	}
	if web.Correctable(err) {
		return s.renderFigures(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("evaluation.figures.saved"), "")
	return web.Redirect(w, r, "/angka")
}
