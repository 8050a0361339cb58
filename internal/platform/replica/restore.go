package replica

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/durable"
	"github.com/pendapa/pendapa/internal/platform/lock"
)

// Point is where a restore stands.
type Point struct {
	Generation string
	Number     int64 // of the last segment
	At         int64 // milliseconds: everything acknowledged until then
	Segments   int
	Missing    []string // files that rows name and the copy does not hold
	columns    []blob.Column
}

// Until ends a restore early; zero values end it at the end of the copy.
type Until struct {
	Generation string
	Number     int64
	At         int64 // milliseconds
}

// listing is what the other place holds, by generation.
type listing struct {
	bases, segments []int64
}

func list(ctx context.Context, d Dest) (map[string]*listing, []string, error) {
	all, err := d.List(ctx, "log/")
	if err != nil {
		return nil, nil, err
	}
	out := map[string]*listing{}
	for _, o := range all {
		g, number, end, ok := numberOf(o.Name)
		if !ok {
			continue
		}
		l := out[g]
		if l == nil {
			l = &listing{}
			out[g] = l
		}
		switch end {
		case baseEnd:
			l.bases = append(l.bases, number)
		case segmentEnd:
			l.segments = append(l.segments, number)
		}
	}
	var names []string
	for g, l := range out {
		slices.Sort(l.bases)
		slices.Sort(l.segments)
		if len(l.bases) > 0 {
			names = append(names, g)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(b, a) })
	return out, names, nil
}

// Reaches gives the earliest moment that a copy brings back; ok is false when it holds no rows.
func Reaches(ctx context.Context, d Dest) (from time.Time, ok bool, err error) {
	all, err := d.List(ctx, "log/")
	for _, o := range all {
		if at := time.UnixMilli(o.At); strings.HasSuffix(o.Name, baseEnd) && o.At > 0 && (!ok || at.Before(from)) {
			from, ok = at, true
		}
	}
	return from, ok, err
}

// Rows brings the database of a copy to a new file: the newest base and all segments after it. What does not fit its hash,
// its signature or the segment before ends it with an error, never with half of a change.
func Rows(ctx context.Context, d Dest, path string, until Until, trust Trust) (Point, error) {
	all, generations, err := list(ctx, d)
	if err != nil {
		return Point{}, err
	}
	if len(generations) == 0 {
		return Point{}, errors.New("there is no whole copy in this place: no base was found")
	}
	for _, g := range generations {
		if until.Generation != "" && g != until.Generation {
			continue
		}
		p, err := replay(ctx, d, g, *all[g], path, until, trust)
		if !errors.Is(err, errTooYoung) {
			return p, err
		}
	}
	return Point{}, errors.New("the copy does not reach back to that time")
}

// errTooYoung is a generation that began after the time that is asked for.
var errTooYoung = errors.New("the copy does not reach back so far")

func replay(ctx context.Context, d Dest, g string, l listing, path string, until Until, trust Trust) (p Point, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, f.Sync(), f.Close()) }()
	r := replayer{d: d, f: f, trust: trust}
	for i := len(l.bases) - 1; i >= 0; i-- {
		if until.Number > 0 && l.bases[i] > until.Number {
			continue
		}
		if err = r.apply(ctx, g, l.bases[i], baseEnd, until.At); err == nil || !errors.Is(err, errTooYoung) {
			break
		}
	}
	if err != nil {
		return p, err
	}
	if r.last.Kind != baseKind {
		return p, errTooYoung
	}
	for _, number := range l.segments {
		if number <= r.number || until.Number > 0 && number > until.Number {
			continue
		}
		if number != r.number+1 {
			return p, fmt.Errorf("segment %d is missing, later ones are there", r.number+1)
		}
		if err := r.apply(ctx, g, number, segmentEnd, until.At); errors.Is(err, errTooYoung) {
			break
		} else if err != nil {
			return p, err
		}
		p.Segments++
	}
	if until.Number > r.number {
		return p, fmt.Errorf("the copy ends at segment %d, %d was asked for", r.number, until.Number)
	}
	p.Generation, p.Number, p.At, p.columns = g, r.number, r.last.At, r.columns
	return p, f.Truncate(int64(r.last.Size) * int64(r.last.PageSize))
}

