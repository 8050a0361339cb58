package evaluation

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

type roundsPage struct {
	web.Page
	Rounds []Round
	Packs  map[string]string
}

func (s *Service) roundList(w http.ResponseWriter, r *http.Request) error {
	rounds, err := s.Rounds(r.Context())
	if err != nil {
		return err
	}
	p := &roundsPage{Page: web.Page{Area: "evaluasi", Title: web.Text(r, "evaluation.rounds.title", "N", len(rounds)), Lead: web.Text(r, "evaluation.rounds.lead")}, Rounds: rounds}
	if len(rounds) == 0 {
		p.Title = web.Text(r, "evaluation.rounds.first")
	}
	p.Packs, err = s.packNames(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, "evaluation/rounds", p)
}

func (s *Service) packNames(r *http.Request) (map[string]string, error) {
	all, err := s.Packs.List(r.Context())
	names := map[string]string{}
	for _, p := range all {
		names[p.ID] = p.Name.In(tenant.From(r.Context()).Lang)
	}
	return names, err
}

type newPage struct {
	web.Page
	Packs, Previous []web.Option
	Year            int
}

func (s *Service) newRound(w http.ResponseWriter, r *http.Request) error {
	return s.renderNew(w, r, nil)
}

func (s *Service) renderNew(w http.ResponseWriter, r *http.Request, failure error) error {
	p := &newPage{Page: web.Page{Area: "evaluasi", Title: web.Text(r, "evaluation.new.title"), Lead: web.Text(r, "evaluation.new.lead"), Crumbs: home(r)}}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	p.Year = s.Now().Year()
	packs, err := s.Packs.List(r.Context())
	if err != nil {
		return err
	}
	for i := len(packs) - 1; i >= 0; i-- {
		p.Packs = append(p.Packs, web.Option{Value: packs[i].ID, Text: packs[i].Name.In(tenant.From(r.Context()).Lang)})
	}
	rounds, err := s.Rounds(r.Context())
	for _, x := range rounds {
		p.Previous = append(p.Previous, web.Option{Value: x.ID, Text: x.Title})
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, "evaluation/new", p)
}

func home(r *http.Request) []web.Crumb {
	return []web.Crumb{{Text: web.Text(r, "evaluation.nav"), Path: "/evaluasi"}}
}

func within(r *http.Request, x Round) []web.Crumb {
	return append(home(r), web.Crumb{Text: x.Title, Path: "/evaluasi/" + x.ID})
}

// roundOf reads the fields of a round. Days are read as their last moment for ends.
func roundOf(r *http.Request) (Round, error) {
	x := Round{ID: r.PathValue("round"), Title: r.PostFormValue("title"), Pack: r.PostFormValue("pack"), Previous: r.PostFormValue("previous")}
	x.Year, _ = strconv.Atoi(r.PostFormValue("year"))
	x.Rev, _ = strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	x.Choices = choicesOf(r)
	var failed []error
	for name, to := range map[string]*int64{"self_from": &x.SelfFrom, "self_to": &x.SelfTo, "check_to": &x.CheckTo, "assess_from": &x.AssessFrom, "assess_to": &x.AssessTo} {
		day, err := web.ParseDay(r, r.PostFormValue(name))
		if day != 0 && strings.HasSuffix(name, "_to") {
			day = endOfDay(day)
		}
		*to = day
		failed = append(failed, err)
	}
	return x, errors.Join(failed...)
}

// choicesOf reads the readings chosen in a form; nil when it offers none.
func choicesOf(r *http.Request) map[string]string {
	var out map[string]string
	for name, values := range r.PostForm {
		if id, ok := strings.CutPrefix(name, "opt_"); ok && len(values) > 0 {
			if out == nil {
				out = map[string]string{}
			}
			out[id] = values[0]
		}
	}
	return out
}

// endOfDay is the last second of the day that begins at ms.
func endOfDay(ms int64) int64 { return ms + 24*3600*1000 - 1000 }

