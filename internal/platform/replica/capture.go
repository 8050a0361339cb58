package replica

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/db/guard"
)

// errBroken is a log that went on without us.
var errBroken = errors.New("the log does not go on where the copy stopped")

// Capture reads the commits that the log holds since the last time into the spool and empties the log when it is long.
func (s *Shipper) Capture(ctx context.Context) error {
	err := s.once(ctx)
	if !errors.Is(err, errBroken) {
		return err
	}
	s.Log.WarnContext(ctx, "continuous copy: it begins anew with all pages", "why", err.Error())
	return s.anew(ctx)
}

func (s *Shipper) once(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return s.idle(ctx)
	}
	if s.doubt.Swap(false) {
		return errors.Join(fmt.Errorf("%w: it was damaged", errBroken), s.forget())
	}
	if s.state.Generation == "" {
		return fmt.Errorf("%w: nothing is known of a copy before", errBroken)
	}
	if err := s.readOn(); err != nil {
		return err
	}
	if long, err := s.long(); err != nil || !long {
		return errors.Join(err, s.renew(ctx))
	}
	err := s.DB.Alone(ctx, func(pool *sql.DB) error {
		if err := s.readOn(); err != nil {
			return err
		}
		_, err := s.move(pool, "PASSIVE")
		return err
	})
	return errors.Join(err, s.renew(ctx))
}

// long reports whether the log holds so much that it should be moved into the database.
func (s *Shipper) long() (bool, error) {
	info, err := os.Stat(s.DB.Path() + "-wal")
	if os.IsNotExist(err) {
		return false, nil
	}
	return err == nil && info.Size() > 0 && (s.state.Place.Frame-s.state.Moved)*4096 > checkpoint, err
}

// move lets SQLite put the log into the database; everything in it was read. all tells that nothing stays behind, because
// no reader needs an older state.
func (s *Shipper) move(pool *sql.DB, how string) (all bool, err error) {
	var busy, frames, moved int64
	if err := pool.QueryRow("PRAGMA wal_checkpoint("+how+")").Scan(&busy, &frames, &moved); err != nil {
		return false, err
	}
	s.state.Moved = s.state.Place.Frame
	return busy == 0 && frames == moved, s.keepState()
}

// readOn reads the commits since the last place into segments. Under mu.
func (s *Shipper) readOn() error {
	began := s.Now().UnixMilli()
	f, err := openLog(s.DB.Path())
	if err != nil {
		return err
	}
	if f == nil {
		s.caught.Store(began)
		return nil
	}
	defer f.Close()
	h, ok := readHead(f)
	if !ok { // nothing was written since the log was emptied
		s.caught.Store(began)
		return nil
	}
	if err := s.connect(f, h); err != nil {
		return err
	}
	for {
		got, err := scan(f, h, s.state.Place, segmentMost)
		if err != nil {
			return err
		}
		if got.end == s.state.Place {
			s.caught.Store(began)
			return nil
		}
		if err := s.segment(f, h, got, began); err != nil {
			return err
		}
	}
}

// connect finds where to read on in a log whose header may be new.
func (s *Shipper) connect(f io.ReaderAt, h head) error {
	p, left := s.state.Place, s.state.Rest
	s.state.Rest = nil
	switch {
	case left != nil: // the first look after a start that followed a good stop: the log was empty then
		if h.start.Seq != 0 || !s.atRest(left) {
			return fmt.Errorf("%w: somebody wrote while the house was closed", errBroken)
		}
		s.state.Place, s.state.Moved = h.start, 0
	case p.Salts == "":
		s.state.Place, s.state.Moved = h.start, 0
	case p.Salts == h.start.Salts:
		if s.caught.Load() == 0 && !reaches(f, h, p) { // the first look after a start
			return fmt.Errorf("%w: its end was lost", errBroken)
		}
	case h.follows(p) && p.Frame == s.state.Moved:
		s.state.Place, s.state.Moved = h.start, 0
	default:
		return fmt.Errorf("%w: it was emptied by somebody else", errBroken)
	}
	return nil
}

func (s *Shipper) atRest(left *rest) bool {
	info, err := os.Stat(s.DB.Path())
	return err == nil && info.Size() == left.Size && info.ModTime().UnixNano() == left.Mtime
}

func (s *Shipper) segment(f io.ReaderAt, h head, got found, at int64) error {
	x := header{Kind: segmentKind, Generation: s.state.Generation, Number: s.state.Next, Before: s.state.Chain, At: at, PageSize: h.page, Size: got.size}
	chain, err := s.write(x, slices.Collect(maps.Keys(got.pages)), func(no uint32, page []byte) error {
		_, err := f.ReadAt(page, got.pages[no])
		return err
	})
	if err != nil {
		return err
	}
	s.state.Next, s.state.Chain, s.state.Place = s.state.Next+1, chain, got.end
	return s.keepState()
}

