// Package jobs runs work in the background from one table: what a change causes is enqueued in the same transaction, so
// both happen or neither (an outbox). A job may run more than once; its handler must be safe to repeat.
//
// Kinds run in lanes with workers of their own, so that slow letters never hold up what the house needs. A try counts when
// it begins: a job that ends its process is given up after a few times instead of doing so for ever. Whoever runs a job
// renews its lease while it works.
package jobs

import (
	"context"
	"embed"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/id"
)

// Files holds the migrations of the job table.
//
//go:embed migrations
var Files embed.FS

// Job is one piece of work. Regency 0 is work of the host itself. Attempt counts from 1, Deaths is how often the process
// ended while it ran.
type Job struct {
	ID      string
	Regency int64
	Kind    string
	Args    json.RawMessage
	Attempt int
	Deaths  int
}

// Decode reads the arguments into v.
func (j Job) Decode(v any) error { return json.Unmarshal(j.Args, v) }

// Func does a job of one kind. It ends soon after ctx does: at its lane's time limit and when the server stops.
type Func func(ctx context.Context, j Job) error

// Schedule asks for a job of this kind every so often, once for the whole host (regency 0).
type Schedule struct {
	Kind  string
	Every time.Duration
}

const (
	mostTries  = 12
	mostDeaths = 5
	mostReason = 1000 // bytes of a kept reason
)

// The lanes. A kind that names none runs in LaneHouse.
const (
	LaneHouse   = "house"   // what the house itself needs: checkpoints, notices, schedules, events
	LaneLetters = "letters" // letters to a mail server
	LaneFiles   = "files"   // reading of files
	LaneHooks   = "hooks"   // calls to other servers
	LaneBackup  = "backup"  // long copies
)

// lane is a queue with its own workers. limit is how long one job may take. last is the regency that was served last, so
// that the next one has its turn.
type lane struct {
	name    string
	workers int
	limit   time.Duration
	kinds   []string
	last    int64
}

func lanes() []*lane {
	return []*lane{
		{name: LaneHouse, workers: 2, limit: 5 * time.Minute, last: -1},
		{name: LaneLetters, workers: 2, limit: 2 * time.Minute, last: -1},
		{name: LaneFiles, workers: 2, limit: 5 * time.Minute, last: -1},
		{name: LaneHooks, workers: 2, limit: 2 * time.Minute, last: -1},
		{name: LaneBackup, workers: 1, limit: 24 * time.Hour, last: -1},
	}
}

// Pace is the time between looks and how long things are waited for.
type Pace struct {
	Idle  time.Duration // between two looks for work
	Lease time.Duration // how long a job stays taken after its runner was last heard of
	Grace time.Duration // how long running jobs may go on when the server stops, before they are cancelled
	Last  time.Duration // how long a cancelled job is waited for
}

// DefaultPace is that of a server. Grace and Last together stay below the documented 15 seconds of a stop.
func DefaultPace() Pace {
	return Pace{Idle: time.Second, Lease: time.Minute, Grace: 6 * time.Second, Last: 3 * time.Second}
}

// Enqueue adds work to the caller's transaction, to run at or after at (zero: now).
func Enqueue(_ context.Context, tx *db.Tx, regency int64, kind string, args any, at time.Time) error {
	data, err := json.Marshal(args)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO jobs_job (regency_id, id, kind, args, run_at, attempt, state, lease_until)
		VALUES ($1, $2, $3, $4, $5, 0, 'waiting', 0)`, regency, id.New(), kind, string(data), millis(at))
	return err
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Runner takes jobs one after another and runs them.
type Runner struct {
	Pace  Pace
	d     *db.DB
	log   *slog.Logger
	now   func() time.Time
	funcs map[string]Func
	lanes []*lane
	every []Schedule

	mu      sync.Mutex // running and the turns of the lanes
	running map[string]bool
	settled time.Time
}

// NewRunner makes a runner that knows no job yet.
func NewRunner(d *db.DB, log *slog.Logger, now func() time.Time) *Runner {
	return &Runner{Pace: DefaultPace(), d: d, log: log, now: now, funcs: map[string]Func{}, lanes: lanes(),
		running: map[string]bool{}}
}

// Add makes a kind known in the lane of the house. Two handlers of one kind are a programmer's mistake.
func (r *Runner) Add(kind string, f Func) { r.AddTo(LaneHouse, kind, f) }

// AddTo makes a kind known in a lane; "" is the house.
func (r *Runner) AddTo(name, kind string, f Func) {
	if _, twice := r.funcs[kind]; twice {
		panic("jobs: two handlers for " + kind)
	}
	if name == "" {
		name = LaneHouse
	}
	at := slices.IndexFunc(r.lanes, func(l *lane) bool { return l.name == name })
	if at < 0 {
		panic("jobs: no lane " + name + " for " + kind)
	}
	r.funcs[kind] = f
	r.lanes[at].kinds = append(r.lanes[at].kinds, kind)
}

// Lane names the lane of a kind; the house for a kind nobody handles.
func (r *Runner) Lane(kind string) string {
	for _, l := range r.lanes {
		if slices.Contains(l.kinds, kind) {
			return l.name
		}
	}
	return LaneHouse
}

// AddSchedule asks for regular work.
func (r *Runner) AddSchedule(s Schedule) { r.every = append(r.every, s) }
