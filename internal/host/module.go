package host

import (
	"embed"

	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

//go:embed migrations all:views locale
var files embed.FS

// Module shows the room to the house.
func (s *Service) Module() module.Module {
	return module.Module{
		Name: "host", Files: files, Routes: s.routes,
		Perms:  []module.Perm{{Action: Manage, Roles: []string{tenant.RoleHost}}},
		Sealed: []keys.Column{{Table: "host_regency", Name: "mail_password"}},
		Nav:    []web.NavItem{{Area: "kelola", Key: "host.nav", Path: "/induk", Perm: Manage, Order: 5}},
	}
}

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /induk", Manage, s.listPage)
	mux.Handle("GET /induk/baru", Manage, s.newPage)
	mux.Handle("POST /induk/baru", Manage, s.add)
	mux.Handle("GET /induk/{regency}", Manage, s.editPage)
	mux.Handle("POST /induk/{regency}", Manage, s.save)
}
