package webhook

import (
	"context"
	"net/http"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/tenant"
)

// The states of a delivery.
const (
	Waiting = "waiting" // not tried yet
	Failed  = "failed"  // tried, and tried again at NextAt
	Sent    = "sent"
	Dead    = "dead" // given up
)

// Delivery is one event on its way to one hook.
type Delivery struct {
	ID, Hook, Event, EventID  string
	Body                      string
	State                     string
	Attempts, Turn            int64
	LastStatus                int64
	LastError                 string // why the last attempt failed: text "webhook.fail.<LastError>"
	LastAnswer                string // the beginning of what the receiver said
	NextAt, CreatedAt, SentAt int64
}

const (
	deathsToOff = 5
	holdFor     = time.Minute
	kindTidy    = "webhook.tidy"
	keepLog     = 90 * 24 * time.Hour
)

// Delays are the pauses after each failed attempt; after the last one a delivery is given up. Standard Webhooks, "Deliverability
// and reliability", asks for several attempts over days.
func Delays() []time.Duration {
	return []time.Duration{5 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour}
}

// target is what a delivery needs of its hook.
type target struct {
	Hook
	signers
	holdUntil int64
	holdID    string
}

// deliver is the job. It may run twice for one turn when the server was killed between sending and noting it; the receiver
// knows a repeated delivery by its id.
func (s *Service) deliver(ctx context.Context, j jobs.Job) error {
	var in task
	if err := j.Decode(&in); err != nil {
		return err
	}
	d, err := s.store.delivery(ctx, s.DB, j.Regency, in.ID)
	if errs.Is(err, errs.NotFound) || err == nil && d.Turn != in.Turn {
		return nil
	}
	if err != nil {
		return err
	}
	t, err := s.store.target(ctx, j.Regency, d.Hook)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	now := s.Now().UnixMilli()
	switch {
	case !t.Active && d.Event != Ping:
		return s.settle(ctx, d, outcome{Fail: failOff}, Dead)
	case t.holdUntil > now && t.holdID != d.ID && d.Event != Ping:
		return s.postpone(ctx, d, t.holdUntil)
	}
	out := s.send(ctx, t, d)
	d.Attempts++
	return s.settle(ctx, d, out, s.verdict(d, out))
}

// verdict is the state after an attempt.
func (s *Service) verdict(d Delivery, out outcome) string {
	switch {
	case out.Fail == "":
		return Sent
	case out.Status == http.StatusGone, d.Event == Ping, d.Attempts > int64(len(Delays())):
		return Dead
	}
	return Failed
}

// postpone waits, without an attempt, for a receiver that gave no answer a moment ago: a machine that is down must not
// keep the workers of the whole house busy with one time limit after the other.
func (s *Service) postpone(ctx context.Context, d Delivery, until int64) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		was := d.Turn
		d.Turn, d.NextAt = was+1, until
		if fresh, err := s.store.settle(tx, tenant.From(ctx).Regency, d, was); err != nil || !fresh {
			return err
		}
		return s.plan(ctx, tx, d.ID, d.Turn, time.UnixMilli(until))
	})
}

// settle writes what came of an attempt, for the delivery and for its hook.
func (s *Service) settle(ctx context.Context, d Delivery, out outcome, state string) error {
	now, was := s.Now(), d.Turn
	d.Turn, d.State, d.LastStatus, d.LastError, d.LastAnswer, d.NextAt = was+1, state, int64(out.Status), out.Fail, out.Answer, 0
	switch state {
	case Sent:
		d.SentAt = now.UnixMilli()
	case Failed:
		d.NextAt = now.Add(Delays()[d.Attempts-1]).UnixMilli()
	}
	regency := tenant.From(ctx).Regency
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if fresh, err := s.store.settle(tx, regency, d, was); err != nil || !fresh {
			return err
		}
		if state == Sent {
			return s.store.answered(tx, regency, d.Hook, now.UnixMilli())
		}
		if out.Status == 0 && out.Fail != failOff {
			if err := s.store.hold(tx, regency, d.Hook, d.ID, now.Add(holdFor).UnixMilli()); err != nil {
				return err
			}
		}
		if state == Failed {
			return s.plan(ctx, tx, d.ID, d.Turn, time.UnixMilli(d.NextAt))
		}
		return s.died(ctx, tx, d, out)
	})
}

// died switches a hook off when its receiver is gone or has taken nothing for long.
func (s *Service) died(ctx context.Context, tx *db.Tx, d Delivery, out outcome) error {
	switch {
	case out.Status == http.StatusGone:
		return s.switchOff(ctx, tx, d.Hook, OffGone)
	case out.Fail == failOff, d.Event == Ping:
		return nil
	}
	deaths, err := s.store.death(ctx, tx, tenant.From(ctx).Regency, d.Hook)
	if err != nil || deaths < deathsToOff {
		return err
	}
	return s.switchOff(ctx, tx, d.Hook, OffDead)
}

func (s *Service) switchOff(ctx context.Context, tx *db.Tx, hook, reason string) error {
	changed, err := s.store.switchOff(tx, tenant.From(ctx).Regency, hook, reason)
	if err != nil || !changed {
		return err
	}
	return s.record(ctx, tx, "webhook.off", hook, reason, nil, nil)
}

// tidy is the daily job that forgets deliveries of the whole host after three months.
func (s *Service) tidy(ctx context.Context, _ jobs.Job) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.store.forget(tx, s.Now().Add(-keepLog).UnixMilli()) })
}
