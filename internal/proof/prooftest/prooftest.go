// Package prooftest is a library of evidence in memory, for the tests of rooms whose things hold proofs.
package prooftest

import (
	"archive/zip"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Library keeps cards and links of one regency. The zero value is empty and ready.
type Library struct {
	// Regency is the one whose library this is; the actors of others see nothing. 0 serves everybody.
	Regency int64
	// Holders are asked before something is hung, as in the house; a kind without one takes everything.
	Holders map[string]proof.Holder
	// Hides tells which cards the actor is not shown.
	Hides func(ctx context.Context, c proof.Card) bool
	// Refuse is asked too; what it gives is what Hang gives.
	Refuse func(p proof.Place) error

	Cards  []proof.Card
	Linked []proof.Link

	mu        sync.Mutex
	reasons   []string
	overrides []audit.Entry
}

var (
	_ proof.Library = (*Library)(nil)
	_ proof.Sealer  = (*Library)(nil)
)

// Put keeps a card, in place of one with the same id.
func (l *Library) Put(all ...proof.Card) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range all {
		l.Cards = append(slices.DeleteFunc(l.Cards, func(had proof.Card) bool { return had.ID == c.ID }), c)
	}
}

// Force hangs a proof whoever may.
func (l *Library) Force(p proof.Place, id string, at int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.ContainsFunc(l.Linked, func(had proof.Link) bool { return had.ID == id && had.Place == p }) {
		l.Linked = append(l.Linked, proof.Link{ID: id, Place: p, At: at})
	}
}

// Reasons are those given with everything that was hung, in order.
func (l *Library) Reasons() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.reasons)
}

// Overrides is what the trail would say of answered warnings.
func (l *Library) Overrides() []audit.Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.overrides)
}

// Card gives one card.
func (l *Library) Card(ctx context.Context, id string) (proof.Card, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c, ok := l.card(id); ok && !l.hidden(ctx, c) {
		return c, nil
	}
	return proof.Card{}, errs.E(errs.NotFound, "evidence.error.not_found", nil)
}

func (l *Library) card(id string) (proof.Card, bool) {
	n := slices.IndexFunc(l.Cards, func(c proof.Card) bool { return c.ID == id })
	if n < 0 {
		return proof.Card{}, false
	}
	return l.Cards[n], true
}

func (l *Library) hidden(ctx context.Context, c proof.Card) bool {
	return l.foreign(ctx) || l.Hides != nil && l.Hides(ctx, c)
}

func (l *Library) foreign(ctx context.Context) bool {
	return l.Regency != 0 && tenant.From(ctx).Regency != l.Regency
}

// Hung lists the cards of one spot.
func (l *Library) Hung(ctx context.Context, p proof.Place) ([]proof.Card, error) {
	var out []proof.Card
	all, err := l.Held(ctx, p.Thing)
	for _, h := range all {
		if h.Spot == p.Spot {
			out = append(out, h.Card)
		}
	}
	return out, err
}

// Held lists the cards of a thing.
func (l *Library) Held(ctx context.Context, t proof.Thing) ([]proof.Hanging, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []proof.Hanging
	for _, one := range l.Linked {
		if c, ok := l.card(one.ID); ok && one.Thing == t && !l.hidden(ctx, c) {
			out = append(out, proof.Hanging{Spot: one.Spot, Card: c})
		}
	}
	slices.SortStableFunc(out, func(a, b proof.Hanging) int { return strings.Compare(a.Spot.String(), b.Spot.String()) })
	return out, nil
}

// Named is Held.
func (l *Library) Named(ctx context.Context, t proof.Thing) ([]proof.Hanging, error) {
	return l.Held(ctx, t)
}

// Counts counts the cards of a thing.
func (l *Library) Counts(ctx context.Context, t proof.Thing) (proof.Counts, error) {
	all, err := l.CountsOf(ctx, t.Kind)
	return all[t.ID], err
}

// CountsOf counts the cards of all things of a kind.
func (l *Library) CountsOf(ctx context.Context, kind string) (map[string]proof.Counts, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[string]proof.Counts{}
	for _, one := range l.Linked {
		if c, ok := l.card(one.ID); ok && one.Kind == kind && !l.foreign(ctx) {
			of := one.Thing.ID
			if out[of] == nil {
				out[of] = proof.Counts{}
			}
			n := out[of][one.Spot]
			n.Add(c.State, 1)
			out[of][one.Spot] = n
		}
	}
	return out, nil
}

// Suggest gives the cards of the agency, by id.
func (l *Library) Suggest(ctx context.Context, w proof.Want, limit int) ([]proof.Card, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []proof.Card
	for _, c := range l.Cards {
		if c.Agency == w.Agency && !l.hidden(ctx, c) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b proof.Card) int { return strings.Compare(a.ID, b.ID) })
	return out[:min(limit, len(out))], nil
}

// HangIn hangs within a change.
func (l *Library) HangIn(ctx context.Context, _ *db.Tx, p proof.Place, id string) error {
	return l.Hang(ctx, p, id, "")
}

// Hang asks the holder and hangs.
func (l *Library) Hang(ctx context.Context, p proof.Place, id, reason string) error {
	c, err := l.Card(ctx, id)
	if err != nil {
		return err
	}
	var override proof.Override
	if h := l.Holders[p.Kind]; h != nil {
		if override, err = h.MayHang(ctx, p, c, reason); err != nil {
			return err
		}
	}
	if l.Refuse != nil {
		if err := l.Refuse(p); err != nil {
			return err
		}
	}
	l.Force(p, id, int64(len(l.Reasons())))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reasons = append(l.reasons, reason)
	if override != nil {
		l.overrides = append(l.overrides, *override)
	}
	return nil
}

// Unhang asks the holder and takes the proof away.
func (l *Library) Unhang(ctx context.Context, p proof.Place, id string) error {
	c, err := l.Card(ctx, id)
	if err != nil {
		return err
	}
	if h := l.Holders[p.Kind]; h != nil {
		if err := h.MayUnhang(ctx, p, c); err != nil {
			return err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Linked = slices.DeleteFunc(l.Linked, func(had proof.Link) bool { return had.ID == id && had.Place == p })
	return nil
}

// Links gives every link.
func (l *Library) Links(ctx context.Context) ([]proof.Link, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.foreign(ctx) {
		return nil, nil
	}
	return slices.Clone(l.Linked), nil
}

// Accepted gives the accepted cards.
func (l *Library) Accepted(ctx context.Context) ([]proof.Card, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.foreign(ctx) {
		return nil, nil
	}
	return slices.DeleteFunc(slices.Clone(l.Cards), func(c proof.Card) bool { return c.State != proof.Accepted }), nil
}

// Sees tells what the actor is shown.
func (l *Library) Sees(ctx context.Context) func(proof.Card) bool {
	return func(c proof.Card) bool { return !l.hidden(ctx, c) }
}

// Package packs nothing.
func (l *Library) Package(context.Context, proof.Thing, string, *zip.Writer) error { return nil }

// ItemLines gives no lines.
func (l *Library) ItemLines(context.Context, db.Queryer, proof.Thing, string) ([]string, error) {
	return nil, nil
}

// Lines gives no lines.
func (l *Library) Lines(context.Context, db.Queryer, proof.Thing) ([]string, error) { return nil, nil }

// Seal keeps nothing.
func (l *Library) Seal(context.Context, *db.Tx, proof.Thing) error { return nil }

// Unseal frees nothing.
func (l *Library) Unseal(context.Context, *db.Tx, proof.Thing) error { return nil }
