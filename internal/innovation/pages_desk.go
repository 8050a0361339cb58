package innovation

import (
	"context"
	"database/sql"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

type deskPage struct {
	web.Page
	Queue    []row
	Paging   web.Paging
	Open     *opened // the idea that is answered now; nil when none waits
	Dossiers []stateCount
	Agencies []web.Option
	Answers  []web.Option
}

// opened is one idea on the desk with what it takes to answer it.
type opened struct {
	row
	Proposer       string
	Measure        string
	Own            bool // the actor's own idea: somebody else answers it
	Hits           []hit
	Into           []web.Option
	Before, Behind string // ids beside it in the queue
}

// stateCount is how many dossiers wait for the desk in a state.
type stateCount struct {
	State string
	N     int
}

// triage shows the ideas that wait for an answer, the most urgent first and open, and the dossiers that wait.
func (s *Service) triage(w http.ResponseWriter, r *http.Request) error {
	return s.renderDesk(w, r, r.URL.Query().Get("pilih"), nil)
}

func (s *Service) renderDesk(w http.ResponseWriter, r *http.Request, pick string, failure error) error {
	ctx := r.Context()
	p := &deskPage{Page: web.Page{Area: "inovasi", Crumbs: []web.Crumb{{Text: web.Text(r, "innovation.nav"), Path: "/inovasi"}}}, Paging: web.PagingOf(r, pageSize)}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	waiting, total, err := s.List(ctx, Filter{Waiting: true}, pageSize, p.Paging.Offset())
	if err != nil {
		return err
	}
	if p.Queue, err = s.rows(r, waiting); err != nil {
		return err
	}
	p.Paging.Total, p.Answers = total, choices(r, "innovation.answer.do.", Answers())
	if p.Agencies, err = s.agencyOptions(r); err != nil {
		return err
	}
	if p.Dossiers, err = s.waitingDossiers(ctx); err != nil {
		return err
	}
	if p.Open, err = s.opened(r, p.Queue, pick); err != nil {
		return err
	}
	if p.Open != nil && !p.Open.Waits() {
		return web.Redirect(w, r, "/inovasi/"+p.Open.ID)
	}
	if p.Title, p.Lead, err = s.deskTitle(r); err != nil {
		return err
	}
	return web.Render(w, r, "innovation/desk", p)
}

func (s *Service) deskTitle(r *http.Request) (title, lead string, err error) {
	o, err := s.backlog(r.Context())
	switch {
	case o.waiting == 0:
		return web.Text(r, "innovation.desk.none"), web.Text(r, "innovation.desk.none.lead"), err
	case o.late > 0:
		title = web.Text(r, "innovation.desk.late", "N", digits(r, o.waiting), "Late", digits(r, o.late))
	default:
		title = web.Text(r, "innovation.desk.some", "N", digits(r, o.waiting))
	}
	return title, web.Text(r, "innovation.desk.lead", "Days", AnswerDays), err
}

// opened gives the idea that was picked, or the first of the queue.
func (s *Service) opened(r *http.Request, queue []row, pick string) (*opened, error) {
	if pick == "" && len(queue) == 0 {
		return nil, nil
	}
	if pick == "" {
		pick = queue[0].ID
	}
	i, err := s.Get(r.Context(), pick)
	if err != nil {
		return nil, err
	}
	rows, err := s.rows(r, []Innovation{i})
	if err != nil {
		return nil, err
	}
	o := &opened{row: rows[0], Own: i.Proposer == tenant.From(r.Context()).UserID, Measure: measureText(textsOf(r), i.Measure)}
	at := slices.IndexFunc(queue, func(q row) bool { return q.ID == i.ID })
	if at > 0 {
		o.Before = queue[at-1].ID
	}
	if at+1 < len(queue) {
		o.Behind = queue[at+1].ID
	}
	if o.Proposer, err = s.personNamed(r.Context(), i.Proposer); err != nil {
		return nil, err
	}
	o.Hits, err = s.hits(r, clip(i.Title+"\n"+i.Idea+"\n"+i.Sufferer+"\n"+i.Problem, mostSought), i.ID)
	for _, h := range o.Hits {
		if h.MergedInto == "" {
			o.Into = append(o.Into, web.Option{Value: h.ID, Text: strconv.FormatInt(h.Number, 10) + " · " + h.Title})
		}
	}
	return o, err
}

// personNamed gives the name of somebody with an account; "" for one who is gone.
func (s *Service) personNamed(ctx context.Context, id string) (string, error) {
	p, err := s.Dir.Person(ctx, id)
	if id == "" || errs.Is(err, errs.NotFound) {
		return "", nil
	}
	return p.Name, err
}

// deskStates are the states in which a dossier waits for the desk.
func deskStates() []string {
	return slices.DeleteFunc(States(), func(state string) bool { _, by := forward(state); return by != byDesk })
}

// waitingDossiers counts what waits for the desk, by state in the order of the way.
func (s *Service) waitingDossiers(ctx context.Context) ([]stateCount, error) {
	args := []any{tenant.From(ctx).Regency}
	rows, err := s.DB.Query(ctx, `SELECT state, count(*) FROM innovation_innovation WHERE regency_id = $1 AND merged_into = '' AND stage <> 'stopped' AND state IN (`+inList(&args, deskStates())+`)
		GROUP BY state`, args...)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (c stateCount, err error) { return c, r.Scan(&c.State, &c.N) })
	slices.SortFunc(all, func(a, b stateCount) int { return slices.Index(States(), a.State) - slices.Index(States(), b.State) })
	return all, err
}

// answer keeps the desk's answer; the next idea opens.
func (s *Service) answer(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	reply, err := s.replyOf(r)
	if err == nil {
		err = s.Reply(r.Context(), id, reply)
	}
	if web.Correctable(err) && s.stillWaits(r.Context(), id) {
		return s.renderDesk(w, r, id, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("innovation.desk.done."+reply.Answer), "")
	return web.Redirect(w, r, "/inovasi/meja")
}

// stillWaits reports whether an idea can be answered at all, so that the form makes sense again.
func (s *Service) stillWaits(ctx context.Context, id string) bool {
	i, err := s.Get(ctx, id)
	return err == nil && i.Waits()
}

// replyOf reads the answer; an innovation to merge into may be given by its number.
func (s *Service) replyOf(r *http.Request) (Reply, error) {
	reply := Reply{Answer: r.PostFormValue("answer"), Reason: r.PostFormValue("reason"), Into: r.PostFormValue("into"), Agency: r.PostFormValue("agency")}
	reply.Rev, _ = strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	number := strings.TrimPrefix(strings.TrimSpace(r.PostFormValue("into_number")), "#")
	if reply.Answer != AnswerMerge || number == "" {
		return reply, nil
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err == nil {
		reply.Into, err = s.store.idOf(r.Context(), tenant.From(r.Context()).Regency, n)
	}
	if err != nil {
		reply.Into = ""
	}
	return reply, nil
}

// idOf gives the id behind a number.
func (s store) idOf(ctx context.Context, regency, number int64) (id string, err error) {
	err = s.d.QueryRow(ctx, `SELECT id FROM innovation_innovation WHERE regency_id = $1 AND number = $2`, regency, number).Scan(&id)
	return id, err
}
