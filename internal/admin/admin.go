// Package admin is the engine room: the audit trail, the health of the server, and backups that are proven by restoring them.
//
// Words: Run (satu pencadangan dengan pembuktiannya), proven (terbukti bisa dipulihkan).
// Tables: admin_backup, admin_scrub, whose rows belong to the host (regency 0), because a backup holds all regencies;
// admin_decision, one row for each regency.
package admin

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/backup"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/keeper"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/platform/replica"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Actions of this room.
const (
	Trail  = "admin.audit"  // read the audit trail
	Health = "admin.health" // see the state of the server
	Backup = "admin.backup" // make and prove backups
)

//go:embed migrations views views/_jobs.html views/_sums.html views/_decisions.html locale
var files embed.FS

// Deps is what the room is given.
type Deps struct {
	DB      *db.DB
	Audit   *audit.Log
	Now     func() time.Time
	NewID   func() string
	Dir     tenant.Directory
	Source  func() backup.Source
	Check   func() backup.Check
	Plain   bool                     // backups are not encrypted
	Lane    func(kind string) string // names the lane of a kind of job
	Root    string                   // folder of backups
	Keep    int                      // how many backups stay
	Data    string                   // folder whose disk is watched
	Version string
	Started time.Time
	// Copy tells how the continuous copy is; false when there is none.
	Copy func() (replica.Status, bool)
	// Host tells whether the actor may see and touch what belongs to the host and not to one regency: its backups and its work.
	// On a host with one regency that is the administrator, on others the host's operator.
	Host func(ctx context.Context) (bool, error)
	// Decided compares every decision of a regency with its content and the audit trail: how many there are, how many no longer fit.
	Decided func(ctx context.Context, regency int64) (looked, wrong int, err error)
	// PathOf gives the page that shows an object of the trail, "" when there is none.
	PathOf func(object, id string) string
	// Files tells how the kept files are: read again and again and compared with their names.
	Files func(ctx context.Context) (keeper.Report, error)
}

// Service is the door of the room.
type Service struct {
	Deps
	scanned atomic.Int64 // when the log was last looked at, in milliseconds
	proving sync.Mutex   // one backup at a time: the next one clears away what a run before left behind
}

// New makes the room.
func New(d Deps) *Service { return &Service{Deps: d} }

// Module shows the room to the house.
func (s *Service) Module() module.Module {
	work, every := s.scrubs()
	work["admin.backup"], work["admin.decisions"] = s.backup, s.checkDecisions
	return module.Module{
		Name: "admin", Files: files, Routes: s.routes,
		Perms: []module.Perm{
			{Action: Trail, Roles: []string{tenant.RoleAdmin, tenant.RoleInspector}},
			{Action: Health, Roles: []string{tenant.RoleAdmin, tenant.RoleHost}},
			{Action: Backup, Roles: []string{tenant.RoleAdmin, tenant.RoleHost}},
		},
		Jobs:  work,
		Lanes: map[string]string{"admin.backup": jobs.LaneBackup, "admin.scrub": jobs.LaneBackup, "admin.decisions": jobs.LaneBackup},
		Every: append(every, jobs.Schedule{Kind: "admin.backup", Every: 24 * time.Hour}, jobs.Schedule{Kind: "admin.decisions", Every: 24 * time.Hour}),
		Nav: []web.NavItem{
			{Area: "kelola", Key: "admin.nav.audit", Path: "/audit", Perm: Trail, Order: 60},
			{Area: "kelola", Key: "admin.nav.health", Path: "/kesehatan", Perm: Health, Order: 70},
			{Area: "kelola", Key: "admin.nav.backup", Path: "/cadangan", Perm: Backup, Order: 80},
		},
	}
}

// Run is one backup with the outcome of proving it. Took is in milliseconds.
type Run struct {
	ID, Name        string
	At, Took, Bytes int64
	State           string // proven, damaged, failed
	Problems        string
}

// Runs lists the latest backups, newest first.
func (s *Service) Runs(ctx context.Context, limit int) ([]Run, error) {
	rows, err := s.DB.Query(ctx, `SELECT id, name, at, took, bytes, state, problems FROM admin_backup WHERE regency_id = 0 ORDER BY at DESC LIMIT $1`, limit)
	return db.Collect(rows, err, func(r *sql.Rows) (x Run, err error) {
		return x, r.Scan(&x.ID, &x.Name, &x.At, &x.Took, &x.Bytes, &x.State, &x.Problems)
	})
}

// Proof gives when a backup was last restored and found equal; ok is false when that never happened.
func (s *Service) Proof(ctx context.Context) (at int64, ok bool, err error) {
	err = s.DB.QueryRow(ctx, `SELECT coalesce(max(at), 0) FROM admin_backup WHERE regency_id = 0 AND state = 'proven'`).Scan(&at)
	return at, at > 0, err
}

// backup is the daily job.
func (s *Service) backup(ctx context.Context, _ jobs.Job) error {
	_, err := s.MakeAndProve(ctx)
	return err
}

// MakeAndProve makes a backup, restores it into a scratch folder, compares every row and file, and keeps the outcome.
// A run that is asked for while another one is under way waits for it.
func (s *Service) MakeAndProve(ctx context.Context) (Run, error) {
	s.proving.Lock()
	defer s.proving.Unlock()
	if err := ctx.Err(); err != nil {
		return Run{}, err
	}
	start := s.Now()
	run := Run{ID: s.NewID(), At: start.UnixMilli(), State: "proven"}
	m, err := backup.Make(ctx, s.Source(), s.Root, start)
	run.Name, run.Bytes = m.Name, m.Bytes()
	var problems []string
	if err == nil {
		problems, err = backup.Verify(ctx, filepath.Join(s.Root, m.Name), filepath.Join(s.Root, "."+m.Name+".scratch"), s.Check())
	}
	switch {
	case err != nil:
		run.State, run.Problems = "failed", err.Error()
	case len(problems) > 0:
		run.State, run.Problems = "damaged", strings.Join(problems[:min(5, len(problems))], "; ")
	default:
		err = backup.Prune(s.Root, s.Keep)
	}
	run.Took = s.Now().Sub(start).Milliseconds()
	return run, errors.Join(err, s.keep(context.WithoutCancel(ctx), run))
}

func (s *Service) keep(ctx context.Context, run Run) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO admin_backup (regency_id, id, name, at, took, bytes, state, problems) VALUES (0, $1, $2, $3, $4, $5, $6, $7)`,
			run.ID, run.Name, run.At, run.Took, run.Bytes, run.State, run.Problems)
		return err
	})
}

// ofHost refuses an actor who may not touch what belongs to the host.
func (s *Service) ofHost(ctx context.Context) error {
	may, err := s.Host(ctx)
	if err == nil && !may {
		err = errs.E(errs.Forbidden, "admin.error.host", nil)
	}
	return err
}

// ask starts a backup in the background.
func (s *Service) ask(ctx context.Context) error {
	if !tenant.From(ctx).Can(Backup, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	if err := s.ofHost(ctx); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := jobs.Enqueue(ctx, tx, 0, "admin.backup", struct{}{}, time.Time{}); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "admin.backup.ask", Object: "admin_backup"})
	})
}
