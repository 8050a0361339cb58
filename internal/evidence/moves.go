package evidence

import (
	"context"
	"slices"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/flow"
	"github.com/pendapa/pendapa/internal/tenant"
)

// decidable is a proof, or a change of an accepted one, that somebody decides on.
type decidable struct {
	Item
	Author string
}

// decisions is the way of a proof: the evaluation team accepts it, returns it or rejects it with a reason, and may decide anew
// while no round that has ended uses it. A move is named by the state it leads to. Nobody decides on what they wrote.
func decisions() *flow.Machine[decidable] {
	to := func(state string, change func(*flow.Move[decidable])) flow.Move[decidable] {
		v := flow.Move[decidable]{Name: state, From: States(), To: state, Writers: func(x decidable) []string { return []string{x.Author} },
			May: func(ctx context.Context, _ decidable) error { return mayDecide(ctx) }}
		change(&v)
		return v
	}
	why := func(v *flow.Move[decidable]) { v.Reason = flow.Wants[decidable]("evidence.error.reason") }
	return &flow.Machine[decidable]{Name: "proof", States: States(), State: func(x decidable) string { return x.State },
		Words: flow.Words{State: "evidence.error.state", Own: "evidence.error.own", Long: "evidence.error.reason_long"},
		Moves: []flow.Move[decidable]{
			{Name: moveMend, From: []string{Revise, Expired}, To: Submitted, May: mayMend},
			to(Accepted, func(*flow.Move[decidable]) {}), to(Revise, why), to(Rejected, why),
			{Name: moveExpire, From: []string{Accepted}, To: Expired, May: byProgram},
		}}
}

// Moves that nobody decides on: what was returned is handed in again by mending its card, and what is no longer valid expires.
// Hanging a draft hands it in; the room that owns the place says who may.
const (
	moveMend   = "mend"
	moveExpire = "expire"
)

// decide takes one of the moves that people decide with.
func decide(ctx context.Context, name string, x decidable, reason string) (flow.Step, error) {
	if !slices.Contains([]string{Accepted, Revise, Rejected}, name) {
		return flow.Step{}, errs.E(errs.Conflict, "evidence.error.state", nil)
	}
	return decisions().Take(ctx, name, x, reason)
}

func mayMend(ctx context.Context, x decidable) error {
	if !mayWrite(ctx, x.Agency) {
		return errs.E(errs.Forbidden, "evidence.error.other_agency", nil)
	}
	return nil
}

func byProgram(ctx context.Context, _ decidable) error {
	if !tenant.From(ctx).System {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return nil
}

// mayDecideOn reports whether the actor decides on a proof, or on the change of it that waits.
func mayDecideOn(ctx context.Context, i Item, author string) bool {
	return decisions().Can(ctx, Accepted, decidable{i, author})
}
