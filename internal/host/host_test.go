package host_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/host"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
	"github.com/pendapa/pendapa/internal/texttest"
)

// town is a founder that keeps its regencies in memory.
type town struct{ all []tenant.Brand }

func (t *town) Regencies(context.Context) ([]tenant.Brand, error) { return t.all, nil }
func (t *town) Found(_ context.Context, code, zone, _, _ string) (int64, string, error) {
	t.all = append(t.all, tenant.Brand{Regency: 9, Code: code, Name: "Daerah " + code, Zone: zone})
	return 9, "/undangan/x", nil
}
func (t *town) SetZone(_ context.Context, _ *db.Tx, regency int64, zone string) error {
	for n := range t.all {
		if t.all[n].Regency == regency {
			t.all[n].Zone = zone
		}
	}
	return nil
}
func (t *town) Appoint(context.Context, int64, string) error { return nil }

type kit struct {
	*host.Service
	town    *town
	changed []int64
	d       *db.DB
}

func open(t *testing.T, d *db.DB) *kit {
	t.Helper()
	k := &kit{d: d, town: &town{all: []tenant.Brand{
		{Regency: 1, Code: "35.09", Name: "Kabupaten Satu", Zone: "Asia/Jakarta"},
		{Regency: 2, Code: "51.03", Name: "Kabupaten Dua", Zone: "Asia/Makassar"},
	}}}
	now := func() time.Time { return time.UnixMilli(1_700_000_000_000) }
	k.Service = host.New(host.Deps{DB: d, Audit: audit.New(d, now, nil), Now: now, Founder: k.town, Box: keys.Memory(),
		Changed: func(regency int64) { k.changed = append(k.changed, regency) }, BaseURL: "https://induk.example/",
		Default: host.Limits{File: 50 << 20, Agency: 100 << 20}})
	storetest.Migrate(t, d, "audit", audit.Files)
	storetest.Migrate(t, d, "host", k.Module().Files)
	return k
}

func operator() context.Context {
	return tenant.With(context.Background(), tenant.Actor{Regency: 1, UserID: "o", Name: "Operator Induk",
		Grants: []tenant.Grant{{Role: tenant.RoleHost, Actions: map[string]bool{host.Manage: true}, All: true}}})
}

func TestARegencyHasItsOwnSettings(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := open(t, d), operator()
		r, err := k.Get(ctx, 2)
		if err != nil {
			t.Fatal(err)
		}
		if got := k.Address(ctx, 2); got != "https://induk.example" {
			t.Errorf("without a name letters say %s", got)
		}
		r.HostName, r.Slug, r.Zone, r.AgencyMB = "https://Kota.Dua.example/", "dua", "Asia/Jayapura", 7
		r.Mail = host.Mail{Host: "mail.dua.example", User: "surat", Password: "rahasia-surat", From: "Dua <a@dua.example>"}
		if err := k.Save(ctx, r); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]int64{"kota.dua.example": 2, "lain.example": 0} {
			if got, err := k.Find(ctx, name, ""); err != nil || got != want {
				t.Errorf("%s leads to %d, want %d (%v)", name, got, want, err)
			}
		}
		if got, _ := k.Find(ctx, "kota.dua.example", "dua"); got != 2 {
			t.Errorf("the slug leads to %d", got)
		}
		if got, _ := k.Find(ctx, "", "tiga"); got != 0 {
			t.Errorf("an unknown slug leads to %d", got)
		}
		if got := k.Address(ctx, 2); got != "https://kota.dua.example" {
			t.Errorf("letters say %s", got)
		}
		if l, err := k.Limits(ctx, 2); err != nil || l != (host.Limits{File: 50 << 20, Agency: 7 << 20}) {
			t.Errorf("limits %+v %v", l, err)
		}
		if l, err := k.Limits(ctx, 1); err != nil || l.Agency != 100<<20 {
			t.Errorf("the other regency got limits %+v %v", l, err)
		}
		m, ok, err := k.MailOf(ctx, 2)
		if err != nil || !ok || m.Password != "rahasia-surat" || m.Port != 587 {
			t.Errorf("mail %+v %v %v", m, ok, err)
		}
		if _, ok, _ := k.MailOf(ctx, 1); ok {
			t.Error("the other regency sends through a server that is not its own")
		}
		if k.town.all[1].Zone != "Asia/Jayapura" || len(k.changed) != 1 || k.changed[0] != 2 {
			t.Errorf("zone %s, changed %v", k.town.all[1].Zone, k.changed)
		}
		k.keepsNoSecretOpen(t)
		if err := k.Save(ctx, r); !errs.Is(err, errs.Conflict) {
			t.Errorf("saving over a newer version: %v", err)
		}
		k.keepsThePassword(t, ctx)
	})
}

