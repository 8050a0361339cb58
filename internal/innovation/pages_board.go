package innovation

import (
	"context"
	"database/sql"
	"html/template"
	"net/http"
	"net/url"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// laneSize is how many cards a lane of the board holds; the rest is one link away.
const laneSize = 4

type boardPage struct {
	web.Page
	Message      string // what the chart says
	Chart        template.HTML
	Lanes        []lane
	Agency, Mine string // the agency the board is narrowed to; the actor's own
	Office       string // name of the first
	Waiting      int
	New          bool
}

type lane struct {
	Stage string
	Total int
	Cards []card
	More  string // address of the rest
}

// card is an innovation on the board: a line about it and one state.
type card struct {
	row
	Line  string
	Badge badge
}

// badge is a state as word, shape and colour.
type badge struct{ Kind, Mark, Text string }

// home shows the way of the regency's innovations: words, chart, board; or the table when something is looked for.
func (s *Service) home(w http.ResponseWriter, r *http.Request) error {
	if wantsList(r) {
		return s.list(w, r)
	}
	flow, err := s.Flow(r.Context())
	if err != nil {
		return err
	}
	owed, err := s.backlog(r.Context())
	if err != nil {
		return err
	}
	p := &boardPage{Page: web.Page{Area: "inovasi"}, Agency: r.URL.Query().Get("opd"), Mine: tenant.From(r.Context()).Agency, Waiting: owed.waiting, New: flow[0].Came == 0}
	if p.New {
		p.Title, p.Lead = web.Text(r, "innovation.board.first"), web.Text(r, "innovation.board.first.lead")
		return web.Render(w, r, "innovation/board", p)
	}
	p.Title = web.Text(r, "innovation.board.title", "Came", digits(r, flow[0].Came), "Running", digits(r, flow[3].Waiting+flow[4].Waiting), "Copied", digits(r, flow[4].Came))
	p.Lead = s.boardLead(r, owed, flow)
	p.Message, p.Chart = flowMessage(textsOf(r), flow), flowChart(textsOf(r), flow)
	if p.Agency != "" {
		office, err := s.agencyNamed(r.Context(), p.Agency)
		if err != nil {
			return err
		}
		p.Office = office.Name
	}
	if p.Lanes, err = s.lanes(r, p.Agency); err != nil {
		return err
	}
	return web.Render(w, r, "innovation/board", p)
}

// digits writes a count in the language of the request.
func digits(r *http.Request, n int) string { return i18n.Int(language(r), int64(n)) }

// language is that of the actor.
func language(r *http.Request) string { return i18n.Known(tenant.From(r.Context()).Lang) }

// textsOf gives the texts of the request's language to writers that know no request.
func textsOf(r *http.Request) texts {
	return texts{language(r), func(key string, pairs ...any) string { return web.Text(r, key, pairs...) }}
}

// owing is what the desk has not answered yet.
type owing struct {
	waiting, late int
	first         int64 // the nearest end of a clock that still runs
}

func (s *Service) backlog(ctx context.Context) (o owing, err error) {
	err = s.DB.QueryRow(ctx, `SELECT count(*), coalesce(sum(CASE WHEN answer_due > 0 AND answer_due < $2 THEN 1 ELSE 0 END), 0), coalesce(min(CASE WHEN answer_due >= $2 THEN answer_due END), 0)
		FROM innovation_innovation WHERE regency_id = $1 AND answered_at = 0 AND stage = 'problem'`, tenant.From(ctx).Regency, s.now()).Scan(&o.waiting, &o.late, &o.first)
	return o, err
}

// boardLead says first what is urgent, then that stopping is a good end.
func (s *Service) boardLead(r *http.Request, o owing, flow []Flow) string {
	lead := web.Text(r, "innovation.board.answered")
	switch {
	case o.late > 0:
		lead = web.Text(r, "innovation.board.late", "N", digits(r, o.late))
	case o.waiting > 0 && o.first > 0:
		lead = web.Text(r, "innovation.board.waiting", "N", digits(r, o.waiting), "Day", s.nearDay(r, o.first))
	case o.waiting > 0:
		lead = web.Text(r, "innovation.board.waiting.open", "N", digits(r, o.waiting))
	}
	if n := ended(flow); n > 0 {
		lead += " " + web.Text(r, "innovation.board.ended", "N", digits(r, n))
	}
	return lead
}

// nearDay names a day the way people say it.
func (s *Service) nearDay(r *http.Request, ms int64) string {
	switch web.Days(r, ms) {
	case 0:
		return web.Text(r, "innovation.today")
	case 1:
		return web.Text(r, "innovation.tomorrow")
	}
	return web.Text(r, "innovation.on_day", "Day", dateText(r, s.Zone(r.Context()), ms))
}

func ended(flow []Flow) (n int) {
	for _, f := range flow {
		n += f.Ended
	}
	return n
}

// lanes gives one lane a stage. Ideas that wait stand in the order in which they must be answered.
func (s *Service) lanes(r *http.Request, agency string) ([]lane, error) {
	var out []lane
	var all []Innovation
	for _, stage := range Stages() {
		found, total, err := s.List(r.Context(), Filter{Stage: stage, Agency: agency, Waiting: stage == Problem, Whole: true}, laneSize, 0)
		if err != nil {
			return nil, err
		}
		out, all = append(out, lane{Stage: stage, Total: total, Cards: make([]card, len(found)), More: laneLink(stage, agency)}), append(all, found...)
	}
	cards, err := s.cards(r, all)
	for n := range out {
		cards = cards[copy(out[n].Cards, cards):]
	}
	return out, err
}

func laneLink(stage, agency string) string {
	q := url.Values{"tampil": {"daftar"}, "tahap": {stage}}
	if agency != "" {
		q.Set("opd", agency)
	}
	return "/inovasi?" + q.Encode()
}

// cards gives innovations with what is to be said about them.
func (s *Service) cards(r *http.Request, all []Innovation) ([]card, error) {
	rows, err := s.rows(r, all)
	if err != nil {
		return nil, err
	}
	gates, err := s.waitingGates(r.Context(), all)
	if err != nil {
		return nil, err
	}
	copies := map[string]int{}
	if s.Adoptions != nil {
		if copies, err = s.Adoptions.ByInnovation(r.Context()); err != nil {
			return nil, err
		}
	}
	out := make([]card, len(rows))
	for n, one := range rows {
		out[n] = s.card(r, one, gates[one.ID], copies[one.ID])
	}
	return out, nil
}

// waitingGates tells which of these stand before a gate that nobody decided yet.
func (s *Service) waitingGates(ctx context.Context, all []Innovation) (map[string]bool, error) {
	out := map[string]bool{}
	if len(all) == 0 {
		return out, nil
	}
	ids := make([]string, len(all))
	for n, i := range all {
		ids[n] = i.ID
	}
	args := []any{tenant.From(ctx).Regency}
	rows, err := s.DB.Query(ctx, `SELECT innovation_id FROM innovation_gate WHERE regency_id = $1 AND state = 'waiting' AND innovation_id IN (`+inList(&args, ids)+`)`, args...)
	found, err := db.Collect(rows, err, func(r *sql.Rows) (id string, err error) { return id, r.Scan(&id) })
	for _, id := range found {
		out[id] = true
	}
	return out, err
}

// card says where an innovation stands: what it waits for, else the state of its dossier.
func (s *Service) card(r *http.Request, i row, gate bool, copies int) card {
	c := card{row: i, Line: web.Text(r, "innovation.card.line", "Agency", i.Brief(), "Age", age(r, i.StepAt)), Badge: badge{"info", "m-run", web.Text(r, "innovation.card.preparing")}}
	switch {
	case i.Stage == Stopped:
		c.Line = web.Text(r, "innovation.card.line", "Agency", i.Brief(), "Age", web.Text(r, "innovation.card.lesson"))
		c.Badge = badge{"", "m-stop", web.Text(r, "innovation.stage.stopped")}
	case i.Stage == Problem:
		c.Badge = badge{i.Clock.Kind(), i.Clock.Mark(), i.Clock.Word(textsOf(r))}
		if i.Clock.State == ClockNone {
			c.Badge.Text = web.Text(r, "innovation.clock.waits.short")
		}
	case gate:
		c.Badge.Text = web.Text(r, "innovation.card.gate")
	case i.State != Draft || i.Stage == Live:
		c.Badge = dossierBadge(r, i.State)
	case i.Stage == Trial:
		c.Badge = s.trialBadge(r, i)
	case i.Stage == Replicated:
		c.Badge = badge{"good", "m-good", web.Text(r, "innovation.card.copies", "N", digits(r, max(copies, 1)))}
	}
	return c
}

func (s *Service) trialBadge(r *http.Request, i row) badge {
	end := i.Profile.Trial.End
	left := web.Days(r, end)
	switch {
	case end == 0:
		return badge{"info", "m-run", web.Text(r, "innovation.card.trial")}
	case left < 0:
		return badge{"warn", "m-near", web.Text(r, "innovation.card.trial.over")}
	}
	return badge{"info", "m-run", web.Text(r, "innovation.card.trial.left", "N", left)}
}

func dossierBadge(r *http.Request, state string) badge {
	b := badge{"info", "m-sent", web.Text(r, "innovation.card.dossier", "State", web.Text(r, "innovation.state."+state))}
	switch state {
	case Ready, Sent:
		b.Kind, b.Mark = "good", "m-good"
	case Revision:
		b.Kind, b.Mark = "bad", "m-ret"
	case Draft:
		b.Kind, b.Mark = "stale", "m-draft"
	}
	return b
}

// age says how long ago a step was taken, in days and later in months.
func age(r *http.Request, ms int64) string {
	days := -web.Days(r, ms)
	switch {
	case days <= 0:
		return web.Text(r, "innovation.today")
	case days < 60:
		return web.Text(r, "innovation.age.days", "N", days)
	}
	return web.Text(r, "innovation.age.months", "N", days/30)
}
