package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/tenant"
)

// kindDeliver is the job that brings one delivery to its hook.
const kindDeliver = "webhook.deliver"

// task names a delivery and which of its planned jobs this is: after a new plan the older jobs do nothing.
type task struct {
	ID   string `json:"id"`
	Turn int64  `json:"turn"`
}

// envelope is the body of a delivery. It is written once: every attempt sends the same bytes.
type envelope struct {
	ID      string `json:"id"` // the same as webhook-id
	Event   string `json:"event"`
	Regency int64  `json:"regency"`
	At      int64  `json:"at"` // milliseconds since 1970 UTC, as everywhere in the interface for programs
	Data    any    `json:"data"`
}

// Publish queues one delivery for each active hook of the actor's regency that wants the event, as part of the caller's
// transaction. eventID is the caller's name for what happened; the same one is never queued twice for a hook.
func (s *Service) Publish(ctx context.Context, tx *db.Tx, event, eventID string, payload any) error {
	if !slices.Contains(s.Events(), event) || eventID == "" {
		return fmt.Errorf("webhook: event %q with id %q cannot be published", event, eventID)
	}
	hooks, err := s.store.hooks(ctx, tx, tenant.From(ctx).Regency)
	if err != nil {
		return err
	}
	for _, h := range hooks {
		if !h.Active || !h.Wants(event) {
			continue
		}
		if err := s.queue(ctx, tx, h.ID, event, eventID, payload); err != nil {
			return err
		}
	}
	return nil
}

// queue writes a delivery with its first job, once per hook and event id.
func (s *Service) queue(ctx context.Context, tx *db.Tx, hook, event, eventID string, payload any) error {
	regency, now := tenant.From(ctx).Regency, s.Now()
	d := Delivery{ID: s.NewID(), Hook: hook, Event: event, EventID: eventID, State: Waiting, Turn: 1, NextAt: now.UnixMilli(), CreatedAt: now.UnixMilli()}
	body, err := json.Marshal(envelope{ID: d.ID, Event: event, Regency: regency, At: now.UnixMilli(), Data: payload})
	if err != nil {
		return fmt.Errorf("webhook: payload of %s: %w", event, err)
	}
	d.Body = string(body)
	isNew, err := s.store.insertDelivery(tx, regency, d)
	if err != nil || !isNew {
		return err
	}
	return s.plan(ctx, tx, d.ID, d.Turn, now)
}

func (s *Service) plan(ctx context.Context, tx *db.Tx, id string, turn int64, at time.Time) error {
	return jobs.Enqueue(ctx, tx, tenant.From(ctx).Regency, kindDeliver, task{id, turn}, at)
}

// Test queues a ping for one hook, also for one that is off. It is tried once.
func (s *Service) Test(ctx context.Context, id string) error {
	if _, err := s.Get(ctx, id); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.queue(ctx, tx, id, Ping, "ping-"+s.NewID(), struct{}{}); err != nil {
			return err
		}
		return s.record(ctx, tx, "webhook.test", id, "", nil, nil)
	})
}

// Resend starts a delivery that failed or was given up from the beginning, with the same id.
func (s *Service) Resend(ctx context.Context, hook, id string) error {
	h, err := s.Get(ctx, hook)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		regency, now := tenant.From(ctx).Regency, s.Now()
		d, err := s.store.delivery(ctx, tx, regency, id)
		if err != nil {
			return err
		}
		switch {
		case d.Hook != hook:
			return errs.E(errs.NotFound, "webhook.error.delivery", nil)
		case d.State != Failed && d.State != Dead:
			return errs.E(errs.Conflict, "webhook.error.resend", nil)
		case !h.Active && d.Event != Ping:
			return errs.E(errs.Conflict, "webhook.error.off", nil)
		}
		was := d.Turn
		d.State, d.Attempts, d.Turn, d.NextAt = Waiting, 0, was+1, now.UnixMilli()
		if fresh, err := s.store.settle(tx, regency, d, was); err != nil || !fresh {
			return err
		}
		if err := s.plan(ctx, tx, id, d.Turn, now); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "webhook.resend", Object: "webhook_delivery", ObjectID: id})
	})
}
