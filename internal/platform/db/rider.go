package db

import "context"

// Rider does something at the end of the transactions of a request, so that it is kept exactly when their change is: it
// remembers that the request was done. It runs only in transactions that touched something (Touch).
type Rider func(tx *Tx) error

type riderKey struct{}

// WithRider lets a rider join the transactions that begin with this context.
func WithRider(ctx context.Context, r Rider) context.Context {
	return context.WithValue(ctx, riderKey{}, r)
}

// Before marks what is changed ahead of the change that does what was asked: no rider joins it. A request that ends in between
// is not done and comes again, so doing it twice must do no harm.
func Before(ctx context.Context) context.Context { return context.WithValue(ctx, riderKey{}, nil) }

// Touched is something that a transaction changed: its kind and its id.
type Touched struct{ Object, ID string }

// Touch says what the transaction changes. The audit trail calls it for every entry.
func (t *Tx) Touch(object, id string) { t.touched = append(t.touched, Touched{object, id}) }

// Touched lists what the transaction changed, in order.
func (t *Tx) Touched() []Touched { return t.touched }

// ride puts the rider of the context behind a change.
func ride(ctx context.Context, fn func(*Tx) error) func(*Tx) error {
	r, ok := ctx.Value(riderKey{}).(Rider)
	if !ok {
		return fn
	}
	return func(tx *Tx) error {
		if err := fn(tx); err != nil || len(tx.touched) == 0 {
			return err
		}
		return r(tx)
	}
}
