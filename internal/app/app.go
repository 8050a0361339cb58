// Package app is the only one that knows all rooms: it builds them in order, bridges their needs, and owns start and stop.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"
	_ "time/tzdata" // regencies have three time zones; a server may know none

	"filippo.io/age"
	"golang.org/x/sync/errgroup"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/admin"
	"github.com/pendapa/pendapa/internal/adoption"
	"github.com/pendapa/pendapa/internal/agency"
	"github.com/pendapa/pendapa/internal/assessment"
	"github.com/pendapa/pendapa/internal/calendar"
	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/host"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/notice"
	"github.com/pendapa/pendapa/internal/pack"
	"github.com/pendapa/pendapa/internal/platform/admit"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/idem"
	"github.com/pendapa/pendapa/internal/platform/jail"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/keeper"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/lock"
	"github.com/pendapa/pendapa/internal/platform/mail"
	"github.com/pendapa/pendapa/internal/platform/metrics"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/platform/replica"
	"github.com/pendapa/pendapa/internal/platform/rest"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/reuse"
	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/territory"
	"github.com/pendapa/pendapa/internal/webhook"
	bundle "github.com/pendapa/pendapa/web"
)

// A stop takes 15 seconds at most: drain for requests that are being answered, while background jobs end too
// (jobs.DefaultPace), then settle for the counts of the trail, then replica.LastWait for the continuous copy.
const (
	drain  = 9 * time.Second
	settle = time.Second
)

// compared is how long a start waits for the places that keep checkpoints of the trail.
const compared = 2 * time.Second

// mostConnections is how many connections are open at the same time; an idle one makes room for a new one.
const mostConnections = 4096

// App is the whole house, built and ready to serve.
type App struct {
	Config  Config
	DB      *db.DB
	Jobs    *jobs.Runner
	Bus     *events.Bus
	Web     *web.Server
	Mux     *web.Mux
	Modules []module.Module

	Keys       *keys.Ring
	Audit      *audit.Log
	Witness    *audit.Witness
	Access     *access.Service
	Host       *host.Service
	Agencies   *agency.Service
	Evaluation *evaluation.Service
	Evidence   *evidence.Service
	Assessment *assessment.Service
	Packs      *pack.Service
	Territory  *territory.Service
	Admin      *admin.Service
	Calendar   *calendar.Service
	Webhooks   *webhook.Service
	Reuse      *reuse.Service
	Notices    *notice.Service
	Innovation *innovation.Service
	Adoption   *adoption.Service
	Score      *score.Service
	Keeper     *keeper.Keeper
	Copy       *replica.Shipper // nil without a continuous copy

	givenUp    map[string]int      // secrets whose key was lost, by table and column
	own        *age.X25519Identity // opens what this house encrypted
	recipients []age.Recipient     // who else can
	blobs      *blob.Store

	held    *lock.Lock // of the data folder
	before  []func() error
	log     *slog.Logger
	zones   *zones
	handler http.Handler
}

// Config is what the house needs to stand.
type Config struct {
	Listen   string
	DataDir  string
	Keys     string // folder of the keys, "" is next to DataDir
	Database string
	Sample   bool   // sample regency and one-click sign-in on loopback
	Secure   bool   // cookies for https only
	BaseURL  string // for links in mail, e.g. https://pendapa.jemberkab.go.id
	Hosts    string // other names of this server, divided by commas
	Proxies  string // addresses or networks of trusted proxies, divided by commas
	Version  string
	MaxFile  int64     // bytes of one evidence file, 0 is 50 MB
	Quota    int64     // bytes of evidence per agency, 0 is 20 GB
	SMTP     mail.SMTP // without a host letters go to the log

	Backups    string          // folder of backups, "" is backups in DataDir
	BackupKeep int             // how many stay, 0 is 14
	Recipients string          // who can read the backups (age1..., separated by spaces or commas), "" leaves them plain
	Copy       replica.Address // where the continuous copy goes, without a URL there is none
	Zone       string          // IANA name, "" is Asia/Jakarta
	Cache      string          // folder of compiled code, "" is the user's cache folder
	Purpose    string          // what the process does, told to a second one that wants the folder; "" is serve

	TrailFolders []string // where checkpoints of the audit trail are left, outside this machine
	TrailWitness string   // "ADDRESS KEY, ...": witnesses that cosign them
	WitnessLogs  string   // "ORIGIN KEY, ...": trails of others that are cosigned here

	Credentials   string // folder of systemd credentials, "" is none
	AcceptKeyLoss bool   // make new keys also where the old ones were used and are gone

	OIDC *access.OIDCConfig // nil is off
}

// New opens the store, brings its tables up to date and builds every room. A lost bit that was met and put back on the way
// begins the start anew; what cannot be put back ends it with the table and the way back (*db.Damaged).
func New(ctx context.Context, c Config, log *slog.Logger) (*App, error) {
	return again(ctx, log, func() (*App, error) { return begin(ctx, c, log) })
}

