package assessment

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
		Name: "assessment", Files: files, Routes: s.routes, Tasks: s.Tasks,
		Perms: []module.Perm{
			{Action: MarkAction, Roles: []string{tenant.RoleAssessor}},
			{Action: Read, Roles: staff},
			{Action: Watch, Roles: []string{tenant.RoleCoordinator, tenant.RoleInspector}},
			{Action: Manage, Roles: []string{tenant.RoleCoordinator}},
			{Action: Confirm, Roles: []string{tenant.RoleLeader, tenant.RoleCoordinator}},
			{Action: Lead, Roles: []string{tenant.RoleLeader, tenant.RoleCoordinator, tenant.RoleAdmin, tenant.RoleInspector}},
			{Action: Follow, Roles: []string{tenant.RoleOperator, tenant.RoleHead, tenant.RoleCoordinator}},
		},
		Nav: []web.NavItem{
			{Area: "publik", Key: "assessment.public.nav", Path: "/publik", Perm: web.Public, Order: 10},
			{Area: "kinerja", Key: "assessment.nav.board", Path: "/papan", Perm: Lead, Order: 10},
			{Area: "evaluasi", Key: "assessment.nav.marking", Path: "/penilaian", Perm: MarkAction, Order: 5},
			{Area: "evaluasi", Key: "assessment.nav.results", Path: "/hasil", Perm: Read, Order: 20},
			{Area: "evaluasi", Key: "assessment.nav.follow", Path: "/tindak-lanjut", Perm: Read, Order: 30},
		},
	}
}

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /papan", Lead, s.boardPage)
	mux.Handle("GET /publik", web.Public, s.publicPage)
	mux.Handle("GET /penilaian", MarkAction, s.myRounds)
	mux.Handle("GET /penilaian/{round}", MarkAction, s.markList)
	mux.Handle("POST /penilaian/{round}/kirim", MarkAction, s.submitAll)
	mux.Handle("GET /penilaian/{round}/temuan", MarkAction, s.myFindings)
	mux.Handle("POST /penilaian/{round}/temuan", MarkAction, s.addMyFinding)
	mux.Handle("POST /penilaian/{round}/temuan/{id}/hapus", MarkAction, s.removeMyFinding)
	mux.Handle("GET /penilaian/{round}/soal/{code}", MarkAction, s.markPage)
	mux.Handle("POST /penilaian/{round}/soal/{code}", MarkAction, s.saveMark)
	mux.Handle("POST /penilaian/{round}/soal/{code}/buka", MarkAction, s.reopen)
	mux.Handle("GET /hasil", Read, s.resultList)
	mux.Handle("GET /hasil/{round}", Read, s.resultPage)
	mux.Handle("GET /hasil/{round}/simulasi", Read, s.simulatePage)
	mux.Handle("GET /hasil/{round}/penilai", Manage, s.invitePage)
	mux.Handle("POST /hasil/{round}/penilai", Manage, s.invite)
	mux.Handle("POST /hasil/{round}/penilai/{user}/cabut", Manage, s.revoke)
	mux.Handle("POST /hasil/{round}/penilai/buka", Manage, s.reopenFor)
	mux.Handle("GET /hasil/{round}/surat", Manage, s.letterPage)
	mux.Handle("POST /hasil/{round}/surat", Manage, s.saveLetter)
	mux.Handle("POST /hasil/{round}/nilai", Manage, s.importMarks)
	mux.Handle("GET /hasil/{round}/versi", Confirm, s.versionPage)
	mux.Handle("POST /hasil/{round}/versi/{id}", Confirm, s.decideVersion)
	mux.Handle("POST /hasil/{round}/versi/{id}/tarik", Manage, s.withdrawVersion)
	mux.Handle("GET /hasil/{round}/temuan", Manage, s.findingsPage)
	mux.Handle("POST /hasil/{round}/temuan", Manage, s.addFinding)
	mux.Handle("POST /hasil/{round}/temuan/{id}/hapus", Manage, s.removeFinding)
	mux.Handle("GET /hasil/{round}/terbit", Manage, s.publishPage)
	mux.Handle("POST /hasil/{round}/terbit", Manage, s.savePublish)
	mux.Handle("GET /tindak-lanjut", Read, s.followList)
	mux.Handle("POST /tindak-lanjut", Manage, s.addFollow)
	mux.Handle("GET /tindak-lanjut/baru", Manage, s.newFollow)
	mux.Handle("GET /tindak-lanjut/{id}", Read, s.followPage)
	mux.Handle("POST /tindak-lanjut/{id}", Follow, s.saveFollow)
	mux.API("GET /api/v1/rounds/{round}/marks", MarkAction, s.apiMarks)
	mux.API("PUT /api/v1/rounds/{round}/marks/{code}", MarkAction, s.apiMark)
	mux.API("GET /api/v1/rounds/{round}/result", Read, s.apiResult)
	mux.API("GET /api/v1/followups", Read, s.apiFollowups)
}
