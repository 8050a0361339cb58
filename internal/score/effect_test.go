package score_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/storetest"
)

func TestEffectsAreExact(t *testing.T) {
	t.Parallel()
	k := furnished(t, storetest.SQLite(t), 1)
	k.w.change("draft", func(f *score.Fact) { f.Touching = []string{"social", "order"} })
	for _, n := range []int{0, 1, 5, 6, 12, 13, 200, 201} {
		delete(k.w.facts, "i000")
		k.w.several(n)
		for _, pack := range []string{"iid-2026", "iid-2023"} {
			for _, reading := range []string{"main", "all"} {
				k.w.round.Pack, k.w.round.Choices = pack, map[string]string{"affairs": reading}
				b := k.board(t)
				drop, add := b.Effects()
				if len(drop) != n || len(add) != 1 || add[0].Row.Fact.ID != "draft" {
					t.Fatalf("%d innovations: %d to drop, %d to add", n, len(drop), len(add))
				}
				for _, e := range append(add, drop[:min(n, 13)]...) {
					sheet := b.Sheet.Without(e.Row.Fact.ID)
					if !e.Row.Counts {
						sheet = b.Sheet.With(b.Entry(e.Row))
					}
					d := b.Pack.Divide(sheet)
					if e.Gain.Cmp(minus(d.Index, b.Result.Index)) != 0 || e.Gate != d.Gate {
						t.Fatalf("%s %s %d, %s: %s %v, the long way %s %v", pack, reading, n, e.Row.Fact.ID, e.Gain, e.Gate, minus(d.Index, b.Result.Index), d.Gate)
					}
				}
			}
		}
	}
}

func TestEffectsComeTrue(t *testing.T) {
	t.Parallel()
	k := furnished(t, storetest.SQLite(t), 13)
	b := k.board(t)
	drop, add := b.Effects()
	k.w.change("draft", func(f *score.Fact) { f.Counting = true })
	if rose := minus(k.index(t), b.Result.Index); rose.Cmp(add[0].Gain) != 0 {
		t.Errorf("adding: %s, said %s", rose, add[0].Gain)
	}
	k.w.change("draft", func(f *score.Fact) { f.Counting = false })
	for _, e := range drop {
		k.w.change(e.Row.Fact.ID, func(f *score.Fact) { f.Counting = false })
		if fell := minus(k.index(t), b.Result.Index); fell.Cmp(e.Gain) != 0 {
			t.Errorf("dropping %s: %s, said %s", e.Row.Fact.ID, fell, e.Gain)
		}
		k.w.change(e.Row.Fact.ID, func(f *score.Fact) { f.Counting = true })
	}
}

func TestLosingTheGateCostsWhatThePageSays(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	k.w.several(5)
	open := k.board(t)
	worth := open.GateWorth()
	if !open.Result.Divided.Gate || worth.Cmp(rat("19/25")) != 0 { // 0.38 x 5 of 250
		t.Fatalf("gate %v, worth %s", open.Result.Divided.Gate, worth)
	}
	k.w.change("i004", func(f *score.Fact) { f.Affair = "transport" })
	shut := k.board(t)
	if lost := minus(open.Result.Index, shut.Result.Index); shut.Result.Divided.Gate || lost.Cmp(worth) != 0 || shut.GateWorth().Cmp(worth) != 0 {
		t.Errorf("lost %s, the page said %s", lost, worth)
	}
	// An innovation that names no affair covers none: the register does not assume what a marks file leaves out.
	for id := range k.w.facts {
		k.w.change(id, func(f *score.Fact) { f.Affair = "" })
	}
	if d := k.board(t).Result.Divided; d.Gate || d.Assumed || d.Affairs != 0 {
		t.Errorf("without affairs: %+v", d)
	}
	var n []string
	for _, a := range open.Covered() {
		n = append(n, fmt.Sprint(a.Code, a.N))
	}
	if got := strings.Join(n, " "); got != "education1 health1 public-works1 housing1 order1 social0" {
		t.Errorf("covered: %s", got)
	}
}

func TestWhatIfIsComputedAndNotStored(t *testing.T) {
	t.Parallel()
	k := furnished(t, storetest.SQLite(t), 6)
	b, trail := k.board(t), k.trail(t, home)
	changes := []score.Change{{Entry: "i000", Item: "34", Points: 3}, {Entry: "draft", Item: "34", Points: 2}, {Item: "12", Points: 3}}
	sim := b.Simulate(changes, []string{"i002"}, []string{"draft", "draft", "idea2"})
	sheet := b.Sheet.Without("i002")
	row, _ := b.Row("draft")
	sheet = sheet.With(b.Entry(row))
	for _, c := range changes {
		sheet = b.Pack.WithPoint(sheet, c.Entry, c.Item, c.Points)
	}
	if want := b.Pack.Divide(sheet).Index; sim.Then.Index.Cmp(want) != 0 || sim.Delta.Cmp(minus(want, b.Result.Index)) != 0 {
		t.Errorf("then %s, want %s", sim.Then.Index, want)
	}
	if again := k.board(t); again.Result.Index.Cmp(b.Result.Index) != 0 || k.trail(t, home) != trail {
		t.Error("a simulation left something")
	}
	if sim := b.Simulate(nil, nil, nil); sim.Delta.Sign() != 0 || sim.Then.Band.Name != b.Result.Band.Name {
		t.Errorf("no change: %s", sim.Delta)
	}
	// A change of an innovation that does not count changes nothing until it is added.
	if sim := b.Simulate(changes[1:2], nil, nil); sim.Delta.Sign() != 0 {
		t.Errorf("a draft changes the index by %s", sim.Delta)
	}
}

func FuzzChange(f *testing.F) {
	k := furnished(f, storetest.SQLite(f), 2)
	b := k.board(f)
	for _, text := range []string{"i000:16:3", ":2a:1", "i000:016:0", "a:b:c", "::", "i000:16:4", "i000:16:-1", ":16:1", "i000:2a:1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := b.ParseChange(text)
		if !ok {
			return
		}
		if c.Points < 0 || c.Points > 3 || c.Item == "" {
			t.Errorf("%q became %+v", text, c)
		}
		if again, ok := b.ParseChange(c.String()); !ok || again != c {
			t.Errorf("%q became %s and then %s", text, c, again)
		}
		b.Simulate([]score.Change{c}, nil, nil)
	})
}
