package app

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/trail"
	"github.com/pendapa/pendapa/internal/tenant"
)

// refused brings what a person or a program was not allowed to do into the trail: who, from where, which way in, and why.
func (a *App) refused(r *http.Request, err error) {
	actor := tenant.From(r.Context())
	if actor.Regency == 0 {
		return // a stranger without an account: the log of the proxy knows more than we do
	}
	way := r.Pattern // never the path: it may hold a link that opens something
	if way == "" {
		way = r.Method
	}
	key, _ := errs.KeyOf(err)
	a.Audit.Refused(r.Context(), audit.Refusal{Action: "web.refused", Object: "route", ObjectID: way, Agency: actor.Agency, Why: key})
}

// outside connects the trail with the places that keep its checkpoints, and this house with the trails it witnesses.
func (a *App) outside() error {
	var places []audit.Place
	for _, folder := range a.Config.TrailFolders {
		places = append(places, audit.Folder{Path: folder})
	}
	addresses, known, err := trail.Pairs(a.Config.TrailWitness)
	if err != nil {
		return fmt.Errorf("trail_witness: %w", err)
	}
	client := &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, address := range addresses {
		places = append(places, audit.Remote{URL: address, Key: known[address], Client: client,
			Last: func(ctx context.Context, origin string) int64 { return a.lastSent(ctx, origin, address) }})
	}
	a.Audit.Places(places...)
	a.Jobs.Add("audit.outside", a.Audit.OutsideJob)
	a.Jobs.AddSchedule(jobs.Schedule{Kind: "audit.outside", Every: time.Minute})
	_, logs, err := trail.Pairs(a.Config.WitnessLogs)
	if err != nil {
		return fmt.Errorf("witness_logs: %w", err)
	}
	a.Witness = audit.NewWitness(a.Audit, a.Keys.Witness(), logs)
	a.Mux.HandleProgram(http.MethodPost, "/api/v1/witness/add-checkpoint", a.Witness)
	a.Mux.HandleProgram(http.MethodGet, "/api/v1/witness/checkpoint", a.Witness)
	return nil
}

// lastSent is the size a witness cosigned last, as far as it is known here; the witness corrects it.
func (a *App) lastSent(ctx context.Context, origin, place string) int64 {
	regency, ok := trail.Regency(origin)
	all, err := a.Audit.OutsideOf(ctx, regency)
	if !ok || err != nil {
		return 0
	}
	for _, o := range all {
		if o.Place == place {
			return o.Size
		}
	}
	return 0
}
