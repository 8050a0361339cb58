package calendar

import (
	"embed"

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
		Name: "calendar", Files: files, Routes: s.routes,
		Perms: []module.Perm{{Action: Read, Roles: staff}, {Action: Manage, Roles: []string{tenant.RoleAdmin, tenant.RoleDesk}}},
		Nav:   []web.NavItem{{Area: "kelola", Key: "calendar.nav", Path: "/kalender", Perm: Read, Order: 30}},
	}
}

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /kalender", Read, s.listPage)
	mux.Handle("GET /kalender/daftar.csv", Read, s.export)
	mux.Handle("GET /kalender/cetak", Read, s.printPage)
	mux.Handle("POST /kalender", Manage, s.add)
	mux.Handle("POST /kalender/lengkap", Manage, s.declare)
	mux.Handle("GET /kalender/impor", Manage, s.importPage)
	mux.Handle("POST /kalender/impor", Manage, s.readImport)
	mux.Handle("POST /kalender/impor/simpan", Manage, s.saveImport)
	mux.Handle("GET /kalender/{day}/ubah", Manage, s.editPage)
	mux.Handle("POST /kalender/{day}/ubah", Manage, s.edit)
	mux.Handle("POST /kalender/{day}/hapus", Manage, s.remove)
	mux.Handle("POST /kalender/{day}/kembali", Manage, s.restore)
}
