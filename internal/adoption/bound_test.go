package adoption_test

import (
	"context"
	"testing"

	"github.com/pendapa/pendapa/internal/adoption"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

func at(regency int64) context.Context {
	return tenant.With(context.Background(), tenant.SystemOf(regency, "test"))
}

// TestTamperedSignaturesAreFound: on the side of the adopter and on that of the original.
func TestTamperedSignaturesAreFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		statement  string
		near, home int // what is wrong on each side
	}{
		"untouched":       {"", 0, 0},
		"the result":      {`UPDATE adoption_adoption SET result = 'Turun menjadi 1 hari' WHERE regency_id > 0`, 1, 0},
		"the signer":      {`UPDATE adoption_adoption SET signed_by = 'lain' WHERE regency_id > 0`, 1, 0},
		"no fingerprint":  {`UPDATE adoption_adoption SET decided_hash = '' WHERE regency_id > 0`, 1, 0},
		"bound once more": {`UPDATE adoption_adoption SET decided_hash = 'unbound', users = 9 WHERE regency_id > 0`, 1, 0},
		"both removed":    {`DELETE FROM adoption_adoption WHERE regency_id > 0; DELETE FROM adoption_replica WHERE regency_id > 0`, 1, 1},
		"not signed":      {`UPDATE adoption_adoption SET state = 'running' WHERE regency_id > 0`, 1, 0},
		"the other side":  {`UPDATE adoption_replica SET users = 99999 WHERE regency_id > 0`, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, d *db.DB) {
				k := open(t, d)
				id := k.signed(t, near, "hub7", home, "lubang")
				fix := adoption.Correction{Changes: changes + " saja", Result: result, Users: "99", Why: "Jumlah pengguna salah hitung", Rev: k.rev(t, near, id)}
				if err := k.Correct(head(near, "hub7"), id, fix); err != nil {
					t.Fatal(err)
				}
				if c.statement != "" {
					if err := d.Tx(at(near), func(tx *db.Tx) error { _, err := tx.Exec(c.statement); return err }); err != nil {
						t.Fatal(err)
					}
				}
				if _, err := seal.BindOld(context.Background(), d, k.Audit, k.Old()...); err != nil {
					t.Fatal(err)
				}
				for regency, want := range map[int64]int{near: c.near, home: c.home} {
					if n, wrong, err := k.Decisions(at(regency)); err != nil || n != 1 || len(wrong) != want {
						t.Errorf("regency %d: looked at %d, found %v, %v", regency, n, wrong, err)
					}
				}
			})
		})
	}
}
