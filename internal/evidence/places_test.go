package evidence_test

import (
	"context"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/storetest"
)

// before gives the migrations of the room up to the one that cut places into columns.
func before(t *testing.T, files fs.FS, last string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	all, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		if name >= "migrations/"+last {
			continue
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: data}
	}
	return out
}

// TestPlacesOfAnOlderHouse: two texts become four columns, and a decision that was bound to a place still is.
func TestPlacesOfAnOlderHouse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		files := (&evidence.Service{}).Module().Files
		storetest.Migrate(t, d, "evidence", before(t, files, placesCut))
		olds := map[[2]string]proof.Place{
			{"r26", "A1"}:             proof.OfRound("r26").At("A1", ""),
			{"r26", "I13:TD_13_01"}:   proof.OfRound("r26").At("I13", "TD_13_01"),
			{"inovasi:i-7", "31"}:     proof.OfInnovation("i-7").At("31", ""),
			{"inovasi:i-7", "gate"}:   proof.OfInnovation("i-7").At("gate", ""),
			{"inovasi-2026", "1:1:1"}: proof.OfRound("inovasi-2026").At("1:1", "1"),
		}
		err := d.Tx(context.Background(), func(tx *db.Tx) error {
			for old := range olds {
				if _, err := tx.Exec(`INSERT INTO evidence_link (regency_id, round_id, item, evidence_id, linked_by, at, bound, sealed)
					VALUES ($1, $2, $3, $4, 'op', 5, 1, 'accepted')`, int64(1), old[0], old[1], old[0]+" "+old[1]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		s := library(t, d)
		for old, want := range olds {
			name := old[0] + " " + old[1]
			uses, err := s.Uses(team(), name)
			if err != nil || len(uses) != 1 || uses[0] != want || uses[0].String() != name {
				t.Errorf("%s became %+v (%v), want %+v", name, uses, err, want)
			}
		}
		var kept int
		if err := d.QueryRow(context.Background(), `SELECT count(*) FROM evidence_link WHERE regency_id = 1 AND bound = 1 AND sealed = 'accepted'
			AND linked_by = 'op' AND at = 5`).Scan(&kept); err != nil || kept != len(olds) {
			t.Errorf("%d of %d links kept what was decided (%v)", kept, len(olds), err)
		}
	})
}

// placesCut is the migration that cut places into columns.
const placesCut = "0007_places.sql"
