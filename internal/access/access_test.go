package access_test

import (
	"context"
	"io/fs"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/id"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

const password = "kuda baterai staples benar"

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

type tree struct{}

func (tree) Subtree(_ context.Context, _ int64, agency string) ([]string, error) {
	return map[string][]string{"dinas": {"dinas", "bidang"}, "lain": {"lain"}}[agency], nil
}

type regions struct{}

func (regions) FindRegency(query string, _ int) ([]access.Region, error) {
	return []access.Region{{Code: query, Name: "Kabupaten Uji", Province: "Jawa Timur"}}, nil
}

type house struct {
	*access.Service
	clock *clock
	d     *db.DB
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	signer, err := audit.LoadSigner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{clock: &clock{time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)}, d: d}
	n := 0
	h.Service = access.New(access.Deps{DB: d, Audit: audit.New(d, h.clock.now, signer), Now: h.clock.now, NewID: func() string { n++; return "u" + strconv.Itoa(n) },
		Secret: id.Secret, Tree: tree{}, Regions: regions{}})
	h.SetPerms([]module.Perm{{Action: "write", Roles: []string{tenant.RoleOperator}}, {Action: access.Manage, Roles: []string{tenant.RoleAdmin}}, {Action: access.Read, Roles: []string{tenant.RoleAdmin}}})
	for _, m := range []struct {
		name  string
		files fs.FS
	}{{"jobs", jobs.Files}, {"audit", audit.Files}, {"access", h.Module().Files}} {
		if err := d.Migrate(context.Background(), m.name, m.files); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// begin sets the regency up and gives a context in which the program acts there.
func (h *house) begin(t *testing.T) context.Context {
	t.Helper()
	secret, err := h.SetupLink(context.Background())
	if err != nil || secret == "" {
		t.Fatalf("setup link: %v", err)
	}
	in := access.Setup{Code: "35.09", Name: "Admin", Email: "admin@jember.example", Password: password, Lang: "id"}
	if err := h.Begin(context.Background(), secret, in); err != nil {
		t.Fatal(err)
	}
	if err := h.Begin(context.Background(), secret, in); err == nil {
		t.Fatal("the setup link worked twice")
	}
	b, err := h.Brand(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return tenant.With(context.Background(), tenant.SystemOf(b.Regency, "test"))
}

// person invites somebody and lets them choose a password.
func (h *house) person(t *testing.T, ctx context.Context, email, role, agency string) string {
	t.Helper()
	user, link, err := h.Invite(ctx, access.User{Name: role, Email: email, Agency: agency}, role, agency)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.UseLink(context.Background(), path.Base(link), password); err != nil {
		t.Fatal(err)
	}
	if err := h.UseLink(context.Background(), path.Base(link), password+" lagi"); err == nil {
		t.Fatal("an invitation worked twice")
	}
	return user
}

// enter signs in and gives the actor of the session.
func (h *house) enter(t *testing.T, email string) (tenant.Actor, string) {
	t.Helper()
	secret, _, err := h.SignIn(context.Background(), email, password, "10.0.0.1", "test")
	if err != nil {
		t.Fatal(err)
	}
	return h.actor(t, secret), secret
}

func (h *house) actor(t *testing.T, secret string) tenant.Actor {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", h.CookieName()+"="+secret)
	a, err := h.Who(r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := h.begin(t)
		h.person(t, ctx, "op@jember.example", tenant.RoleOperator, "dinas")
		a, secret := h.enter(t, "OP@jember.example ")
		if !a.Can("write", "bidang") || a.Can("write", "lain") || a.Can(access.Manage, "") {
			t.Errorf("rights: %+v", a.Grants)
		}
		if _, _, err := h.SignIn(context.Background(), "op@jember.example", "salah", "10.0.0.2", ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("a wrong password: %v", err)
		}
		h.clock.at = h.clock.at.Add(13 * time.Hour)
		if h.actor(t, secret).SignedIn() {
			t.Error("an idle session lives on")
		}
		_, again := h.enter(t, "op@jember.example")
		b := h.actor(t, again)
		if err := h.EndSession(tenant.With(ctx, b), b.UserID, b.SessionID); err != nil {
			t.Fatal(err)
		}
		if h.actor(t, again).SignedIn() {
			t.Error("a revoked session lives on")
		}
	})
}

func TestGuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	h.begin(t)
	stopped := false
	for range 40 {
		_, _, err := h.SignIn(context.Background(), "admin@jember.example", "tebakan", "10.0.0.9", "")
		if key, _ := errs.KeyOf(err); key == "access.error.too_often" {
			stopped = true
			break
		}
	}
	if !stopped {
		t.Error("forty guesses in a row were answered")
	}
}

func TestApproversNeedASecondFactor(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.begin(t)
		half, secret := h.enter(t, "admin@jember.example")
		if len(half.Grants) != 0 || half.Can(access.Manage, "") {
			t.Fatalf("an administrator works without a second factor: %+v", half)
		}
		ctx := tenant.With(context.Background(), half)
		enrol, err := h.EnrolTOTP(ctx)
		if err != nil {
			t.Fatal(err)
		}
		code, err := totp.GenerateCode(enrol.Secret, h.clock.at)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.ConfirmTOTP(ctx, "000000"); err == nil {
			t.Error("a wrong code was taken")
		}
		if err := h.ConfirmTOTP(ctx, code); err != nil {
			t.Fatal(err)
		}
		full := h.actor(t, secret)
		if !full.Can(access.Manage, "") {
			t.Fatal("the second factor gave no right")
		}
		if err := h.ConfirmTOTP(ctx, code); err == nil {
			t.Error("a code was used twice")
		}
		codes, err := h.NewRecovery(tenant.With(context.Background(), full))
		if err != nil || len(codes) != 10 {
			t.Fatalf("recovery codes: %v %v", codes, err)
		}
		next, secret := h.enter(t, "admin@jember.example")
		if next.Can(access.Manage, "") {
			t.Fatal("the second sign-in asked for no code")
		}
		ctx = tenant.With(context.Background(), next)
		if err := h.ConfirmTOTP(ctx, strings.ToUpper(strings.ReplaceAll(codes[3], "-", " "))); err != nil {
			t.Fatalf("a recovery code was refused: %v", err)
		}
		if !h.actor(t, secret).Can(access.Manage, "") {
			t.Error("a recovery code gave no right")
		}
		if err := h.ConfirmTOTP(ctx, codes[3]); err == nil {
			t.Error("a recovery code was used twice")
		}
	})
}

