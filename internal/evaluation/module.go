package evaluation

import (
	"embed"
	"time"

	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

//go:embed migrations all:views locale
var files embed.FS

// Module shows the room to the house.
func (s *Service) Module() module.Module {
	staff := []string{tenant.RoleAdmin, tenant.RoleCoordinator, tenant.RoleDesk, tenant.RoleOperator, tenant.RoleHead, tenant.RoleStaff, tenant.RoleLeader, tenant.RoleInspector}
	return module.Module{
		Name: "evaluation", Files: files, Routes: s.routes, Tasks: s.tasks,
		Holds: map[string]proof.Holder{proof.Round: questions{s}},
		Perms: []module.Perm{
			{Action: Read, Roles: staff},
			{Action: Manage, Roles: []string{tenant.RoleCoordinator}},
			{Action: Write, Roles: []string{tenant.RoleOperator}},
			{Action: Approve, Roles: []string{tenant.RoleHead}},
			{Action: Figures, Roles: []string{tenant.RoleCoordinator, tenant.RoleAdmin}},
		},
		Jobs:  map[string]jobs.Func{"evaluation.remind": s.remind},
		Hears: map[string]events.Func{"evidence.linked": s.proofCame},
		Every: []jobs.Schedule{{Kind: "evaluation.remind", Every: 24 * time.Hour}},
		Nav: []web.NavItem{
			{Area: "evaluasi", Key: "evaluation.nav", Path: "/evaluasi", Perm: Read, Order: 10},
			{Area: "evaluasi", Key: "evaluation.nav.figures", Path: "/angka", Perm: Read, Order: 40},
		},
	}
}

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /evaluasi", Read, s.roundList)
	mux.Handle("GET /evaluasi/baru", Manage, s.newRound)
	mux.Handle("POST /evaluasi/baru", Manage, s.createRound)
	mux.Handle("GET /evaluasi/{round}", Read, s.roundPage)
	mux.Handle("GET /evaluasi/{round}/atur", Manage, s.settings)
	mux.Handle("POST /evaluasi/{round}/atur", Manage, s.saveSettings)
	mux.Handle("POST /evaluasi/{round}/tahap", Manage, s.move)
	mux.Handle("GET /evaluasi/{round}/penugasan", Manage, s.assignPage)
	mux.Handle("POST /evaluasi/{round}/penugasan", Manage, s.saveOwners)
	mux.Handle("POST /evaluasi/{round}/penugasan/salin", Manage, s.copyOwners)
	mux.Handle("GET /evaluasi/{round}/kelengkapan", Read, s.gridPage)
	mux.Handle("GET /evaluasi/{round}/permintaan", Read, s.requestsPage)
	mux.Handle("POST /evaluasi/{round}/permintaan", Manage, s.sendRequests)
	mux.Handle("POST /evaluasi/{round}/permintaan/{id}", SignedInStaff, s.endRequest)
	mux.Handle("GET /evaluasi/{round}/soal/{code}", Read, s.question)
	mux.Handle("POST /evaluasi/{round}/soal/{code}", Write, s.saveAnswer)
	mux.Handle("POST /evaluasi/{round}/soal/{code}/ajukan", Write, s.submit)
	mux.Handle("POST /evaluasi/{round}/soal/{code}/setujui", Approve, s.approve)
	mux.Handle("POST /evaluasi/{round}/soal/{code}/kembalikan", Read, s.giveBack)
	mux.Handle("POST /evaluasi/{round}/soal/{code}/terima", Manage, s.check)
	mux.Handle("POST /evaluasi/{round}/soal/{code}/bukti", Read, s.linkProof)
	mux.Handle("POST /evaluasi/{round}/soal/{code}/bukti/lepas", Read, s.unlinkProof)
	mux.Handle("GET /evaluasi/{round}/evaluasi.xlsx", Read, s.exportXLSX)
	mux.Handle("GET /evaluasi/{round}/bukti.zip", Read, s.exportZIP)
	mux.Handle("GET /evaluasi/{round}/fase/{phase}", Read, s.phasePage)
	mux.Handle("POST /evaluasi/{round}/fase/{phase}", Manage, s.savePhase)
	mux.Handle("GET /evaluasi/{round}/cetak", Read, s.printPage)
	mux.Handle("GET /angka", Read, s.figuresPage)
	mux.Handle("POST /angka", Figures, s.saveFigure)
	s.api(mux)
}

// SignedInStaff is the least right to end a request; the service looks at the agency.
const SignedInStaff = Read
