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
			if err := k.SetEffort(desk(), was.Item, n, 900+n); err != nil {
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
			if err := k.SetEffort(desk(), was.Item, n, 0); err != nil {
				t.Fatal(err)
			}
		}
		k.claim(t, "i000", "16", 1)
		k.w.prove("i000", "16", "accepted")
		if err := k.SetEffort(desk(), "016", 1, 70); err != nil {
			t.Fatal(err)
		}
		if err := k.SetEffort(desk(), "16", 2, 60); err != nil {
			t.Fatal(err)
		}
		if n := k.board(t).Steps("i000", 0); !slices.ContainsFunc(n, func(x score.Next) bool { return x.Item == "16" && x.To == 2 && x.Effort == 1 }) {
			t.Error("a level that takes less than the one before does not take a day")
		}
		for _, bad := range [][2]int{{0, 5}, {4, 5}, {1, -1}, {1, 2001}} {
			if err := k.SetEffort(desk(), "16", bad[0], bad[1]); keyOf(err, "days") != "score.error.days" {
				t.Errorf("%v: %v", bad, err)
			}
		}
		if err := k.SetEffort(desk(), "99", 1, 5); !errs.Is(err, errs.NotFound) {
			t.Errorf("an unknown item: %v", err)
		}
		for n := 1; n <= 3; n++ {
			if err := k.SetEffort(desk(), was.Item, n, 0); err != nil {
				t.Fatal(err)
			}
		}
		if now := best(); now.Item != was.Item || now.Effort != was.Effort {
			t.Errorf("forgotten efforts still count: %s, was %s", now.Item, was.Item)
		}
		if !strings.Contains(k.trail(t, home), "score.effort meja score_effort 16/1") {
			t.Error("no trail")
		}
	})
}

// Effects are a short form of the index; they must equal the long one, at the divisor, the gate and the cap.
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

// Sending a dossier and dropping an innovation in the world do what the effects said.
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

// BenchmarkBoard is the whole score of a regency with its ranked next steps.
func BenchmarkBoard(b *testing.B) {
	for _, n := range []int{200, 2000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			k := furnished(b, storetest.SQLite(b), n)
			k.full(b, n)
			b.ResetTimer()
			for b.Loop() {
				board, err := k.Board(desk())
				if err != nil || len(board.FirstSteps("", 12)) != 12 {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/op")
		})
	}
}

// full gives every innovation what a diligent regency has: half of the items claimed, most of them proven.
func (k *room) full(b *testing.B, n int) {
	b.Helper()
	var claims []score.Claim
	codes := []string{"16", "18", "19", "21", "23", "25", "26", "27", "30", "34"}
	for i := range n {
		id := fmt.Sprintf("i%03d", i)
		k.w.change(id, func(f *score.Fact) {
			f.People, f.Users, f.Complaints, f.Resolved, f.ProposedAt, f.Agencies = i%40, int64(i), 50, int64(i%50), day("2024-10-01"), []string{"hub", "kes"}
		})
		for j, code := range codes {
			if i >= 6 {
				claims = append(claims, score.Claim{Innovation: id, Item: code, Points: int8(1 + (i+j)%3)})
			}
			if (i+j)%4 != 0 {
				k.w.prove(id, code, "accepted")
			}
		}
	}
	if err := k.Sample(system(), claims); err != nil {
		b.Fatal(err)
	}
}
