package replica

import "context"

// Based waits until no base is being made.
func (s *Shipper) Based() { s.bases.Wait() }

// Stop is what Run does at its end.
func (s *Shipper) Stop(ctx context.Context) error { return s.stop(ctx) }

// Prune forgets what is too old.
func (s *Shipper) Prune(ctx context.Context) error { return s.prune(ctx) }
