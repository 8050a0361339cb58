package admin

import (
	"context"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/disk"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/keeper"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /audit", Trail, s.trail)
	mux.Handle("GET /audit/daftar.csv", Trail, s.export)
	mux.Handle("GET /kesehatan", Health, s.health)
	s.letterRoutes(mux)
	s.jobRoutes(mux)
	mux.Handle("GET /cadangan", Backup, s.backups)
	mux.Handle("POST /cadangan", Backup, s.askBackup)
}

const pageSize = 50

type trailPage struct {
	web.Page
	Rows        []trailRow
	Acts        []web.Option
	Filter      audit.Filter
	From, Until string
	Agencies    []web.Option
	Names       map[string]string
	Paging      web.Paging
}

func (s *Service) filter(r *http.Request) (f audit.Filter, err error) {
	q := r.URL.Query()
	f = audit.Filter{Action: q.Get("tindakan"), Object: q.Get("objek"), Agency: q.Get("opd"), Actor: q.Get("orang"), Refused: q.Get("ditolak") != ""}
	if f.From, err = web.ParseDay(r, q.Get("dari")); err != nil {
		return f, err
	}
	if f.Until, err = web.ParseDay(r, q.Get("sampai")); err == nil && f.Until != 0 {
		f.Until += 24*3600*1000 - 1
		if f.From > f.Until {
			err = errs.InvalidFields(map[string]errs.Msg{"sampai": errs.M("admin.audit.dates")})
		}
	}
	return f, err
}

func (s *Service) trail(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := s.filter(r)
	p := &trailPage{Page: web.Page{Area: "kelola", Lead: web.Text(r, "admin.audit.lead")}, Filter: f, From: r.URL.Query().Get("dari"), Until: r.URL.Query().Get("sampai"),
		Paging: web.PagingOf(r, pageSize)}
	if web.Correctable(err) {
		p.Form, p.Status = web.FormOf(r, err), http.StatusUnprocessableEntity
	}
	rows, total, err := s.Audit.List(ctx, tenant.From(ctx).Regency, f, pageSize, p.Paging.Offset())
	if err != nil {
		return err
	}
	p.Rows, p.Paging.Total = s.inWords(r, rows), total
	if p.Acts, err = actOptions(r, f.Action); err != nil {
		return err
	}
	if p.Names, p.Agencies, err = web.Agencies(ctx, s.Dir); err != nil {
		return err
	}
	p.Title = web.Text(r, trailTitle(f, total), "N", p.Paging.Total)
	return web.Render(w, r, "admin/audit", p)
}

// trailTitle is what the heading says: how many entries there are, or how many of them a filter leaves.
func trailTitle(f audit.Filter, total int) string {
	switch {
	case total == audit.Many:
		return "admin.audit.title_many"
	case f != (audit.Filter{}):
		return "admin.audit.title_found"
	}
	return "admin.audit.title"
}

