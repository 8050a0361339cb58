package adoption

import (
	"context"
	"net/http"
	"slices"

	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

const pageSize = 30

// row is an adoption as the list shows it.
type row struct {
	Adoption
	AgencyName string
	Days       int
	Owes       string
	SignFrom   int64
}

func (s *Service) rowOf(ctx context.Context, a Adoption, names map[string]string) row {
	name := names[a.Agency]
	if name == "" {
		name = a.Agency
	}
	return row{Adoption: a, AgencyName: name, Days: s.Days(ctx, a), Owes: s.Owes(ctx, a), SignFrom: s.SignFrom(ctx, a)}
}

type listPage struct {
	web.Page
	Rows             []row
	Taken            []Replica
	Out              bool // what others took over from us
	Filter           Filter
	Tally            map[string]int
	Times            int
	Agencies, States []web.Option
	Paging           web.Paging
}

// Abroad reports whether an adopter stands in another regency.
func (p *listPage) Abroad(r Replica) bool { return r.Regency != p.Actor.Regency }

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	p := &listPage{Page: web.Page{Area: area, Lead: web.Text(r, "adoption.lead")}, Out: q.Get("sisi") == "keluar", Filter: Filter{Agency: q.Get("opd"), State: q.Get("keadaan")},
		Paging: web.PagingOf(r, pageSize), States: stateOptions(r)}
	if !slices.Contains(States(), p.Filter.State) {
		p.Filter.State = ""
	}
	if err := s.fillList(r, p); err != nil {
		return err
	}
	p.Title = web.Text(r, "adoption.title", "In", p.Tally[Signed], "Out", p.Times)
	if p.Tally[Planned]+p.Tally[Running]+p.Tally[Signed]+p.Times == 0 {
		p.Title = web.Text(r, "adoption.title.none")
	}
	return web.Render(w, r, "adoption/list", p)
}

func (s *Service) fillList(r *http.Request, p *listPage) (err error) {
	ctx := r.Context()
	if p.Tally, err = s.Tally(ctx); err != nil {
		return err
	}
	if p.Taken, p.Times, err = s.Taken(ctx, pageSize, p.Paging.Offset()); err != nil {
		return err
	}
	if p.Out {
		p.Paging.Total = p.Times
		return nil
	}
	names, options, err := web.Agencies(r.Context(), s.Dir)
	if err != nil {
		return err
	}
	p.Agencies = options
	all, total, err := s.List(ctx, p.Filter, pageSize, p.Paging.Offset())
	for _, a := range all {
		p.Rows = append(p.Rows, s.rowOf(ctx, a, names))
	}
	p.Paging.Total = total
	return err
}

func stateOptions(r *http.Request) []web.Option {
	var out []web.Option
	for _, state := range States() {
		out = append(out, web.Option{Value: state, Text: web.Text(r, "adoption.state."+state)})
	}
	return out
}

// adopting lists the agencies for which the actor may adopt, without those behind the original and those that adopted already.
func (s *Service) adopting(r *http.Request, o Original, taken []row) ([]web.Option, error) {
	a := tenant.From(r.Context())
	_, all, err := web.Agencies(r.Context(), s.Dir)
	return slices.DeleteFunc(all, func(g web.Option) bool {
		return !a.Can(Adopt, g.Value) || isOwn(o, a.Regency, g.Value) || slices.ContainsFunc(taken, func(t row) bool { return t.Agency == g.Value })
	}), err
}
