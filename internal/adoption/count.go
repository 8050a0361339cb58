package adoption

import (
	"context"

	"github.com/pendapa/pendapa/internal/tenant"
)

// The numbers here are for rooms that compute or show them to their own readers. They answer for the actor's regency, count
// signatures only, and name no person; who may read them is decided by the room that asks.

// Flow is how many innovations an agency took over (In), when it last signed for one in milliseconds (Last), and how many of
// its own were taken over (Out).
type Flow struct {
	In, Out int
	Last    int64
}

// ByAgency counts signed adoptions in both directions, by agency of the actor's regency. The map is shared and must not be changed.
func (s *Service) ByAgency(ctx context.Context) (map[string]Flow, error) {
	regency := tenant.From(ctx).Regency
	return s.flows.Get(ctx, regency, "", struct{}{}, func() (map[string]Flow, error) { return s.flowsOf(ctx, regency) })
}

func (s *Service) flowsOf(ctx context.Context, regency int64) (map[string]Flow, error) {
	in, err := s.store.countIn(ctx, regency)
	if err != nil {
		return nil, err
	}
	last, err := s.store.lastSigned(ctx, regency)
	if err != nil {
		return nil, err
	}
	taken, err := s.store.countOut(ctx, regency)
	out := map[string]Flow{}
	for agency, n := range in {
		out[agency] = Flow{In: n, Last: last[agency]}
	}
	for agency, n := range taken {
		f := out[agency]
		f.Out = n
		out[agency] = f
	}
	return out, err
}

// ByInnovation counts the signed adoptions of each innovation of the actor's regency.
func (s *Service) ByInnovation(ctx context.Context) (map[string]int, error) {
	all, err := s.Replications(ctx)
	out := map[string]int{}
	for id, r := range all {
		out[id] = r.Times
	}
	return out, err
}

// Replication is how often an innovation was taken over and in how many different regions, for item 31 of the national index.
type Replication struct{ Times, Regions int }

// Replications counts signed adoptions and the different regencies they stand in, by innovation of the actor's regency.
func (s *Service) Replications(ctx context.Context) (map[string]Replication, error) {
	return s.store.replications(ctx, tenant.From(ctx).Regency)
}

// Adopters lists who signed the adoption of an innovation of the actor's regency, the latest first.
func (s *Service) Adopters(ctx context.Context, innovation string) ([]Replica, error) {
	return s.store.replicas(ctx, tenant.From(ctx).Regency, innovation)
}

// Taken lists what others took over from the actor's regency, the latest first, and how many there are.
func (s *Service) Taken(ctx context.Context, limit, offset int) ([]Replica, int, error) {
	if err := allow(ctx, Read, ""); err != nil {
		return nil, 0, err
	}
	return s.store.taken(ctx, tenant.From(ctx).Regency, limit, offset)
}

// Tally counts the adoptions of the actor's regency by state.
func (s *Service) Tally(ctx context.Context) (map[string]int, error) {
	if err := allow(ctx, Read, ""); err != nil {
		return nil, err
	}
	return s.store.tally(ctx, tenant.From(ctx).Regency, s.now())
}