func (s *Service) export(w http.ResponseWriter, r *http.Request) error {
	if err := web.Proven(r); err != nil { // the trail names people and addresses
		return err
	}
	f, err := s.filter(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="audit.csv"`)
	out, err := sheet.NewCSV(w, "nomor", "waktu", "orang", "lewat", "ip", "tindakan", "objek", "id", "opd", "alasan", "sebelum", "sesudah")
	if err != nil {
		return err
	}
	if err := s.Audit.Each(r.Context(), tenant.From(r.Context()).Regency, f, func(x audit.Row) error {
		return out.Write(strconv.FormatInt(x.Seq, 10), time.UnixMilli(x.At).UTC().Format(time.RFC3339), x.ActorName, x.Via, x.IP, x.Action, x.Object, x.ObjectID, x.Agency, x.Why, x.Was(), x.After)
	}); err != nil {
		return err
	}
	return out.Close()
}

type healthPage struct {
	web.Page
	Store, Reason string
	Dialect       string
	Waiting, Dead int
	Host          bool                     // the actor may touch what belongs to the host
	Jobs          []jobs.Dead              // given up in this regency, and by the host for who may touch it
	Lane          func(kind string) string // names the lane of a kind
	Free, Whole   int64
	Version       string
	Go            string
	Since         int64
	Memory        int64
	AuditSize     int64
	Outside       []audit.Outside
	ProofAt       int64
	ProofOK       bool
	Files         keeper.Report
	Plain         bool // backups are not encrypted
	Copy          copyView
	Scrub         Scrub
	Decisions     Decisions
	LogAt         int64 // when the log was last looked at, 0 since the start not yet
}

func (s *Service) health(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p := &healthPage{Page: web.Page{Area: "kelola", Lead: web.Text(r, "admin.health.lead")}, Dialect: string(s.DB.Dialect()), Version: s.Version, Go: runtime.Version(), Since: s.Started.UnixMilli()}
	p.Store, p.Reason = s.DB.State()
	room, err := disk.RoomOf(s.Data)
	if err != nil {
		return err
	}
	p.Free, p.Whole = room.Free, room.Whole
	if err := s.fillJobs(ctx, p); err != nil {
		return err
	}
	if p.AuditSize, err = s.Audit.Size(ctx, tenant.From(ctx).Regency); err != nil {
		return err
	}
	if p.Outside, err = s.Audit.OutsideOf(ctx, tenant.From(ctx).Regency); err != nil {
		return err
	}
	if p.ProofAt, p.ProofOK, err = s.Proof(ctx); err != nil {
		return err
	}
	p.Plain, p.Copy = s.Plain, s.copyView()
	if err := s.sums(ctx, p); err != nil {
		return err
	}
	if p.Decisions, err = s.LastDecisions(ctx, tenant.From(ctx).Regency); err != nil {
		return err
	}
	if p.Files, err = s.Files(ctx); err != nil {
		return err
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	p.Memory = int64(m.Sys) //nolint:gosec // fits
	p.Title = web.Text(r, "admin.health.good")
	if p.Store != "ok" || p.Dead > 0 || !p.ProofOK || p.Files.Damaged+p.Files.Missing > 0 || p.Copy.Bad || p.Scrub.Bad+p.Decisions.Wrong > 0 {
		p.Title = web.Text(r, "admin.health.look")
	}
	return web.Render(w, r, "admin/health", p)
}

// fillJobs shows the work of the actor's regency; with that of the host when the actor may touch it.
func (s *Service) fillJobs(ctx context.Context, p *healthPage) (err error) {
	if p.Host, err = s.Host(ctx); err != nil {
		return err
	}
	regency := tenant.From(ctx).Regency
	if p.Host {
		p.Waiting, p.Dead, err = jobs.Waiting(ctx, s.DB)
	} else {
		p.Waiting, p.Dead, err = jobs.WaitingIn(ctx, s.DB, regency)
	}
	if err != nil {
		return err
	}
	p.Lane = s.Lane
	p.Jobs, err = jobs.GivenUp(ctx, s.DB, regency, p.Host, mostDead)
	return err
}

type backupsPage struct {
	web.Page
	Host  bool // the actor may see and make them
	Runs  []Run
	Plain bool // they are not encrypted
	Root  string
}

func (s *Service) backups(w http.ResponseWriter, r *http.Request) error {
	p := &backupsPage{Page: web.Page{Area: "kelola", Lead: web.Text(r, "admin.backup.lead"), Title: web.Text(r, "admin.backup.none")}, Root: s.Root, Plain: s.Plain}
	var err error
	if p.Host, err = s.Host(r.Context()); err != nil {
		return err
	}
	if !p.Host {
		p.Title, p.Lead = web.Text(r, "admin.backup.host"), ""
		return web.Render(w, r, "admin/backups", p)
	}
	if p.Runs, err = s.Runs(r.Context(), 30); err != nil {
		return err
	}
	at, ok, err := s.Proof(r.Context())
	if err != nil {
		return err
	}
	if ok {
		p.Title = web.Text(r, "admin.backup.title", "N", -web.Days(r, at))
	}
	return web.Render(w, r, "admin/backups", p)
}

func (s *Service) askBackup(w http.ResponseWriter, r *http.Request) error {
	if err := s.ask(r.Context()); err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("admin.backup.asked"), "")
	return web.Redirect(w, r, "/cadangan")
}
