package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
	"github.com/pendapa/pendapa/internal/webhook"
)

// doings are all ways to see or change a hook through the service.
func doings(k *room, id, delivery string) map[string]func(context.Context) error {
	h := webhook.Hook{ID: id, Name: "x", URL: k.receiver.URL, Events: []string{webhook.All}, Rev: 1}
	return map[string]func(context.Context) error{
		"get":    func(ctx context.Context) error { _, err := k.Get(ctx, id); return err },
		"edit":   func(ctx context.Context) error { return k.Edit(ctx, h) },
		"rotate": func(ctx context.Context) error { _, err := k.Rotate(ctx, id, 1); return err },
		"active": func(ctx context.Context) error { return k.SetActive(ctx, id, 1, false) },
		"test":   func(ctx context.Context) error { return k.Test(ctx, id) },
		"resend": func(ctx context.Context) error { return k.Resend(ctx, id, delivery) },
		"delete": func(ctx context.Context) error { return k.Delete(ctx, id) },
	}
}

func TestOnlyAdminsOfTheSameRegency(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id, _ := k.hook(t, "papan")
		k.receiver.say(status(500))
		k.tell(t, "innovation.stage", "e", nil)
		k.work(t)
		before, trail := fmt.Sprint(k.get(t, id), k.one(t, id)), k.trail(t)
		all := doings(k, id, k.one(t, id).ID)
		all["list"] = func(ctx context.Context) error { _, err := k.List(ctx); return err }
		all["log"] = func(ctx context.Context) error { _, _, err := k.Log(ctx, id, 1, 0); return err }
		all["tallies"] = func(ctx context.Context) error { _, err := k.Tallies(ctx); return err }
		all["create"] = func(ctx context.Context) error {
			_, _, err := k.Create(ctx, webhook.Hook{Name: "y", URL: k.receiver.URL, Events: []string{webhook.All}})
			return err
		}
		for name, do := range all {
			for who, ctx := range map[string]context.Context{"stranger": context.Background(), "operator": person(3509, "op", "evaluation.write")} {
				if err := do(ctx); !errs.Is(err, errs.Forbidden) {
					t.Errorf("%s as %s: %v, want forbidden", name, who, err)
				}
			}
		}
		for name, do := range doings(k, id, k.one(t, id).ID) {
			if err := do(person(3507, "lain", webhook.Manage)); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s from another regency: %v, want not found", name, err)
			}
		}
		if seen, n, err := k.Log(person(3507, "lain", webhook.Manage), id, 10, 0); n != 0 || len(seen) != 0 || err != nil {
			t.Errorf("another regency reads the log: %v %v", seen, err)
		}
		if after := fmt.Sprint(k.get(t, id), k.one(t, id)); after != before || k.trail(t) != trail {
			t.Errorf("something changed: %s\n%s", before, after)
		}
	})
}

func TestEveryRouteAsksForTheRight(t *testing.T) {
	t.Parallel()
	v := doorOf(t, open(t, storetest.SQLite(t)))
	id, _ := v.hook(t, "papan")
	routes := v.mux.Routes()
	if len(routes) != 13 {
		t.Errorf("%d routes", len(routes))
	}
	for _, m := range v.Module().Perms {
		if m.Action != webhook.Manage || len(m.Roles) != 1 || m.Roles[0] != tenant.RoleAdmin {
			t.Errorf("%+v", m)
		}
	}
	for _, r := range routes {
		method, path, _ := strings.Cut(r.Pattern, " ")
		path = strings.NewReplacer("{id}", id, "{delivery}", "x").Replace(path)
		if code, body, _ := v.call(t, tenant.From(person(3509, "op", "agency.read")), method, path, "application/x-www-form-urlencoded", url.Values{"rev": {"1"}, "confirm": {"ya"}}.Encode()); code != http.StatusForbidden || strings.Contains(body, "papan") {
			t.Errorf("%s as an operator: %d", r.Pattern, code)
		}
	}
	if h := v.get(t, id); h.Rev != 1 || !h.Active {
		t.Errorf("%+v", h)
	}
}

func TestHooksAreFew(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	for n := range 20 {
		k.hook(t, fmt.Sprint("h", n))
	}
	if _, _, err := k.Create(admin(), webhook.Hook{Name: "z", URL: k.receiver.URL, Events: []string{webhook.All}}); !errs.Is(err, errs.Conflict) {
		t.Errorf("one more: %v", err)
	}
}

func TestTwoAdminsAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id, _ := k.hook(t, "papan")
		h := k.get(t, id)
		h.Name = "satu"
		if err := k.Edit(admin(), h); err != nil {
			t.Fatal(err)
		}
		h.Name = "dua"
		if err := k.Edit(admin(), h); !errs.Is(err, errs.Conflict) {
			t.Errorf("edit: %v", err)
		}
		if err := k.SetActive(admin(), id, 1, false); !errs.Is(err, errs.Conflict) {
			t.Errorf("switch: %v", err)
		}
		if _, err := k.Rotate(admin(), id, 1); !errs.Is(err, errs.Conflict) {
			t.Errorf("rotate: %v", err)
		}
		if h := k.get(t, id); h.Name != "satu" || !h.Active || h.OldUntil != 0 {
			t.Errorf("%+v", h)
		}
		other, _ := k.hook(t, "lain")
		o := k.get(t, other)
		o.Name = "satu"
		if err := k.Edit(admin(), o); !errs.Is(err, errs.Invalid) {
			t.Errorf("a name that is taken: %v", err)
		}
	})
}

func TestSampleShowsEverythingAndSendsNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		v := doorOf(t, open(t, d))
		if err := v.Sample(tenant.With(context.Background(), tenant.SystemOf(3509, "sample"))); err != nil {
			t.Fatal(err)
		}
		h := must(v.List(admin()))(t)[0]
		if _, body, _ := v.call(t, tenant.From(admin()), "GET", "/kait/"+h.ID, "", ""); len(v.log(t, h.ID)) != 3 || !strings.Contains(body, "Service Unavailable") {
			t.Errorf("%+v", v.log(t, h.ID))
		}
		v.tell(t, "innovation.stage", "e", nil)
		if v.waitingJobs(t) != 0 {
			t.Error("the sample hook is told")
		}
	})
}
