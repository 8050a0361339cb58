package evidence_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
)

// TestAllProofsAreReadInTurn compares a walk over more proofs than one reading takes, many of them changed at the same moment, with the
// list, and counts the readings: each begins where the last one ended and none counts what it passed.
func TestAllProofsAreReadInTurn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		const n = 1100
		err := d.Tx(team(), func(tx *db.Tx) error {
			for i := range n {
				if _, err := tx.Exec(`INSERT INTO evidence_item (regency_id, id, title, kind, number, date, period_from, period_to, agency_id, page, confidentiality, valid_until, supersedes, note, state, reason, url,
					file_name, file_type, file_group, file_hash, file_size, created_by, created_at, changed_at, rev) VALUES (1, $1, $1, 'report', '', 0, 0, 0, 'hub', '', $2, 0, '', '', 'accepted', '', '', '', '', '', '', 0, '', 1, $3, 1)`,
					fmt.Sprintf("p%04d", i*7919%n), []string{"internal", "restricted"}[i%2], int64(i/400)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, who := range []struct{ want int }{{n}, {n / 2}} {
			ctx := team()
			if who.want < n {
				ctx = other()
			}
			listed, _, err := s.List(ctx, evidence.Filter{}, 2*n, 0)
			if err != nil || len(listed) != who.want {
				t.Fatalf("%d in the list, want %d: %v", len(listed), who.want, err)
			}
			var walked []evidence.Item
			asked := 0
			stop := d.Trace(func(text string) {
				if strings.Contains(text, "evidence_item") {
					asked++
				}
			})
			err = s.Each(ctx, evidence.Filter{}, func(i evidence.Item) error { walked = append(walked, i); return nil })
			stop()
			if err != nil || asked != who.want/500+1 || !slices.EqualFunc(walked, listed, func(a, b evidence.Item) bool { return a.ID == b.ID }) {
				t.Errorf("%d walked in %d readings, want %d in the order of the list: %v", len(walked), asked, who.want, err)
			}
		}
	})
}
