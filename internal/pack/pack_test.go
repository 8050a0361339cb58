package pack_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/pack"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

const shipped = "smartcity-2022-kppn"

func room(t *testing.T, d *db.DB, used *bool) (*pack.Service, context.Context) {
	t.Helper()
	signer, err := audit.LoadSigner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := pack.New(pack.Deps{DB: d, Audit: audit.New(d, time.Now, signer), Now: time.Now, Used: func(context.Context, string) (bool, error) { return *used, nil }})
	ctx := tenant.With(context.Background(), tenant.SystemOf(1, "test"))
	if err := d.Migrate(ctx, "audit", audit.Files); err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(ctx, "pack", s.Module().Files); err != nil {
		t.Fatal(err)
	}
	return s, ctx
}

func TestACopyIsTheRegencysOwn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		used := false
		s, ctx := room(t, d, &used)
		if err := s.Copy(ctx, shipped, "jember-2026", "Jember 2026"); err != nil {
			t.Fatal(err)
		}
		own, err := s.Edit(ctx, "jember-2026")
		if err != nil || !own.Pack.Customised || own.Pack.BasedOn != shipped {
			t.Fatalf("%+v %v", own, err)
		}
		own.Pack.Components[0].Weight, own.Pack.Components[1].Weight = "5", "25"
		before := own.Rev
		if err := s.Save(ctx, own.Pack, before); err != nil {
			t.Logf("weights: %v", err)
			own, _ = s.Edit(ctx, "jember-2026")
			own.Pack.Components[0].Questions[0].Text.ID = "Pertanyaan kami"
			if err := s.Save(ctx, own.Pack, before); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Save(ctx, own.Pack, before); !errs.Is(err, errs.Conflict) {
			t.Errorf("an old revision: %v", err)
		}
		bad, _ := s.Edit(ctx, "jember-2026")
		bad.Pack.Components[0].Weight = "99"
		if err := s.Save(ctx, bad.Pack, bad.Rev); !errs.Is(err, errs.Invalid) {
			t.Errorf("weights beyond 100: %v", err)
		}
		if p, err := s.Find(ctx, shipped); err != nil || p.Customised {
			t.Errorf("the shipped pack changed: %v", err)
		}
		used = true
		now, _ := s.Edit(ctx, "jember-2026")
		if err := s.Save(ctx, now.Pack, now.Rev); !errs.Is(err, errs.Conflict) {
			t.Errorf("a pack in use was changed: %v", err)
		}
		other := tenant.With(context.Background(), tenant.SystemOf(2, "test"))
		if _, err := s.Find(other, "jember-2026"); !errs.Is(err, errs.NotFound) {
			t.Errorf("another regency sees it: %v", err)
		}
	})
}

func TestImportSaysWhere(t *testing.T) {
	t.Parallel()
	used := false
	s, ctx := room(t, storetest.SQLite(t), &used)
	_, err := s.Import(ctx, []byte("id: x\nkind: [\n"))
	if _, fields := errs.MsgOf(err); !strings.Contains(strings.ToLower(fields["body"].Key), "pack.error.file") {
		t.Errorf("got %v", err)
	}
	p, _ := s.Find(ctx, shipped)
	body, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Import(ctx, body); !errs.Is(err, errs.Invalid) {
		t.Errorf("the id of a shipped pack: %v", err)
	}
	id, err := s.Import(ctx, []byte(strings.Replace(string(body), "id: "+shipped, "id: kiriman", 1)))
	if err != nil || id != "kiriman" {
		t.Errorf("%s %v", id, err)
	}
	if err := s.Delete(ctx, "kiriman"); err != nil {
		t.Error(err)
	}
}
