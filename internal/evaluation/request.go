package evaluation

import (
	"context"
	"database/sql"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Request asks an agency for proof of one question by a day.
type Request struct {
	ID, Round, Code, Agency, Text string
	Due                           int64
	State                         string // open, done, cancelled
	AskedBy                       string
	AskedAt, ClosedAt             int64
	Reminders, RemindedAt         int64
}

const requestColumns = `id, round_id, code, agency_id, text, due, state, asked_by, asked_at, closed_at, reminders, reminded_at`

func scanRequest(r scanner) (x Request, err error) {
	return x, r.Scan(&x.ID, &x.Round, &x.Code, &x.Agency, &x.Text, &x.Due, &x.State, &x.AskedBy, &x.AskedAt, &x.ClosedAt, &x.Reminders, &x.RemindedAt)
}

func (s store) requests(ctx context.Context, where string, args ...any) ([]Request, error) {
	rows, err := s.d.Query(ctx, `SELECT `+requestColumns+` FROM evaluation_request WHERE regency_id = $1 AND `+where+` ORDER BY due, code, agency_id`, args...)
	return db.Collect(rows, err, func(r *sql.Rows) (Request, error) { return scanRequest(r) })
}

func (s store) insertRequest(tx *db.Tx, regency int64, r Request) error {
	_, err := tx.Exec(`INSERT INTO evaluation_request (regency_id, id, round_id, code, agency_id, text, due, state, asked_by, asked_at, closed_at, reminders, reminded_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, 0, 0, 0)`, regency, r.ID, r.Round, r.Code, r.Agency, r.Text, r.Due, r.AskedBy, r.AskedAt)
	return err
}

// Requests lists what was asked in a round, earliest date first.
func (s *Service) Requests(ctx context.Context, round string) ([]Request, error) {
	return s.store.requests(ctx, `round_id = $2`, tenant.From(ctx).Regency, round)
}

// RequestsOf lists what was asked for one question.
func (s *Service) RequestsOf(ctx context.Context, round, code string) ([]Request, error) {
	return s.store.requests(ctx, `round_id = $2 AND code = $3`, tenant.From(ctx).Regency, round, code)
}

// today is the beginning of the day in the regency: what is due today is not late.
func (s *Service) today(ctx context.Context) int64 {
	zone := s.Zone(ctx)
	y, m, d := s.Now().In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone).UnixMilli()
}

// Overdue is a request whose day has passed.
type Overdue struct {
	Item, Agency string
	Due          int64
}

// Overdue lists open requests of a round whose day has passed.
func (s *Service) Overdue(ctx context.Context, round string) ([]Overdue, error) {
	all, err := s.store.requests(ctx, `round_id = $2 AND state = 'open' AND due < $3`, tenant.From(ctx).Regency, round, s.today(ctx))
	var out []Overdue
	for _, r := range all {
		out = append(out, Overdue{Item: r.Code, Agency: r.Agency, Due: r.Due})
	}
	return out, err
}

// Ask sends requests for several questions: to the given agency, or with "" to the lead of each. A question without a
// lead is left out and counted.
func (s *Service) Ask(ctx context.Context, round string, codes []string, agency, text string, due int64) (sent, without int, err error) {
	if err := allow(ctx, Manage); err != nil {
		return 0, 0, err
	}
	text = strings.TrimSpace(text)
	wrong := map[string]errs.Msg{}
	if len(codes) == 0 {
		wrong["codes"] = errs.M("evaluation.error.codes")
	}
	if due < s.today(ctx) {
		wrong["due"] = errs.M("evaluation.error.due")
	}
	if text == "" || utf8.RuneCountInString(text) > 2000 {
		wrong["text"] = errs.M("evaluation.error.text")
	}
	if len(wrong) > 0 {
		return 0, 0, errs.InvalidFields(wrong)
	}
	r, err := s.Round(ctx, round)
	if err != nil {
		return 0, 0, err
	}
	if r.State != Open {
		return 0, 0, errs.E(errs.Conflict, "evaluation.error.closed", nil)
	}
	regency := tenant.From(ctx).Regency
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		sent, without = 0, 0
		for _, code := range codes {
			item, err := s.store.item(ctx, tx, regency, round, code)
			if err != nil {
				return err
			}
			to := agency
			if to == "" {
				to = item.Lead
			}
			if to == "" {
				without++
				continue
			}
			sent++
			if err := s.ask(ctx, tx, regency, Request{Round: round, Code: code, Agency: to, Text: text, Due: due}); err != nil {
				return err
			}
		}
		return nil
	})
	return sent, without, err
}

func (s *Service) ask(ctx context.Context, tx *db.Tx, regency int64, r Request) error {
	r.ID, r.AskedAt, r.AskedBy = s.NewID(), s.now(), tenant.From(ctx).UserID
	if err := s.store.insertRequest(tx, regency, r); err != nil {
		return err
	}
	if err := s.letters(ctx, tx, r, "evaluation.mail.asked"); err != nil {
		return err
	}
	return s.record(ctx, tx, "request.ask", "request", r.ID, r.Agency, "", nil, r)
}

// CloseRequest ends a request: done by the agency or the team, cancelled by the team.
func (s *Service) CloseRequest(ctx context.Context, id, state string) error {
	regency := tenant.From(ctx).Regency
	all, err := s.store.requests(ctx, `id = $2`, regency, id)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errs.E(errs.NotFound, "evaluation.error.request", nil)
	}
	before, actor := all[0], tenant.From(ctx)
	if !actor.Can(Manage, "") && !(state == "done" && actor.Can(Write, before.Agency)) {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	if state != "done" && state != "cancelled" || before.State != "open" {
		return errs.E(errs.Conflict, "evaluation.error.state", nil)
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.closeRequest(ctx, tx, before, state) })
}

func (s *Service) closeRequest(ctx context.Context, tx *db.Tx, before Request, state string) error {
	n, err := tx.Exec(`UPDATE evaluation_request SET state = $3, closed_at = $4 WHERE regency_id = $1 AND id = $2 AND state = 'open'`,
		tenant.From(ctx).Regency, before.ID, state, s.now())
	if err := changed(n, err); err != nil {
		return err
	}
	return s.record(ctx, tx, "request."+state, "request", before.ID, before.Agency, "", before.State, state)
}

// proofCame hears that an agency linked a proof: what it was asked for that question is done. Whether the proof is good is
// decided on the proof itself.
func (s *Service) proofCame(ctx context.Context, e events.Event) error {
	var at struct{ Round, Item, Agency string }
	if err := e.Decode(&at); err != nil {
		return err
	}
	open, err := s.store.requests(ctx, `round_id = $2 AND code = $3 AND agency_id = $4 AND state = 'open'`, e.Regency, at.Round, at.Item, at.Agency)
	if err != nil || len(open) == 0 {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, r := range open {
			if err := s.closeRequest(ctx, tx, r, "done"); err != nil {
				return err
			}
		}
		return nil
	})
}
