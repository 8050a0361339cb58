// Package events tells modules what happened elsewhere without one knowing the other: publishing is part of the
// transaction that made it happen, delivery is a job per listener.
package events

import (
	"context"
	"encoding/json"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Event is something that happened in a regency.
type Event struct {
	Name    string
	Regency int64
	Payload json.RawMessage
}

// Decode reads the payload into v.
func (e Event) Decode(v any) error { return json.Unmarshal(e.Payload, v) }

// Func hears an event. It may be called more than once for the same event.
type Func func(ctx context.Context, e Event) error

// Bus knows who hears what. It is filled at start and only read afterwards.
type Bus struct{ listeners map[string][]string }

// NewBus makes a bus without listeners.
func NewBus() *Bus { return &Bus{listeners: map[string][]string{}} }

// Listen delivers events of this name to f, as jobs of the kind "module.on.name".
func (b *Bus) Listen(r *jobs.Runner, module, name string, f Func) {
	kind := module + ".on." + name
	b.listeners[name] = append(b.listeners[name], kind)
	r.Add(kind, func(ctx context.Context, j jobs.Job) error {
		return f(ctx, Event{Name: name, Regency: j.Regency, Payload: j.Args})
	})
}

// Publish tells all listeners once the caller's transaction commits.
func (b *Bus) Publish(ctx context.Context, tx *db.Tx, name string, payload any) error {
	for _, kind := range b.listeners[name] {
		if err := jobs.Enqueue(ctx, tx, tenant.From(ctx).Regency, kind, payload, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}
