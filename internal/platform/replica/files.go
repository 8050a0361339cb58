package replica

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
)

// filesAgain is how often all files are compared with those at the other place.
const filesAgain = 6 * time.Hour

func fileName(hash string, sealed bool) string {
	name := "files/" + hash[:2] + "/" + hash[2:]
	if sealed {
		name += sealedEnd
	}
	return name
}

// fileLoop copies files as they come, and now and then all that the other place does not have.
func (s *Shipper) fileLoop(ctx context.Context) {
	again := time.NewTimer(0)
	defer again.Stop()
	for {
		var err error
		wait := filesAgain
		select {
		case <-ctx.Done():
			return
		case <-s.waiting.wake:
			if err = s.putWaiting(ctx); err == nil {
				wait = 0 // the look at all files stays when it was
			}
		case <-again.C:
			err = s.AllFiles(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		if s.failed(ctx, &s.fileFail, err); err != nil {
			wait = time.Minute // then the look at all files brings what waits
		}
		if wait > 0 {
			again.Reset(wait)
		}
	}
}

// putWaiting copies the files that wait. A file that fails goes on waiting; after a few the place counts as away.
func (s *Shipper) putWaiting(ctx context.Context) error {
	var failed []error
	for _, hash := range s.waiting.all() {
		err := errors.Join(ctx.Err(), s.PutFile(ctx, hash))
		if err == nil {
			continue
		}
		if failed = append(failed, err); len(failed) >= 3 {
			break
		}
	}
	return errors.Join(failed...)
}

// PutFile copies one kept file, which waits until it is there. One that is gone or damaged here is not copied: the keeper
// of files looks after it.
func (s *Shipper) PutFile(ctx context.Context, hash string) error {
	s.waiting.add(hash, s.Now().UnixMilli())
	err := s.putFile(ctx, hash)
	if err != nil {
		if state, unknown := s.Store.Check(hash); unknown == nil && state != "" {
			err = nil
		}
	}
	if err == nil {
		s.waiting.done(hash)
	}
	return err
}

func (s *Shipper) putFile(ctx context.Context, hash string) error {
	f, err := s.Store.Open(hash)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	readers := s.readers()
	if len(readers) == 0 {
		return s.Dest.Put(ctx, fileName(hash, false), f, info.Size())
	}
	sealed, err := os.CreateTemp(s.Spool, "sealing-*")
	if err != nil {
		return err
	}
	defer func() { _ = errors.Join(sealed.Close(), os.Remove(sealed.Name())) }()
	w, err := age.Encrypt(sealed, readers...)
	if err == nil {
		_, err = io.Copy(w, f)
	}
	if err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	size, err := sealed.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err := sealed.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return s.Dest.Put(ctx, fileName(hash, true), sealed, size)
}

// AllFiles copies every file that a row names and the other place does not have, and forgets there what no row named for
// as long as the past is kept.
func (s *Shipper) AllFiles(ctx context.Context) error {
	there, err := s.Dest.List(ctx, "files/")
	if err != nil {
		return err
	}
	have := map[string]Object{}
	for _, o := range there {
		have[o.Name] = o
	}
	named, err := s.named(ctx)
	if err != nil {
		return err
	}
	sealed := len(s.readers()) > 0
	for hash := range named {
		name := fileName(hash, sealed)
		if _, ok := have[name]; ok {
			delete(have, name)
			s.waiting.done(hash)
			continue
		}
		s.waiting.add(hash, s.Now().UnixMilli())
	}
	if err := s.putWaiting(ctx); err != nil {
		return err
	}
	old := s.Now().Add(-s.Keep - 24*time.Hour).UnixMilli()
	for name, o := range have {
		if o.At > 0 && o.At < old && !s.Store.Has(hashOf(name)) {
			if err := s.Dest.Remove(ctx, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func hashOf(name string) string {
	return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(name, "files/"), sealedEnd), "/", "")
}

func (s *Shipper) named(ctx context.Context) (map[string]bool, error) {
	return Named(ctx, s.DB, s.Columns)
}

// Named lists the files that the rows of a store name.
func Named(ctx context.Context, q db.Queryer, columns []blob.Column) (map[string]bool, error) {
	out := map[string]bool{}
	for _, c := range columns {
		rows, err := q.Query(ctx, `SELECT DISTINCT `+c.Column+` FROM `+c.Table+` WHERE regency_id >= 0 AND `+c.Column+` <> ''`)
		found, err := db.Collect(rows, err, func(r *sql.Rows) (hash string, err error) { return hash, r.Scan(&hash) })
		if err != nil {
			return nil, err
		}
		for _, hash := range found {
			if len(hash) == 64 {
				out[hash] = true
			}
		}
	}
	return out, nil
}

// Copies gives single kept files out of a copy.
type Copies struct {
	Dest       Dest
	Identities []age.Identity
}

// Fetch hands the copy of a file to try.
func (c Copies) Fetch(ctx context.Context, hash string, try func(r io.Reader, from string) error) error {
	var failed []error
	for _, sealed := range []bool{true, false} {
		r, err := c.Dest.Get(ctx, fileName(hash, sealed))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = c.hand(r, sealed, try)
		}
		if err == nil {
			return nil
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

func (c Copies) hand(r io.ReadCloser, sealed bool, try func(io.Reader, string) error) (err error) {
	defer func() { err = errors.Join(err, r.Close()) }()
	if !sealed {
		return try(r, "copy")
	}
	plain, err := keys.Decrypt(r, c.Identities, nil)
	if err != nil {
		return err
	}
	return try(plain, "copy")
}

// Probe writes, reads and removes a small object, to tell whether the other place can be used.
func Probe(ctx context.Context, d Dest) error {
	text := []byte("pendapa\n")
	if err := d.Put(ctx, "probe", bytes.NewReader(text), int64(len(text))); err != nil {
		return err
	}
	r, err := d.Get(ctx, "probe")
	if err != nil {
		return err
	}
	got, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err == nil && !bytes.Equal(got, text) {
		err = errors.New("what was written came back changed")
	}
	return errors.Join(err, d.Remove(ctx, "probe"))
}