func begin(ctx context.Context, c Config, log *slog.Logger) (*App, error) {
	if c.MaxFile == 0 {
		c.MaxFile = 50 << 20
	}
	if c.Quota == 0 {
		c.Quota = 20 << 30
	}
	if c.Backups == "" {
		c.Backups = filepath.Join(c.DataDir, "backups")
	}
	if c.BackupKeep == 0 {
		c.BackupKeep = 14
	}
	if c.Zone == "" {
		c.Zone = "Asia/Jakarta"
	}
	if c.Keys == "" {
		c.Keys = keys.Beside(c.DataDir)
	}
	if c.Cache != "" {
		jail.UseCache(filepath.Join(c.Cache, "readers"))
	}
	var how []db.Option
	if c.Copy.URL != "" {
		how = append(how, db.OwnCheckpoints())
	}
	held, err := holdFolder(ctx, c, log)
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, c.Database, how...)
	if err != nil {
		return nil, errors.Join(err, held.Release())
	}
	for _, w := range d.Warnings() {
		log.WarnContext(ctx, "the store may lose data", "why", w)
	}
	a := &App{Config: c, DB: d, log: log, Bus: events.NewBus(), held: held}
	d.OnDamage(a.damage)
	if err := a.build(ctx); err != nil {
		return nil, errors.Join(d.Explain(err), d.Close(), held.Release())
	}
	return a, nil
}

func (a *App) build(ctx context.Context) error {
	zone, err := time.LoadLocation(a.Config.Zone)
	if err != nil {
		return err
	}
	a.zones = newZones(zone, time.Now)
	assets, err := bundle.Embedded()
	if err != nil {
		return err
	}
	if !assets.Built() {
		a.log.WarnContext(ctx, "this program was built without its styles and script, run make web")
	}
	views, err := web.NewViews()
	if err != nil {
		return err
	}
	a.Jobs = jobs.NewRunner(a.DB, a.log, time.Now)
	if err := errors.Join(a.DB.Migrate(ctx, "jobs", jobs.Files), a.DB.Migrate(ctx, "idem", idem.Files)); err != nil {
		return err
	}
	if err := a.openKeys(ctx); err != nil {
		return err
	}
	once, meter := idem.New(a.DB, a.log, time.Now, a.Keys.Box()), a.meter()
	a.Jobs.Add("store.optimise", func(ctx context.Context, _ jobs.Job) error { return a.DB.Optimise(ctx) })
	a.Jobs.AddSchedule(jobs.Schedule{Kind: "store.optimise", Every: 6 * time.Hour})
	a.Jobs.Add("idem.sweep", once.Sweep)
	a.Jobs.AddSchedule(jobs.Schedule{Kind: "idem.sweep", Every: 24 * time.Hour})
	origin, err := a.Config.origin()
	if err != nil {
		return err
	}
	a.Web = &web.Server{Origin: origin, Log: a.log, Texts: i18n.New(), Views: views, Now: time.Now, Zone: a.zones.of,
		Sample: a.Config.Sample, Version: a.Config.Version, Asset: assets.Path, Once: once.Do, OnceForm: once.Form, Observe: meter.Observe, Tell: a.DB.Tell}
	a.Mux = a.Web.NewMux()
	if err := a.Web.Texts.Add(web.Files); err != nil {
		return err
	}
	if a.Modules, err = a.rooms(ctx); err != nil {
		return err
	}
	for _, m := range a.Modules {
		if err := a.add(ctx, m); err != nil {
			return fmt.Errorf("room %s: %w", m.Name, err)
		}
	}
	if err := a.sealSecrets(ctx); err != nil {
		return err
	}
	a.Access.SetRooms(a.programRooms())
	if err := errors.Join(a.DB.Newer(ctx, a.DB), a.beginSums(ctx)); err != nil {
		return err
	}
	if err := a.bindOldDecisions(ctx); err != nil {
		return err
	}
	if err := a.document(); err != nil {
		return err
	}
	a.Mux.HandleRaw("GET "+bundle.Prefix, assets)
	a.Mux.HandleRaw("GET /metrics", meter.Handler())
	a.Mux.HandleRaw("GET /healthz", http.HandlerFunc(a.alive))
	a.Mux.HandleRaw("GET /readyz", http.HandlerFunc(a.ready))
	gate, err := a.gate()
	if err != nil {
		return err
	}
	meter.Watch(gateGauges(gate)...)
	a.Web.Gate = gate.Handler
	a.Web.Shared = a.sharedPages()
	a.handler, err = a.Web.Handler()
	return err
}

func (a *App) add(ctx context.Context, m module.Module) error {
	if m.Files != nil {
		if err := a.DB.Migrate(ctx, m.Name, m.Files); err != nil {
			return err
		}
		if err := a.Web.Texts.Add(m.Files); err != nil {
			return err
		}
		if err := a.Web.Views.Add(m.Name, m.Files); err != nil {
			return err
		}
	}
	for kind, f := range m.Jobs {
		a.Jobs.AddTo(m.Lanes[kind], kind, f)
	}
	for _, s := range m.Every {
		a.Jobs.AddSchedule(s)
	}
	for name, f := range m.Hears {
		a.Bus.Listen(a.Jobs, m.Name, name, f)
	}
	a.Web.NavItems = append(a.Web.NavItems, m.Nav...)
	if m.Routes != nil {
		m.Routes(a.Mux.For(m.Name))
	}
	return nil
}

