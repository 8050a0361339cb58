package evidence

import (
	"net/http"
	"strconv"
	"time"

	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/platform/web"
)

const pageSize = 30

type listPage struct {
	web.Page
	Items    []Item
	Names    map[string]string
	Filter   Filter
	Kinds    []web.Option
	States   []web.Option
	Agencies []web.Option
	Paging   web.Paging
	Expiring bool
}

func filterOf(r *http.Request) Filter {
	q := r.URL.Query()
	return Filter{Query: q.Get("q"), Kind: q.Get("jenis"), State: q.Get("keadaan"), Agency: q.Get("opd"), Unlinked: q.Get("lepas") != ""}
}

func options(r *http.Request, prefix string, values []string) []web.Option {
	var out []web.Option
	for _, v := range values {
		out = append(out, web.Option{Value: v, Text: web.Text(r, prefix+v)})
	}
	return out
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderList(w, r, filterOf(r), "evidence.title", "evidence.lead")
}

// soon is how far ahead the list of expiring proofs looks.
const soon = 60 * 24 * time.Hour

func (s *Service) expiring(w http.ResponseWriter, r *http.Request) error {
	f := filterOf(r)
	f.Until = s.Now().Add(soon).Truncate(time.Hour).UnixMilli() // the same question for an hour, so that its answer is kept
	return s.renderList(w, r, f, "evidence.expiring.title", "evidence.expiring.lead")
}

func (s *Service) renderList(w http.ResponseWriter, r *http.Request, f Filter, title, lead string) error {
	ctx := r.Context()
	p := &listPage{Page: web.Page{Area: "bukti", Lead: web.Text(r, lead)}, Filter: f, Expiring: f.Until != 0, Paging: web.PagingOf(r, pageSize),
		Kinds: options(r, "evidence.kind.", Kinds()), States: options(r, "evidence.state.", States())}
	var err error
	if p.Items, p.Paging.Total, err = s.List(ctx, f, pageSize, p.Paging.Offset()); err != nil {
		return err
	}
	p.Title = web.Text(r, title, "N", p.Paging.Total)
	if p.Names, p.Agencies, err = web.Agencies(r.Context(), s.Dir); err != nil {
		return err
	}
	return web.Render(w, r, "evidence/list", p)
}

func (s *Service) export(w http.ResponseWriter, r *http.Request) error {
	names, _, err := web.Agencies(r.Context(), s.Dir)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="bukti.csv"`)
	out, err := sheet.NewCSV(w, "judul", "jenis", "nomor", "tanggal", "opd", "keadaan", "kerahasiaan", "berlaku sampai", "berkas", "ukuran", "alamat", "sidik berkas", "sidik putusan")
	if err != nil {
		return err
	}
	if err := s.Each(r.Context(), filterOf(r), func(i Item) error {
		return out.Write(i.Title, web.Text(r, "evidence.kind."+i.Kind), i.Number, iso(i.Date), names[i.Agency], web.Text(r, "evidence.state."+i.State),
			web.Text(r, "evidence.conf."+i.Confidentiality), iso(i.ValidUntil), i.FileName, strconv.FormatInt(i.FileSize, 10), i.URL, i.FileHash, i.DecidedHash)
	}); err != nil {
		return err
	}
	return out.Close()
}

func iso(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).UTC().Add(7 * time.Hour).Format(time.DateOnly)
}
