package webhook

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
	return module.Module{
		Name: "webhook", Files: files, Routes: s.routes,
		Perms:  []module.Perm{{Action: Manage, Roles: []string{tenant.RoleAdmin}}},
		Jobs:   map[string]jobs.Func{kindDeliver: s.deliver, kindTidy: s.tidy},
		Lanes:  map[string]string{kindDeliver: jobs.LaneHooks},
		Every:  []jobs.Schedule{{Kind: kindTidy, Every: 24 * time.Hour}},
		Nav:    []web.NavItem{{Area: "kelola", Key: "webhook.nav", Path: "/kait", Perm: Manage, Order: 45}},
		Sealed: sealed(),
	}
}

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /kait", Manage, s.listPage)
	mux.Handle("GET /kait/baru", Manage, s.newPage)
	mux.Handle("POST /kait/baru", Manage, s.create)
	mux.Handle("GET /kait/{id}", Manage, s.page)
	mux.Handle("POST /kait/{id}", Manage, s.edit)
	mux.Handle("POST /kait/{id}/aktif", Manage, s.switchActive)
	mux.Handle("POST /kait/{id}/rahasia", Manage, s.rotate)
	mux.Handle("POST /kait/{id}/uji", Manage, s.test)
	mux.Handle("POST /kait/{id}/hapus", Manage, s.remove)
	mux.Handle("POST /kait/{id}/kiriman/{delivery}", Manage, s.resend)
	mux.API("GET /api/v1/webhooks", Manage, s.apiList)
	mux.API("POST /api/v1/webhooks", Manage, s.apiCreate)
	mux.API("DELETE /api/v1/webhooks/{id}", Manage, s.apiDelete)
}
