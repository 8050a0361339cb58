package evaluation

import (
	"context"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/flow"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Moves of an answer.
const (
	moveSave    = "save"
	moveSubmit  = "submit"
	moveApprove = "approve"
	moveReturn  = "return"
	moveCheck   = "check"
)

// answers is the way of an answer: the agency writes and hands in, its head approves, the team checks; head and team may
// return. A round that is not open takes no move at all; whoever loads the answer says so.
func (s *Service) answers() *flow.Machine[Item] {
	can := func(action string) func(context.Context, Item) error {
		return func(ctx context.Context, i Item) error {
			if !mine(ctx, action, i) {
				return errs.E(errs.Forbidden, "evaluation.error.other_agency", nil)
			}
			return nil
		}
	}
	return &flow.Machine[Item]{
		Name: "answer", States: ItemStates(), State: func(i Item) string { return i.State },
		Words: flow.Words{State: "evaluation.error.state", Own: "evaluation.error.own", Long: "evaluation.error.reason_long"},
		Moves: []flow.Move[Item]{
			{Name: moveSave, From: []string{Empty, Drafted, Returned}, To: Drafted, May: can(Write), Says: "evaluation.error.sent"},
			{Name: moveSubmit, From: []string{Drafted, Returned}, To: Submitted, May: can(Write), Says: "evaluation.error.sent", Needs: func(_ context.Context, i Item) error { return i.whole() }},
			{Name: moveApprove, From: []string{Submitted}, To: Approved, May: can(Approve), Writers: func(i Item) []string { return []string{i.AnsweredBy, i.SubmittedBy} }},
			{Name: moveReturn, From: []string{Submitted, Approved, Checked}, To: Returned, May: mayReturn, Reason: flow.Wants[Item]("evaluation.error.reason")},
			{Name: moveCheck, From: []string{Approved}, To: Checked, May: func(ctx context.Context, _ Item) error { return allow(ctx, Manage) },
				Writers: func(i Item) []string { return []string{i.AnsweredBy} }},
		},
	}
}

// mayReturn: the head before an answer leaves the agency, the team afterwards and before.
func mayReturn(ctx context.Context, i Item) error {
	if tenant.From(ctx).Can(Manage, "") || i.State == Submitted && mine(ctx, Approve, i) {
		return nil
	}
	return errs.E(errs.Forbidden, "web.error.forbidden", nil)
}

// whole says what an answer lacks before it is handed in.
func (i Item) whole() error {
	wrong := map[string]errs.Msg{}
	if i.Answer == "" {
		wrong["answer"] = errs.M("evaluation.error.answer")
	}
	if i.SelfMark == "" {
		wrong["mark"] = errs.M("evaluation.error.no_mark")
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	return nil
}

// rounds is the way of a round: prepared, open for the agencies, locked, with the assessors, done. Every step back wants a
// reason, and so does locking while questions are unready.
func (s *Service) rounds() *flow.Machine[Round] {
	manage := func(ctx context.Context, _ Round) error { return allow(ctx, Manage) }
	move := func(name, to string, from ...string) flow.Move[Round] {
		return flow.Move[Round]{Name: name, From: from, To: to, May: manage}
	}
	back := func(name, to, from string) flow.Move[Round] {
		v := move(name, to, from)
		v.Reason = flow.Wants[Round]("evaluation.error.reason")
		return v
	}
	start, lock := move("open", Open, Draft), move("lock", Locked, Open)
	start.Needs = s.owned
	lock.Reason = s.unready
	return &flow.Machine[Round]{
		Name: "round", States: RoundStates(), State: func(r Round) string { return r.State },
		Words: flow.Words{State: "evaluation.error.step", Own: "evaluation.error.own", Long: "evaluation.error.reason_long"},
		Moves: []flow.Move[Round]{start, lock, move("assess", Assess, Locked), back("unlock", Open, Locked), move("finish", Done, Assess),
			back("recall", Locked, Assess), back("reopen", Assess, Done)},
	}
}
