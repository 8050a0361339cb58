package innovation

import (
	"context"
	"testing"

	"github.com/pendapa/pendapa/internal/flow"
	"github.com/pendapa/pendapa/internal/flow/flowtest"
	"github.com/pendapa/pendapa/internal/tenant"
)

func person(user, role, agency string) context.Context {
	return flowtest.Person((&Service{}).Module(), user, role, agency)
}

func everybody() flowtest.Actors {
	return flowtest.Actors{
		"desk": person("desk", tenant.RoleDesk, ""), "deskWhoAsked": person("writer", tenant.RoleDesk, ""),
		"head": person("head", tenant.RoleHead, "hub"), "headWhoAsked": person("writer", tenant.RoleHead, "hub"),
		"headElsewhere": person("other", tenant.RoleHead, "kes"), "leader": person("leader", tenant.RoleLeader, ""),
		"nobody": context.Background(),
	}
}

// withoutNeeds leaves the words and needs of a machine aside; the rights of the team are tested with a team.
func withoutNeeds[T any](m *flow.Machine[T], leave ...string) *flow.Machine[T] {
	var kept []flow.Move[T]
	for _, v := range m.Moves {
		v.Needs = nil
		for _, name := range leave {
			if v.Name == name {
				v.May = func(context.Context, T) error { return orForbidden(nil) }
			}
		}
		kept = append(kept, v)
	}
	m.Moves = kept
	return m
}

func TestEveryMoveOfADossier(t *testing.T) {
	t.Parallel()
	flowtest.Walk(t, withoutNeeds((&Service{}).dossiers(), Submitted), func(state string) Innovation {
		return Innovation{Agency: "hub", Stage: Live, State: state, SubmittedBy: "writer"}
	}, everybody(), `
submitted validated: desk
submitted return: desk deskWhoAsked
validated approved: desk
validated return: desk deskWhoAsked
approved authorised: head
approved return: desk deskWhoAsked head headWhoAsked
authorised review: desk
authorised return: desk deskWhoAsked
review ready: desk
review return: desk deskWhoAsked
ready sent: desk
ready return: desk deskWhoAsked`)
	stopped := Innovation{Agency: "hub", Stage: Stopped, State: Submitted}
	if (&Service{}).dossiers().Can(person("desk", tenant.RoleDesk, ""), Validated, stopped) {
		t.Error("the dossier of a stopped innovation moves on")
	}
}

func TestEveryMoveOfAnIdea(t *testing.T) {
	t.Parallel()
	flowtest.Walk(t, ideas(), func(state string) Innovation {
		i := Innovation{Stage: Problem, Proposer: "writer"}
		if state == ideaAnswered {
			i.AnsweredAt = 1
		}
		return i
	}, everybody(), `
waits answer: desk`)
}

func TestEveryMoveAtAGate(t *testing.T) {
	t.Parallel()
	flowtest.Walk(t, withoutNeeds((&Service{}).gates(), moveWithdraw), func(state string) asked {
		return asked{Gate{State: state, From: Idea, To: Trial, AskedBy: "writer", Decider: "head"}, Innovation{Agency: "hub", Stage: Idea}}
	}, everybody(), `
waiting pass: head
waiting refuse: head`)
	named := asked{Gate{State: GateWaiting, AskedBy: "writer", Decider: "other"}, Innovation{Agency: "hub"}}
	if !(&Service{}).gates().Can(person("other", tenant.RoleHead, "kes"), movePass, named) {
		t.Error("the decider who was named may not decide")
	}
}
