package score_test

import (
	"context"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/proof/prooftest"
	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/tenant"
)

func day(text string) int64 {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t.UnixMilli()
}

type world struct {
	facts  map[string]score.Fact
	copied map[string]score.Replication
	known  map[string]score.Known
	lib    *prooftest.Library
	round  *score.Round
	older  map[string]score.Round
	values map[string]string // "pad/2025"
}

type worlds map[int64]*world

func newWorld() *world {
	return &world{facts: map[string]score.Fact{}, copied: map[string]score.Replication{}, known: map[string]score.Known{}, lib: &prooftest.Library{}, older: map[string]score.Round{}, values: map[string]string{}}
}

func (x worlds) of(ctx context.Context) *world {
	if w := x[tenant.From(ctx).Regency]; w != nil {
		return w
	}
	return newWorld()
}

func (x worlds) Facts(ctx context.Context, only ...string) (map[string]score.Fact, error) {
	out := map[string]score.Fact{}
	for id, f := range x.of(ctx).facts {
		if len(only) == 0 || slices.Contains(only, id) {
			out[id] = f
		}
	}
	return out, nil
}

func (x worlds) MayEdit(ctx context.Context, id string) (bool, error) {
	f, ok := x.of(ctx).facts[id]
	if !ok {
		return false, errs.E(errs.NotFound, "web.error.not_found", nil)
	}
	a := tenant.From(ctx)
	return a.Has(tenant.RoleDesk) || a.Agency == f.Agency && !a.Has(tenant.RoleLeader), nil
}

func (x worlds) Replications(ctx context.Context) (map[string]score.Replication, error) {
	return x.of(ctx).copied, nil
}

func (x worlds) Known(ctx context.Context) (map[string]score.Known, error) {
	return x.of(ctx).known, nil
}

// Title gives the title of an innovation.
func (x worlds) Title(ctx context.Context, id string) (string, error) {
	return x.of(ctx).facts[id].Title, nil
}

func (x worlds) Latest(ctx context.Context, kind string) (score.Round, bool, error) {
	w := x.of(ctx)
	if kind != "iid" || w.round == nil {
		return score.Round{}, false, nil
	}
	return *w.round, true, nil
}

func (x worlds) RoundOf(ctx context.Context, id string) (score.Round, bool, error) {
	r, ok := x.of(ctx).older[id]
	return r, ok, nil
}

func (x worlds) Values(ctx context.Context, _ int) (instrument.ValueOf, error) {
	w := x.of(ctx)
	return func(key string, year int) (*big.Rat, string, bool) {
		text, ok := w.values[key+"/"+strconv.Itoa(year)]
		v, err := instrument.Figure(text, true)
		if err != nil {
			v = nil
		}
		return v, text, ok
	}, nil
}

type packs []*instrument.Pack

func someInstruments(t testing.TB) (out packs) {
	t.Helper()
	for _, id := range []string{"iid-2026", "iid-2027", "iid-2023", "spbe-2020"} {
		p, err := instrument.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func (x packs) Find(_ context.Context, id string) (*instrument.Pack, error) {
	for _, p := range x {
		if p.ID == id {
			return p, nil
		}
	}
	return nil, errs.E(errs.NotFound, "pack.error.not_found", nil)
}

func (x packs) List(context.Context) ([]*instrument.Pack, error) { return x, nil }

type people struct{}

func (people) Agencies(context.Context) ([]tenant.Agency, error) {
	return []tenant.Agency{{ID: "hub", Name: "Dinas Perhubungan", Short: "Dishub", Active: true}, {ID: "kes", Name: "Dinas Kesehatan", Active: true}}, nil
}

func (people) Agency(_ context.Context, id string) (tenant.Agency, error) {
	return tenant.Agency{ID: id, Name: id, Active: true}, nil
}

func (people) People(context.Context, string) ([]tenant.Person, error) { return nil, nil }

func (people) Person(_ context.Context, id string) (tenant.Person, error) {
	return tenant.Person{ID: id, Name: "Akun " + id}, nil
}

func basics() []string {
	return []string{"education", "health", "public-works", "housing", "order", "social", "transport", "labour"}
}

func (w *world) counting(id, affair string) {
	w.facts[id] = score.Fact{ID: id, Title: "Inovasi " + id, Agency: "hub", Affair: affair, Counting: true, LiveAt: day("2025-03-01"), Users: -1, Complaints: -1, Resolved: -1}
}

func (w *world) change(id string, edit func(*score.Fact)) {
	f := w.facts[id]
	edit(&f)
	w.facts[id] = f
}

func (w *world) several(n int) {
	for i := range n {
		w.counting(fmt.Sprintf("i%03d", i), basics()[i%len(basics())])
	}
}

func (w *world) file(id, state string) {
	w.lib.Put(proof.Card{ID: id, Title: "Bukti " + id, State: state, Agency: "hub", Date: day("2025-06-01")})
}

func (w *world) prove(innovation, item, state string) {
	id := "bukti-" + innovation + "-" + item + "-" + state
	w.file(id, state)
	w.lib.Force(proof.OfInnovation(innovation).At(item, ""), id, 0)
}

func (w *world) open2026(marks map[string]string) {
	w.round = &score.Round{ID: "r26", Title: "IID 2026", Pack: "iid-2026", State: "open", Year: 2026, Marks: marks, Checked: map[string]bool{}}
}

func lastYear(t testing.TB) packs {
	t.Helper()
	data, err := os.ReadFile("../instrument/packs/iid-2026.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := instrument.Parse([]byte(strings.Replace(string(data), "proof: regulation\n", "proof: regulation\n        year: -2\n", 1)))
	if err != nil {
		t.Fatal(err)
	}
	return packs{p}
}
