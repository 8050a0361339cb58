package admin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
)

// Scrub is the last time that every page of the store was compared with its sum. Took is in milliseconds.
type Scrub struct {
	At, Took, Pages, Bad int64
}

// scrubs are the regular looks at the store: every page once a day, the log of the latest changes each minute.
func (s *Service) scrubs() (map[string]jobs.Func, []jobs.Schedule) {
	return map[string]jobs.Func{"admin.scrub": s.scrub, "admin.log": s.scanLog},
		[]jobs.Schedule{{Kind: "admin.scrub", Every: 24 * time.Hour}, {Kind: "admin.log", Every: time.Minute}}
}

func (s *Service) scrub(ctx context.Context, _ jobs.Job) error {
	_, err := s.ScrubStore(ctx)
	return err
}

// ScrubStore compares every page of the store with its sum and keeps the outcome. Damage becomes the state of the store
// too, and stops writing.
func (s *Service) ScrubStore(ctx context.Context) (x Scrub, err error) {
	start := s.Now()
	x.At = start.UnixMilli()
	if x.Pages, x.Bad, err = s.DB.Scrub(ctx); err != nil {
		return x, err
	}
	x.Took = s.Now().Sub(start).Milliseconds()
	if state, _ := s.DB.State(); state == "damaged" {
		return x, nil // nothing can be written now; the state of the store says it
	}
	return x, s.DB.Tx(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO admin_scrub (regency_id, at, took, pages, bad) VALUES (0, $1, $2, $3, $4)
			ON CONFLICT (regency_id) DO UPDATE SET at = $1, took = $2, pages = $3, bad = $4`, x.At, x.Took, x.Pages, x.Bad)
		return err
	})
}

// Sound is what a backup waits for: nothing is copied out of a store of which a page does not fit its sum.
func (s *Service) Sound(ctx context.Context) error {
	x, err := s.ScrubStore(ctx)
	if err != nil {
		return err
	}
	if state, reason := s.DB.State(); x.Bad > 0 && state == "damaged" {
		return fmt.Errorf("the store is damaged, nothing was copied: %s", reason)
	}
	return nil
}

// scanLog is the look of each minute. When it was is kept in memory only: a write each minute would say less than it costs.
func (s *Service) scanLog(ctx context.Context, _ jobs.Job) error {
	if err := s.DB.ScanLog(ctx); err != nil {
		return err
	}
	s.scanned.Store(s.Now().UnixMilli())
	return nil
}

// LastScrub gives the last whole scrub; its At is 0 when there was none.
func (s *Service) LastScrub(ctx context.Context) (x Scrub, err error) {
	err = s.DB.QueryRow(ctx, `SELECT at, took, pages, bad FROM admin_scrub WHERE regency_id = 0`).Scan(&x.At, &x.Took, &x.Pages, &x.Bad)
	if db.NotFound(err) {
		err = nil
	}
	return x, err
}

// sums fills what the health page says of the sums.
func (s *Service) sums(ctx context.Context, p *healthPage) (err error) {
	p.LogAt = s.scanned.Load()
	p.Scrub, err = s.LastScrub(ctx)
	return errors.Join(err, ctx.Err())
}
