package adoption

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// offer is a published innovation as a list shows it.
type offer struct {
	Original
	AffairName string
	Times      int
	Taken      []row // adoptions of the own regency
}

// Adoptable reports whether it can be taken over: its national stage says it is in use.
func (o offer) Adoptable() bool { return o.National == national }

// Path leads to the public page of an innovation.
func (o Original) Path() string { return publicPath(o.Regency, o.ID) }

func publicPath(regency int64, id string) string {
	return "/publik/inovasi/" + strconv.FormatInt(regency, 10) + "/" + id
}

func key(regency int64, id string) string { return strconv.FormatInt(regency, 10) + "/" + id }

type searchPage struct {
	web.Page
	Offers             []offer
	Want               Want
	RegencyValue       string
	Regencies, Affairs []web.Option
	Paging             web.Paging
	Public             bool
}

func wanted(r *http.Request) Want {
	q := r.URL.Query()
	regency, _ := strconv.ParseInt(q.Get("daerah"), 10, 64)
	return Want{Query: q.Get("q"), Regency: regency, Affair: q.Get("urusan")}
}

func (s *Service) searchPage(w http.ResponseWriter, r *http.Request) error {
	p := &searchPage{Page: web.Page{Area: area, Lead: web.Text(r, "adoption.search.lead"), Crumbs: crumbs(r)}}
	if err := s.fillSearch(r, p); err != nil {
		return err
	}
	p.Title = web.Text(r, "adoption.search.title", "N", p.Paging.Total)
	if p.Paging.Total == 0 {
		p.Title = web.Text(r, "adoption.search.title.none")
	}
	return web.Render(w, r, "adoption/search", p)
}

// publicList shows everybody what the regencies of this host published.
func (s *Service) publicList(w http.ResponseWriter, r *http.Request) error {
	p := &searchPage{Page: web.Page{Layout: "public", Lead: web.Text(r, "adoption.public.lead")}, Public: true}
	if err := s.fillSearch(r, p); err != nil {
		return err
	}
	p.Title = web.Text(r, "adoption.public.title", "N", p.Paging.Total)
	if p.Paging.Total == 0 {
		p.Title = web.Text(r, "adoption.public.title.none")
	}
	return web.Render(w, r, "adoption/public_list", p)
}

func (s *Service) fillSearch(r *http.Request, p *searchPage) error {
	ctx, find := r.Context(), s.Search
	if p.Public {
		find = s.published // what was published needs no right
	}
	p.Want, p.Paging = wanted(r), web.PagingOf(r, pageSize)
	all, total, err := find(ctx, p.Want, pageSize, p.Paging.Offset())
	if err != nil {
		return err
	}
	p.Paging.Total = total
	if err := s.choices(r, p); err != nil {
		return err
	}
	return s.offers(r, p, all)
}

func (s *Service) choices(r *http.Request, p *searchPage) error {
	if p.Want.Regency != 0 {
		p.RegencyValue = strconv.FormatInt(p.Want.Regency, 10)
	}
	all, err := s.Regencies(r.Context())
	for _, g := range all {
		p.Regencies = append(p.Regencies, web.Option{Value: strconv.FormatInt(g.ID, 10), Text: g.Name})
	}
	for _, f := range s.affairs(r) {
		p.Affairs = append(p.Affairs, web.Option{Value: f.Code, Text: f.Name})
	}
	return err
}

// affairNames gives the names of government affairs by code, in the language of the request.
func (s *Service) affairNames(r *http.Request) map[string]string {
	out := map[string]string{}
	for _, f := range s.affairs(r) {
		out[f.Code] = f.Name
	}
	return out
}

func (s *Service) affairs(r *http.Request) []Affair {
	if s.Affairs == nil {
		return nil
	}
	lang := tenant.From(r.Context()).Lang
	return s.Affairs(lang)
}

func (s *Service) offers(r *http.Request, p *searchPage, all []Original) error {
	ctx := r.Context()
	times, err := s.timesOf(ctx, all)
	if err != nil {
		return err
	}
	taken, names := map[string][]Adoption{}, map[string]string{}
	if !p.Public {
		if taken, err = s.takenOf(ctx, tenant.From(ctx).Regency, all); err != nil {
			return err
		}
		if names, _, err = web.Agencies(r.Context(), s.Dir); err != nil {
			return err
		}
	}
	affairs := s.affairNames(r)
	for _, o := range all {
		one := offer{Original: o, AffairName: cmp.Or(affairs[o.Affair], o.Affair), Times: times[key(o.Regency, o.ID)]}
		for _, a := range taken[key(o.Regency, o.ID)] {
			one.Taken = append(one.Taken, s.rowOf(ctx, a, names))
		}
		p.Offers = append(p.Offers, one)
	}
	return nil
}

type publicPage struct {
	web.Page
	O          Original
	AffairName string
	Adopters   []Replica
	MayAdopt   bool
}

// publicPage answers "can we copy it?" for everybody.
func (s *Service) publicPage(w http.ResponseWriter, r *http.Request) error {
	regency, _ := strconv.ParseInt(r.PathValue("regency"), 10, 64)
	o, adopters, err := s.Public(r.Context(), regency, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := &publicPage{Page: web.Page{Layout: "public", Title: o.Title, Lead: o.AgencyName + ", " + o.RegencyName,
		Crumbs: []web.Crumb{{Text: web.Text(r, "adoption.public.nav"), Path: web.PublicPath(r, "/publik/inovasi")}}},
		O: o, AffairName: cmp.Or(s.affairNames(r)[o.Affair], o.Affair), Adopters: adopters, MayAdopt: o.National == national && tenant.From(r.Context()).Can(Adopt, "")}
	return web.Render(w, r, "adoption/public", p)
}
