package score_test

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/storetest"
)

// do takes a step in the world: a mark of the round, a signed adoption, or a claim with evidence.
func (k *room) do(t *testing.T, n score.Next) {
	t.Helper()
	switch {
	case n.Entry == "":
		k.w.round.Marks[n.Item] = strconv.Itoa(n.To)
	case n.Item == "31":
		k.w.copied[n.Entry] = score.Replication{Times: n.To, Regions: n.To}
	default:
		if !n.Claimed {
			k.claim(t, n.Entry, n.Item, int8(n.To))
		}
		id := fmt.Sprint("bukti-", n.Entry, n.Item, n.To)
		k.w.file(id, "submitted")
		if err := k.LinkProof(desk(), n.Entry, n.Item, id, ""); err != nil {
			t.Fatal(err)
		}
	}
}

// furnished gives a room with so many innovations, some items found, some proven, some only claimed, some with evidence that
// was returned, one copied, two that do not count.
func furnished(t testing.TB, d *db.DB, n int) *room {
	t.Helper()
	k := open(t, d)
	k.w.open2026(map[string]string{"1": "1", "2a": "3"})
	k.w.values["bpk/2025"], k.w.values["unemployment/2025"] = "WDP", "3.10"
	k.w.several(n)
	k.w.change("i000", func(f *score.Fact) { f.People, f.Users, f.BudgetYears = 12, 412, []int{2025} })
	k.w.copied["i001"] = score.Replication{Times: 1, Regions: 1}
	var claims []score.Claim
	for i := range min(n, 6) {
		id := fmt.Sprintf("i%03d", i)
		for item, points := range map[string]int{"16": 1 + i%3, "35": 3 - i%3, "19": 2} {
			claims = append(claims, score.Claim{Innovation: id, Item: item, Points: int8(points)})
		}
		k.w.prove(id, "16", "accepted")
		k.w.prove(id, "19", "rejected")
	}
	if err := k.Sample(system(), claims); err != nil {
		t.Fatal(err)
	}
	k.w.counting("draft", "order")
	k.w.change("draft", func(f *score.Fact) { f.Counting, f.Users = false, 900 })
	k.w.counting("idea", "order")
	k.w.change("idea", func(f *score.Fact) { f.Counting, f.LiveAt = false, 0 })
	return k
}

// The gain that a step shows is exactly what the index rises by once the step is done.
func TestAStepGainsExactlyWhatItSays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := furnished(t, d, 15)
		kinds := map[string]bool{}
		for range 10 {
			b := k.board(t)
			all := b.Steps("", 0)
			next := all[0]
			for _, st := range all { // one of every kind, then the best
				kind := fmt.Sprint(st.Entry == "", st.Item == "31", st.Claimed, st.Replaced)
				if !kinds[kind] {
					kinds[kind], next = true, st
					break
				}
			}
			k.do(t, next)
			if rose := minus(k.index(t), b.Result.Index); rose.Cmp(next.Gain) != 0 {
				t.Fatalf("%s %s %d -> %d: the index rose by %s, the step said %s", next.Entry, next.Item, next.From, next.To, rose.RatString(), next.Gain.RatString())
			}
		}
		if len(kinds) != 5 {
			t.Errorf("these kinds of steps came: %v", kinds)
		}
	})
}

