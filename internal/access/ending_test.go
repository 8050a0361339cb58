package access_test

import (
	"context"
	"net/http/httptest"
	"path"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// program gives the actor of a token.
func (h *house) program(token string) (tenant.Actor, error) {
	r := httptest.NewRequest("GET", "/api/v1/x", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	return h.Who(r)
}

func (h *house) token(t *testing.T, a tenant.Actor) string {
	t.Helper()
	secret, err := h.NewToken(as(a), "skrip", tenant.Scopes{"*": true}, 48*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func TestTokens(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := h.begin(t)
		h.SetRooms([]string{"evidence", "notice"})
		h.person(t, ctx, "op@jember.example", tenant.RoleOperator, "dinas")
		a, _ := h.enter(t, "op@jember.example")
		for name, life := range map[string]time.Duration{"without end": 0, "two years": 2 * 365 * 24 * time.Hour} {
			if _, err := h.NewToken(as(a), name, tenant.Scopes{"*": false}, life); !errs.Is(err, errs.Invalid) {
				t.Errorf("a token %s was made: %v", name, err)
			}
		}
		if _, err := h.NewToken(as(a), "x", tenant.Scopes{"tidak": true}, time.Hour); !errs.Is(err, errs.Invalid) {
			t.Errorf("a token for a room that is none: %v", err)
		}
		secret, err := h.NewToken(as(a), "skrip", tenant.Scopes{"evidence": true, "notice": false}, 48*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		by, err := h.program(secret)
		if err != nil || by.UserID != a.UserID || !by.Can("write", "dinas") || by.Via != tenant.ViaToken {
			t.Errorf("token: %+v %v", by, err)
		}
		for _, c := range []struct {
			room        string
			write, want bool
		}{{"evidence", true, true}, {"notice", false, true}, {"notice", true, false}, {"webhook", false, false}} {
			if by.Token.Allows(c.room, c.write) != c.want {
				t.Errorf("%s, write %v: want %v", c.room, c.write, c.want)
			}
		}
		if all, err := h.Tokens(as(a)); err != nil || len(all) != 1 || all[0].UsedAt != h.clock.at.UnixMilli() {
			t.Errorf("the last use is not kept: %+v %v", all, err)
		}
		h.clock.at = h.clock.at.Add(49 * time.Hour)
		if by, err := h.program(secret); err == nil && by.UserID != "" {
			t.Error("a token outlived its end")
		}
		if by, err := h.program("tidak-ada"); err == nil && by.UserID != "" {
			t.Error("an unknown token was taken")
		}
	})
}

// TestChangesEndWhatTheyMust runs each change and looks at a token, a session, a reset link and a known browser.
func TestChangesEndWhatTheyMust(t *testing.T) {
	t.Parallel()
	type left struct{ session, token, link bool }
	cases := map[string]struct {
		do   func(t *testing.T, h *house, ctx context.Context, user string)
		want left
	}{
		"password by a link": {func(t *testing.T, h *house, ctx context.Context, user string) {
			link, err := h.ResetLink(ctx, user)
			if err != nil {
				t.Fatal(err)
			}
			if err := h.UseLink(context.Background(), path.Base(link), password+" baru"); err != nil {
				t.Fatal(err)
			}
		}, left{}},
		"role given": {func(t *testing.T, h *house, ctx context.Context, user string) {
			if err := h.Grant(ctx, access.Grant{UserID: user, Role: tenant.RoleHead, Agency: "lain"}); err != nil {
				t.Fatal(err)
			}
		}, left{session: true}},
		"role taken": {func(t *testing.T, h *house, ctx context.Context, user string) {
			grants, err := h.Grants(ctx, user)
			if err != nil {
				t.Fatal(err)
			}
			if err := h.Revoke(ctx, user, grants[0].ID); err != nil {
				t.Fatal(err)
			}
		}, left{session: true}},
		"second factor reset": {func(t *testing.T, h *house, ctx context.Context, user string) {
			if err := h.ResetTOTP(ctx, user); err != nil {
				t.Fatal(err)
			}
		}, left{}},
		"switched off and on": {func(t *testing.T, h *house, ctx context.Context, user string) {
			for _, on := range []bool{false, true} {
				u, err := h.User(ctx, user)
				if err != nil {
					t.Fatal(err)
				}
				if err := h.SetActive(ctx, user, u.Rev, on); err != nil {
					t.Fatal(err)
				}
			}
		}, left{}},
		"another e-mail": {func(t *testing.T, h *house, ctx context.Context, user string) {
			u, err := h.User(ctx, user)
			if err != nil {
				t.Fatal(err)
			}
			u.Email = "lain@jember.example"
			if err := h.Edit(ctx, u); err != nil {
				t.Fatal(err)
			}
		}, left{session: true, token: true}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, d *db.DB) {
				h := open(t, d)
				ctx := h.begin(t)
				user := h.person(t, ctx, "op@jember.example", tenant.RoleOperator, "dinas")
				a, secret := h.enter(t, "op@jember.example")
				token := h.token(t, a)
				link, err := h.ResetLink(ctx, user)
				if err != nil {
					t.Fatal(err)
				}
				c.do(t, h, ctx, user)
				by, err := h.program(token)
				got := left{session: h.actor(t, secret).UserID != "", token: err == nil && by.UserID != ""}
				got.link = h.UseLink(context.Background(), path.Base(link), password+" lama") == nil
				if got != c.want {
					t.Errorf("left %+v, want %+v", got, c.want)
				}
			})
		})
	}
}

