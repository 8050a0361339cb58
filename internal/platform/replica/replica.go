// Package replica copies a living house to another place all the time: at most seconds behind, as far away as wanted.
//
// SQLite writes every commit to its log (app.db-wal) first. The Shipper reads the commits there, with SQLite's own sums,
// into segments: the pages that changed, each with its number, packed (zstd), chained by hash, signed, and encrypted for
// the recipients of the backups. Because only the Shipper lets SQLite empty the log (db.OwnCheckpoints), and only after
// reading it, no commit is missed. Now and then it adds a base: all pages. A restore takes a base, puts the segments after
// it on top and has the file as it was, byte for byte, after the last of them.
//
// A segment waits on the disk here (the spool) until the other place has it, so a connection that fails costs nobody a
// write. Kept files are copied too, under their hash. What cannot be read on (the log went on without us: a crash that
// lost the end of it, a foreign program) begins a new generation with a base of its own; the old one stays until the new
// one is whole.
//
// PostgreSQL ships its own log; then only the files are copied here.
package replica

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"filippo.io/age"

	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/db/guard"
	"github.com/pendapa/pendapa/internal/platform/durable"
)

// Object is something that lies at the other place. Size is in bytes, At milliseconds, 0 when unknown.
type Object struct {
	Name string
	Size int64
	At   int64
}

// Dest is the other place. Put is whole or not at all and replaces; Get gives fs.ErrNotExist for what is not there; List
// gives what begins with prefix, in order of name.
type Dest interface {
	Put(ctx context.Context, name string, body io.ReadSeeker, size int64) error
	Get(ctx context.Context, name string) (io.ReadCloser, error)
	List(ctx context.Context, prefix string) ([]Object, error)
	Remove(ctx context.Context, name string) error
	Close() error
}

// Deps is what a Shipper is given.
type Deps struct {
	DB      *db.DB
	Dest    Dest
	Spool   string // folder for segments that wait, in the data folder
	Log     *slog.Logger
	Now     func() time.Time
	NewID   func() string
	Version string
	Keep    time.Duration // how long the past can be restored, 0 is 7 days
	Last    time.Duration // how long the other place is waited for at the end, 0 is LastWait

	Store   *blob.Store   // the kept files
	Columns []blob.Column // whose rows name them

	Sign       func(data []byte) (string, error) // nil leaves segments unsigned
	Recipients []age.Recipient                   // none leaves the copy plain
	Own        *age.X25519Identity               // opens it here
}

// Sizes and times of the copy.
const (
	tick        = time.Second
	checkpoint  = 16 << 20 // bytes of the log after which it is moved into the database
	segmentMost = 32 << 20 // bytes of pages in one segment, unless one commit alone has more
	spoolLimit  = 4 << 30  // bytes that wait; beyond it the copy begins anew when the place answers again
	baseEvery   = 24 * time.Hour
	baseAfter   = 10_000 // segments
	defaultKeep = 7 * 24 * time.Hour

	// LastWait is how long the end of a house waits for the other place.
	LastWait = 4 * time.Second
)

// state is what the Shipper knows between two runs.
type state struct {
	Generation string `json:"generation"`
	Next       int64  `json:"next"`  // number of the next segment
	Chain      string `json:"chain"` // hash of the last one
	Place      place  `json:"place"`
	Moved      int64  `json:"moved"`          // frame up to which the log was moved into the database by us
	BaseAt     int64  `json:"base_at"`        // milliseconds, of the last base that lies at the other place; 0 none
	BaseNo     int64  `json:"base_no"`        // the segment it stands behind
	Rest       *rest  `json:"rest,omitempty"` // how the database file was left when we stopped well
}

// rest is a database file nobody wrote since: with an empty log nothing is missed.
type rest struct {
	Size  int64 `json:"size"`
	Mtime int64 `json:"mtime"`
}

// Shipper copies one house.
type Shipper struct {
	Deps
	mu       sync.Mutex // state and spool; never held while waiting for the other place
	sending  sync.Mutex
	proof    sync.Mutex // one proof at a time
	state    state
	based    bool // a base is being made
	away     bool // the spool was given up and the other place did not take anything since
	bases    sync.WaitGroup
	ending   atomic.Bool
	whole    atomic.Bool // there is a base of this generation, here or there
	doubt    atomic.Bool // the log was damaged: begin anew
	caught   atomic.Int64
	status   atomic.Pointer[Status]
	waiting  queue   // files
	logFail  failure // of segments and bases
	fileFail failure

	spoolMost int64 // bytes that wait at the most
}

// New makes a Shipper. Its files are in the spool; nothing runs before Run.
func New(d Deps) (*Shipper, error) {
	if d.Keep == 0 {
		d.Keep = defaultKeep
	}
	if d.Last == 0 {
		d.Last = LastWait
	}
	s := &Shipper{Deps: d, waiting: newQueue(), spoolMost: spoolLimit}
	if err := durable.MkdirAll(d.Spool); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(s.statePath())
	if err == nil {
		err = json.Unmarshal(data, &s.state)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.state = state{} // begins anew
	}
	s.whole.Store(s.state.BaseAt > 0)
	s.remember()
	return s, s.tidy()
}