func TestStepsAreRankedAndWhole(t *testing.T) {
	t.Parallel()
	k := furnished(t, storetest.SQLite(t), 15)
	b := k.board(t)
	all := b.Steps("", 0)
	room := 0
	for _, items := range append([][]score.Item{b.Regency}, func() (out [][]score.Item) {
		for _, r := range b.Rows[:15] {
			out = append(out, r.Items)
		}
		return out
	}()...) {
		for _, it := range items {
			if it.Unproven() { // lower levels than the claimed one are no steps
				room += 3 - int(it.Claimed) + 1
				continue
			}
			room += 3 - max(int(it.Points), 0)
		}
	}
	if len(all) != room {
		t.Errorf("%d steps, the items have room for %d", len(all), room)
	}
	if !slices.IsSortedFunc(all, func(x, y score.Next) int { return y.PerDay().Cmp(x.PerDay()) }) {
		t.Error("not ranked by gain per working day")
	}
	seen := map[string]bool{}
	for _, n := range b.FirstSteps("", 0) {
		if seen[n.Entry+n.Item] {
			t.Errorf("%s %s twice", n.Entry, n.Item)
		}
		seen[n.Entry+n.Item] = true
		if i := slices.IndexFunc(all, func(x score.Next) bool { return x.Entry == n.Entry && x.Item == n.Item }); all[i].To != n.To {
			t.Errorf("%s %s: not its best step", n.Entry, n.Item)
		}
	}
	for _, r := range b.Rows[:15] {
		own := b.Steps(r.Fact.ID, 0)
		var those []score.Next
		for _, n := range all {
			if n.Entry == r.Fact.ID {
				those = append(those, n)
			}
		}
		if !slices.EqualFunc(own, those, func(x, y score.Next) bool {
			return x.Item == y.Item && x.To == y.To && x.Gain.Cmp(y.Gain) == 0 && x.Effort == y.Effort
		}) {
			t.Errorf("%s: its own steps are not those of the regency", r.Fact.ID)
		}
	}
	if b.Steps("hantu", 0) != nil {
		t.Error("steps of an unknown innovation")
	}
}

// For an innovation that does not count yet, a step shows what it is worth once it does.
func TestStepsOfAnInnovationThatDoesNotCountYet(t *testing.T) {
	t.Parallel()
	k := furnished(t, storetest.SQLite(t), 12) // with it the divisor becomes 13
	n := k.board(t).FirstSteps("draft", 1)[0]
	if n.Claimed || n.Entry != "draft" {
		t.Fatalf("%+v", n)
	}
	k.w.change("draft", func(f *score.Fact) { f.Counting = true })
	b := k.board(t)
	k.do(t, n)
	if rose := minus(k.index(t), b.Result.Index); rose.Cmp(n.Gain) != 0 || n.Gain.Sign() <= 0 {
		t.Errorf("rose by %s, said %s", rose.RatString(), n.Gain.RatString())
	}
}

func TestWhereAndHowLong(t *testing.T) {
	t.Parallel()
	k := furnished(t, storetest.SQLite(t), 3)
	find := func(entry, item string, to int) score.Next {
		t.Helper()
		for _, n := range k.board(t).Steps(entry, 0) {
			if n.Entry == entry && n.Item == item && n.To == to {
				return n
			}
		}
		return score.Next{}
	}
	for _, c := range []struct {
		entry, item string
		to, days    int
		path        string
		claimed     bool
	}{
		{"", "1", 2, 30, "/evaluasi/r26/soal/1", false},
		{"i000", "16", 2, 50, "/inovasi/i000/skor?butir=16#b-16", false},
		{"i000", "35", 3, 1, "/inovasi/i000/skor?butir=35#b-35", true},
		{"i000", "19", 2, 1, "/inovasi/i000/skor?butir=19#b-19", true},
		{"i000", "19", 3, 60, "/inovasi/i000/skor?butir=19#b-19", false},
		{"i001", "31", 2, 20, "/inovasi/i001#peniru", false},
		{"i001", "31", 3, 40, "/inovasi/i001#peniru", false},
	} {
		n := find(c.entry, c.item, c.to)
		if c.item == "16" {
			c.days = n.Effort // of the pack; checked below
		}
		if n.Effort != c.days || n.Path != c.path || n.Claimed != c.claimed {
			t.Errorf("%s %s -> %d: %d days, %s, claimed %v; want %d %s", c.entry, c.item, c.to, n.Effort, n.Path, n.Claimed, c.days, c.path)
		}
	}
	for _, to := range []int{1, 2} {
		if n := find("i000", "35", to); n.Entry != "" {
			t.Errorf("a level below the claimed one is a step: %+v", n)
		}
	}
	if !find("i000", "19", 2).Replaced || find("i000", "35", 3).Replaced {
		t.Error("evidence to replace is not told from evidence that is missing")
	}
	k.w.round = nil
	if n := find("", "1", 3); n.Path != "/iid#butir-1" {
		t.Errorf("without a round: %s", n.Path)
	}
}

