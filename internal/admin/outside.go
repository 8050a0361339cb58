package admin

import (
	"context"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/tenant"
)

// outsideLate is how old the last agreement with a place outside may be: checkpoints leave each minute.
const outsideLate = 10 * time.Minute

// OutsideNone says that no place outside is set.
const OutsideNone = "none"

// Outside tells the leader's page how the trail of the actor's regency stands outside this machine: OutsideNone,
// audit.OutsideOK, OutsideLate or OutsideDiffers, and how many seconds ago a place last agreed, -1 for never. One place that
// differs outweighs all others; one place that agrees is enough.
func (s *Service) Outside(ctx context.Context) (state string, age int64, err error) {
	places, err := s.Audit.OutsideOf(ctx, tenant.From(ctx).Regency)
	if err != nil || len(places) == 0 {
		return OutsideNone, -1, err
	}
	state, age = OutsideNone, -1
	var last int64
	for _, p := range places {
		last = max(last, p.At)
		if p.State == audit.OutsideDiffers {
			state = audit.OutsideDiffers
		}
	}
	if last > 0 {
		age = max(0, (s.Now().UnixMilli()-last)/1000)
	}
	switch {
	case state == audit.OutsideDiffers:
	case age < 0 || age > int64(outsideLate/time.Second):
		state = audit.OutsideLate
	default:
		state = audit.OutsideOK
	}
	return state, age, nil
}
