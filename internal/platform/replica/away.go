package replica

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
)

// backName is written to see whether the other place takes something again. It lies beside the log and the files.
const backName = "back"

// back looks whether a place for which the spool was given up takes something again. Until then nothing is copied: what is begun
// would only be given up once more, all pages each time.
func (s *Shipper) back(ctx context.Context) error {
	s.mu.Lock()
	away := s.away
	s.mu.Unlock()
	if !away {
		return nil
	}
	sign := []byte("pendapa\n")
	if err := s.Dest.Put(ctx, backName, bytes.NewReader(sign), int64(len(sign))); err != nil {
		return err
	}
	if err := s.Dest.Remove(ctx, backName); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = false
	return nil
}

// idle keeps the log short while nothing is copied, for SQLite does not do it by itself. Under mu.
func (s *Shipper) idle(ctx context.Context) error {
	info, err := os.Stat(s.DB.Path() + "-wal")
	if errors.Is(err, os.ErrNotExist) || err == nil && info.Size() < checkpoint {
		return nil
	}
	if err != nil {
		return err
	}
	return s.DB.Alone(ctx, func(pool *sql.DB) error {
		var busy, frames, moved int64
		return pool.QueryRow("PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &frames, &moved)
	})
}
