package access_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

func as(a tenant.Actor) context.Context { return tenant.With(context.Background(), a) }

// TestEveryRoleThatDecidesProvesTwice: only a plain civil servant comes in with a password alone.
func TestEveryRoleThatDecidesProvesTwice(t *testing.T) {
	t.Parallel()
	for _, role := range tenant.Roles() {
		if want := role != tenant.RoleStaff; access.NeedsSecond(role) != want {
			t.Errorf("%s: %v, want %v", role, !want, want)
		}
	}
	if !access.NeedsSecond("a role nobody thought of") {
		t.Error("an unknown role comes in with a password alone")
	}
}

func TestApproversNeedASecondFactor(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.begin(t)
		half, secret := h.half(t, "admin@jember.example")
		if len(half.Grants) != 0 || half.SignedIn() || half.Owes == "" {
			t.Fatalf("an administrator works without a second factor: %+v", half)
		}
		if _, err := h.Confirm(as(half), "000000", ""); err == nil {
			t.Error("a wrong code was taken")
		}
		next, seed, codes := h.enrol(t, half)
		if h.actor(t, secret).UserID != "" {
			t.Error("the cookie of the half session still opens something")
		}
		full := h.actor(t, next)
		if !full.Can(access.Manage, "") || len(codes) != 10 {
			t.Fatalf("the second factor gave no right, or no recovery codes: %d", len(codes))
		}
		if _, err := h.Confirm(as(full), h.code(t, seed), ""); err == nil {
			t.Error("a code was used twice")
		}
		again, _ := h.half(t, "admin@jember.example")
		if again.SignedIn() || again.Owes != "code" {
			t.Fatalf("the second sign-in asked for no code: %+v", again)
		}
		done, err := h.Confirm(as(again), strings.ToUpper(strings.ReplaceAll(codes[3], "-", " ")), "")
		if err != nil {
			t.Fatalf("a recovery code was refused: %v", err)
		}
		now := h.actor(t, done.Secret)
		if !now.Can(access.Manage, "") {
			t.Error("a recovery code gave no right")
		}
		if _, err := h.Confirm(as(now), codes[3], ""); err == nil {
			t.Error("a recovery code was used twice")
		}
	})
}

// TestAssuranceIsRecomputed: a session with a password alone, granted a role that decides, gets none of its rights from the
// next request on, keeps what it had, and is led to the second factor; no older session is raised by it.
func TestAssuranceIsRecomputed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := h.begin(t)
		h.SetPerms([]module.Perm{{Action: "propose", Roles: []string{tenant.RoleStaff}}})
		user := h.person(t, ctx, "staf@jember.example", tenant.RoleStaff, "dinas")
		a, secret := h.half(t, "staf@jember.example")
		if !a.SignedIn() || !a.Can("propose", "dinas") {
			t.Fatalf("a civil servant cannot work with a password: %+v", a)
		}
		if err := h.Grant(ctx, access.Grant{UserID: user, Role: tenant.RoleAdmin}); err != nil {
			t.Fatal(err)
		}
		a = h.actor(t, secret)
		if a.Can(access.Manage, "") || !a.Can("propose", "dinas") || !a.Withheld(access.Manage) || !a.Renew {
			t.Errorf("after the grant: %+v", a)
		}
		other, otherSecret := h.half(t, "staf@jember.example")
		next, _, _ := h.enrol(t, a)
		if full := h.actor(t, next); !full.Can(access.Manage, "") || len(full.Held) > 0 {
			t.Errorf("after the second factor: %+v", full)
		}
		if h.actor(t, otherSecret).UserID != "" || other.Can(access.Manage, "") {
			t.Error("another session with the password alone lives on")
		}
		if err := h.ResetTOTP(ctx, user); err != nil {
			t.Fatal(err)
		}
		if h.actor(t, next).UserID != "" {
			t.Error("a session outlived the reset of its second factor")
		}
	})
}

// TestTheKeyBelongsToOneSession: two sessions with the password alone see different keys, and only the first to confirm wins.
func TestTheKeyBelongsToOneSession(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.begin(t)
		one, _ := h.half(t, "admin@jember.example")
		two, _ := h.half(t, "admin@jember.example")
		first, err := h.EnrolTOTP(as(one))
		if err != nil {
			t.Fatal(err)
		}
		second, err := h.EnrolTOTP(as(two))
		if err != nil || first.Secret == second.Secret {
			t.Fatalf("both sessions see the same key: %v", err)
		}
		if same, _ := h.EnrolTOTP(as(one)); same.Secret != first.Secret {
			t.Error("the key changes while it is scanned")
		}
		if _, err := h.Confirm(as(two), h.code(t, first.Secret), ""); err == nil {
			t.Error("a session confirmed the key of another")
		}
		if _, err := h.Confirm(as(one), h.code(t, first.Secret), ""); err != nil {
			t.Fatal(err)
		}
		h.clock.at = h.clock.at.Add(2 * time.Minute)
		for _, seed := range []string{first.Secret, second.Secret} {
			if _, err := h.Confirm(as(two), h.code(t, seed), ""); err == nil {
				t.Error("the other session came in")
			}
		}
	})
}

