package replica

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/platform/durable"
)

// sendLoop brings what waits to the other place, a second after it came, and forgets there what is too old.
func (s *Shipper) sendLoop(ctx context.Context) {
	every := time.NewTicker(tick / 4)
	defer every.Stop()
	var pruned time.Time
	for ctx.Err() == nil {
		err := s.sendTurn(ctx, &pruned)
		wait := tick / 4
		if err != nil {
			wait = 5 * time.Second
		}
		every.Reset(wait)
		select {
		case <-ctx.Done():
		case <-every.C:
		}
	}
}

// sendTurn is one turn of the loop: it sends, forgets what is too old once an hour, and keeps why it failed.
func (s *Shipper) sendTurn(ctx context.Context, pruned *time.Time) error {
	err := s.Send(ctx)
	if err == nil && s.Now().Sub(*pruned) > time.Hour && s.rows() {
		*pruned = s.Now()
		err = s.prune(ctx)
	}
	if ctx.Err() == nil {
		s.failed(ctx, &s.logFail, err)
	}
	return err
}

// Send brings everything that waits in the spool to the other place, in order.
func (s *Shipper) Send(ctx context.Context) error {
	s.sending.Lock() // one at a time: the proof sends too
	defer s.sending.Unlock()
	if err := s.back(ctx); err != nil {
		return err
	}
	names, err := s.spooled()
	if err != nil {
		return err
	}
	for _, n := range names {
		if err := s.sendOne(ctx, n); err != nil {
			return errors.Join(err, s.tooMuch())
		}
	}
	return nil
}

func (s *Shipper) sendOne(ctx context.Context, n spoolName) (err error) {
	f, err := os.Open(s.spoolPath(n))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		end := segmentEnd
		if n.base {
			end = baseEnd
		}
		err = s.Dest.Put(ctx, logName(n.generation, n.number, end), f, info.Size())
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Remove(s.spoolPath(n))
}

// tooMuch gives up a spool that grows without end because the other place is away: the copy begins anew when it is back. That
// is durable before the first segment goes, or a restart would go on behind a gap. The youngest go first, so that those
// which a kill leaves follow each other and are harmless when they are sent.
func (s *Shipper) tooMuch() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	names, err := s.spooled()
	if err != nil {
		return err
	}
	var bytes int64
	for _, n := range names {
		if info, err := os.Stat(s.spoolPath(n)); err == nil {
			bytes += info.Size()
		}
	}
	if bytes < s.spoolMost {
		return nil
	}
	if err := s.forget(); err != nil {
		return err
	}
	s.away = true
	for _, n := range slices.Backward(names) {
		if err := os.Remove(s.spoolPath(n)); err != nil {
			return err
		}
	}
	return nil
}

// forget lets the copy begin anew, also after a restart. It takes no room on the disk, which may be what is short. Under mu.
func (s *Shipper) forget() error {
	s.state = state{}
	s.whole.Store(false)
	if err := os.Remove(s.statePath()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return durable.SyncDir(s.Spool)
}

// prune forgets what no restore within the time that is kept needs: everything before the last base that is older than
// that, except the newest base and what follows it.
func (s *Shipper) prune(ctx context.Context) error {
	all, err := s.Dest.List(ctx, "log/")
	if err != nil {
		return err
	}
	first, ok := firstNeeded(all, s.Now().Add(-s.Keep))
	if !ok {
		return nil
	}
	for _, o := range all {
		if o.Name >= first {
			return nil
		}
		if err := s.Dest.Remove(ctx, o.Name); err != nil {
			return err
		}
	}
	return nil
}

// firstNeeded gives the name of the youngest base that is older than a time: what stands before it is never needed. The
// names are in order of time: generations begin with their date. A base counts as old as the object that holds it.
func firstNeeded(all []Object, before time.Time) (name string, ok bool) {
	for _, o := range all {
		if strings.HasSuffix(o.Name, baseEnd) && o.At > 0 && o.At < before.UnixMilli() {
			name, ok = o.Name, true
		}
	}
	return name, ok
}

// numberOf reads generation, number and kind out of a name.
func numberOf(name string) (generation string, number int64, end string, ok bool) {
	parts := strings.Split(name, "/")
	if len(parts) != 3 || parts[0] != "log" {
		return "", 0, "", false
	}
	digits, end, ok := strings.Cut(parts[2], ".")
	number, err := strconv.ParseInt(digits, 10, 64)
	return parts[1], number, "." + end, ok && err == nil
}
