package assessment

import (
	"net/http"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

type myRoundsPage struct {
	web.Page
	Rounds []MyRound
}

func (s *Service) myRounds(w http.ResponseWriter, r *http.Request) error {
	all, err := s.MyRounds(r.Context())
	if err != nil {
		return err
	}
	p := &myRoundsPage{Page: web.Page{Area: "evaluasi", Title: web.Text(r, "assessment.mine.title", "N", len(all)), Lead: web.Text(r, "assessment.mine.lead")}, Rounds: all}
	return web.Render(w, r, "assessment/my_rounds", p)
}

type markLine struct {
	Code, Text string
	Mark       Mark
	Value      Number
	Proofs     proof.Count
}

type markGroup struct {
	Code, Name string
	Lines      []markLine
}

type markListPage struct {
	web.Page
	Round        Round
	Groups       []markGroup
	Left, Drafts int
	Total        int
	First        string // first question without a submitted mark
	Open         bool
}

func marking(r *http.Request, x Round) []web.Crumb {
	return []web.Crumb{{Text: web.Text(r, "assessment.nav.marking"), Path: "/penilaian"}, {Text: x.Title, Path: "/penilaian/" + x.ID}}
}

func (s *Service) markList(w http.ResponseWriter, r *http.Request) error {
	ctx, lang := r.Context(), tenant.From(r.Context()).Lang
	x, _, err := s.asAssessor(ctx, r.PathValue("round"))
	if err != nil {
		return err
	}
	mine, err := s.Mine(ctx, x.ID)
	if err != nil {
		return err
	}
	pack, err := s.Rounds.PackOf(ctx, x.ID)
	if err != nil {
		return err
	}
	counts, err := s.Evidence.Counts(ctx, proof.OfRound(x.ID))
	if err != nil {
		return err
	}
	proofs := counts.ByItem()
	p := &markListPage{Page: web.Page{Area: "evaluasi", Crumbs: marking(r, x)[:1]}, Round: x, Open: x.State == roundAssess}
	for _, c := range pack.Components {
		g := markGroup{Code: c.Code, Name: c.Name.In(lang)}
		for _, q := range c.Questions {
			m := mine[q.Code]
			p.count(q.Code, m)
			g.Lines = append(g.Lines, markLine{Code: q.Code, Text: q.Text.In(lang), Mark: m, Value: num(m.Rat()), Proofs: proofs[q.Code]})
		}
		p.Groups = append(p.Groups, g)
	}
	p.Title, p.Lead = web.Text(r, "assessment.list.title", "N", p.Total-p.Left, "Total", p.Total), x.Title
	return web.Render(w, r, "assessment/mark_list", p)
}

func (p *markListPage) count(code string, m Mark) {
	p.Total++
	if m.State == Submitted {
		return
	}
	p.Left++
	if p.First == "" {
		p.First = code
	}
	if m.Value != "" {
		p.Drafts++
	}
}

func (s *Service) submitAll(w http.ResponseWriter, r *http.Request) error {
	n, left, err := s.SubmitAll(r.Context(), r.PathValue("round"))
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("assessment.list.sent", "N", n, "Left", left), "")
	return web.Redirect(w, r, "/penilaian/"+r.PathValue("round"))
}
