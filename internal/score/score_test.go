package score_test

import (
	"context"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

func TestOnlyProvenPointsCount(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.w.counting("x", "health")
		check := func(name, item string, points int8, state string) {
			t.Helper()
			if it := k.item(t, "x", item); it.Points != points || it.State != state {
				t.Errorf("%s: %d %s, want %d %s", name, it.Points, it.State, points, state)
			}
		}
		check("nothing", "16", instrument.Unfilled, score.StateMissing)
		k.claim(t, "x", "16", 2)
		check("claimed without evidence", "16", instrument.Unfilled, score.StateMissing)
		for _, bad := range []string{"revise", "rejected", "expired"} {
			k.w.lib.Linked = nil
			k.w.prove("x", "16", bad)
			check("claimed with evidence that is "+bad, "16", instrument.Unfilled, score.StateExpired)
		}
		k.w.prove("x", "16", "submitted")
		check("with a waiting one beside it", "16", 2, score.StateLinked)
		k.w.lib.Linked = nil
		k.w.prove("x", "16", "accepted")
		check("with an accepted one", "16", 2, score.StateLinked)
		k.w.prove("x", "19", "accepted")
		check("evidence without a claim", "19", instrument.Unfilled, score.StateMissing)
		k.claim(t, "x", "26", 0)
		check("said to be not met", "26", 0, score.StateMissing)

		k.w.change("x", func(f *score.Fact) { f.People = 12 })
		check("found", "17", 2, score.StateAuto)
		k.claim(t, "x", "17", 3)
		check("found, more is claimed", "17", 2, score.StateAuto)
		k.w.prove("x", "17", "expired")
		check("found, more is claimed with expired evidence", "17", 2, score.StateAuto)
		k.w.prove("x", "17", "accepted")
		check("found, more is proven", "17", 3, score.StateLinked)
		k.claim(t, "x", "17", 1)
		check("found, less is proven", "17", 2, score.StateAuto)
		if got := k.board(t).Result.Divided.Sum; got.Cmp(rat("10")) != 0 { // 16: 3 x 2, 17: 2 x 2
			t.Errorf("sum %s", got)
		}
	})
}

func TestWhichInnovationsCount(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	for id, edit := range map[string]func(*score.Fact){
		"counts": func(*score.Fact) {}, "first day": func(f *score.Fact) { f.LiveAt = day("2024-01-01") }, "last day": func(f *score.Fact) { f.LiveAt = day("2025-12-31") + 86_399_999 },
		"draft": func(f *score.Fact) { f.Counting = false }, "not live": func(f *score.Fact) { f.LiveAt = 0 },
		"early": func(f *score.Fact) { f.LiveAt = day("2024-01-01") - 1 }, "late": func(f *score.Fact) { f.LiveAt = day("2026-01-01") },
	} {
		k.w.counting(id, "health")
		k.w.change(id, edit)
	}
	want := map[string]string{"counts": "", "first day": "", "last day": "", "draft": "score.not.draft", "not live": "score.not.live", "early": "score.not.window", "late": "score.not.window"}
	b := k.board(t)
	for id, why := range want {
		if r, _ := b.Row(id); r.Why != why || r.Counts != (why == "") {
			t.Errorf("%s: %v %q", id, r.Counts, r.Why)
		}
	}
	if d := b.Result.Divided; d.N != 3 || d.Divisor != 12 || len(b.Rows) != 7 || !b.Rows[2].Counts || b.Rows[3].Counts {
		t.Errorf("n %d, divisor %d, %d rows", d.N, d.Divisor, len(b.Rows))
	}
	k.w.several(14)
	if d := k.board(t).Result.Divided; d.N != 17 || d.Divisor != 17 {
		t.Errorf("n %d, divisor %d", d.N, d.Divisor)
	}
	// Without a window every date counts.
	if err := k.SaveSetting(desk(), score.Setting{Pack: "iid-2027"}); err != nil {
		t.Fatal(err)
	}
	if d := k.board(t).Result.Divided; d.N != 19 || d.Divisor != 19 {
		t.Errorf("2027: n %d, divisor %d", d.N, d.Divisor)
	}
}

func TestAnIndexWithoutInnovations(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	b := k.board(t)
	if b.Result.Index.Sign() != 0 || b.Result.Band.Name.EN != "Cannot be assessed" || b.Result.Divided.Gate {
		t.Errorf("nothing at all: %s %v", b.Result.Index, b.Result.Band)
	}
	if steps := b.Steps("", 0); len(steps) != 60 {
		t.Errorf("%d steps", len(steps))
	}
	k.w.values["bpk/2025"] = "WTP"
	if b = k.board(t); b.Result.Index.Cmp(rat("9/5")) != 0 || b.Result.Band.Name.EN != "Less innovative" {
		t.Errorf("from the regency alone: %s %v", b.Result.Index, b.Result.Band)
	}
	if drop, add := b.Effects(); len(drop)+len(add) != 0 {
		t.Error("effects of nothing")
	}
	if _, ok, err := k.Panel(desk(), "x"); ok || err != nil {
		t.Errorf("a panel of nothing: %v %v", ok, err)
	}
}

