package seal

import (
	"context"
	"maps"
	"slices"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Check compares the decisions on one kind of thing in a regency with the audit trail, both ways: what stands as decided on
// with its content and the trail, and what the trail says was decided on with what stands.
type Check struct {
	regency int64
	object  string
	trail   map[string]string
	n       int
	wrong   []Mismatch
}

// Begin reads the trail for a check of one kind of thing, as the trail calls it, in the regency of ctx.
func Begin(ctx context.Context, log *audit.Log, object string) (*Check, error) {
	regency := tenant.From(ctx).Regency
	trail, err := Trail(ctx, log, regency, object)
	return &Check{regency: regency, object: object, trail: trail}, err
}

// Add looks at one thing that stands as decided on: the fingerprint beside it, and the one of what it holds now. The name is
// for people.
func (c *Check) Add(id, name, decided, found string) {
	m := Mismatch{Regency: c.regency, Object: c.object, ID: id, Name: name, Decided: decided, Found: found}
	if c.n++; m.Wrong(c.trail[id]) {
		c.wrong = append(c.wrong, m)
	}
	delete(c.trail, id)
}

// End gives how many decisions were looked at and what no longer fits. What the trail says was decided on, and nobody took
// back there, but does not stand as decided on is gone.
func (c *Check) End() (int, []Mismatch) {
	for _, id := range slices.Sorted(maps.Keys(c.trail)) {
		if hash := c.trail[id]; Bound(hash) {
			c.n++
			c.wrong = append(c.wrong, Mismatch{Regency: c.regency, Object: c.object, ID: id, Decided: hash, Why: "gone"})
		}
	}
	return c.n, c.wrong
}

// Sum ends several checks as one.
func Sum(all ...*Check) (n int, wrong []Mismatch) {
	for _, c := range all {
		looked, found := c.End()
		n, wrong = n+looked, append(wrong, found...)
	}
	return n, wrong
}