// TestRecoveryCodesAreNewWithEveryPhone: after a reset none of the old codes is left.
func TestRecoveryCodesAreNewWithEveryPhone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := h.begin(t)
		user := h.person(t, ctx, "op@jember.example", tenant.RoleOperator, "dinas")
		half, _ := h.half(t, "op@jember.example")
		_, _, old := h.enrol(t, half)
		if err := h.ResetTOTP(ctx, user); err != nil {
			t.Fatal(err)
		}
		half, _ = h.half(t, "op@jember.example")
		_, _, codes := h.enrol(t, half)
		if len(codes) != 10 || codes[0] == old[0] {
			t.Fatalf("codes: %v", codes)
		}
		half, _ = h.half(t, "op@jember.example")
		if _, err := h.Confirm(as(half), old[0], ""); err == nil {
			t.Error("a recovery code outlived the reset")
		}
		if _, err := h.Confirm(as(half), codes[0], ""); err != nil {
			t.Errorf("a new recovery code: %v", err)
		}
	})
}

func TestOneLinkLivesAndOldOnesAreSwept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := h.begin(t)
		user := h.person(t, ctx, "op@jember.example", tenant.RoleOperator, "dinas")
		first, err := h.ResetLink(ctx, user)
		if err != nil {
			t.Fatal(err)
		}
		second, err := h.ResetLink(ctx, user)
		if err != nil {
			t.Fatal(err)
		}
		if h.UseLink(context.Background(), path.Base(first), password+" satu") == nil {
			t.Error("the older link still works")
		}
		if err := h.Forgot(ctx, "op@jember.example", "10.0.0.5"); err != nil {
			t.Fatal(err)
		}
		for range 9 {
			if err := h.Letters(ctx, "op@jember.example"); err != nil {
				t.Fatal(err)
			}
		}
		if n := h.count(t, `SELECT count(*) FROM access_link WHERE regency_id > 0`); n != 1 {
			t.Errorf("%d links live", n)
		}
		if n := h.count(t, `SELECT count(*) FROM audit_entry WHERE regency_id > 0 AND action = 'access.forgot'`); n > 4 {
			t.Errorf("%d letters within an hour", n)
		}
		if h.UseLink(context.Background(), path.Base(second), password+" dua") == nil {
			t.Error("a link outlived a newer one")
		}
		h.enter(t, "op@jember.example")
		h.clock.at = h.clock.at.Add(8 * 24 * time.Hour)
		if err := h.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
		for _, sql := range []string{`SELECT count(*) FROM access_link WHERE regency_id > 0`, `SELECT count(*) FROM access_session WHERE regency_id > 0`} {
			if n := h.count(t, sql); n != 0 {
				t.Errorf("%s: %d", sql, n)
			}
		}
	})
}