// anew begins a generation: its segments hold the log from its beginning, so that a base read page by page while the house
// goes on is made whole by them.
func (s *Shipper) anew(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return nil
	}
	err := s.DB.Alone(ctx, func(*sql.DB) error {
		g := s.Now().UTC().Format("20060102T150405Z") + "-" + strings.ToLower(strings.ReplaceAll(s.NewID(), "_", "-"))
		s.state = state{Generation: g, Next: 1, Chain: hexSum([]byte(g))}
		s.whole.Store(false)
		f, err := openLog(s.DB.Path())
		if err != nil || f == nil {
			return errors.Join(err, s.keepState())
		}
		if h, ok := readHead(f); ok {
			s.state.Place = h.start
		}
		return errors.Join(f.Close(), s.keepState())
	})
	if err != nil {
		return err
	}
	s.startBase(0, s.state.Chain)
	return s.readOn()
}

// renew adds a base when the last is a day old or many segments ago, so that a restore never takes long. Under mu.
func (s *Shipper) renew(ctx context.Context) error {
	due := s.Now().UnixMilli()-s.state.BaseAt > baseEvery.Milliseconds() || s.state.Next-s.state.BaseNo > baseAfter
	if s.state.BaseAt == 0 && !s.based { // a run ended before its base was made: only the beginning of a log is enough
		return errBroken
	}
	if !due || s.based {
		return nil
	}
	return s.DB.Alone(ctx, func(pool *sql.DB) error {
		if err := s.readOn(); err != nil {
			return err
		}
		all, err := s.move(pool, "PASSIVE")
		if err == nil && all {
			s.startBase(s.state.Next-1, s.state.Chain)
		}
		return err
	})
}

// startBase reads all pages in the background: the database file holds at least everything up to the segment, and what is
// written into it meanwhile stands in later ones. Under mu.
func (s *Shipper) startBase(number int64, chain string) {
	s.based = true
	generation, at := s.state.Generation, s.Now().UnixMilli()
	s.bases.Add(1)
	go func() {
		defer s.bases.Done()
		err := s.base(header{Kind: baseKind, Generation: generation, Number: number, Before: chain, At: at, Columns: s.Columns})
		s.mu.Lock()
		defer s.mu.Unlock()
		s.based = false
		if err != nil {
			s.Log.Error("continuous copy: the pages could not be read", "err", err)
			return
		}
		if s.state.Generation == generation {
			s.state.BaseAt, s.state.BaseNo = at, number
			s.whole.Store(true)
			_ = s.keepState() // kept again with the next segment
		}
	}()
}

func (s *Shipper) base(x header) (err error) {
	f, done, err := guard.Pages(s.DB.Path())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	start := make([]byte, 100)
	if _, err := f.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if x.PageSize = int(start[16])<<8 | int(start[17]); x.PageSize == 1 {
		x.PageSize = 65536
	}
	if x.PageSize == 0 { // the database is still in its log alone
		x.PageSize = 4096
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	numbers := make([]uint32, info.Size()/int64(x.PageSize))
	for n := range numbers {
		numbers[n] = uint32(n) + 1 //nolint:gosec // SQLite has no more pages
	}
	x.Size = uint32(len(numbers)) //nolint:gosec // as above
	_, err = s.write(x, numbers, func(no uint32, page []byte) error {
		if s.ending.Load() {
			return errors.New("the house is closing")
		}
		if _, err := f.ReadAt(page, int64(no-1)*int64(x.PageSize)); err != nil {
			return err
		}
		return s.sound(no)
	})
	return err
}

// sound compares a page with its sum, so that rot is not copied. A page that is being written is looked at again.
func (s *Shipper) sound(no uint32) error {
	if !guard.IsOpen(s.DB.Path()) {
		return nil
	}
	for range 5 {
		if fits, err := guard.CheckPage(s.DB.Path(), int64(no)); err != nil || fits {
			return err
		}
	}
	return fmt.Errorf("page %d is damaged", no)
}

// rest reads the log for the last time, empties it and remembers how the file was left.
func (s *Shipper) rest(ctx context.Context) error {
	if err := s.Capture(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away { // the next start begins anew
		return nil
	}
	return s.DB.Alone(ctx, func(pool *sql.DB) error {
		if err := s.readOn(); err != nil {
			return err
		}
		if all, err := s.move(pool, "TRUNCATE"); err != nil || !all {
			return err // the log stays and is read on after the next start
		}
		info, err := os.Stat(s.DB.Path())
		if err != nil {
			return err
		}
		s.state.Rest = &rest{Size: info.Size(), Mtime: info.ModTime().UnixNano()}
		return s.keepState()
	})
}

// spoolPath gives the place of one that waits.
func (s *Shipper) spoolPath(n spoolName) string { return filepath.Join(s.Spool, n.file) }