func TestEffortsChangeTheRanking(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.w.several(1)
		best := func() score.Next { return k.board(t).FirstSteps("", 1)[0] }
		was := best()
		for n := 1; n <= 3; n++ {
			if err := k.SetEfforts(desk(), score.Effort{Item: was.Item, Points: n, Days: 900 + n}); err != nil {
				t.Fatal(err)
			}
		}
		if now := best(); now.Item == was.Item {
			t.Errorf("%s stays first although it takes years", was.Item)
		}
		b := k.board(t)
		for _, n := range b.Steps("", 0) {
			if n.Item == was.Item && n.Effort != 900+n.To {
				t.Errorf("%s -> %d takes %d days", n.Item, n.To, n.Effort)
			}
		}
		// One own level beside the pack's: a step takes what its levels differ by, a day at least.
		for n := 1; n <= 2; n++ {
			if err := k.SetEfforts(desk(), score.Effort{Item: was.Item, Points: n}); err != nil {
				t.Fatal(err)
			}
		}
		k.claim(t, "i000", "16", 1)
		k.w.prove("i000", "16", "accepted")
		if err := k.SetEfforts(desk(), score.Effort{Item: "016", Points: 1, Days: 70}, score.Effort{Item: "16", Points: 2, Days: 60}); err != nil {
			t.Fatal(err)
		}
		if n := k.board(t).Steps("i000", 0); !slices.ContainsFunc(n, func(x score.Next) bool { return x.Item == "16" && x.To == 2 && x.Effort == 1 }) {
			t.Error("a level that takes less than the one before does not take a day")
		}
		for _, bad := range [][2]int{{0, 5}, {4, 5}, {1, -1}, {1, 2001}} {
			e := score.Effort{Item: "16", Points: bad[0], Days: bad[1]}
			if err := k.SetEfforts(desk(), score.Effort{Item: "17", Points: 1, Days: 99}, e); keyOf(err, e.Field()) != "score.error.days" {
				t.Errorf("%v: %v", bad, err)
			}
		}
		if err := k.SetEfforts(desk(), score.Effort{Item: "99", Points: 1, Days: 5}); !errs.Is(err, errs.NotFound) {
			t.Errorf("an unknown item: %v", err)
		}
		for n := 1; n <= 3; n++ {
			if err := k.SetEfforts(desk(), score.Effort{Item: was.Item, Points: n}); err != nil {
				t.Fatal(err)
			}
		}
		if now := best(); now.Item != was.Item || now.Effort != was.Effort {
			t.Errorf("forgotten efforts still count: %s, was %s", now.Item, was.Item)
		}
		trail := k.trail(t, home)
		if strings.Count(trail, "score.effort meja score_effort 16/1") != 1 || strings.Contains(trail, "score_effort 17/1") {
			t.Errorf("the trail: %s", trail)
		}
		if err := k.SetEfforts(desk(), score.Effort{Item: "16", Points: 1, Days: 70}); err != nil || k.trail(t, home) != trail {
			t.Errorf("what stands already was written again: %v", err)
		}
	})
}

// Effects are a short form of the index; they must equal the long one, at the divisor, the gate and the cap.
// Sending a dossier and dropping an innovation in the world do what the effects said.
// The panel of an innovation adds up.
func TestThePanel(t *testing.T) {
	t.Parallel()
	k := furnished(t, storetest.SQLite(t), 12)
	p, ok, err := k.Panel(leader(), "i000")
	if err != nil || !ok || len(p.Items) != 20 || len(p.Steps) != 4 || p.Max != "111" || !p.Counts {
		t.Fatalf("%v %v %+v", ok, err, p)
	}
	sum, with := new(big.Rat), rat(p.Score)
	for _, it := range p.Items {
		sum.Add(sum, rat(it.Score))
	}
	for _, s := range p.Steps {
		with.Add(with, rat(s.Gain))
		if s.Title == "" || s.Text == "" || !strings.HasPrefix(s.Path, "/inovasi/i000") {
			t.Errorf("%+v", s)
		}
	}
	if sum.Cmp(rat(p.Score)) != 0 || with.Cmp(rat(p.WithSteps)) != 0 || rat(p.Average) == nil || len(p.Average) > 4 {
		t.Errorf("items sum to %s, steps lead to %s: %+v", sum, with, p)
	}
	if p, _, _ := k.Panel(leader(), "draft"); p.Counts || p.Why != "score.not.draft" {
		t.Errorf("a draft: %v %s", p.Counts, p.Why)
	}
}

// BenchmarkBoard is the whole score of a regency with its ranked next steps.
// full gives every innovation what a diligent regency has: half of the items claimed, most of them proven.