// replayer puts segments on top of each other.
type replayer struct {
	d       Dest
	f       *os.File
	trust   Trust
	number  int64
	chain   string
	last    header
	columns []blob.Column
}

func (r *replayer) apply(ctx context.Context, g string, number int64, end string, until int64) (err error) {
	name := logName(g, number, end)
	in, err := r.d.Get(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	h, chain, pages, err := open(in, r.trust)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if h.Generation != g || h.Number != number || (h.Kind == baseKind) != (end == baseEnd) || r.last.PageSize > 0 && h.PageSize != r.last.PageSize {
		return fmt.Errorf("%s is another segment under this name", name)
	}
	if until > 0 && h.At > until {
		return errTooYoung
	}
	if h.Kind == baseKind {
		r.columns, chain = h.Columns, h.Before
	} else if h.Before != r.chain {
		return fmt.Errorf("%s does not follow the segment before it", name)
	}
	if err := unpack(pages, h, r.f); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	r.number, r.chain, r.last = number, chain, h
	return nil
}

// Restore brings a copy into an empty data folder: rows and files. The folder has its name only when all of it is on the
// disk. Files that the copy does not hold are told of and do not stop it; one that is there and cannot be read, after some
// tries, ends it.
func Restore(ctx context.Context, d Dest, data string, until Until, trust Trust) (p Point, err error) {
	if entries, err := os.ReadDir(data); err == nil && len(entries) > 0 {
		return p, fmt.Errorf("%s is not empty; nothing is overwritten", data)
	}
	part, held, err := lock.Build(data)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, held.Drop(data)) }()
	path := filepath.Join(part, "app.db")
	if p, err = Rows(ctx, d, path, until, trust); err != nil {
		return p, err
	}
	named, err := look(ctx, path, p.columns, trust.Prove)
	if err != nil {
		return p, err
	}
	files, err := blob.New(filepath.Join(part, "files"))
	if err != nil {
		return p, err
	}
	for hash := range named {
		switch err := bring(ctx, d, files, hash, trust); {
		case errors.Is(err, fs.ErrNotExist):
			p.Missing = append(p.Missing, hash)
		case err != nil:
			return p, fmt.Errorf("file %s could not be read from the copy, nothing was restored; if it stays so, "+
				"take it away there (%s) to restore without it: %w", hash, fileName(hash, false), err)
		}
	}
	slices.Sort(p.Missing)
	if err := durable.SyncTree(part); err != nil {
		return p, err
	}
	return p, held.Finish(data)
}

// tries is how often a file is asked for before a restore fails.
const tries = 4

// bring fetches one file of a copy. fs.ErrNotExist means that the place answered and does not hold it.
func bring(ctx context.Context, d Dest, files *blob.Store, hash string, trust Trust) (err error) {
	from, pause := Copies{Dest: d, Identities: trust.Identities}, cmp.Or(trust.Pause, time.Second)
	for try := range tries {
		if try > 0 {
			if err := pauseFor(ctx, pause<<(try-1)); err != nil {
				return err
			}
		}
		got := false
		err = from.Fetch(ctx, hash, func(r io.Reader, _ string) error {
			_, err := files.Mend(ctx, hash, r)
			got = err == nil
			return err
		})
		if stopped := ctx.Err(); stopped != nil {
			return stopped
		}
		if err == nil && !got {
			return fs.ErrNotExist
		}
		if err == nil {
			return nil
		}
	}
	return fmt.Errorf("tried %d times: %v", tries, err) //nolint:errorlint // whatever it is, the file is not missing
}

func pauseFor(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// look opens a restored database, lets SQLite and prove check it, and lists the files it names.
func look(ctx context.Context, path string, columns []blob.Column, prove func(context.Context, *db.DB) error) (
	named map[string]bool, err error,
) {
	d, err := db.Open(ctx, "sqlite:"+path)
	if err != nil {
		return nil, err
	}
	defer func() {
		err = errors.Join(err, d.Close())
		for _, end := range []string{"-wal", "-shm", "-sum", "-mark"} {
			if failed := os.Remove(path + end); failed != nil && !os.IsNotExist(failed) {
				err = errors.Join(err, failed)
			}
		}
	}()
	if err := d.IntegrityCheck(ctx); err != nil {
		return nil, err
	}
	if prove != nil {
		if err := prove(ctx, d); err != nil {
			return nil, err
		}
	}
	return Named(ctx, d, columns)
}
