package app

import (
	"cmp"
	"context"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/assessment"
	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/mail"
	"github.com/pendapa/pendapa/internal/tenant"
)

// The bridges in this file let rooms use each other without one knowing the other (docs/adr/0004).

// pastMarks gives last year's marks to the evaluation.
type pastMarks struct{ a *App }

func (p pastMarks) RoundLines(ctx context.Context, q db.Queryer, round string) ([]string, error) {
	return p.a.Assessment.RoundLines(ctx, q, round)
}

func (p pastMarks) Past(ctx context.Context, round, item string) (evaluation.PastMark, error) {
	past, err := p.a.Assessment.Past(ctx, round, item)
	return evaluation.PastMark(past), err
}

// rounds gives rounds, questions and answers to the assessment.
type rounds struct{ a *App }

func (x rounds) roundOf(ctx context.Context, r evaluation.Round) assessment.Round {
	kind := ""
	if p, err := x.a.Packs.Find(ctx, r.Pack); err == nil {
		kind = p.Kind
	}
	return assessment.Round{ID: r.ID, Title: r.Title, Year: r.Year, Pack: r.Pack, Kind: kind, State: r.State, SelfTo: r.SelfTo, AssessFrom: r.AssessFrom, AssessTo: r.AssessTo, Rev: r.Rev, Seal: r.Seal}
}

func (x rounds) Rounds(ctx context.Context) ([]assessment.Round, error) {
	all, err := x.a.Evaluation.Rounds(ctx)
	var out []assessment.Round
	for _, r := range all {
		out = append(out, x.roundOf(ctx, r))
	}
	return out, err
}

func (x rounds) Round(ctx context.Context, id string) (assessment.Round, error) {
	r, err := x.a.Evaluation.Round(ctx, id)
	return x.roundOf(ctx, r), err
}

func (x rounds) Intact(ctx context.Context, id string) (bool, error) {
	r, err := x.a.Evaluation.Round(ctx, id)
	if err != nil {
		return false, err
	}
	return x.a.Evaluation.RoundIntact(ctx, r)
}

func (x rounds) Hold(ctx context.Context, tx *db.Tx, id string) (assessment.Round, error) {
	r, err := x.a.Evaluation.HoldRound(ctx, tx, id)
	return assessment.Round{ID: r.ID, Title: r.Title, Year: r.Year, Pack: r.Pack, State: r.State, Rev: r.Rev}, err
}

func (x rounds) PackOf(ctx context.Context, round string) (*instrument.Pack, error) {
	return x.a.Evaluation.PackOf(ctx, round)
}

// Evaluated computes a round that nobody marks here. Without the right to see all evidence it is still the regency's number.
func (x rounds) Evaluated(ctx context.Context, round string) (instrument.Result, error) {
	r, err := x.a.Evaluation.Round(ctx, round)
	if err != nil {
		return instrument.Result{}, err
	}
	return x.a.Evaluation.Evaluate(ctx, r, true)
}

// Items leaves out the agency's own note: it is not for assessors.
func (x rounds) Items(ctx context.Context, round string) ([]assessment.Item, error) {
	all, err := x.a.Evaluation.Items(ctx, round)
	var out []assessment.Item
	for _, i := range all {
		out = append(out, assessment.Item{Code: i.Code, Lead: i.Lead, Support: i.Support, State: i.State, Answer: i.Answer, SelfMark: i.SelfMark, Due: i.Due})
	}
	return out, err
}

// Overdue tells the leader's board which requests are late.
func (x rounds) Overdue(ctx context.Context, round string) ([]assessment.Overdue, error) {
	all, err := x.a.Evaluation.Overdue(ctx, round)
	var out []assessment.Overdue
	for _, o := range all {
		out = append(out, assessment.Overdue(o))
	}
	return out, err
}

// PublicRegency is the regency whose public pages are shown: that of the address, one's own, or the first of the host.
func (x rounds) PublicRegency(ctx context.Context) (int64, error) {
	a := tenant.From(ctx)
	if regency := cmp.Or(a.Visits, a.Regency); regency != 0 {
		return regency, nil
	}
	b, err := x.a.Access.Brand(ctx, 0)
	return b.Regency, err
}

// letters brings a room's letter to a person into the outbox.
type letters struct{ a *App }

// Enqueue sends to an address, for invitations.
func (l letters) Enqueue(ctx context.Context, tx *db.Tx, to, subject, body string) error {
	return mail.Enqueue(ctx, tx, l.a.Keys.Box(), mail.Message{To: to, Subject: subject, Body: body})
}

// Send sends to a person; somebody without an address is left out.
func (l letters) Send(ctx context.Context, tx *db.Tx, userID, subject, body string) error {
	u, err := l.a.Access.User(ctx, userID)
	if err != nil || u.Email == "" {
		return err
	}
	return mail.Enqueue(ctx, tx, l.a.Keys.Box(), mail.Message{To: u.Email, Subject: subject, Body: body})
}

var _ access.Mailer = letters{}
