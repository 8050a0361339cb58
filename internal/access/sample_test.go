package access_test

import (
	"context"
	"path"
	"testing"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// sample makes a sample account and gives its id.
func sample(t *testing.T, h *house, ctx context.Context, email string) string {
	t.Helper()
	ids, err := h.SampleAccounts(ctx, []access.Account{{Name: "Contoh", Email: email, Role: tenant.RoleAdmin}})
	if err != nil {
		t.Fatal(err)
	}
	return ids["Contoh"]
}

// TestASampleAccountTakesNoPassword: no link gives it one, and one that stands in its row opens nothing, with sample data
// and without.
func TestASampleAccountTakesNoPassword(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := h.begin(t)
		id := sample(t, h, ctx, "contoh@jember.example")
		other := h.person(t, ctx, "op@jember.example", tenant.RoleOperator, "dinas")
		for _, on := range []bool{true, false} {
			h.Sample = on
			link, err := h.ResetLink(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			if err := h.UseLink(context.Background(), path.Base(link), password); err == nil {
				t.Errorf("a link gave a sample account a password; sample data %v", on)
			}
			err = d.Tx(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(`UPDATE access_user SET password = (SELECT password FROM access_user WHERE regency_id = $1 AND id = $2)
					WHERE regency_id = $1 AND id = $3`, tenant.From(ctx).Regency, other, id)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if e, err := h.SignIn(context.Background(), access.Try{Email: "contoh@jember.example", Password: password}); err == nil {
				t.Errorf("a password opened a sample account: %+v; sample data %v", e, on)
			}
		}
		if _, err := h.SampleSession(ctx, "contoh@jember.example"); err != nil {
			t.Error(err)
		}
	})
}
