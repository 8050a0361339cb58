package evaluation

import (
	"context"
	"testing"

	"github.com/pendapa/pendapa/internal/flow/flowtest"
	"github.com/pendapa/pendapa/internal/tenant"
)

func office(user, role, agency string) context.Context {
	return flowtest.Person((&Service{}).Module(), user, role, agency)
}

func everybody() flowtest.Actors {
	return flowtest.Actors{
		"operator": office("writer", tenant.RoleOperator, "hub"), "head": office("head", tenant.RoleHead, "hub"),
		"headWhoWrote": office("writer", tenant.RoleHead, "hub"), "team": office("team", tenant.RoleCoordinator, ""),
		"teamWhoWrote": office("writer", tenant.RoleCoordinator, ""), "elsewhere": office("x", tenant.RoleOperator, "kes"),
		"headElsewhere": office("y", tenant.RoleHead, "kes"), "leader": office("z", tenant.RoleLeader, ""),
		"nobody": context.Background(),
	}
}

func TestEveryMoveOfAnAnswer(t *testing.T) {
	t.Parallel()
	flowtest.Walk(t, (&Service{}).answers(), func(state string) Item {
		return Item{Code: "A1", Lead: "hub", State: state, AnsweredBy: "writer", SubmittedBy: "writer", Answer: "Ada", SelfMark: "3"}
	}, everybody(), `
empty save: operator
draft save: operator
draft submit: operator
returned save: operator
returned submit: operator
submitted approve: head
submitted return: head headWhoWrote team teamWhoWrote
approved return: team teamWhoWrote
approved check: team
checked return: team teamWhoWrote`)
}

func TestEveryMoveOfARound(t *testing.T) {
	t.Parallel()
	m := (&Service{}).rounds()
	for n := range m.Moves { // what a round needs is tested with its questions
		m.Moves[n].Needs, m.Moves[n].Reason = nil, nil
	}
	flowtest.Walk(t, m, func(state string) Round { return Round{ID: "r", State: state} }, everybody(), `
draft open: team teamWhoWrote
open lock: team teamWhoWrote
locked assess: team teamWhoWrote
locked unlock: team teamWhoWrote
assess finish: team teamWhoWrote
assess recall: team teamWhoWrote
done reopen: team teamWhoWrote`)
}
