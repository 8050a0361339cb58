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

// TestRefusalsStandInTheTrailAndCannotFloodIt guesses at one account, then as a stranger at very many.
func TestRefusalsStandInTheTrailAndCannotFloodIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		storetest.Migrate(t, d, "audit", audit.Files)
		at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
		l := audit.New(d, func() time.Time { return at }, nil)
		ctx := tenant.With(context.Background(), tenant.Actor{Regency: 3509, IP: "203.0.113.9"})
		failed := func(account string) {
			l.Refused(ctx, audit.Refusal{Action: "access.signin.failed", Object: "access_user", ObjectID: account, Why: "access.error.password"})
		}
		list := func() []audit.Row {
			t.Helper()
			rows, total, err := l.List(ctx, 3509, audit.Filter{Refused: true}, 200, 0)
			if err != nil || total != len(rows) {
				t.Fatal(total, err)
			}
			return rows
		}
		for range 10 {
			failed("u1")
		}
		rows := list()
		if len(rows) != 1 || rows[0].ObjectID != "u1" || rows[0].IP != "203.0.113.9" || rows[0].Why != "access.error.password" {
			t.Fatalf("after ten failures: %+v", rows)
		}
		at = at.Add(time.Minute)
		failed("u2")
		rows = list()
		if len(rows) != 3 || !strings.Contains(rows[1].After, `"more":9`) {
			t.Fatalf("after the minute: %+v", rows)
		}
		for n := range 5000 {
			failed(fmt.Sprint("stranger", n) + strings.Repeat("x", 4000))
		}
		at = at.Add(time.Hour)
		if err := l.Settle(ctx); err != nil {
			t.Fatal(err)
		}
		rows = list()
		if len(rows) > 40 || rows[0].Action != "audit.refused.more" || !strings.Contains(rows[0].After, `"more":4971`) {
			t.Errorf("5000 tries made %d entries; the newest is %+v", len(rows), rows[0])
		}
		for _, r := range rows {
			if len(r.ObjectID) > 130 {
				t.Errorf("an entry of %d bytes", len(r.ObjectID))
			}
		}
		if report, err := l.Verify(ctx, 3509); err != nil || len(report.Problems) > 0 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}