func (h *house) count(t *testing.T, sql string) (n int) {
	t.Helper()
	if err := h.d.QueryRow(context.Background(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestTheLastAdministratorStays tries every way in which nobody would be left.
func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := h.begin(t)
		all, err := h.Users(ctx, "", tenant.RoleAdmin, "")
		if err != nil || len(all) != 1 {
			t.Fatal(err)
		}
		grants, err := h.Grants(ctx, all[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		// Somebody who was invited and never came, and one whose role ends, are no administrators to rely on.
		if _, _, err := h.Invite(ctx, access.User{Name: "Belum", Email: "belum@jember.example"}, tenant.RoleAdmin, ""); err != nil {
			t.Fatal(err)
		}
		user := h.person(t, ctx, "sebentar@jember.example", tenant.RoleStaff, "dinas")
		if err := h.Grant(ctx, access.Grant{UserID: user, Role: tenant.RoleAdmin, Until: h.clock.at.Add(time.Hour).UnixMilli()}); err != nil {
			t.Fatal(err)
		}
		ended := all[0]
		ended.Until = h.clock.at.Add(-time.Hour).UnixMilli()
		later := all[0]
		later.Until = h.clock.at.Add(240 * time.Hour).UnixMilli()
		for name, err := range map[string]error{
			"switched off":       h.SetActive(ctx, all[0].ID, all[0].Rev, false),
			"role taken":         h.Revoke(ctx, all[0].ID, grants[0].ID),
			"an end in the past": h.Edit(ctx, ended),
			"an end in ten days": h.Edit(ctx, later),
		} {
			if key, _ := errs.KeyOf(err); key != "access.error.last_admin" {
				t.Errorf("%s: %v", name, err)
			}
		}
		second := h.person(t, ctx, "dua@jember.example", tenant.RoleAdmin, "")
		if err := h.Revoke(ctx, all[0].ID, grants[0].ID); err != nil {
			t.Errorf("with a second administrator %s: %v", second, err)
		}
	})
}

// TestWrongPeopleAreFieldErrors: what a form may hold is said beside the field, never our fault.
func TestWrongPeopleAreFieldErrors(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := h.begin(t)
		for email, agency := range map[string]string{"x@a.id\r\nBcc:e@b.id": "", "x@a.id\nBcc:e": "", "x@a.id\x00": "", "<x@a.id>": "", "x@": "", "x @a.id": "", "ok@a.id": "tidak-ada", "é@a.id": ""} {
			_, _, err := h.Invite(ctx, access.User{Name: "X", Email: email, Agency: agency}, tenant.RoleStaff, "dinas")
			if !errs.Is(err, errs.Invalid) {
				t.Errorf("%q, %q: %v", email, agency, err)
			}
		}
		if _, _, err := h.Invite(ctx, access.User{Name: "X", Email: "y@a.id"}, tenant.RoleStaff, "tidak-ada"); !errs.Is(err, errs.Invalid) {
			t.Errorf("an unknown scope: %v", err)
		}
	})
}

// TestATokenHoldsWhatItsSessionProved: a token made with the password alone has none of the rights of a role that needs a
// second factor, and says nothing is owed when no other role is left; one made after it has them.
func TestATokenHoldsWhatItsSessionProved(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := h.begin(t)
		h.SetPerms([]module.Perm{{Action: "propose", Roles: []string{tenant.RoleStaff}}, {Action: "decide", Roles: []string{tenant.RoleHead}}})
		user := h.person(t, ctx, "staf@jember.example", tenant.RoleHead, "dinas")
		until := h.clock.at.Add(30 * time.Hour)
		if err := h.Grant(ctx, access.Grant{UserID: user, Role: tenant.RoleStaff, Agency: "dinas", Until: until.UnixMilli()}); err != nil {
			t.Fatal(err)
		}
		a, _ := h.half(t, "staf@jember.example")
		weak := h.token(t, a)
		by, err := h.program(weak)
		if err != nil || by.Can("decide", "dinas") || !by.Can("propose", "dinas") || len(by.Held) != 1 {
			t.Errorf("a token of a password alone: %+v %v", by, err)
		}
		next, _, _ := h.enrol(t, a)
		strong := h.token(t, h.actor(t, next))
		if by, err := h.program(strong); err != nil || !by.Can("decide", "dinas") || len(by.Held) != 0 {
			t.Errorf("a token of both factors: %+v %v", by, err)
		}
		if by, err := h.program(weak); err != nil || by.Can("decide", "dinas") {
			t.Errorf("the older token after the second factor: %+v %v", by, err)
		}
		h.clock.at = until.Add(time.Hour)
		if by, err := h.program(weak); err != nil || len(by.Grants) > 0 || !by.SignedIn() {
			t.Errorf("a token whose role ended: %+v %v", by, err)
		}
	})
}

// TestOnesOwnNewPassword keeps the session in which it was set, and ends the other sessions, tokens, links and the browsers the
// house knows.
func TestOnesOwnNewPassword(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := h.begin(t)
		user := h.person(t, ctx, "op@jember.example", tenant.RoleOperator, "dinas")
		_, other := h.enter(t, "op@jember.example")
		a, own := h.enter(t, "op@jember.example")
		token := h.token(t, a)
		link, err := h.ResetLink(ctx, user)
		if err != nil {
			t.Fatal(err)
		}
		devices := `SELECT count(*) FROM access_device WHERE regency_id = 3509 AND user_id = '` + user + `'`
		if h.count(t, devices) == 0 {
			t.Fatal("no browser is known")
		}
		if err := h.OwnPassword(as(a), password+" salah", password+" baru"); !errs.Is(err, errs.Invalid) {
			t.Fatalf("a wrong old password: %v", err)
		}
		if err := h.OwnPassword(as(a), password, password+" baru"); err != nil {
			t.Fatal(err)
		}
		if h.actor(t, own).UserID != user {
			t.Error("the session in which it was set ended")
		}
		if h.actor(t, other).UserID != "" {
			t.Error("another session lives on")
		}
		if by, err := h.program(token); err == nil && by.UserID != "" {
			t.Error("a token lives on")
		}
		if h.UseLink(context.Background(), path.Base(link), password+" lama") == nil {
			t.Error("a link lives on")
		}
		if n := h.count(t, devices); n != 0 {
			t.Errorf("%d browsers are still known", n)
		}
	})
}
