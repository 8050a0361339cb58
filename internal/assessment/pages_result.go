package assessment

import (
	"html/template"
	"math/big"
	"net/http"
	"slices"
	"strconv"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

type yearRow struct {
	Round                       Round
	Computed, Published, Change Number
	Source, Instrument          string
	Same                        bool // same instrument kind as the year before
}

type resultsPage struct {
	web.Page
	Rows  []yearRow
	Chart template.HTML
}

func (s *Service) resultList(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Years(r.Context())
	if err != nil {
		return err
	}
	p := &resultsPage{Page: web.Page{Area: "evaluasi", Title: web.Text(r, "assessment.results.title", "N", len(all)), Lead: web.Text(r, "assessment.results.lead")}}
	if len(all) == 0 {
		p.Title = web.Text(r, "assessment.results.none")
	}
	last := map[string]Result{} // by kind: an index of innovations is no smart-city index
	for _, one := range all {
		row := yearRow{Round: one.Round, Computed: num(one.Sum.Index), Published: num(instrument.Rat(one.Published.Index)), Source: one.Source, Instrument: one.Pack.Name.In(tenant.From(r.Context()).Lang)}
		if before, ok := last[one.Pack.Kind]; ok {
			row.Change, row.Same = num(minus(one.Official(), before.Official())), one.Pack.ID == before.Pack.ID
		}
		last[one.Pack.Kind] = one
		p.Rows = append([]yearRow{row}, p.Rows...)
	}
	if smart := slices.DeleteFunc(slices.Clone(all), func(one Result) bool { return !one.Round.smart() }); len(smart) > 1 {
		p.Chart = yearChart(r, smart)
	}
	return web.Render(w, r, "assessment/results", p)
}

// yearChart draws the official index of every year; a year on another instrument is a hollow dot.
func yearChart(r *http.Request, all []Result) template.HTML {
	lang := tenant.From(r.Context()).Lang
	dec := func(n Number) string { return i18n.Number(lang, n.D2()) }
	c := words(r, "years")
	var points []point
	for _, one := range all {
		n := num(one.Official())
		points = append(points, point{Label: strconv.Itoa(one.Round.Year), Value: dec(n), Y: n.float(), Known: true, Other: one.Pack.ID != all[len(all)-1].Pack.ID})
		c.Rows = append(c.Rows, []string{strconv.Itoa(one.Round.Year), dec(n), one.Pack.Name.In(lang)})
	}
	last, first := num(all[len(all)-1].Official()), num(all[0].Official())
	c.Message = web.Text(r, "assessment.chart.years.message", "First", dec(first), "Last", dec(last), "From", all[0].Round.Year, "To", all[len(all)-1].Round.Year)
	c.Head = []string{web.Text(r, "assessment.year"), web.Text(r, "assessment.index"), web.Text(r, "assessment.instrument")}
	return c.line("h2", points, func(v float64) string { return i18n.Float(lang, v, 1) })
}

// words fills what every chart says.
func words(r *http.Request, name string) chart {
	return chart{ID: "g-" + name, Title: web.Text(r, "assessment.chart."+name), More: web.Text(r, "assessment.chart.table"), Table: web.Text(r, "assessment.chart."+name)}
}

type componentRow struct {
	Code, Name                                 string
	Weight, Value, Before, Change, Part, Print Number
	Boxes                                      []string
	Whole                                      bool
}

type questionRow struct {
	Code, Text string
	Marks      []Number
	Mean       Number
	Proofs     proof.Count
	Comments   []remark
}

// remark is what an assessor wrote beside a mark.
//
// Changed says that the mark was opened again after others could be seen; First is what it was before.
type remark struct {
	Number  int
	Text    string
	Changed bool
	First   Number
}

// take puts every mark under the assessor who gave it; somebody who gave none leaves a gap.
func (q *questionRow) take(r Result) {
	for _, a := range r.Assessors {
		given := Number{}
		for _, m := range r.Marks[q.Code] {
			if m.Assessor != a.ID {
				continue
			}
			given = num(m.Rat())
			if m.Comment != "" || m.AfterSeeing() {
				q.Comments = append(q.Comments, remark{a.Number, m.Comment, m.AfterSeeing(), num(instrument.Rat(m.First))})
			}
		}
		q.Marks = append(q.Marks, given)
	}
}

type resultPage struct {
	web.Page
	R          Result
	Index      Number
	Printed    Number
	Diff       Number
	Explained  bool
	Components []componentRow
	Compared   bool
	BeforeYear int
	Groups     []resultGroup
	Findings   []Finding
	Follow     map[string]Followup // finding -> follow-up
	Radar      template.HTML
	Remaining  template.HTML
	Names      map[string]string
	Decision
}

type resultGroup struct {
	Code, Name string
	Rows       []questionRow
}

func inResult(r *http.Request, x Round) []web.Crumb {
	return []web.Crumb{{Text: web.Text(r, "assessment.nav.results"), Path: "/hasil"}, {Text: x.Title, Path: "/hasil/" + x.ID}}
}

func (s *Service) resultPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	res, err := s.Result(ctx, r.PathValue("round"))
	if err != nil {
		return err
	}
	if res.Source == FromSelf {
		return s.otherResult(w, r, res)
	}
	before, compared, err := s.Before(ctx, res.Round)
	if err != nil {
		return err
	}
	p := &resultPage{Page: web.Page{Area: "evaluasi", Crumbs: inResult(r, res.Round)[:1]}, R: res, Index: num(res.Sum.Index), Printed: num(instrument.Rat(res.Published.Index)),
		Compared: compared, BeforeYear: before.Round.Year, Follow: map[string]Followup{}}
	diff, explained := res.Difference()
	p.Diff, p.Explained = num(diff), explained
	p.components(before, tenant.From(ctx).Lang)
	p.head(r, before)
	if p.Decision, err = s.decisionOf(ctx, res); err != nil {
		return err
	}
	if err := s.fillResult(r, p); err != nil {
		return err
	}
	p.charts(r, before)
	return web.Render(w, r, "assessment/result", p)
}