// TestGrantsAskForAFreshProof: after ten minutes roles, tokens, links and codes ask again who it is.
func TestGrantsAskForAFreshProof(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := h.begin(t)
		user := h.person(t, ctx, "staf@jember.example", tenant.RoleStaff, "dinas")
		_, secret := h.enter(t, "admin@jember.example")
		h.clock.at = h.clock.at.Add(11 * time.Minute)
		a := h.actor(t, secret)
		grant := access.Grant{UserID: user, Role: tenant.RoleOperator, Agency: "lain"}
		u, err := h.User(ctx, user)
		if err != nil {
			t.Fatal(err)
		}
		for name, try := range map[string]func(ctx context.Context) error{
			"grant": func(ctx context.Context) error { return h.Grant(ctx, grant) },
			"token": func(ctx context.Context) error {
				_, err := h.NewToken(ctx, "x", tenant.Scopes{"*": false}, time.Hour)
				return err
			},
			"codes":  func(ctx context.Context) error { _, err := h.NewRecovery(ctx); return err },
			"link":   func(ctx context.Context) error { _, err := h.ResetLink(ctx, user); return err },
			"totp":   func(ctx context.Context) error { return h.ResetTOTP(ctx, user) },
			"active": func(ctx context.Context) error { return h.SetActive(ctx, user, u.Rev, false) },
		} {
			if key, _ := errs.KeyOf(try(as(a))); key != "web.error.prove" {
				t.Errorf("%s: %q", name, key)
			}
		}
		if _, err := h.ProveAgain(as(a), "bukan sandi saya"); err == nil {
			t.Fatal("a wrong password proved something")
		}
		next, err := h.ProveAgain(as(a), password)
		if err != nil {
			t.Fatal(err)
		}
		if h.actor(t, secret).UserID != "" {
			t.Error("the cookie before the proof still opens something")
		}
		if err := h.Grant(as(h.actor(t, next)), grant); err != nil {
			t.Errorf("after the proof: %v", err)
		}
	})
}

// TestHalfSessionsDoNothing asks the service itself, without the pages.
func TestHalfSessionsDoNothing(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	h.begin(t)
	full, secret := h.enter(t, "admin@jember.example")
	half, _ := h.half(t, "admin@jember.example")
	if err := h.EndSession(as(half), full.UserID, full.SessionID); err == nil || h.actor(t, secret).UserID == "" {
		t.Error("a half session ended the full one")
	}
	if _, err := h.NewToken(as(half), "x", tenant.Scopes{"*": true}, time.Hour); err == nil {
		t.Error("a half session made a token")
	}
	if _, err := h.NewRecovery(as(half)); err == nil {
		t.Error("a half session made recovery codes")
	}
	if _, err := h.EnrolTOTP(as(half)); err == nil {
		t.Error("a half session set up another phone")
	}
}

// TestAHalfSessionHoldsNoRight: whatever step is still owed, the actor itself carries no grant, so that a service that asks what
// somebody may do gets the answer no without any help of the pages.
func TestAHalfSessionHoldsNoRight(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx, away := h.begin(t), h.second(t)
		h.SetPerms([]module.Perm{{Action: "propose", Roles: []string{tenant.RoleStaff}}})
		user := h.person(t, ctx, "staf@jember.example", tenant.RoleStaff, "dinas")
		enrol, _ := h.half(t, "admin@jember.example")
		h.enter(t, "admin@jember.example")
		code, _ := h.half(t, "admin@jember.example")
		a, _ := h.half(t, "staf@jember.example")
		h.enrol(t, a) // also a role that needs no second factor waits for the one that is set up
		owing, _ := h.half(t, "staf@jember.example")
		for _, c := range []context.Context{ctx, away} {
			h.person(t, c, "dua@luar.example", tenant.RoleStaff, "dinas")
		}
		choice, _ := h.half(t, "dua@luar.example")
		for owes, a := range map[string]tenant.Actor{"enrol": enrol, "code": code, "code of staff": owing, "choice": choice} {
			if a.UserID == "" || a.Owes == "" || len(a.Grants) > 0 || a.Can(access.Manage, "") || a.Can("propose", "dinas") {
				t.Errorf("%s: %+v", owes, a)
			}
			if err := h.Grant(as(a), access.Grant{UserID: user, Role: tenant.RoleAdmin}); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s: a half session gave a role: %v", owes, err)
			}
		}
	})
}