// meter counts requests and reads what waits when somebody asks.
func (a *App) meter() *metrics.Metrics {
	return metrics.New(a.Config.Version, web.Direct,
		metrics.Gauge{Name: "pendapa_jobs_waiting", Help: "Jobs that wait or run.", Read: func(ctx context.Context) float64 { n, _, _ := jobs.Waiting(ctx, a.DB); return float64(n) }},
		metrics.Gauge{Name: "pendapa_jobs_dead", Help: "Jobs that were given up.", Read: func(ctx context.Context) float64 { _, n, _ := jobs.Waiting(ctx, a.DB); return float64(n) }},
		metrics.Gauge{Name: "pendapa_store_writable", Help: "1 while the store takes writes.", Read: func(context.Context) float64 {
			if state, _ := a.DB.State(); state != "ok" {
				return 0
			}
			return 1
		}})
}

// MigrateStore makes the tables of all rooms in another store, for backups and restores.
func (a *App) MigrateStore(ctx context.Context, d *db.DB) error {
	failed := []error{d.Migrate(ctx, "jobs", jobs.Files), d.Migrate(ctx, "idem", idem.Files), d.Migrate(ctx, "audit", audit.Files),
		d.Migrate(ctx, "keeper", keeper.Files)}
	for _, m := range a.Modules {
		if m.Files != nil {
			failed = append(failed, d.Migrate(ctx, m.Name, m.Files))
		}
	}
	return errors.Join(failed...)
}

// Handler gives the whole site, for tests.
func (a *App) Handler() http.Handler { return a.handler }

// BeforeClose has f called before the store is closed, for what uses the house beside its pages.
func (a *App) BeforeClose(f func() error) { a.before = append(a.before, f) }

// Close ends what uses the house, closes the store and gives the data folder free.
func (a *App) Close() error {
	var failed []error
	for _, f := range a.before {
		failed = append(failed, f())
	}
	a.before = nil
	return errors.Join(append(failed, a.DB.Close(), a.held.Release())...)
}

// Run serves until ctx ends, then stops accepting, finishes what runs and closes the store. ready is called with the
// address once requests are answered.
func (a *App) Run(ctx context.Context, ready func(addr string)) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.Config.Listen)
	if err != nil {
		return err
	}
	if _, err := a.Audit.CompareAtStart(ctx, compared); err != nil {
		return errors.Join(a.DB.Explain(err), listener.Close(), a.Close())
	}
	door := admit.NewDoor(listener, mostConnections)
	server := &http.Server{Handler: a.handler, ConnState: door.State, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Minute,
		WriteTimeout: 10 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
	stopCopy := a.runCopy(ctx)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := server.Serve(door); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error { return a.Jobs.Run(ctx) })
	group.Go(func() error { jail.Warm(ctx, a.fenced(ctx)); return nil })
	group.Go(func() error { rest.Run(ctx); return nil })
	group.Go(func() error {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		if err := server.Shutdown(stop); err != nil { // somebody reads too slowly
			return server.Close()
		}
		return nil
	})
	ready(listener.Addr().String())
	a.log.InfoContext(ctx, "serving", "address", listener.Addr().String(), "store", string(a.DB.Dialect()), "version", a.Config.Version)
	err = group.Wait()
	a.log.InfoContext(ctx, "stopped")
	return errors.Join(err, a.settle(ctx), stopCopy(), a.Close())
}

// settle writes what the trail still counts.
func (a *App) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settle)
	defer cancel()
	return a.Audit.Settle(ctx)
}

// fenced writes into the log what readers of files are kept by; a kernel that lacks a fence is worth a warning.
func (a *App) fenced(ctx context.Context) func(reader string, fences []string, err error) {
	return func(reader string, fences []string, err error) {
		if err != nil {
			a.log.ErrorContext(ctx, "files of this kind cannot be read", "reader", reader, "err", err)
			return
		}
		level := slog.LevelInfo
		if len(fences) < 3 {
			level = slog.LevelWarn
		}
		a.log.Log(ctx, level, "readers of foreign files are fenced", "reader", reader, "by", fences)
	}
}

func (a *App) alive(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) }

// readyWait is how long the store has to answer: whoever asks wants to know now.
const readyWait = time.Second

// ready answers 200 only while the store answers in time and takes writes.
func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWait)
	defer cancel()
	state, _ := a.DB.State()
	if err := a.DB.Answers(ctx); err != nil {
		http.Error(w, "store: no answer", http.StatusServiceUnavailable)
		return
	}
	if state != "ok" {
		http.Error(w, "store: "+state, http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}
