package access_test

import (
	"context"
	"io/fs"
	"net/http/httptest"
	"path"
	"strconv"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/id"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/keys"
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
	seeds map[string]string // keys of the phones that were set up
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	signer, err := audit.LoadSigner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{clock: &clock{time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)}, d: d, seeds: map[string]string{}}
	n := 0
	h.Service = access.New(access.Deps{DB: d, Audit: audit.New(d, h.clock.now, signer), Now: h.clock.now, NewID: func() string { n++; return "u" + strconv.Itoa(n) },
		Secret: id.Secret, Box: keys.Memory(), Tree: tree{}, Regions: regions{}, Dir: offices{}})
	h.Cheap()
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

// attempt is one try with a password from an address.
func (h *house) attempt(email, words, ip, device string) (access.Entry, error) {
	return h.SignIn(context.Background(), access.Try{Email: email, Password: words, IP: ip, Agent: "test", Device: device})
}

// half signs in with the password alone and gives the actor of that session.
func (h *house) half(t *testing.T, email string) (tenant.Actor, string) {
	t.Helper()
	e, err := h.attempt(email, password, "10.0.0.1", "")
	if err != nil {
		t.Fatal(err)
	}
	return h.actor(t, e.Secret), e.Secret
}

// code gives what a phone would show for a secret.
func (h *house) code(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, h.clock.at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// enrol sets a phone up in a session and gives the new cookie, the key and the recovery codes.
func (h *house) enrol(t *testing.T, a tenant.Actor) (secret, seed string, codes []string) {
	t.Helper()
	ctx := tenant.With(context.Background(), a)
	enrol, err := h.EnrolTOTP(ctx)
	if err != nil {
		t.Fatal(err)
	}
	done, err := h.Confirm(ctx, h.code(t, enrol.Secret), "")
	if err != nil {
		t.Fatal(err)
	}
	h.seeds[a.UserID] = enrol.Secret
	return done.Secret, enrol.Secret, done.Codes
}

// enter signs in with everything that is asked for and gives the actor of the session.
func (h *house) enter(t *testing.T, email string) (tenant.Actor, string) {
	t.Helper()
	a, secret := h.half(t, email)
	switch {
	case len(a.Held) == 0:
	case h.seeds[a.UserID] == "":
		secret, _, _ = h.enrol(t, a)
	default:
		h.clock.at = h.clock.at.Add(time.Minute) // a code is taken once
		done, err := h.Confirm(tenant.With(context.Background(), a), h.code(t, h.seeds[a.UserID]), "")
		if err != nil {
			t.Fatal(err)
		}
		secret = done.Secret
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
		if _, err := h.attempt("op@jember.example", "salah", "10.0.0.2", ""); !errs.Is(err, errs.Invalid) {
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
		right := h.clock.at
		h.clock.at = right.AddDate(10, 0, 0) // the clock of the server jumps ahead and comes back
		_, ahead := h.enter(t, "op@jember.example")
		if h.clock.at = right; h.actor(t, ahead).SignedIn() {
			t.Error("a session of a clock that was ten years ahead lives on")
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