func TestRolesEnd(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := h.begin(t)
		user := h.person(t, ctx, "as@luar.example", tenant.RoleAssessor, "")
		if err := h.Grant(ctx, access.Grant{UserID: user, Role: tenant.RoleOperator, Agency: "lain", Until: h.clock.at.Add(time.Hour).UnixMilli()}); err != nil {
			t.Fatal(err)
		}
		if a, _ := h.enter(t, "as@luar.example"); !a.Can("write", "lain") || a.Can("write", "dinas") {
			t.Errorf("before the end: %+v", a.Grants)
		}
		h.clock.at = h.clock.at.Add(2 * time.Hour)
		if a, _ := h.enter(t, "as@luar.example"); a.Can("write", "lain") {
			t.Error("a role that ended still counts")
		}
		grants, _ := h.Grants(ctx, user)
		for _, g := range grants {
			if err := h.Revoke(ctx, user, g.ID); err != nil {
				t.Fatal(err)
			}
		}
		if a, _ := h.enter(t, "as@luar.example"); len(a.Grants) != 0 {
			t.Errorf("after revoking all: %+v", a.Grants)
		}
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := h.begin(t)
		all, err := h.Users(ctx, "", tenant.RoleAdmin, "")
		if err != nil || len(all) != 1 {
			t.Fatal(err)
		}
		if err := h.SetActive(ctx, all[0].ID, all[0].Rev, false); err == nil {
			t.Error("the last administrator was switched off")
		}
		grants, _ := h.Grants(ctx, all[0].ID)
		if err := h.Revoke(ctx, all[0].ID, grants[0].ID); err == nil {
			t.Error("the last administrator lost the role")
		}
	})
}

func TestTokens(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := h.begin(t)
		h.person(t, ctx, "op@jember.example", tenant.RoleOperator, "dinas")
		a, _ := h.enter(t, "op@jember.example")
		secret, err := h.NewToken(tenant.With(ctx, a), "skrip", false, 48*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", "Bearer "+secret)
		by, err := h.Who(r)
		if err != nil || !by.ReadOnly || by.UserID != a.UserID || !by.Can("write", "dinas") {
			t.Errorf("token: %+v %v", by, err)
		}
		h.clock.at = h.clock.at.Add(49 * time.Hour)
		if by, err := h.Who(r); err == nil && by.SignedIn() {
			t.Error("a token outlived its end")
		}
		r.Header.Set("Authorization", "Bearer tidak-ada")
		if by, err := h.Who(r); err == nil && by.SignedIn() {
			t.Error("an unknown token was taken")
		}
	})
}

func TestResetLinksEnd(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := h.begin(t)
		user := h.person(t, ctx, "op@jember.example", tenant.RoleOperator, "dinas")
		link, err := h.ResetLink(ctx, user)
		if err != nil {
			t.Fatal(err)
		}
		h.clock.at = h.clock.at.Add(30 * 24 * time.Hour)
		if err := h.UseLink(context.Background(), path.Base(link), password+" baru"); err == nil {
			t.Error("an old link worked")
		}
	})
}

// TestScopeAndCanAgree compares the two forms of one rule: the function and the SQL predicate.
func TestScopeAndCanAgree(t *testing.T) {
	t.Parallel()
	agencies := []string{"a", "b", "c", "d"}
	for mask := range 1 << 10 {
		var actor tenant.Actor
		for i := range 2 {
			g := tenant.Grant{Actions: map[string]bool{"x": mask>>(5*i)&1 == 1}, All: mask>>(5*i+1)&1 == 1 && i == 1}
			for j, id := range agencies[:3] {
				if mask>>(5*i+2+j)&1 == 1 {
					g.Agencies = append(g.Agencies, id)
				}
			}
			actor.Grants = append(actor.Grants, g)
		}
		var args []any
		where := actor.Scope("x").Where("col", &args)
		for _, id := range agencies {
			listed := where == "TRUE"
			for _, arg := range args {
				listed = listed || arg == id
			}
			if listed != actor.Can("x", id) {
				t.Fatalf("mask %b, agency %s: list %v, function %v", mask, id, listed, actor.Can("x", id))
			}
		}
	}
}
