package score

import (
	"context"

	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/tenant"
)

// roundMoved hears that a round was locked and keeps the sheet as it stood.
func (s *Service) roundMoved(ctx context.Context, e events.Event) error {
	var at struct{ Round, From, To string }
	if err := e.Decode(&at); err != nil || at.To != "locked" || at.From != "open" {
		return err
	}
	return s.Freeze(tenant.With(ctx, tenant.SystemOf(e.Regency, "job")), at.Round)
}