func (p *resultPage) components(before Result, lang string) {
	old := map[string]*big.Rat{}
	for _, c := range before.Sum.Components {
		old[c.Code] = c.Value
	}
	for _, c := range p.R.Sum.Components {
		row := componentRow{Code: c.Code, Name: c.Name.In(lang), Weight: num(c.Weight), Value: num(c.Value), Print: num(instrument.Rat(p.R.Published.Components[c.Code])), Whole: p.R.Whole(c.Code)}
		if c.Value != nil {
			part := new(big.Rat).Mul(c.Value, c.Weight)
			row.Part = num(part.Quo(part, big.NewRat(100, 1)))
		}
		if p.Compared && before.Pack.Kind == p.R.Pack.Kind {
			row.Before, row.Change = num(old[c.Code]), num(minus(c.Value, old[c.Code]))
		}
		row.Boxes = row.Value.Boxes()
		p.Components = append(p.Components, row)
	}
}

// head writes the result as a sentence.
func (p *resultPage) head(r *http.Request, before Result) {
	lang := tenant.From(r.Context()).Lang
	official := num(p.R.Official())
	if !official.Known() {
		p.Title = web.Text(r, "assessment.result.none", "Year", p.R.Round.Year)
		p.Lead = web.Text(r, "assessment.result.none.lead", "N", p.R.Sum.Answered, "Total", len(p.R.Pack.Codes()))
		return
	}
	p.Title = web.Text(r, "assessment.result.title", "Year", p.R.Round.Year, "Index", i18n.Number(lang, official.D2()))
	if change := num(minus(official.r, before.Official())); p.Compared && change.Known() {
		p.Title = web.Text(r, "assessment.result.title."+direction(change), "Year", p.R.Round.Year, "Index", i18n.Number(lang, official.D2()), "Change", i18n.Number(lang, num(new(big.Rat).Abs(change.r)).D2()))
	}
	p.Lead = web.Text(r, "assessment.result.lead", "Source", web.Text(r, "assessment.source."+p.R.Source), "Instrument", p.R.Pack.Name.In(lang))
}

