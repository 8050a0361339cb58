package audit_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/trail"
	"github.com/pendapa/pendapa/internal/storetest"
)

// TestADisguisedTrailIsNotVerified: a view of the name of the table shows honest entries and keeps others.
func TestADisguisedTrailIsNotVerified(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		e := settled(t, d)
		want := "" // PostgreSQL has no such schema to look at: the outside is compared with what it answers
		if d.Dialect() == db.SQLite {
			want = "view audit_entry"
			e.exec(`ALTER TABLE audit_entry RENAME TO kept`)
			e.exec(`CREATE VIEW audit_entry AS SELECT * FROM kept`)
		}
		r, err := e.log.Verify(context.Background(), mine)
		if said := strings.Join(r.Problems, "; "); err != nil || (said == "") != (want == "") || !strings.Contains(said, want) {
			t.Errorf("want %q: %q, %v", want, said, err)
		}
	})
}

// TestAnExportHoldsWhatNoHeadCounts, so that whoever checks the file elsewhere finds it.
func TestAnExportHoldsWhatNoHeadCounts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		e := settled(t, d)
		e.exec(`UPDATE audit_head SET size = 10 WHERE regency_id = $1`, mine)
		e.invent(3511)
		var lines bytes.Buffer
		if err := e.log.Export(context.Background(), &lines); err != nil {
			t.Fatal(err)
		}
		heads, entries := map[string]int64{}, map[string]int64{}
		now := ""
		err := trail.ReadLines(&lines, func(h trail.LogHead) error { now = h.Log; heads[now] = h.Size; return nil },
			func(int64, []byte) error { entries[now]++; return nil })
		if err != nil || heads["pendapa/3509"] != 10 || entries["pendapa/3509"] != 17 || entries["pendapa/3511"] != 17 {
			t.Errorf("heads %v, entries %v, %v", heads, entries, err)
		}
	})
}

// TestAValueOfAnotherKindIsFound: SQLite keeps bytes in a column of text and shows them alike, but no filter finds them.
func TestAValueOfAnotherKindIsFound(t *testing.T) {
	t.Parallel()
	for name, queries := range map[string][]string{
		"audit_entry.object (1)":           {`UPDATE audit_entry SET object = CAST(object AS BLOB) WHERE regency_id = 3509 AND seq = 7`},
		"audit_entry.action (3)":           {`UPDATE audit_entry SET action = CAST(action AS BLOB) WHERE regency_id = 3509 AND seq < 3`},
		"audit_entry.regency_id (13)":      {`UPDATE audit_entry SET regency_id = CAST(regency_id AS BLOB) WHERE regency_id = 3510`},
		"audit_checkpoint.note (1)":        {`UPDATE audit_checkpoint SET note = CAST(note AS BLOB) WHERE regency_id = 3510`},
		"audit_entry.why (30)":             {`ALTER TABLE audit_entry DROP COLUMN why`, `ALTER TABLE audit_entry ADD COLUMN why BYTEA NOT NULL DEFAULT x'00'`},
		"audit_entry.x\" = '' OR \"x (30)": {`ALTER TABLE audit_entry ADD COLUMN "x"" = '' OR ""x" BYTEA`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := settled(t, storetest.SQLite(t))
			for _, q := range queries {
				e.exec(q)
			}
			r, err := e.log.Verify(context.Background(), mine)
			if said := strings.Join(r.Problems, "; "); err != nil || !strings.Contains(said, name) {
				t.Errorf("%q, %v", said, err)
			}
			all, _, err := e.log.VerifyAll(context.Background(), nil)
			if err != nil || len(all) == 0 || len(all[0].Problems) == 0 {
				t.Errorf("all: %+v, %v", all, err)
			}
		})
	}
}
