package evidence

import (
	"context"
	"testing"

	"github.com/pendapa/pendapa/internal/flow/flowtest"
	"github.com/pendapa/pendapa/internal/tenant"
)

func TestEveryMoveOfAProof(t *testing.T) {
	t.Parallel()
	person := func(user, role, agency string) context.Context {
		return flowtest.Person((&Service{}).Module(), user, role, agency)
	}
	flowtest.Walk(t, decisions(), func(state string) decidable { return decidable{Item{Agency: "hub", State: state}, "writer"} }, flowtest.Actors{
		"operator": person("writer", tenant.RoleOperator, "hub"), "elsewhere": person("x", tenant.RoleOperator, "kes"),
		"team": person("team", tenant.RoleCoordinator, ""), "teamWhoWrote": person("writer", tenant.RoleCoordinator, ""),
		"leader": person("leader", tenant.RoleLeader, ""), "assessor": person("assessor", tenant.RoleAssessor, ""), "nobody": context.Background(),
		"program": tenant.With(context.Background(), tenant.SystemOf(1, "job")),
	}, `
draft accepted: program team
draft revise: program team
draft rejected: program team
submitted accepted: program team
submitted revise: program team
submitted rejected: program team
accepted accepted: program team
accepted revise: program team
accepted rejected: program team
accepted expire: program
revise mend: operator program team teamWhoWrote
revise accepted: program team
revise revise: program team
revise rejected: program team
rejected accepted: program team
rejected revise: program team
rejected rejected: program team
expired mend: operator program team teamWhoWrote
expired accepted: program team
expired revise: program team
expired rejected: program team`)
}
