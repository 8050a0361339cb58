package app

import (
	"context"
	"sync"
	"time"

	"github.com/pendapa/pendapa/internal/tenant"
)

// zoneKeep is how long the zone of a regency is believed before it is read again: other programs on the same PostgreSQL
// store may change it.
const zoneKeep = time.Minute

// zones knows whose clock each regency of the host follows: WIB, WITA or WIT.
type zones struct {
	house  *time.Location // for work of the host itself and until a regency is known
	brand  func(ctx context.Context, regency int64) (tenant.Brand, error)
	now    func() time.Time
	mu     sync.Mutex // guards places
	places map[int64]place
}

type place struct {
	zone *time.Location
	read time.Time
}

func newZones(house *time.Location, now func() time.Time) *zones {
	return &zones{house: house, now: now, places: map[int64]place{}}
}

// of gives the zone of the acting regency, or of the one a visitor looks at.
func (z *zones) of(ctx context.Context) *time.Location {
	regency := tenant.From(ctx).Place()
	if regency == 0 || z.brand == nil {
		return z.house
	}
	z.mu.Lock()
	known, ok := z.places[regency]
	z.mu.Unlock()
	if ok && z.now().Sub(known.read) < zoneKeep {
		return known.zone
	}
	b, err := z.brand(ctx, regency)
	if err != nil {
		if ok {
			return known.zone
		}
		return z.house
	}
	found, err := time.LoadLocation(b.Zone)
	if err != nil || b.Zone == "" {
		found = z.house
	}
	z.mu.Lock()
	z.places[regency] = place{zone: found, read: z.now()}
	z.mu.Unlock()
	return found
}

// forget reads the zone of a regency again at the next question.
func (z *zones) forget(regency int64) {
	z.mu.Lock()
	delete(z.places, regency)
	z.mu.Unlock()
}
