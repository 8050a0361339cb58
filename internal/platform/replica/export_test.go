package replica

import (
	"context"
	"sync"
	"time"
)

// Based waits until no base is being made.
func (s *Shipper) Based() { s.bases.Wait() }

// Stop is what Run does at its end.
func (s *Shipper) Stop(ctx context.Context) error { return s.stop(ctx, new(sync.WaitGroup)) }

// SpoolMost lets no more bytes wait for the other place.
func (s *Shipper) SpoolMost(bytes int64) { s.spoolMost = bytes }

// Doubt is what a damaged log leaves behind.
func (s *Shipper) Doubt() { s.doubt.Store(true) }

// Prune forgets what is too old.
func (s *Shipper) Prune(ctx context.Context) error { return s.prune(ctx) }

// SendTurn is one turn of the loop that brings segments to the other place.
func (s *Shipper) SendTurn(ctx context.Context) error { return s.sendTurn(ctx, new(time.Time)) }

// PutWaiting is what happens when a file was kept.
func (s *Shipper) PutWaiting(ctx context.Context) error {
	err := s.putWaiting(ctx)
	s.failed(ctx, &s.fileFail, err)
	return err
}

// Forget lets the copy begin anew.
func (s *Shipper) Forget() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.forget()
}
