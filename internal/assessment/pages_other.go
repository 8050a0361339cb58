package assessment

import (
	"math/big"
	"net/http"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// otherPage is the result of an instrument that nobody marks here: an index from the agencies' own marks and evidence beside
// the published one.
type otherPage struct {
	web.Page
	R         Result
	Index     Number
	Printed   Number
	Diff      Number
	Explained bool
	Parts     []otherPart
	Phases    []otherPhase
	Groups    []otherGroup
	Divided   *instrument.Divided
	Missing   int
	Sums      bool // parts are sums that are added, not means that are weighted
	Scale     string
	Findings  []Finding
	Follow    map[string]Followup
	Names     map[string]string
	Decision
}

type otherPart struct {
	Code, Name, Group               string
	Weight, Value, Max, Part, Print Number
}

type otherPhase struct {
	Name         string
	Share, Index Number
}

type otherGroup struct {
	Code, Name string
	Rows       []otherRow
}

type otherRow struct {
	Code, Text    string
	Weight, Value Number
	Score         Number
	Proofs        proof.Count
}

// otherResult shows the result of a round whose instrument follows another rule than the smart-city one.
func (s *Service) otherResult(w http.ResponseWriter, r *http.Request, res Result) error {
	ctx, lang := r.Context(), tenant.From(r.Context()).Lang
	p := &otherPage{Page: web.Page{Area: "evaluasi", Crumbs: inResult(r, res.Round)[:1]}, R: res, Index: num(res.Sum.Index), Printed: num(instrument.Rat(res.Published.Index)), Divided: res.Sum.Divided,
		Missing: len(res.Sum.Missing), Sums: res.Pack.Rule == instrument.WeightTimes, Scale: res.Pack.Scale.Max, Follow: map[string]Followup{}}
	diff, explained := res.Difference()
	p.Diff, p.Explained = num(diff), explained
	p.head(r)
	var err error
	if p.Decision, err = s.decisionOf(ctx, res); err != nil {
		return err
	}
	for i, c := range res.Sum.Components {
		part := otherPart{Code: c.Code, Name: c.Name.In(lang), Weight: num(c.Weight), Value: num(c.Value), Max: num(c.Max), Print: num(instrument.Rat(res.Published.Components[c.Code]))}
		if i < len(res.Pack.Components) {
			part.Group = res.Pack.Components[i].Group.In(lang)
		}
		if c.Value != nil && !p.Sums {
			v := new(big.Rat).Mul(c.Value, c.Weight)
			part.Part = num(v.Quo(v, big.NewRat(100, 1)))
		}
		p.Parts = append(p.Parts, part)
	}
	for _, ph := range res.Sum.Phases {
		p.Phases = append(p.Phases, otherPhase{ph.Name.In(lang), num(ph.Share), num(ph.Index)})
	}
	if err := s.fillOther(r, p); err != nil {
		return err
	}
	follow, err := s.Followups(ctx, FollowFilter{Round: res.Round.ID})
	for _, f := range follow {
		p.Follow[f.Finding] = f
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, "assessment/other", p)
}

func (p *otherPage) head(r *http.Request) {
	lang := tenant.From(r.Context()).Lang
	official := num(p.R.Official())
	if !official.Known() {
		p.Title = web.Text(r, "assessment.result.none", "Year", p.R.Round.Year)
		p.Lead = web.Text(r, "assessment.other.missing", "N", p.Missing)
		return
	}
	p.Title = web.Text(r, "assessment.other.title", "Instrument", p.R.Pack.Name.In(lang), "Index", i18n.Number(lang, official.D2()))
	key := "assessment.other.computed"
	if p.Printed.Known() {
		key = "assessment.other.published"
	}
	band := p.R.Pack.BandOf(official.r, instrument.Options{})
	name := "–"
	if band != nil {
		name = band.Name.In(lang)
	}
	p.Lead = web.Text(r, key, "Band", name)
}

func (s *Service) fillOther(r *http.Request, p *otherPage) (err error) {
	ctx, lang := r.Context(), tenant.From(r.Context()).Lang
	counts, err := s.Evidence.Counts(ctx, proof.OfRound(p.R.Round.ID))
	if err != nil {
		return err
	}
	proofs := counts.ByItem()
	for i, c := range p.R.Sum.Components {
		g := otherGroup{Code: c.Code, Name: c.Name.In(lang)}
		for j, q := range c.Questions {
			g.Rows = append(g.Rows, otherRow{Code: q.Code, Text: p.R.Pack.Components[i].Questions[j].Text.In(lang), Weight: num(q.Weight), Value: num(q.Value), Score: num(q.Score), Proofs: proofs[q.Code]})
		}
		if len(g.Rows) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	if p.Findings, err = s.Findings(ctx, p.R.Round.ID); err != nil {
		return err
	}
	p.Names, err = s.names(r)
	return err
}

// Smart reports whether a public round is one of smart city, whose index lies between 0 and 4.
func (p publicRound) Smart() bool { return p.Round.smart() }
