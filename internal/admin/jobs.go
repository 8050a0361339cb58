package admin

import (
	"context"
	"errors"
	"net/http"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// mostDead is how many jobs that were given up the page shows.
const mostDead = 50

// host is the form value of a job that belongs to the host itself.
const host = "server"

// change does something to a job that was given up: jobs.Revive or jobs.Drop.
type change func(ctx context.Context, tx *db.Tx, regency int64, id string) (kind string, err error)

func (s *Service) jobRoutes(mux *web.Mux) {
	mux.Handle("POST /kesehatan/pekerjaan/{id}/ulangi", Health, s.jobPage("admin.job.again", "admin.job.again.done", jobs.Revive))
	mux.Handle("POST /kesehatan/pekerjaan/{id}/hapus", Health, s.jobPage("admin.job.drop", "admin.job.drop.done", jobs.Drop))
}

func (s *Service) jobPage(action, done string, do change) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := web.ParseForm(w, r); err != nil {
			return err
		}
		if err := s.changeJob(r.Context(), r.PostFormValue("milik") == host, r.PathValue("id"), action, do); err != nil {
			return err
		}
		web.SetFlash(w, "good", errs.M(done), "")
		return web.Redirect(w, r, "/kesehatan")
	}
}

// changeJob changes a job of the actor's regency, or of the host when the actor may touch that, with an entry in the trail. A job that is not there any
// more was changed by somebody else.
func (s *Service) changeJob(ctx context.Context, ofHost bool, id, action string, do change) error {
	a := tenant.From(ctx)
	if !a.Can(Health, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	regency := a.Regency
	if ofHost {
		if err := s.ofHost(ctx); err != nil {
			return err
		}
		regency = 0
	}
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		kind, err := do(ctx, tx, regency, id)
		if err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: action, Object: "jobs_job", ObjectID: id,
			After: map[string]any{"kind": kind, "host": ofHost}})
	})
	if db.NotFound(err) {
		return errs.E(errs.NotFound, "admin.error.job", errors.New("job "+id+" is not given up"))
	}
	return err
}
