package evidence

import (
	"embed"
	"time"

	"github.com/pendapa/pendapa/internal/platform/blob"

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
		Name: "evidence", Files: files, Routes: s.routes, Blobs: []blob.Column{{Table: "evidence_item", Column: "file_hash"}},
		Perms: []module.Perm{
			{Action: Read, Roles: staff},
			{Action: View, Roles: append(staff, tenant.RoleAssessor)},
			{Action: Write, Roles: []string{tenant.RoleOperator, tenant.RoleHead, tenant.RoleCoordinator, tenant.RoleDesk, tenant.RoleStaff}},
			{Action: Check, Roles: []string{tenant.RoleCoordinator, tenant.RoleDesk}},
			{Action: Audit, Roles: []string{tenant.RoleInspector}},
		},
		Jobs: map[string]jobs.Func{"evidence.read": s.read, "evidence.expire": s.expire, "evidence.sweep": s.sweep,
			"evidence.look": s.look, "evidence.looks": s.looks},
		Lanes: map[string]string{"evidence.read": jobs.LaneFiles, "evidence.sweep": jobs.LaneFiles, "evidence.look": jobs.LaneFiles,
			"evidence.looks": jobs.LaneFiles},
		Every: []jobs.Schedule{
			{Kind: "evidence.expire", Every: 24 * time.Hour},
			{Kind: "evidence.sweep", Every: 24 * time.Hour},
			{Kind: "evidence.looks", Every: 2 * time.Hour},
		},
		Nav: []web.NavItem{
			{Area: "bukti", Key: "evidence.nav", Path: "/bukti", Perm: Read, Order: 10},
			{Area: "bukti", Key: "evidence.nav.expiring", Path: "/bukti/kedaluwarsa", Perm: Read, Order: 20},
		},
	}
}

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /bukti", Read, s.listPage)
	mux.Handle("GET /bukti/daftar.csv", Read, s.export)
	mux.Handle("GET /bukti/kedaluwarsa", Read, s.expiring)
	mux.Handle("GET /bukti/unggah", Write, s.uploadPage)
	mux.Handle("POST /bukti", Write, s.upload)
	mux.Handle("GET /bukti/{id}", View, s.page)
	mux.Handle("GET /bukti/{id}/berkas", View, s.raw)
	mux.Handle("GET /bukti/{id}/kecil", View, s.small)
	mux.Handle("GET /bukti/{id}/ubah", Write, s.editPage)
	mux.Handle("POST /bukti/{id}/ubah", Write, s.edit)
	mux.Handle("POST /bukti/{id}/putusan", Check, s.decide)
	mux.Handle("POST /bukti/{id}/tarik", Write, s.withdraw)
	mux.Handle("POST /bukti/{id}/penilai", Check, s.release)
	mux.Handle("POST /bukti/{id}/hapus", Write, s.remove)
	mux.Handle("POST /bukti/{id}/baca-lagi", Write, s.readAgain)
	mux.API("GET /api/v1/evidence", Read, s.apiList)
	mux.API("POST /api/v1/evidence", Write, s.apiUpload)
	mux.API("GET /api/v1/evidence/{id}", View, s.apiGet)
}
