package assessment

import (
	"html/template"
	"math/big"
	"net/http"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

type boardPage struct {
	web.Page
	B          Board
	Index      Number
	Change     Number
	Components []componentRow
	Weak       []weakRow
	Names      map[string]string
	Radar      template.HTML
	ProofDays  int
	LateCount  int
}

type weakRow struct {
	Weak
	Mark Number
}

func (s *Service) boardPage(w http.ResponseWriter, r *http.Request) error {
	lang := tenant.From(r.Context()).Lang
	b, err := s.Board(r.Context(), lang)
	if err != nil {
		return err
	}
	p := &boardPage{Page: web.Page{Area: "kinerja"}, B: b, LateCount: len(b.Requests) + len(b.Late)}
	if p.Names, err = s.names(r); err != nil {
		return err
	}
	if b.ProofAt != 0 {
		p.ProofDays = -web.Days(r, b.ProofAt)
	}
	p.Title, p.Lead = web.Text(r, "assessment.board.none"), web.Text(r, "assessment.board.none.lead")
	if b.Known {
		p.sentence(r)
	}
	return web.Render(w, r, "assessment/board", p)
}

// sentence says in words where the regency stands: the index, the change, the weakest part.
func (p *boardPage) sentence(r *http.Request) {
	lang := tenant.From(r.Context()).Lang
	rp := resultPage{R: p.B.Now, Compared: p.B.Compared}
	rp.components(p.B.Before, lang)
	p.Components, p.Index = rp.Components, num(p.B.Now.Official())
	if p.B.Compared {
		p.Change = num(minus(p.B.Now.Official(), p.B.Before.Official()))
	}
	for _, weak := range p.B.Weakest {
		p.Weak = append(p.Weak, weakRow{weak, num(weak.Value)})
	}
	index := i18n.Number(lang, p.Index.D2())
	p.Title = web.Text(r, "assessment.board.title", "Year", p.B.Now.Round.Year, "Index", index)
	if p.Change.Known() {
		p.Title = web.Text(r, "assessment.board.title."+direction(p.Change), "Year", p.B.Now.Round.Year, "Index", index,
			"Change", i18n.Number(lang, num(new(big.Rat).Abs(p.Change.r)).D2()))
	}
	weakest := ""
	var low *big.Rat
	for _, c := range p.Components {
		if c.Value.Known() && (low == nil || c.Value.r.Cmp(low) < 0) {
			low, weakest = c.Value.r, c.Name
		}
	}
	p.Lead = web.Text(r, "assessment.board.lead", "Weakest", weakest, "Late", p.LateCount)
	if len(p.B.Now.Radar) > 0 {
		p.Radar = radarOf(r, p.B.Now, p.B.Before, "h3")
	}
}

type publicRound struct {
	Round      Round
	Chosen     Publication
	Index      Number
	Components []componentRow
	Letter     string
	Date       int64
	Official   bool // from the ministry's letter
	Decision
}

type publicPage struct {
	web.Page
	Rounds []publicRound
}

// publicPage shows everybody what the regency chose to show, and nothing else.
func (s *Service) publicPage(w http.ResponseWriter, r *http.Request) error {
	lang := tenant.From(r.Context()).Lang
	regency, all, err := s.Public(r.Context())
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	ctx := r.Context()
	if a := tenant.From(ctx); a.Regency == 0 {
		a.Regency = regency // so that the page carries the regency's name
		r = r.WithContext(tenant.With(ctx, a))
	}
	p := &publicPage{Page: web.Page{Layout: "public", Title: web.Text(r, "assessment.public.title"), Lead: web.Text(r, "assessment.public.lead")}}
	for _, one := range all {
		row := publicRound{Round: one.Round, Chosen: one.Chosen}
		if one.Result != nil {
			rp := resultPage{R: *one.Result}
			rp.components(Result{}, lang)
			row.Index, row.Components = num(one.Result.Official()), rp.Components
			if row.Decision, err = s.decisionOf(tenant.With(ctx, tenant.Actor{Regency: regency}), *one.Result); err != nil {
				return err
			}
			row.Letter, row.Date, row.Official = one.Result.Published.Letter, one.Result.Published.Date, one.Result.Published.Known()
		}
		p.Rounds = append(p.Rounds, row)
	}
	return web.Render(w, r, "assessment/public", p)
}