func (s *Service) createRound(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	x, err := roundOf(r)
	id := ""
	if err == nil {
		id, err = s.Create(r.Context(), x)
	}
	if web.Correctable(err) {
		return s.renderNew(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("evaluation.new.done"), "")
	return web.Redirect(w, r, "/evaluasi/"+id+"/penugasan")
}

// opened gives the round of a page with its instrument and questions.
func (s *Service) opened(r *http.Request) (x Round, pack *instrument.Pack, items []Item, err error) {
	if x, err = s.Round(r.Context(), r.PathValue("round")); err != nil {
		return x, nil, nil, err
	}
	if pack, err = s.Packs.Find(r.Context(), x.Pack); err != nil {
		return x, nil, nil, err
	}
	items, err = s.items(r.Context(), pack, x.ID)
	return x, pack, items, err
}

// line is a question as lists show it.
type line struct {
	Item
	Text      string
	Dimension string
	LeadName  string
	Whole     int
	Proofs    proof.Count
	Figure    string
	Support   []string
	External  bool
}

type section struct {
	ComponentStanding
	Lines []line
}

type roundPage struct {
	web.Page
	Round    Round
	Pack     *instrument.Pack
	Standing Standing
	Sections []section
	Query    string
	Agency   string
	State    string
	Agencies []web.Option
	States   []web.Option
	Shown    int
}

func (s *Service) roundPage(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadRound(r)
	if err != nil {
		return err
	}
	p.Title = web.Text(r, "evaluation.round.ready", "Ready", p.Standing.Ready, "Total", p.Standing.Total)
	p.Lead, p.Crumbs, p.Area = s.leadOf(r, p.Round), append(home(r), web.Crumb{Text: p.Round.Title}), "evaluasi"
	return web.Render(w, r, "evaluation/round", p)
}

func (s *Service) leadOf(r *http.Request, x Round) string {
	days := web.Days(r, x.SelfTo)
	switch {
	case x.State == Open && days < 0:
		return web.Text(r, "evaluation.round.late", "N", -days)
	case x.State == Open:
		return web.Text(r, "evaluation.round.left", "N", days)
	}
	return web.Text(r, "evaluation.round.lead."+x.State)
}

func (s *Service) loadRound(r *http.Request) (*roundPage, error) {
	ctx, q := r.Context(), r.URL.Query()
	x, err := s.Round(ctx, r.PathValue("round"))
	if err != nil {
		return nil, err
	}
	p := &roundPage{Round: x, Query: q.Get("q"), Agency: q.Get("opd"), State: q.Get("keadaan")}
	if p.Pack, err = s.Packs.Find(ctx, x.Pack); err != nil {
		return nil, err
	}
	items, err := s.items(ctx, p.Pack, x.ID)
	if err != nil {
		return nil, err
	}
	counts, err := s.Evidence.Counts(ctx, proof.OfRound(x.ID))
	if err != nil {
		return nil, err
	}
	if p.Standing, err = s.standing(ctx, x, p.Pack, items, counts); err != nil {
		return nil, err
	}
	lines, err := s.linesWith(r, p.Pack, items, counts)
	if err != nil {
		return nil, err
	}
	agencies := map[string]string{}
	for _, l := range lines {
		if l.Lead != "" {
			agencies[l.Lead] = l.LeadName
		}
	}
	p.Agencies = sortedOptions(agencies)
	for _, state := range ItemStates() {
		p.States = append(p.States, web.Option{Value: state, Text: web.Text(r, "evaluation.item."+state)})
	}
	for _, c := range p.Standing.Components {
		sec := section{ComponentStanding: c}
		for _, l := range lines {
			if p.Pack.ComponentOf(l.Code) == c.Code && p.shows(l) {
				sec.Lines = append(sec.Lines, l)
			}
		}
		p.Shown += len(sec.Lines)
		p.Sections = append(p.Sections, sec)
	}
	return p, nil
}

func (p *roundPage) shows(l line) bool {
	return (p.Agency == "" || l.Lead == p.Agency || hasText(l.Item.Support, p.Agency)) && (p.State == "" || l.State == p.State) &&
		(p.Query == "" || strings.Contains(strings.ToLower(l.Code+" "+l.Text+" "+l.Answer+" "+l.LeadName), strings.ToLower(strings.TrimSpace(p.Query))))
}

func hasText(all []string, one string) bool {
	for _, x := range all {
		if x == one {
			return true
		}
	}
	return false
}

// lines joins items with wording, names and counts of evidence.
func (s *Service) lines(r *http.Request, p *instrument.Pack, items []Item, round string) ([]line, error) {
	counts, err := s.Evidence.Counts(r.Context(), proof.OfRound(round))
	if err != nil {
		return nil, err
	}
	return s.linesWith(r, p, items, counts)
}

func (s *Service) linesWith(r *http.Request, p *instrument.Pack, items []Item, counts proof.Counts) ([]line, error) {
	ctx := r.Context()
	names, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	lang, proofs := tenant.From(ctx).Lang, counts.ByItem()
	out := make([]line, 0, len(items))
	for _, i := range items {
		q, _, _ := p.Question(i.Code)
		i.SelfMark = ownMark(q, i, counts)
		l := line{Item: i, Text: q.Text.In(lang), Dimension: q.Dimension, LeadName: names[i.Lead], Whole: whole(i.SelfMark), Proofs: proofs[i.Code], Figure: q.Figure, External: q.External}
		for _, id := range i.Support {
			l.Support = append(l.Support, names[id])
		}
		out = append(out, l)
	}
	return out, nil
}
