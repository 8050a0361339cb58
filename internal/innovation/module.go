package innovation

import (
	"embed"
	"time"

	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

//go:embed migrations all:views locale
var files embed.FS

// Module shows the room to the house.
func (s *Service) Module() module.Module {
	staff := []string{tenant.RoleAdmin, tenant.RoleCoordinator, tenant.RoleDesk, tenant.RoleOperator, tenant.RoleHead, tenant.RoleStaff, tenant.RoleLeader, tenant.RoleInspector}
	return module.Module{
		Name: "innovation", Files: files, Routes: s.routes, Tasks: s.tasks,
		Perms: []module.Perm{
			{Action: Read, Roles: staff},
			{Action: Propose, Roles: []string{tenant.RoleAdmin, tenant.RoleCoordinator, tenant.RoleDesk, tenant.RoleOperator, tenant.RoleHead, tenant.RoleStaff}},
			{Action: Write, Roles: []string{tenant.RoleDesk, tenant.RoleOperator, tenant.RoleHead}},
			{Action: Desk, Roles: []string{tenant.RoleDesk}},
			{Action: Decide, Roles: []string{tenant.RoleHead}},
			{Action: Personal, Roles: []string{tenant.RoleAdmin, tenant.RoleDesk, tenant.RoleInspector}},
		},
		Jobs:  map[string]jobs.Func{"innovation.clock": s.remind},
		Every: []jobs.Schedule{{Kind: "innovation.clock", Every: 12 * time.Hour}},
		Nav: []web.NavItem{
			{Area: "inovasi", Key: "innovation.nav", Path: "/inovasi", Perm: Read, Order: 10},
			{Area: "inovasi", Key: "innovation.nav.desk", Path: "/inovasi/meja", Perm: Desk, Order: 20},
			{Area: "inovasi", Key: "innovation.nav.lessons", Path: "/inovasi/pelajaran", Perm: Read, Order: 50},
			{Area: "inovasi", Key: "innovation.nav.youth", Path: "/inovasi/muda", Perm: Read, Order: 60},
		},
	}
}

func (s *Service) routes(mux *web.Mux) {
	s.ideaRoutes(mux)
	s.profileRoutes(mux)
	s.tableRoutes(mux)
	s.api(mux)
}
