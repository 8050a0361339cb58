package notice

import (
	"embed"
	"time"

	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/platform/web"
)

//go:embed migrations views locale
var files embed.FS

// Module shows the room to the house. It needs no rights: everybody with an account has notices, and only their own.
func (s *Service) Module() module.Module {
	return module.Module{
		Name: "notice", Files: files, Routes: s.routes,
		Jobs:  map[string]jobs.Func{"notice.digest": s.digest, "notice.sweep": s.sweep},
		Every: []jobs.Schedule{{Kind: "notice.digest", Every: time.Hour}, {Kind: "notice.sweep", Every: 24 * time.Hour}},
		Nav:   []web.NavItem{{Area: "beranda", Key: "notice.nav", Path: "/kabar", Perm: web.SignedIn, Order: 10}},
	}
}

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /kabar", web.SignedIn, s.listPage)
	mux.Handle("POST /kabar/dibaca", web.SignedIn, s.openAll)
	mux.Handle("GET /kabar/pengaturan", web.SignedIn, s.settingPage)
	mux.Handle("POST /kabar/pengaturan", web.SignedIn, s.setting)
	mux.Handle("POST /kabar/{id}", web.SignedIn, s.open)
	mux.API("GET /api/v1/notices", web.SignedIn, s.apiList)
}
