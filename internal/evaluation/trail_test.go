package evaluation_test

import (
	"context"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
)

// TestAutosaveKeepsATextOnce saves a growing answer the way a browser does and weighs what the trail keeps of each pause; who reads
// an entry still finds the whole text before and after it.
func TestAutosaveKeepsATextOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.assign(t)
		k.move(t, evaluation.Open, "")
		answer := strings.Repeat("Dasar hukumnya ada. ", 100)
		rev := k.item(t, "A1").Rev
		for _, text := range []string{answer, answer + "Juga \"Perbup\" nomor 1.", "Awal lain. " + answer + "Juga \"Perbup\" nomor 1."} {
			var err error
			if rev, err = k.Save(operator(), k.round, "A1", evaluation.Entry{Answer: text, SelfMark: "3", Rev: rev}); err != nil {
				t.Fatal(err)
			}
		}
		rows, _, err := k.Audit.List(context.Background(), 1, audit.Filter{Action: "evaluation.item.save"}, 10, 0)
		if err != nil || len(rows) != 3 {
			t.Fatal(len(rows), err)
		}
		for _, r := range rows[:2] {
			if size := len(r.Before) + len(r.After); size > len(answer)+1200 {
				t.Errorf("a pause keeps %d bytes of a text of %d", size, len(answer))
			}
		}
		if was := rows[0].Was(); !strings.Contains(was, `"`+strings.TrimSpace(answer)) || !strings.Contains(was, `Juga \"Perbup\" nomor 1."`) || !strings.Contains(rows[0].After, "Awal lain. Dasar") {
			t.Errorf("before %.300s", was)
		}
	})
}
