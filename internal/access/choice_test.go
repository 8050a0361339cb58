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

// second makes another regency on the host and gives the context of its program.
func (h *house) second(t *testing.T) context.Context {
	t.Helper()
	if err := h.SampleRegency(tenant.With(context.Background(), tenant.SystemOf(0, "test")), "35.07"); err != nil {
		t.Fatal(err)
	}
	return tenant.With(context.Background(), tenant.SystemOf(3507, "test"))
}

// TestOnePersonInSeveralRegencies: the same address and password fits two accounts; the person chooses, changes over, and
// what was proved in one gives no second factor in the other.
func TestOnePersonInSeveralRegencies(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		home, away := h.begin(t), h.second(t)
		h.person(t, home, "as@luar.example", tenant.RoleStaff, "dinas")
		other := h.person(t, away, "as@luar.example", tenant.RoleAssessor, "")
		a, secret := h.half(t, "as@luar.example")
		if a.SignedIn() || a.Owes != "choice" || len(a.Grants) > 0 {
			t.Fatalf("before the choice: %+v", a)
		}
		all, err := h.Choices(as(a))
		if err != nil || len(all) != 2 {
			t.Fatalf("choices: %+v %v", all, err)
		}
		if _, err := h.Pick(as(a), 3507, "u999"); err == nil {
			t.Error("an account of somebody else was chosen")
		}
		mine := all[0].UserID
		if all[0].Regency != 3509 {
			mine = all[1].UserID
		}
		first, err := h.Pick(as(a), 3509, mine)
		if err != nil || h.actor(t, secret).UserID != "" {
			t.Fatalf("choose: %v, or the old session lives on", err)
		}
		at := h.actor(t, first.Secret)
		if !at.SignedIn() || at.Regency != 3509 {
			t.Fatalf("after the choice: %+v", at)
		}
		next, err := h.Pick(as(at), 3507, other)
		if err != nil {
			t.Fatal(err)
		}
		over := h.actor(t, next.Secret)
		if over.Regency != 3507 || over.SignedIn() || over.Owes != "enrol" {
			t.Errorf("after changing over: %+v", over)
		}
		if h.actor(t, first.Secret).UserID != "" {
			t.Error("the session in the first regency lives on")
		}
		// A password that changed in the first regency no longer fits the choice made with the old one.
		link, err := h.ResetLink(home, mine)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.UseLink(context.Background(), path.Base(link), password+" lain"); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Pick(as(over), 3509, mine); err == nil {
			t.Error("an account was entered with a password that is no longer its own")
		}
	})
}

// TestAForeignAdministratorLocksNobodyOut: the same address is taken elsewhere, with and without a password, and guessed at.
func TestAForeignAdministratorLocksNobodyOut(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		home, away := h.begin(t), h.second(t)
		h.person(t, home, "op@jember.example", tenant.RoleStaff, "dinas")
		_, link, err := h.Invite(away, access.User{Name: "Lain", Email: "op@jember.example"}, tenant.RoleAssessor, "")
		if err != nil {
			t.Fatal(err)
		}
		if a, _ := h.half(t, "op@jember.example"); !a.SignedIn() || a.Regency != 3509 {
			t.Fatalf("an invitation elsewhere gets in the way: %+v", a)
		}
		if err := h.UseLink(context.Background(), path.Base(link), "sandi orang lain sama sekali"); err != nil {
			t.Fatal(err)
		}
		if a, _ := h.half(t, "op@jember.example"); !a.SignedIn() || a.Regency != 3509 {
			t.Fatalf("an account elsewhere gets in the way: %+v", a)
		}
		e, err := h.attempt("op@jember.example", "sandi orang lain sama sekali", "10.0.0.1", "")
		if err != nil || h.actor(t, e.Secret).Regency != 3507 {
			t.Errorf("the other account cannot be entered: %v", err)
		}
	})
}

// TestOldParametersAreReadAndRaised keeps a password that was hashed with less work.
func TestOldParametersAreReadAndRaised(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := h.begin(t)
		user := h.person(t, ctx, "op@jember.example", tenant.RoleStaff, "dinas")
		h.Dear()
		// "kuda baterai staples benar" with m=8192,t=1,p=2
		old := access.HashWith("kuda baterai staples benar", 8192, 1, 2)
		set := func(hash string) {
			if err := d.Tx(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(`UPDATE access_user SET password = $3 WHERE regency_id = $1 AND id = $2`, int64(3509), user, hash)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		set(old)
		h.half(t, "op@jember.example")
		var now string
		if err := d.QueryRow(ctx, `SELECT password FROM access_user WHERE regency_id = $1 AND id = $2`, int64(3509), user).Scan(&now); err != nil {
			t.Fatal(err)
		}
		if now == old || now[:31] != "$argon2id$v=19$m=19456,t=2,p=1$" {
			t.Errorf("the password is kept as %s", now[:40])
		}
		h.half(t, "op@jember.example")
		set("$argon2id$v=19$m=99999999,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
		if _, err := h.attempt("op@jember.example", password, "10.0.0.1", ""); err == nil {
			t.Error("parameters out of bounds were followed")
		}
	})
}
