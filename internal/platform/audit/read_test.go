package audit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
)

// longTrail writes more entries than are counted, of which every thousandth is of a rare kind.
func longTrail(t *testing.T, d *db.DB, n int) *audit.Log {
	t.Helper()
	storetest.Migrate(t, d, "audit", audit.Files)
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		for at := 0; at < n; at += 100 {
			var values []string
			for i := at; i < min(at+100, n); i++ {
				action := "common.change"
				if i%1000 == 7 {
					action = "rare.change"
				}
				values = append(values, fmt.Sprintf("($1, %d, %d, 'u%d', 'Orang', 'session', '', '%s', 'thing', 'o%d', 'a%d', '', '', '')", i, 1000+i, i%3, action, i, i%5))
			}
			if _, err := tx.Exec(`INSERT INTO audit_entry (regency_id, seq, at, actor_id, actor_name, via, ip, action, object, object_id, agency_id, why, before, after) VALUES `+
				strings.Join(values, ", "), int64(3509)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return audit.New(d, nil, nil)
}

// TestALongTrailIsReadByItsNumbers asks for much and for little: the newest come first, counting stops, nothing is left out of
// what is exported.
func TestALongTrailIsReadByItsNumbers(t *testing.T) {
	t.Parallel()
	const n = audit.Many + 700
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		l := longTrail(t, d, n)
		for name, c := range map[string]struct {
			f     audit.Filter
			total int
			first int64
			whole int
		}{
			"all":        {audit.Filter{}, audit.Many, n - 1, n},
			"common":     {audit.Filter{Action: "common"}, audit.Many, n - 1, n - 3},
			"rare":       {audit.Filter{Action: "rare"}, 3, 2007, 3},
			"none":       {audit.Filter{Action: "rarest"}, 0, 0, 0},
			"person":     {audit.Filter{Actor: "u1"}, n / 3, n - 2, n / 3},
			"days":       {audit.Filter{From: 1100, Until: 1200}, 100, 199, 100},
			"two things": {audit.Filter{Agency: "a2", Action: "rare", Until: 9000}, 3, 2007, 3},
		} {
			rows, total, err := l.List(t.Context(), 3509, c.f, 30, 0)
			if err != nil || total != c.total {
				t.Errorf("%s: %d, want %d: %v", name, total, c.total, err)
				continue
			}
			if len(rows) > 0 && rows[0].Seq != c.first || len(rows) != min(30, c.whole) {
				t.Errorf("%s: %d entries from %v", name, len(rows), rows[:min(1, len(rows))])
			}
			count, last := 0, int64(n)
			if err := l.Each(t.Context(), 3509, c.f, func(r audit.Row) error {
				if count++; r.Seq >= last {
					t.Errorf("%s: entry %d after %d", name, r.Seq, last)
				}
				last = r.Seq
				return nil
			}); err != nil || count != c.whole {
				t.Errorf("%s: %d of %d entries: %v", name, count, c.whole, err)
			}
		}
		rows, _, err := l.List(t.Context(), 3509, audit.Filter{}, 30, 60)
		if err != nil || len(rows) != 30 || rows[0].Seq != n-61 {
			t.Errorf("third page: %v", err)
		}
	})
}
