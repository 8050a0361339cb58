package adoption

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
		Name: "adoption", Files: files, Routes: s.routes, Tasks: s.tasks,
		Perms: []module.Perm{
			{Action: Read, Roles: staff},
			{Action: Adopt, Roles: []string{tenant.RoleOperator, tenant.RoleHead, tenant.RoleDesk}},
			{Action: Sign, Roles: []string{tenant.RoleHead}},
		},
		Nav: []web.NavItem{
			{Area: area, Key: "adoption.nav", Path: "/adopsi", Perm: Read, Order: 30},
			{Area: "publik", Key: "adoption.public.nav", Path: "/publik/inovasi", Perm: web.Public, Order: 20},
		},
	}
}

const area = "inovasi"

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /adopsi", Read, s.listPage)
	mux.Handle("POST /adopsi", Adopt, s.start)
	mux.Handle("GET /adopsi/cari", Read, s.searchPage)
	mux.Handle("GET /adopsi/baru", Adopt, s.startPage)
	mux.Handle("GET /adopsi/{id}", Read, s.page)
	mux.Handle("GET /adopsi/{id}/cetak", Read, s.printPage)
	mux.Handle("POST /adopsi/{id}/catatan", Adopt, s.note)
	mux.Handle("POST /adopsi/{id}/batal", Adopt, s.withdraw)
	mux.Handle("POST /adopsi/{id}/tanda-tangan", Sign, s.sign)
	mux.Handle("POST /adopsi/{id}/koreksi", Sign, s.correct)
	mux.Handle("GET /publik/inovasi", web.Public, s.publicList)
	mux.Handle("GET /publik/inovasi/{regency}/{id}", web.Public, s.publicPage)
	mux.API("GET /api/v1/adoptions", Read, s.apiList)
	mux.API("POST /api/v1/adoptions", Adopt, s.apiStart)
	mux.API("PUT /api/v1/adoptions/{id}/note", Adopt, s.apiNote)
	mux.API("POST /api/v1/adoptions/{id}/sign", Sign, s.apiSign)
}
