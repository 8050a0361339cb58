// Package keeper watches over kept files: it reads all of them slowly again and again, remembers which are damaged or
// missing, and puts them back from any copy that is whole (a backup, the continuous copy, a fresh upload).
//
// A file is what a row names, so the rooms tell which columns do. Tables: keeper_bad (a file that is not as it was put)
// and keeper_pass (how far the reading is); their rows belong to the host (regency 0), because a file may serve several
// regencies. That a file was found bad or was mended stands in the trail of every regency that names it.
package keeper

import (
	"context"
	"database/sql"
	"embed"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
)

// Files holds the migrations.
//
//go:embed migrations
var Files embed.FS

// Source is a place that may hold copies of files. Fetch hands each copy it has of a file to try, best first, until one
// is taken (nil); a place without a copy does not call it.
type Source interface {
	Fetch(ctx context.Context, hash string, try func(r io.Reader, from string) error) error
}

// Deps is what the keeper is given. Pace is called after so many bytes were read and waits to spare the disk; nil reads on.
type Deps struct {
	DB      *db.DB
	Store   *blob.Store
	Audit   *audit.Log
	Log     *slog.Logger
	Now     func() time.Time
	Columns []blob.Column
	Pace    func(ctx context.Context, bytes int64)
}

// Keeper is the watch over one store.
type Keeper struct {
	Deps
	mu      sync.Mutex
	heard   map[string]string // hash -> state, not yet written down
	sources []Source
}

// New makes a keeper. Let the store tell it of bad files with Listen(k.Ears()).
func New(d Deps) *Keeper { return &Keeper{Deps: d, heard: map[string]string{}} }

// Hear notes that a file was found bad; it is written down and mended by the next run of Tend.
func (k *Keeper) Hear(hash, state string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.heard[hash] = state
}

// AddSource names a place to mend from; the first is asked first.
func (k *Keeper) AddSource(s Source) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sources = append(k.sources, s)
}

// SetColumns names the columns whose rows name files.
func (k *Keeper) SetColumns(c []blob.Column) { k.Columns = c }

// Jobs gives the work of the keeper and how often it is done.
func (k *Keeper) Jobs() (map[string]jobs.Func, []jobs.Schedule) {
	return map[string]jobs.Func{
			"keeper.tend":  func(ctx context.Context, _ jobs.Job) error { return k.Tend(ctx) },
			"keeper.scrub": func(ctx context.Context, _ jobs.Job) error { return k.Scrub(ctx) },
		}, []jobs.Schedule{
			{Kind: "keeper.tend", Every: time.Minute},
			{Kind: "keeper.scrub", Every: 30 * time.Minute},
		}
}

// HearGood notes that a file was put whole; what is written down of it is looked at by the next run of Tend.
func (k *Keeper) HearGood(hash string) { k.Hear(hash, "") }

// State gives what is wrong with a file: "" when nothing is known to be.
func (k *Keeper) State(ctx context.Context, hash string) (string, error) {
	k.mu.Lock()
	state, heard := k.heard[hash]
	k.mu.Unlock()
	if heard {
		return state, nil
	}
	if !k.Store.Has(hash) {
		k.Hear(hash, blob.Missing)
		return blob.Missing, nil
	}
	err := k.DB.QueryRow(ctx, `SELECT state FROM keeper_bad WHERE regency_id = 0 AND hash = $1`, hash).Scan(&state)
	if db.NotFound(err) {
		return "", nil
	}
	return state, err
}

// Report is how the files are. Times are milliseconds, 0 is never; Size is in bytes.
type Report struct {
	Damaged, Missing int
	BeganAt          int64 // the reading that runs now
	Files, Size      int64 // read in it so far
	EndedAt          int64 // the last reading of all files
	Ended            int64 // how many files that were
}

// Report tells how the files are.
func (k *Keeper) Report(ctx context.Context) (r Report, err error) {
	err = k.DB.QueryRow(ctx, `SELECT coalesce(sum(CASE WHEN state = 'damaged' THEN 1 ELSE 0 END), 0),
		coalesce(sum(CASE WHEN state = 'missing' THEN 1 ELSE 0 END), 0) FROM keeper_bad WHERE regency_id = 0`).Scan(&r.Damaged, &r.Missing)
	if err != nil {
		return r, err
	}
	p, err := k.pass(ctx)
	r.BeganAt, r.Files, r.Size, r.EndedAt, r.Ended = p.began, p.files, p.bytes, p.endedAt, p.ended
	return r, err
}

// Bad is a file that is not as it was put, since when in milliseconds.
type Bad struct {
	Hash, State      string
	FoundAt, TriedAt int64
}

// List gives the bad files, oldest first.
func (k *Keeper) List(ctx context.Context) ([]Bad, error) {
	rows, err := k.DB.Query(ctx, `SELECT hash, state, found_at, tried_at FROM keeper_bad WHERE regency_id = 0 ORDER BY found_at, hash`)
	return db.Collect(rows, err, func(r *sql.Rows) (b Bad, err error) {
		return b, r.Scan(&b.Hash, &b.State, &b.FoundAt, &b.TriedAt)
	})
}

// owners lists the regencies whose rows name a file.
func (k *Keeper) owners(ctx context.Context, q db.Queryer, hash string) ([]int64, error) {
	var out []int64
	seen := map[int64]bool{}
	for _, c := range k.Columns {
		rows, err := q.Query(ctx, `SELECT DISTINCT regency_id FROM `+c.Table+` WHERE regency_id >= 0 AND `+c.Column+` = $1`, hash)
		found, err := db.Collect(rows, err, func(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) })
		if err != nil {
			return nil, err
		}
		for _, n := range found {
			if !seen[n] {
				seen[n] = true
				out = append(out, n)
			}
		}
	}
	return out, nil
}