func direction(n Number) string {
	switch {
	case n.Positive():
		return "up"
	case n.Negative():
		return "down"
	}
	return "same"
}

func (s *Service) fillResult(r *http.Request, p *resultPage) (err error) {
	ctx, lang := r.Context(), tenant.From(r.Context()).Lang
	counts, err := s.Evidence.Counts(ctx, proof.OfRound(p.R.Round.ID))
	if err != nil {
		return err
	}
	proofs := counts.ByItem()
	for i, c := range p.R.Sum.Components {
		g := resultGroup{Code: c.Code, Name: c.Name.In(lang)}
		for j, q := range c.Questions {
			row := questionRow{Code: q.Code, Text: p.R.Pack.Components[i].Questions[j].Text.In(lang), Mean: num(q.Value), Proofs: proofs[q.Code]}
			row.take(p.R)
			g.Rows = append(g.Rows, row)
		}
		if len(g.Rows) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	if p.Findings, err = s.Findings(ctx, p.R.Round.ID); err != nil {
		return err
	}
	follow, err := s.Followups(ctx, FollowFilter{Round: p.R.Round.ID})
	if err != nil {
		return err
	}
	for _, f := range follow {
		p.Follow[f.Finding] = f
	}
	p.Names, err = s.names(r)
	return err
}

func (s *Service) names(r *http.Request) (map[string]string, error) {
	out, _, err := web.Agencies(r.Context(), s.Dir)
	return out, err
}

func dimensions() []string {
	return []string{"gov", "brand", "econ", "live", "soc", "env"}
}

func (p *resultPage) charts(r *http.Request, before Result) {
	lang := tenant.From(r.Context()).Lang
	if len(p.R.Radar) > 0 {
		p.Radar = radarOf(r, p.R, before, "h3")
	}
	if p.Index.Known() {
		c := words(r, "remaining")
		var all []bar
		for _, row := range p.Components {
			top := instrument.Rat(p.R.Pack.Scale.Max)
			left := minus(top, row.Value.r)
			if left == nil {
				continue
			}
			left.Mul(left, row.Weight.r).Quo(left, big.NewRat(100, 1))
			text := i18n.Number(lang, num(left).D2())
			most := new(big.Rat).Mul(top, big.NewRat(30, 100))
			share, _ := new(big.Rat).Quo(left, most).Float64()
			all = append(all, bar{Label: row.Name, Value: text, Part: share})
			c.Rows = append(c.Rows, []string{row.Name, text})
		}
		c.Message = web.Text(r, "assessment.chart.remaining.message")
		c.Head = []string{web.Text(r, "assessment.component"), web.Text(r, "assessment.points")}
		p.Remaining = c.bars("h3", all)
	}
}

// radarOf draws the six dimensions by our own formula, which the chart says.
func radarOf(r *http.Request, now, before Result, level string) template.HTML {
	lang := tenant.From(r.Context()).Lang
	c := words(r, "radar")
	var axes []axis
	for _, d := range dimensions() {
		v, then := num(now.Radar[d]), num(before.Radar[d])
		name := web.Text(r, "assessment.dim."+d)
		axes = append(axes, axis{Label: name, Value: i18n.Number(lang, v.D2()), Now: v.float(), Then: then.float(), Known: v.Known(), Compared: then.Known()})
		c.Rows = append(c.Rows, []string{name, i18n.Number(lang, then.D2()), i18n.Number(lang, v.D2())})
	}
	c.Message = web.Text(r, "assessment.chart.radar.message")
	c.Head = []string{web.Text(r, "assessment.dimension"), web.Text(r, "assessment.year_before"), web.Text(r, "assessment.this_year")}
	return c.radar(level, axes)
}