func TestItemsOfTheRegency(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	read := func(name, code string, points int8, state, why, lack string) {
		t.Helper()
		it := k.regency(t, code)
		if it.Points != points || it.State != state || it.Auto.Why.Key != why || it.Lack.Key != lack {
			t.Errorf("%s: %d %s %q %q, want %d %s %q %q", name, it.Points, it.State, it.Auto.Why.Key, it.Lack.Key, points, state, why, lack)
		}
	}
	read("no figure asked", "1", instrument.Unfilled, score.StateMissing, "", "")
	read("no figure entered", "7", instrument.Unfilled, score.StateMissing, "", "score.lack.no_value")
	k.w.values["pad/2025"] = "1.100"
	read("one of two years", "7", instrument.Unfilled, score.StateMissing, "", "score.lack.no_value")
	k.w.values["pad/2024"] = "0"
	read("growth from zero", "7", instrument.Unfilled, score.StateMissing, "", "score.lack.zero_before")
	k.w.values["pad/2024"] = "banyak"
	read("no number", "7", instrument.Unfilled, score.StateMissing, "", "score.lack.no_number")
	k.w.values["pad/2024"] = "1.000"
	read("growth of a tenth", "7", 2, score.StateAuto, "score.why.figure", "")
	k.w.values["bpk/2025"] = "WTP"
	read("a grade", "8", 3, score.StateAuto, "score.why.grade", "")
	k.w.values["bpk/2025"] = "Lulus"
	read("an unknown grade", "8", instrument.Unfilled, score.StateMissing, "", "score.lack.word")

	k.w.open2026(map[string]string{"7": "1", "8": "2", "1": "3", "2a": "0", "2b": "empat"})
	read("the round before the figure", "7", 1, score.StateLinked, "score.why.figure", "")
	read("the round where the figure fails", "8", 2, score.StateLinked, "", "score.lack.word")
	read("the round alone", "1", 3, score.StateLinked, "", "")
	read("not met, says the round", "2a", 0, score.StateLinked, "", "")
	read("no mark", "2b", instrument.Unfilled, score.StateMissing, "", "")
	k.w.round.Year = 2027
	read("the figures of another year", "5b", instrument.Unfilled, score.StateMissing, "", "score.lack.no_value")
}

// An old row that claims replication counts for nothing: only signed adoptions do.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	k.w.counting("x", "health")
	k.w.file("b", "accepted")
	stranger := context.Background()
	for _, c := range []struct {
		name                string
		ctx                 context.Context
		read, claim, manage bool
	}{
		{"nobody", stranger, false, false, false},
		{"an assessor", assessor(), false, false, false},
		{"a leader", leader(), true, false, false},
		{"the agency", operator("hub"), true, true, false},
		{"another agency", operator("kes"), true, false, false},
		{"the desk", desk(), true, true, true},
		{"the coordinator, not of the team", in(actor(home, "koor", tenant.RoleCoordinator, "")), true, false, true},
	} {
		check := func(what string, want bool, err error) {
			t.Helper()
			if errs.Is(err, errs.Forbidden) == want {
				t.Errorf("%s %s: %v", c.name, what, err)
			}
		}
		_, err := k.Board(c.ctx)
		check("reads", c.read, err)
		if _, ok, err := k.Panel(c.ctx, "x"); err != nil || ok && !c.read {
			t.Errorf("%s sees a panel: %v %v", c.name, ok, err)
		}
		_, err = k.Say(c.ctx, score.Claim{Innovation: "x", Item: "16", Points: 1, Rev: k.item(t, "x", "16").Claim.Rev}, "")
		check("claims", c.claim, err)
		check("links", c.claim, k.LinkProof(c.ctx, "x", "16", "b", ""))
		check("unlinks", c.claim, k.UnlinkProof(c.ctx, "x", "16", "b"))
		check("may link", c.claim, k.mayHang(c.ctx, "16", proof.Card{}))
		at := proof.OfInnovation("x").At("16", "")
		check("may unlink", c.claim, k.Module().Holds[proof.Innovation].MayUnhang(c.ctx, at, proof.Card{}))
		check("takes back", c.claim, k.Unsay(c.ctx, "x", "16", k.item(t, "x", "16").Claim.Rev))
		check("sets", c.manage, k.SaveSetting(c.ctx, score.Setting{Pack: "iid-2026", Rev: k.board(t).Setting.Rev}))
		check("sets efforts", c.manage, k.SetEfforts(c.ctx, score.Effort{Item: "16", Points: 1, Days: 3}))
	}
}

func TestNothingCrossesRegencies(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.w.counting("x", "health")
		k.claim(t, "x", "16", 2)
		if err := k.SetEfforts(desk(), score.Effort{Item: "16", Points: 3, Days: 500}); err != nil {
			t.Fatal(err)
		}
		if err := k.SaveSetting(desk(), score.Setting{Pack: "iid-2027", Published: true}); err != nil {
			t.Fatal(err)
		}
		k.w.open2026(nil)
		k.w.round.State = "locked"
		k.moved(t, "r26", "open", "locked")
		other := in(actor(near, "meja", tenant.RoleDesk, ""))
		b, err := k.Board(other)
		if err != nil || len(b.Rows) != 0 || b.HasRound || b.Setting.Rev != 0 || b.Pack.ID != "iid-2026" {
			t.Fatalf("the other regency sees %d rows, %+v, %v", len(b.Rows), b.Setting, err)
		}
		if _, _, ok, err := k.Frozen(other, "r26"); ok || err != nil {
			t.Errorf("the other regency sees what was locked: %v", err)
		}
		// The same id there is another innovation.
		k.x[near].counting("x", "social")
		b, err = k.Board(other)
		if r, ok := b.Row("x"); err != nil || !ok || r.Items[0].Claimed != instrument.Unfilled {
			t.Errorf("a claim crossed: %v", err)
		}
		if _, err := k.Say(other, score.Claim{Innovation: "x", Item: "16", Points: 1}, ""); err != nil {
			t.Errorf("the first claim there: %v", err)
		}
		if it := k.item(t, "x", "16"); it.Claimed != 2 {
			t.Errorf("the claim here became %d", it.Claimed)
		}
		if strings.Contains(k.trail(t, near), "score.freeze") {
			t.Error("the trail crossed")
		}
	})
}

// A round that is not the latest computes with its own instrument and marks.
