package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/tenant"
)

func TestEveryRegencyFollowsItsOwnClock(t *testing.T) {
	house := time.FixedZone("house", 0)
	names := map[int64]string{1: "Asia/Jakarta", 2: "Asia/Makassar", 3: "Asia/Jayapura"}
	now, down := time.Unix(0, 0), false
	z := newZones(house, func() time.Time { return now })
	z.brand = func(_ context.Context, regency int64) (tenant.Brand, error) {
		if down {
			return tenant.Brand{}, errors.New("store is away")
		}
		return tenant.Brand{Regency: regency, Zone: names[regency]}, nil
	}
	at := func(a tenant.Actor) string { return z.of(tenant.With(t.Context(), a)).String() }
	for regency, want := range names {
		if got := at(tenant.Actor{Regency: regency}); got != want {
			t.Errorf("regency %d follows %s, want %s", regency, got, want)
		}
	}
	if got := at(tenant.Actor{Visits: 3}); got != "Asia/Jayapura" {
		t.Errorf("a visitor of the third sees %s", got)
	}
	if got := at(tenant.Actor{}); got != "house" {
		t.Errorf("work of the host follows %s", got)
	}
	names[1] = "Asia/Makassar"
	if got := at(tenant.Actor{Regency: 1}); got != "Asia/Jakarta" {
		t.Errorf("the zone is read at every question: %s", got)
	}
	z.forget(1)
	if got := at(tenant.Actor{Regency: 1}); got != "Asia/Makassar" {
		t.Errorf("after a change it follows %s", got)
	}
	now, down = now.Add(2*zoneKeep), true
	if got := at(tenant.Actor{Regency: 1}); got != "Asia/Makassar" {
		t.Errorf("while the store is away it follows %s", got)
	}
}
