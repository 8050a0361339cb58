package score

import (
	"embed"

	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

//go:embed migrations all:views locale
var files embed.FS

// Module shows the room to the house.
func (s *Service) Module() module.Module {
	staff := []string{tenant.RoleAdmin, tenant.RoleCoordinator, tenant.RoleDesk, tenant.RoleOperator, tenant.RoleHead, tenant.RoleStaff, tenant.RoleLeader, tenant.RoleInspector}
	return module.Module{
		Name: "score", Files: files, Routes: s.routes, Holds: map[string]proof.Holder{proof.Innovation: items{s}},
		Perms: []module.Perm{
			{Action: Read, Roles: staff},
			{Action: Claims, Roles: []string{tenant.RoleDesk, tenant.RoleOperator, tenant.RoleHead, tenant.RoleStaff, tenant.RoleAdmin, tenant.RoleCoordinator}},
			{Action: Manage, Roles: []string{tenant.RoleDesk, tenant.RoleCoordinator}},
		},
		Hears: map[string]events.Func{"evaluation.round.state": s.roundMoved},
		Nav:   []web.NavItem{{Area: "inovasi", Key: "score.nav", Path: "/iid", Perm: Read, Order: 15}},
	}
}