func (k *kit) keepsNoSecretOpen(t *testing.T) {
	t.Helper()
	var stored string
	if err := k.d.QueryRow(t.Context(), `SELECT mail_password FROM host_regency WHERE regency_id = 2`).Scan(&stored); err != nil {
		t.Fatal(err)
	}
	if stored == "" || strings.Contains(stored, "rahasia") {
		t.Errorf("the password stands open: %q", stored)
	}
	rows, _, err := k.Audit.List(t.Context(), 2, audit.Filter{}, 10, 0)
	if err != nil || len(rows) != 1 || rows[0].ActorName != "Operator Induk" || strings.Contains(rows[0].After, "rahasia") {
		t.Errorf("the trail of the regency: %+v %v", rows, err)
	}
}

// An empty password field keeps the one that is there; no mail server forgets it.
func (k *kit) keepsThePassword(t *testing.T, ctx context.Context) {
	t.Helper()
	r, err := k.Get(ctx, 2)
	if err != nil || r.Mail.Password != "" || !r.MailKept {
		t.Fatalf("a page is given %+v %v", r, err)
	}
	if err := k.Save(ctx, r); err != nil {
		t.Fatal(err)
	}
	if m, _, err := k.MailOf(ctx, 2); err != nil || m.Password != "rahasia-surat" {
		t.Errorf("the password is gone: %+v %v", m, err)
	}
	r.Rev++
	r.Mail = host.Mail{}
	if err := k.Save(ctx, r); err != nil {
		t.Fatal(err)
	}
	if r, err = k.Get(ctx, 2); err != nil || r.MailKept {
		t.Errorf("without a server a password is kept: %+v %v", r, err)
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := open(t, d), operator()
		for field, change := range map[string]func(*host.Regency){
			"host_name": func(r *host.Regency) { r.HostName = "dua example" },
			"slug":      func(r *host.Regency) { r.Slug = "../dua" },
			"zone":      func(r *host.Regency) { r.Zone = "Europe/Berlin" },
			"mail_host": func(r *host.Regency) { r.Mail = host.Mail{Host: "a/b", From: "a@b.example"} },
			"mail_port": func(r *host.Regency) { r.Mail = host.Mail{Host: "m.example", Port: 70000, From: "a@b.example"} },
			"mail_from": func(r *host.Regency) { r.Mail = host.Mail{Host: "m.example", From: "a@b.example\r\nBcc: c@d.example"} },
			"file_mb":   func(r *host.Regency) { r.FileMB = -1 },
		} {
			r, err := k.Get(ctx, 2)
			if err != nil {
				t.Fatal(err)
			}
			change(&r)
			_, fields := errs.MsgOf(k.Save(ctx, r))
			if _, told := fields[field]; !told {
				t.Errorf("%s was taken: %v", field, fields)
			}
		}
		one, _ := k.Get(ctx, 1)
		two, _ := k.Get(ctx, 2)
		one.Slug, two.Slug = "sama", "sama"
		if err := k.Save(ctx, one); err != nil {
			t.Fatal(err)
		}
		if err := k.Save(ctx, two); !errs.Is(err, errs.Invalid) {
			t.Errorf("two regencies share a path: %v", err)
		}
		if _, _, err := k.Add(ctx, "35.10", "Mars/Olympus", "Admin", "a@b.example"); !errs.Is(err, errs.Invalid) {
			t.Errorf("a regency on Mars: %v", err)
		}
	})
}

func TestOnlyTheOperatorOfTheHost(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	admin := tenant.With(t.Context(), tenant.Actor{Regency: 1, UserID: "a",
		Grants: []tenant.Grant{{Role: tenant.RoleAdmin, Actions: map[string]bool{"access.manage": true}, All: true}}})
	for what, err := range map[string]error{
		"list": second(k.List(admin)), "get": second(k.Get(admin, 2)), "save": k.Save(admin, host.Regency{}),
	} {
		if !errs.Is(err, errs.Forbidden) {
			t.Errorf("an administrator may %s: %v", what, err)
		}
	}
	if _, _, err := k.Add(admin, "35.10", "", "A", "a@b.example"); !errs.Is(err, errs.Forbidden) {
		t.Errorf("an administrator adds a regency: %v", err)
	}
	if len(k.town.all) != 2 {
		t.Error("a regency was added")
	}
}

func second[T any](_ T, err error) error { return err }

func TestWords(t *testing.T) {
	t.Parallel()
	texttest.Check(t, (&host.Service{}).Module(), 4, "host.regency.edit")
}