// tidy removes what a killed run left half-written.
func (s *Shipper) tidy() error {
	for _, pattern := range []string{"packing-*", "sealing-*"} {
		left, err := filepath.Glob(filepath.Join(s.Spool, pattern))
		if err != nil {
			return err
		}
		for _, path := range left {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Shipper) statePath() string { return filepath.Join(s.Spool, "state.json") }

func (s *Shipper) keepState() error {
	data, err := json.Marshal(s.state)
	if err != nil {
		return err
	}
	return durable.WriteFile(s.statePath(), data)
}

// rows reports whether the rows are copied: those of PostgreSQL are not.
func (s *Shipper) rows() bool { return s.DB.Dialect() == db.SQLite }

// Kept tells the Shipper of a file that was put; it never waits.
func (s *Shipper) Kept(r blob.Ref) {
	s.waiting.add(r.Hash, s.Now().UnixMilli())
	s.waiting.call()
}

// Status is how the copy is. Times are milliseconds.
type Status struct {
	Rows     bool   // rows are copied, not only files
	UpTo     int64  // everything acknowledged until then lies at the other place; 0 never
	Waiting  int64  // segments and files that are not at the other place yet
	Failure  string // why the other place takes no segments, no files or neither; "" when it takes both
	ProvenAt int64  // when a restore from the copy was last found equal, 0 never
	Problems string // what the last try found
}

// Age gives how far the copy is behind at a time.
func (x Status) Age(now time.Time) time.Duration {
	if x.UpTo == 0 {
		return 365 * 24 * time.Hour
	}
	return max(0, now.Sub(time.UnixMilli(x.UpTo)))
}

// Status tells how the copy is.
func (s *Shipper) Status() Status {
	files, oldest := s.waiting.look()
	x := Status{Rows: s.rows(), Waiting: files, Failure: both(s.logFail.text(), s.fileFail.text())}
	if p := s.status.Load(); p != nil {
		x.ProvenAt, x.Problems = p.ProvenAt, p.Problems
	}
	x.UpTo = s.caught.Load()
	names, _ := s.spooled()
	x.Waiting += int64(len(names))
	for _, n := range names {
		if n.at > 0 && n.at-1 < x.UpTo {
			x.UpTo = n.at - 1
		}
	}
	if s.rows() && !s.whole.Load() {
		x.UpTo = 0
	}
	if files > 0 && x.UpTo > oldest {
		x.UpTo = oldest
	}
	return x
}

// Run copies until ctx ends; then it reads the log once more, sends what it can and leaves the database file at rest.
func (s *Shipper) Run(ctx context.Context) error {
	if s.rows() {
		stop := guard.Watch(s.DB.Path(), func(d guard.Damage) {
			if d.Log {
				s.doubt.Store(true)
			}
		})
		defer stop()
	}
	var loops sync.WaitGroup
	for _, work := range []func(context.Context){s.sendLoop, s.fileLoop} {
		loops.Go(func() { work(ctx) })
	}
	if s.rows() {
		s.captureLoop(ctx)
	}
	<-ctx.Done()
	return s.stop(context.WithoutCancel(ctx), &loops)
}

// Flush reads everything there is, waits for a base that is being made, and sends it all.
func (s *Shipper) Flush(ctx context.Context) error {
	if s.rows() {
		if err := s.back(ctx); err != nil {
			return err
		}
		if err := s.Capture(ctx); err != nil {
			return err
		}
		s.bases.Wait()
	}
	return errors.Join(s.Send(ctx), s.AllFiles(ctx))
}

func (s *Shipper) captureLoop(ctx context.Context) {
	every := time.NewTicker(tick)
	defer every.Stop()
	for ctx.Err() == nil {
		if err := s.Capture(ctx); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "continuous copy: the log of the store could not be read on", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-every.C:
		}
	}
}

// stop leaves everything so that the next start goes on without a new base. The other place has a few seconds to take the rest;
// one that hangs is left behind, and what it did not take waits in the spool.
func (s *Shipper) stop(ctx context.Context, loops *sync.WaitGroup) error {
	ctx, cancel := context.WithTimeout(ctx, s.Last)
	defer cancel()
	s.ending.Store(true)
	s.bases.Wait()
	if s.rows() {
		if err := s.rest(ctx); err != nil {
			return err
		}
	}
	done := make(chan error, 1)
	go func() {
		loops.Wait()
		if err := s.Send(ctx); err != nil {
			s.Log.WarnContext(ctx, "continuous copy: some of it is sent after the next start", "err", err)
		}
		done <- s.Dest.Close()
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		s.Log.WarnContext(ctx, "continuous copy: the other place does not answer; the rest is sent after the next start")
		return nil
	}
}

// failed keeps why a loop got nothing to the other place, nil that it did; the log is told once.
func (s *Shipper) failed(ctx context.Context, f *failure, err error) {
	if f.set(err) {
		s.Log.ErrorContext(ctx, "continuous copy: the other place does not take it", "err", err)
	}
}
