package innovation

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

const stalledPage = 20

// youthLine is a row of the page in words: every number beside what it stands on.
type youthLine struct {
	ID, Name        string
	Age, AgeSub     string
	Old             bool
	Ideas, IdeasSub string
	Trials          string
	Use, UseSub     string
	Users, UsersSub string
	Adopted         string
	Hours           string
	Gains           []string // what is known: hours, rupiah, people
	Sub             string
}

// stalledLine is a stalled innovation in words.
type stalledLine struct {
	Stalled
	AgencyName, Reason, Do, Who string
}

type youthPage struct {
	web.Page
	Y             Youth
	Lines         []youthLine
	Sum           youthLine
	Chart         template.HTML
	Stalled       []stalledLine
	Paging        web.Paging
	Filter        YouthFilter
	Kinds         []web.Option
	Agencies      []web.Option
	Print, CSV    string
	From, To, Now string
}

func (s *Service) youthPage(w http.ResponseWriter, r *http.Request) error {
	ctx, words := r.Context(), youthWords{r: r, lang: tenant.From(r.Context()).Lang, s: s}
	f := youthFilter(r)
	all, err := s.Dir.Agencies(ctx)
	if err != nil {
		return err
	}
	p := &youthPage{Page: web.Page{Area: "inovasi"}, Filter: f, Paging: web.PagingOf(r, stalledPage), Print: "?" + youthQuery(f, "cetak", "1"), CSV: "/inovasi/muda.csv?" + youthQuery(f),
		Now: i18n.DateTime(words.lang, s.Now().In(s.Zone(ctx)))}
	if r.URL.Query().Has("cetak") {
		p.Layout = "print"
	}
	p.options(r, all)
	var y Youth
	both, inBoth := errgroup.WithContext(ctx) // two lists of their own, read side by side
	both.Go(func() (err error) { y, err = s.youthOf(inBoth, all, f); return err })
	both.Go(func() error { return p.stalled(inBoth, s, all, words) })
	if err := both.Wait(); err != nil {
		return err
	}
	p.Y, p.From, p.To = y, words.day(y.From), words.day(y.At)
	for _, row := range y.Rows {
		p.Lines = append(p.Lines, words.line(row, y.Adoption))
	}
	p.Sum = words.line(y.Sum, y.Adoption)
	p.Title = web.Text(r, "innovation.youth.title", "Young", words.n(y.Young), "All", words.n(len(y.Rows)))
	p.Lead = web.Text(r, "innovation.youth.lead", "Use", words.n(y.Sum.InUse), "Users", p.Sum.Users, "Counted", words.n(y.Sum.Counted), "Stalled", words.n(p.Paging.Total))
	p.Chart = words.chart(y)
	return web.Render(w, r, "innovation/youth", p)
}

func youthFilter(r *http.Request) YouthFilter {
	q := r.URL.Query()
	return YouthFilter{Kind: q.Get("jenis"), Agency: q.Get("opd")}
}

func youthQuery(f YouthFilter, more ...string) string {
	q := make(map[string][]string, 3)
	for name, v := range map[string]string{"jenis": f.Kind, "opd": f.Agency} {
		if v != "" {
			q[name] = []string{v}
		}
	}
	for i := 0; i+1 < len(more); i += 2 {
		q[more[i]] = []string{more[i+1]}
	}
	return encode(q)
}

// options lists the kinds that exist, and the agencies that have others below them or are asked for.
func (p *youthPage) options(r *http.Request, all []tenant.Agency) {
	seen := map[string]bool{}
	for _, a := range all {
		if a.Kind != "" && !seen[a.Kind] {
			seen[a.Kind] = true
			p.Kinds = append(p.Kinds, web.Option{Value: a.Kind, Text: kindText(r, a.Kind)})
		}
		p.Agencies = append(p.Agencies, web.Option{Value: a.ID, Text: a.Name})
	}
	slices.SortFunc(p.Kinds, func(a, b web.Option) int { return strings.Compare(a.Text, b.Text) })
	slices.SortFunc(p.Agencies, func(a, b web.Option) int { return strings.Compare(a.Text, b.Text) })
}

// kindText names a kind of agency; a kind this room has no word for shows as it is.
func kindText(r *http.Request, kind string) string {
	if !slices.Contains([]string{"sekretariat", "dinas", "badan", "bagian", "rs", "inspektorat", "satuan", "kecamatan", "lain"}, kind) {
		return kind
	}
	return web.Text(r, "innovation.youth.kind."+kind)
}

func (p *youthPage) stalled(ctx context.Context, s *Service, all []tenant.Agency, words youthWords) error {
	rest, total, err := s.stalled(ctx, all, p.Filter, stalledPage, p.Paging.Offset())
	if err != nil {
		return err
	}
	if total == 0 && p.Paging.Page > 1 { // a page behind the end
		p.Paging.Page = 1
		return p.stalled(ctx, s, all, words)
	}
	p.Paging.Total = total
	names, people := map[string]string{}, map[string]string{}
	for _, a := range all {
		names[a.ID] = cmp.Or(a.Short, a.Name)
	}
	if slices.ContainsFunc(rest, func(one Stalled) bool { return one.By == byDecider }) {
		known, err := s.Dir.People(ctx, "")
		if err != nil {
			return err
		}
		for _, one := range known {
			people[one.ID] = one.Name
		}
	}
	for _, one := range rest {
		p.Stalled = append(p.Stalled, words.stalled(one, cmp.Or(names[one.Agency], one.Agency), people[one.Decider]))
	}
	return nil
}

func (s *Service) youthCSV(w http.ResponseWriter, r *http.Request) error {
	y, err := s.Youth(r.Context(), youthFilter(r))
	if err != nil {
		return err
	}
	words := youthWords{r: r, lang: tenant.From(r.Context()).Lang, s: s}
	rows := [][]string{words.heads()}
	for _, one := range y.Rows {
		rows = append(rows, words.cells(one, y.Adoption))
	}
	attach(w, "text/csv; charset=utf-8", "organisasi-muda-"+s.Now().In(s.Zone(r.Context())).Format("2006-01-02")+".csv")
	return sheet.WriteCSV(w, rows)
}

func attach(w http.ResponseWriter, mime, name string) {
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"`, name))
}

// rounded writes a number without its fraction, halves away from zero.
func rounded(lang string, v *big.Rat) string { return i18n.Number(lang, v.FloatString(0)) }

func itoa(n int) string { return strconv.Itoa(n) }
