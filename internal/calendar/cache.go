package calendar

import (
	"context"
	"time"

	"github.com/pendapa/pendapa/internal/tenant"
)

// again is how often a process asks the store whether another one changed the calendar.
const again = time.Second

// held is the calendar of one regency in memory, as it was when its stamp was read.
type held struct {
	set     *Set
	stamp   int64
	checked time.Time
}

func (h held) fresh(now time.Time) bool {
	age := now.Sub(h.checked)
	return h.set != nil && age >= 0 && age < again
}

// Days gives the whole calendar of the actor's regency for as many questions as one likes. A list page asks hundreds of times,
// so the days stay in memory; a change by this process counts at once, one by another process within about a second.
func (s *Service) Days(ctx context.Context) (*Set, error) {
	regency, now := tenant.From(ctx).Regency, s.Now()
	h, changes := s.claim(regency, now)
	if h.fresh(now) {
		return h.set, nil
	}
	// The stamp is read before the days: a change in between makes the days newer than the stamp, which costs one more read.
	stamp, err := s.store.stamp(ctx, regency)
	if err != nil {
		return nil, err
	}
	if h.set == nil || stamp != h.stamp {
		if h.set, err = s.load(ctx, regency); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes[regency] == changes {
		s.known[regency] = held{set: h.set, stamp: stamp, checked: now}
	}
	return h.set, nil
}

// claim gives what is in memory. Whoever finds it too old asks the store; until the answer is there the others go on with
// what they have, so that many people at once cost one question.
func (s *Service) claim(regency int64, now time.Time) (held, int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.known[regency]
	if h.set != nil && !h.fresh(now) {
		s.known[regency] = held{set: h.set, stamp: h.stamp, checked: now}
	}
	return h, s.changes[regency]
}

func (s *Service) load(ctx context.Context, regency int64) (*Set, error) {
	own, err := s.store.days(ctx, s.DB, regency)
	if err != nil {
		return nil, err
	}
	entered, err := s.store.entered(ctx, s.DB, regency)
	if err != nil {
		return nil, err
	}
	return NewSet(s.official, s.Zone(ctx), own, entered), nil
}

// forget drops what is in memory after a change, and what others are reading at this moment.
func (s *Service) forget(regency int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, regency)
	s.changes[regency]++
}
