package innovation

import (
	"net/http"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

const pageSize = 30

// listFilter reads the filter of the list out of an address; pages and exports read the same.
func listFilter(r *http.Request) Filter {
	q := r.URL.Query()
	return Filter{Query: strings.TrimSpace(q.Get("q")), Agency: q.Get("opd"), Stage: q.Get("tahap"), State: q.Get("keadaan"), Waiting: q.Get("menunggu") != "", Mine: q.Get("milik") != ""}
}

// narrowed reports whether a filter leaves anything out.
func (f Filter) narrowed() bool { return f != Filter{} }

type listPage struct {
	web.Page
	Rows           []card
	Filter         Filter
	Agencies       []web.Option
	Stages, States []web.Option
	Paging         web.Paging
	New            bool   // the regency has no innovation yet
	XLSX, CSV      string // addresses of the exports, with the filter
}

// row is an innovation as lists show it.
type row struct {
	Innovation
	Office tenant.Agency
	Clock  Clock
}

// list shows everything as a table that is searched and narrowed.
func (s *Service) list(w http.ResponseWriter, r *http.Request) error {
	ctx, f := r.Context(), listFilter(r)
	p := &listPage{Page: web.Page{Area: "inovasi"}, Filter: f, Paging: web.PagingOf(r, pageSize), Stages: choices(r, "innovation.stage.", Stages()), States: choices(r, "innovation.state.", States())}
	found, total, err := s.List(ctx, f, pageSize, p.Paging.Offset())
	if err != nil {
		return err
	}
	p.Paging.Total, p.New = total, total == 0 && !f.narrowed()
	p.XLSX, p.CSV = exported(r, "xlsx"), exported(r, "csv")
	if p.Rows, err = s.cards(r, found); err != nil {
		return err
	}
	if p.Agencies, err = s.agencyOptions(r); err != nil {
		return err
	}
	p.Title = web.Text(r, titleOfList(f), "N", digits(r, total))
	p.Lead = web.Text(r, "innovation.list.lead")
	p.Crumbs = []web.Crumb{{Text: web.Text(r, "innovation.nav"), Path: "/inovasi"}}
	return web.Render(w, r, "innovation/list", p)
}

func titleOfList(f Filter) string {
	switch {
	case f.Waiting:
		return "innovation.list.waiting"
	case f.narrowed():
		return "innovation.list.found"
	}
	return "innovation.list.all"
}

// exported gives the address of an export with the filter of a page.
func exported(r *http.Request, ext string) string {
	q := r.URL.Query()
	q.Del("tampil")
	q.Del("hal")
	if len(q) == 0 {
		return "/inovasi/daftar." + ext
	}
	return "/inovasi/daftar." + ext + "?" + q.Encode()
}

// rows joins innovations with the names of their agencies and their clocks.
func (s *Service) rows(r *http.Request, all []Innovation) ([]row, error) {
	offices, err := s.offices(r, all)
	if err != nil {
		return nil, err
	}
	out := make([]row, len(all))
	for n, i := range all {
		out[n] = row{Innovation: i, Office: offices[i.Agency]}
		if !i.Waits() {
			continue
		}
		if out[n].Clock, err = s.clock(r.Context(), i); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// offices gives the agencies that innovations name, also those that are no longer active.
func (s *Service) offices(r *http.Request, all []Innovation) (map[string]tenant.Agency, error) {
	out := map[string]tenant.Agency{}
	active, err := s.Dir.Agencies(r.Context())
	for _, a := range active {
		out[a.ID] = a
	}
	for _, i := range all {
		if _, known := out[i.Agency]; known || err != nil {
			continue
		}
		out[i.Agency], err = s.agencyNamed(r.Context(), i.Agency)
	}
	return out, err
}

// agencyOptions lists the active agencies for a select.
func (s *Service) agencyOptions(r *http.Request) ([]web.Option, error) {
	_, out, err := web.Agencies(r.Context(), s.Dir)
	return out, err
}

// choices lists values with the texts behind a key.
func choices(r *http.Request, prefix string, values []string) []web.Option {
	var out []web.Option
	for _, v := range values {
		out = append(out, web.Option{Value: v, Text: web.Text(r, prefix+v)})
	}
	return out
}

// short names an agency on a card.
func short(a tenant.Agency) string {
	if a.Short != "" {
		return a.Short
	}
	return a.Name
}

// Brief is the short name of the agency.
func (r row) Brief() string { return short(r.Office) }

// HasLesson reports whether the row ended and left something to learn.
func (r row) HasLesson() bool { return r.Stage == Stopped && r.MergedInto == "" && r.Lesson != "" }

// wantsList reports whether an address asks for the table and not for the board.
func wantsList(r *http.Request) bool {
	q := r.URL.Query()
	return q.Get("tampil") == "daftar" || slices.ContainsFunc([]string{"q", "tahap", "keadaan", "milik", "menunggu", "hal"}, q.Has)
}
