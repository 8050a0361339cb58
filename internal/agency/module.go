package agency

import (
	"embed"

	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

//go:embed migrations views locale
var files embed.FS

// Module shows the room to the house.
func (s *Service) Module() module.Module {
	staff := []string{tenant.RoleAdmin, tenant.RoleCoordinator, tenant.RoleDesk, tenant.RoleOperator, tenant.RoleHead, tenant.RoleStaff, tenant.RoleLeader, tenant.RoleInspector}
	return module.Module{
		Name: "agency", Files: files, Routes: s.routes,
		Perms: []module.Perm{{Action: Read, Roles: staff}, {Action: Manage, Roles: []string{tenant.RoleAdmin}}},
		Nav:   []web.NavItem{{Area: "kelola", Key: "agency.nav", Path: "/opd", Perm: Read, Order: 10}},
	}
}

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /opd", Read, s.listPage)
	mux.Handle("GET /opd/daftar.csv", Read, s.export)
	mux.Handle("GET /opd/baru", Manage, s.newPage)
	mux.Handle("POST /opd/baru", Manage, s.create)
	mux.Handle("GET /opd/impor", Manage, s.importPage)
	mux.Handle("POST /opd/impor", Manage, s.readImport)
	mux.Handle("POST /opd/impor/simpan", Manage, s.saveImport)
	mux.Handle("GET /opd/gabung", Manage, s.mergePage)
	mux.Handle("POST /opd/gabung", Manage, s.merge)
	mux.Handle("GET /opd/{id}", Read, s.page)
	mux.Handle("POST /opd/{id}", Manage, s.edit)
	mux.Handle("POST /opd/{id}/nama", Manage, s.rename)
	mux.Handle("POST /opd/{id}/aktif", Manage, s.setActive)
	mux.API("GET /api/v1/agencies", Read, s.apiList)
}
