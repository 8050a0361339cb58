package seal

import (
	"context"
	"slices"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// What was decided before decisions carried a fingerprint is bound once in the life of a store: by the first start of a
// program that knows them, before anybody is served. That it was done stands in the audit trail of the host. From then on
// nothing is ever bound but by the transaction that decides, so a decided row without a fingerprint was put there by
// somebody else.

// Key names one thing of a kind in a regency.
type Key struct {
	Regency int64
	ID      string
}

// Old is a kind of thing that may have been decided on before decisions carried a fingerprint.
type Old struct {
	Object string // as in the audit trail: "evidence_item"
	// Find lists, in all regencies, what is decided and has no fingerprint.
	Find func(ctx context.Context) ([]Key, error)
	// Bind binds one of them within tx unless it has a fingerprint by now, and says so in the trail; ctx acts in its regency.
	Bind func(ctx context.Context, tx *db.Tx, id string) error
}

// atOnce is how many are bound in one transaction: others have their turn in between, and a kill takes back only these.
const atOnce = 100

// The entry that says that the old decisions of a store are bound.
const (
	upgraded       = "decisions.bound"
	upgradedObject = "decisions"
)

// BindOnce binds the old decisions of a store that was never brought up to date in this, and remembers it. A start that was
// killed halfway is gone on with by the next. It gives how many were bound.
func BindOnce(ctx context.Context, d *db.DB, log *audit.Log, kinds ...Old) (int, error) {
	done, _, err := log.List(ctx, 0, audit.Filter{Object: upgradedObject, Action: upgraded}, 1, 0)
	if err != nil || len(done) > 0 {
		return 0, err
	}
	n, err := BindOld(ctx, d, log, kinds...)
	if err != nil {
		return n, err
	}
	ctx = tenant.With(ctx, tenant.SystemOf(0, "decisions"))
	return n, d.Tx(ctx, func(tx *db.Tx) error {
		return log.Record(ctx, tx, audit.Entry{Action: upgraded, Object: upgradedObject, After: map[string]int{"n": n}})
	})
}

// BindOld binds what is decided and has no fingerprint, one kind after another, as it stands now. What the trail knows a
// fingerprint of is left alone: its row was changed behind the house, and the check of decisions shows it.
func BindOld(ctx context.Context, d *db.DB, log *audit.Log, kinds ...Old) (n int, err error) {
	for _, o := range kinds {
		keys, err := o.Find(ctx)
		if err != nil {
			return n, err
		}
		ids := map[int64][]string{}
		for _, k := range keys {
			ids[k.Regency] = append(ids[k.Regency], k.ID)
		}
		for regency, all := range ids {
			some, err := o.bind(tenant.With(ctx, tenant.SystemOf(regency, "decisions")), d, log, all)
			if n += some; err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

func (o Old) bind(ctx context.Context, d *db.DB, log *audit.Log, ids []string) (n int, err error) {
	known, err := Trail(ctx, log, tenant.From(ctx).Regency, o.Object)
	if err != nil {
		return 0, err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { _, is := known[id]; return is })
	for some := range slices.Chunk(ids, atOnce) {
		err := d.Tx(ctx, func(tx *db.Tx) error {
			for _, id := range some {
				if err := o.Bind(ctx, tx, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		n += len(some)
	}
	return n, nil
}
