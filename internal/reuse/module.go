package reuse

import (
	"embed"

	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

//go:embed migrations all:views locale
var files embed.FS

const area = "bukti"

// Module shows the room to the house.
func (s *Service) Module() module.Module {
	staff := []string{tenant.RoleAdmin, tenant.RoleCoordinator, tenant.RoleDesk, tenant.RoleOperator, tenant.RoleHead, tenant.RoleStaff, tenant.RoleLeader, tenant.RoleInspector}
	return module.Module{
		Name: "reuse", Files: files, Routes: s.routes,
		Perms: []module.Perm{
			{Action: Read, Roles: staff},
			{Action: Use, Roles: []string{tenant.RoleOperator, tenant.RoleStaff, tenant.RoleCoordinator, tenant.RoleDesk}},
			{Action: Manage, Roles: []string{tenant.RoleCoordinator, tenant.RoleDesk}},
		},
		Nav: []web.NavItem{{Area: area, Key: "reuse.nav", Path: home, Perm: Read, Order: 30}},
	}
}

// Addresses of the room.
const (
	home    = "/bukti/pakai-ulang"
	mapHome = "/bukti/peta"
)

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /bukti/pakai-ulang", Read, s.listPage)
	mux.Handle("GET /bukti/pakai-ulang/cetak", Read, s.printPage)
	mux.Handle("GET /bukti/pakai-ulang/inovasi", Read, s.pickPage)
	mux.Handle("POST /bukti/pakai-ulang/tautkan", Use, s.link)
	mux.Handle("GET /bukti/pakai-ulang/semua", Use, s.planPage)
	mux.Handle("POST /bukti/pakai-ulang/semua", Use, s.linkAll)
	mux.Handle("POST /bukti/pakai-ulang/urungkan/{batch}", Use, s.undo)
	mux.Handle("GET /bukti/peta", Read, s.mapPage)
	mux.Handle("POST /bukti/peta", Manage, s.saveLine)
	mux.Handle("GET /bukti/peta/baris", Manage, s.linePage)
	mux.Handle("POST /bukti/peta/sakelar", Manage, s.switchLine)
	mux.Handle("GET /bukti/peta/peta.csv", Read, s.exportMap)
	mux.Handle("POST /bukti/peta/impor", Manage, s.importMap)
	mux.API("GET /api/v1/reuse", Read, s.apiSuggest)
	mux.API("GET /api/v1/reuse/mapping", Read, s.apiMapping)
}
