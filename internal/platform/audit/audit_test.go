package audit_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

func filled(t *testing.T, d *db.DB, n int) (*audit.Log, context.Context) {
	t.Helper()
	storetest.Migrate(t, d, "audit", audit.Files)
	signer, err := audit.LoadSigner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	l := audit.New(d, time.Now, signer)
	ctx := tenant.With(context.Background(), tenant.Actor{Regency: 3509, UserID: "u1", Name: "Operator Dishub", Via: "session"})
	for i := range n {
		err := d.Tx(ctx, func(tx *db.Tx) error {
			return l.Record(ctx, tx, audit.Entry{Action: "test.change", Object: "thing", ObjectID: fmt.Sprint(i), After: map[string]int{"n": i}})
		})
		if err != nil {
			t.Fatal(err)
		}
		if i == n/2 {
			if err := l.Checkpoint(ctx, 3509); err != nil {
				t.Fatal(err)
			}
		}
	}
	return l, ctx
}

func TestVerifyFindsEveryTampering(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sql, want string }{
		"untouched":          {"", ""},
		"entry changed":      {"UPDATE audit_entry SET after = '{\"n\":99}' WHERE regency_id = 3509 AND seq = 7", "entry 7 was changed"},
		"actor changed":      {"UPDATE audit_entry SET actor_name = 'X' WHERE regency_id = 3509 AND seq = 3", "entry 3 was changed"},
		"entry removed":      {"DELETE FROM audit_entry WHERE regency_id = 3509 AND seq = 4", "entry 4 is missing"},
		"last entry removed": {"DELETE FROM audit_entry WHERE regency_id = 3509 AND seq = 12", "should hold 13 entries and holds 12"},
		"hash changed":       {"UPDATE audit_hash SET hash = (SELECT hash FROM audit_hash WHERE regency_id = 3509 AND idx = 0) WHERE regency_id = 3509 AND idx = 2", "hash"},
		"checkpoint forged":  {"UPDATE audit_checkpoint SET note = replace(note, '7', '6') WHERE regency_id = 3509", "checkpoint"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, d *db.DB) {
				l, ctx := filled(t, d, 13)
				if c.sql != "" {
					if err := d.Tx(ctx, func(tx *db.Tx) error { _, err := tx.Exec(c.sql); return err }); err != nil {
						t.Fatal(err)
					}
				}
				r, err := l.Verify(ctx, 3509)
				got := strings.Join(r.Problems, "; ")
				if err != nil || (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
					t.Errorf("problems = %q, %v; want %q", got, err, c.want)
				}
			})
		})
	}
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		l, ctx := filled(t, d, 5)
		rows, total, err := l.List(ctx, 3509, audit.Filter{Action: "test.", Object: "thing", Actor: "u1"}, 2, 1)
		if err != nil || total != 5 || len(rows) != 2 || rows[0].Seq != 3 {
			t.Errorf("rows = %v, total %d, %v", rows, total, err)
		}
		if _, total, _ = l.List(ctx, 3510, audit.Filter{}, 10, 0); total != 0 {
			t.Errorf("another regency sees %d entries", total)
		}
	})
}
