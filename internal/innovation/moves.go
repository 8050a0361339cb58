package innovation

import (
	"context"
	"sync"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/flow"
	"github.com/pendapa/pendapa/internal/tenant"
)

// leastReason is how many letters a reason of this room has at least.
const leastReason = 10

func words(state string) flow.Words {
	return flow.Words{State: state, Own: "innovation.error.own", Long: "innovation.error.long"}
}

// moveReturn sends a dossier back to its team; the other moves are named by the state they lead to.
const moveReturn = "return"

// dossiers is the way of a dossier to the ministry: the team hands in, the desk validates and approves, the head authorises, the
// desk reviews and sends. Nobody but the team moves what they handed in themselves.
func (s *Service) dossiers() *flow.Machine[Innovation] {
	move := func(from, to string, may func(context.Context, Innovation) error) flow.Move[Innovation] {
		return flow.Move[Innovation]{Name: to, From: []string{from}, To: to, Field: "note", May: standing(may),
			Writers: func(i Innovation) []string { return []string{i.SubmittedBy} }}
	}
	submit := flow.Move[Innovation]{Name: Submitted, From: []string{Draft, Revision}, To: Submitted, Field: "note", May: standing(s.ofTeam), Needs: s.whole}
	send := move(Ready, Sent, byTheDesk)
	send.Needs = func(_ context.Context, i Innovation) error {
		if i.National() != NationalLive {
			return errs.E(errs.Conflict, "innovation.error.not_live", nil)
		}
		return nil
	}
	back := flow.Move[Innovation]{Name: moveReturn, From: []string{Submitted, Validated, Approved, Authorised, Review, Ready}, To: Revision,
		May: mayReturn, Reason: flow.Wants[Innovation]("innovation.error.reason"), Least: leastReason}
	return &flow.Machine[Innovation]{Name: "dossier", States: States(), State: func(i Innovation) string { return i.State },
		Words: words("innovation.error.step"),
		Moves: []flow.Move[Innovation]{submit, move(Submitted, Validated, byTheDesk), move(Validated, Approved, byTheDesk),
			move(Approved, Authorised, byTheHead), move(Authorised, Review, byTheDesk), move(Review, Ready, byTheDesk), send, back}}
}

// standing leaves alone what lives on in another innovation and what was stopped.
func standing(may func(context.Context, Innovation) error) func(context.Context, Innovation) error {
	return func(ctx context.Context, i Innovation) error {
		if i.MergedInto != "" || i.Stage == Stopped {
			return errs.E(errs.Conflict, "innovation.error.step", nil)
		}
		return may(ctx, i)
	}
}

func (s *Service) ofTeam(ctx context.Context, i Innovation) error {
	if may, err := s.MayEdit(ctx, i); err != nil || !may {
		return orForbidden(err)
	}
	return nil
}

func byTheDesk(ctx context.Context, _ Innovation) error { return allow(ctx, Desk) }

func byTheHead(ctx context.Context, i Innovation) error {
	if !tenant.From(ctx).Can(Decide, i.Agency) {
		return errs.E(errs.Forbidden, "innovation.error.not_decider", nil)
	}
	return nil
}

// mayReturn: the desk at any step before it is sent, the head before authorising.
func mayReturn(ctx context.Context, i Innovation) error {
	a := tenant.From(ctx)
	if a.Can(Desk, "") || i.State == Approved && a.Can(Decide, i.Agency) {
		return nil
	}
	return errs.E(errs.Forbidden, "web.error.forbidden", nil)
}

// whole wants a whole form before a dossier is handed in.
func (s *Service) whole(ctx context.Context, i Innovation) error {
	missing, err := s.Missing(ctx, i)
	if err == nil && len(missing) > 0 {
		err = errs.InvalidFields(missing)
	}
	return err
}

// Who takes the next step of a dossier.
const (
	byTeam = "team"
	byDesk = "desk"
	byHead = "head"
)

// way is what comes after each state of a dossier.
var way = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, v := range (&Service{}).dossiers().Moves {
		if v.Name != moveReturn {
			for _, from := range v.From {
				out[from] = v.To
			}
		}
	}
	return out
})

// forward tells where a dossier goes from a state, and who takes that step; "" at the end of the way.
func forward(state string) (to, by string) {
	if to = way()[state]; to == "" {
		return "", ""
	}
	return to, stepBy(to)
}

func stepBy(to string) string {
	switch to {
	case Submitted:
		return byTeam
	case Authorised:
		return byHead
	}
	return byDesk
}

// moveAnswer is the desk's answer to an idea.
const moveAnswer = "answer"

const (
	ideaWaits    = "waits"
	ideaAnswered = "answered"
)

// ideas is the way of an idea to its answer. The proposer cannot answer it.
func ideas() *flow.Machine[Innovation] {
	return &flow.Machine[Innovation]{Name: "idea", States: []string{ideaWaits, ideaAnswered}, Words: words("innovation.error.answered"),
		State: func(i Innovation) string {
			if i.Waits() {
				return ideaWaits
			}
			return ideaAnswered
		},
		Moves: []flow.Move[Innovation]{{Name: moveAnswer, From: []string{ideaWaits}, To: ideaAnswered, May: byTheDesk,
			Writers: func(i Innovation) []string { return []string{i.Proposer} }}}}
}

// asked is a request at a gate with its innovation.
type asked struct {
	Gate
	Of Innovation
}

// Moves of a request at a gate.
const (
	movePass     = "pass"
	moveRefuse   = "refuse"
	moveWithdraw = "withdraw"
)

// gates is the way of a request: the named decider or another head of the agency passes or refuses it, never the one who
// asked; the team takes it back.
func (s *Service) gates() *flow.Machine[asked] {
	writers := func(g asked) []string { return []string{g.AskedBy} }
	waiting := []string{GateWaiting}
	return &flow.Machine[asked]{Name: "gate", States: []string{GateWaiting, GatePassed, GateRefused, GateWithdrawn},
		State: func(g asked) string { return g.State }, Words: words("innovation.error.gate_decided"),
		Moves: []flow.Move[asked]{
			{Name: movePass, Field: "note", From: waiting, To: GatePassed, May: mayDecide, Writers: writers, Needs: func(_ context.Context, g asked) error {
				if g.Of.Stage != g.From {
					return errs.E(errs.Conflict, "innovation.error.changed", nil)
				}
				return nil
			}},
			{Name: moveRefuse, From: waiting, To: GateRefused, May: mayDecide, Writers: writers, Reason: flow.Wants[asked]("innovation.error.reason"), Least: leastReason},
			{Name: moveWithdraw, From: waiting, To: GateWithdrawn, May: func(ctx context.Context, g asked) error { return s.ofTeam(ctx, g.Of) }},
		}}
}

func mayDecide(ctx context.Context, g asked) error {
	a := tenant.From(ctx)
	if g.Decider == a.UserID && a.Can(Decide, "") || a.Can(Decide, g.Of.Agency) {
		return nil
	}
	return errs.E(errs.Forbidden, "innovation.error.not_decider", nil)
}
