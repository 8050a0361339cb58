package score_test

import (
	"context"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
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
			k.w.links = nil
			k.w.prove("x", "16", bad)
			check("claimed with evidence that is "+bad, "16", instrument.Unfilled, score.StateExpired)
		}
		k.w.prove("x", "16", "submitted")
		check("with a waiting one beside it", "16", 2, score.StateLinked)
		k.w.links = nil
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

func TestWhatIsTypedIsUnderstood(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	k.w.counting("x", "health")
	for _, c := range []struct {
		item, basis, typed string
		raw                string
		points             int8
		field, key         string
	}{
		{"17", "", "31", "31", 3, "", ""},
		{"17", "", "1.234", "1234", 3, "", ""},
		{"17", "", "1,234", "1234", 3, "", ""},
		{"29", "", " 77,4 % ", "77.4", 2, "", ""},
		{"29", "", "77.4", "77.4", 2, "", ""},
		{"28", "", "0", "0", 3, "", ""},
		{"33", "a", "1.250", "1250", 3, "", ""},
		{"33", "A", "412", "412", 2, "", ""},
		{"33", "b", "20,005", "20.005", 2, "", ""},
		{"33", "b", "4,99", "4.99", 0, "", ""},
		{"33", "c", "30,5", "30.5", 3, "", ""},
		{"33", "c", "1,234.5", "1234.5", 3, "", ""},
		{"33", "", "412", "", 0, "basis", "score.error.basis"},
		{"33", "g", "412", "", 0, "basis", "score.error.basis"},
		{"33", "a,c", "412", "", 0, "basis", "score.error.basis"},
		{"17", "a", "31", "", 0, "basis", "score.error.no_basis"},
		{"16", "", "2", "", 0, "raw", "score.error.no_raw"},
		{"17", "", "tiga", "", 0, "raw", "score.error.raw"},
		{"17", "", "-3", "", 0, "raw", "score.error.raw"},
		{"17", "", "1.23.4", "", 0, "raw", "score.error.raw"},
	} {
		was := k.item(t, "x", c.item).Claim.Rev
		got, err := k.Say(desk(), score.Claim{Innovation: "x", Item: c.item, Basis: c.basis, Points: instrument.Unfilled, Rev: was}, c.typed)
		if c.key != "" {
			if keyOf(err, c.field) != c.key || k.item(t, "x", c.item).Claim.Rev != was {
				t.Errorf("%s %s %q: %v, want %s", c.item, c.basis, c.typed, err, c.key)
			}
			continue
		}
		if err != nil || got.Raw != c.raw || got.Points != c.points || k.item(t, "x", c.item).Claim.Raw != c.raw {
			t.Errorf("%s %s %q: %q %d %v, want %q %d", c.item, c.basis, c.typed, got.Raw, got.Points, err, c.raw, c.points)
		}
	}
}

func TestClaimsThatAreRefused(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	k.w.counting("x", "health")
	for _, c := range []struct {
		name  string
		claim score.Claim
		typed string
		kind  errs.Kind
		field string
		key   string
	}{
		{"a level too high", score.Claim{Item: "16", Points: 4}, "", errs.Invalid, "points", "score.error.points"},
		{"no level", score.Claim{Item: "16", Points: instrument.Unfilled}, "", errs.Invalid, "points", "score.error.points"},
		{"a level that the figure does not mean", score.Claim{Item: "17", Points: 1}, "31", errs.Invalid, "points", "score.error.both"},
		{"a level without its basis", score.Claim{Item: "33", Points: 2}, "", errs.Invalid, "basis", "score.error.basis"},
		{"an unknown item", score.Claim{Item: "99", Points: 1}, "", errs.NotFound, "", "score.error.item"},
		{"an item of the regency", score.Claim{Item: "2a", Points: 1}, "", errs.NotFound, "", "score.error.item"},
		{"replication", score.Claim{Item: "31", Points: 1}, "", errs.Conflict, "", "score.error.adoption"},
		{"a long note", score.Claim{Item: "16", Points: 1, Note: strings.Repeat("é", 2001)}, "", errs.Invalid, "note", "score.error.note"},
		{"an unknown innovation", score.Claim{Innovation: "y", Item: "16", Points: 1}, "", errs.NotFound, "", "web.error.not_found"},
	} {
		if c.claim.Innovation == "" {
			c.claim.Innovation = "x"
		}
		if _, err := k.Say(desk(), c.claim, c.typed); !errs.Is(err, c.kind) || keyOf(err, c.field) != c.key {
			t.Errorf("%s: %v, want %s", c.name, err, c.key)
		}
	}
	for _, good := range []score.Claim{{Item: "33", Points: 0}, {Item: "016", Points: 3, Note: strings.Repeat("é", 2000)}, {Item: "17", Points: 3}} {
		good.Innovation = "x"
		if _, err := k.Say(desk(), good, ""); err != nil {
			t.Errorf("%s: %v", good.Item, err)
		}
	}
	if it := k.item(t, "x", "16"); it.Claimed != 3 {
		t.Errorf("016 is not 16: %+v", it.Claim)
	}
}

// An old row that claims replication counts for nothing: only signed adoptions do.
func TestReplicationComesFromAdoptionsOnly(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	k.w.counting("x", "health")
	if err := k.Sample(system(), []score.Claim{{Innovation: "x", Item: "31", Points: 3}}); err != nil {
		t.Fatal(err)
	}
	k.w.prove("x", "31", "accepted")
	if it := k.item(t, "x", "31"); it.Points > 0 || it.Claimed > 0 {
		t.Errorf("%+v", it)
	}
	k.w.copied["x"] = score.Replication{Times: 1, Regions: 1}
	if it := k.item(t, "x", "31"); it.Points != 1 || it.State != score.StateAuto {
		t.Errorf("%+v", it)
	}
	if err := k.Sample(desk(), nil); !errs.Is(err, errs.Forbidden) {
		t.Errorf("a person makes sample claims: %v", err)
	}
}

func TestTwoPeopleSave(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.w.counting("x", "health")
		say := func(rev int64, points int8) error {
			_, err := k.Say(desk(), score.Claim{Innovation: "x", Item: "16", Points: points, Rev: rev}, "")
			return err
		}
		clash := func(name string, err error) {
			t.Helper()
			if !errs.Is(err, errs.Conflict) || keyOf(err, "") != "score.error.changed" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := say(0, 1); err != nil {
			t.Fatal(err)
		}
		clash("both first", say(0, 2))
		if err := say(1, 2); err != nil {
			t.Fatal(err)
		}
		clash("an old page", say(1, 3))
		clash("an old page takes back", k.Unsay(desk(), "x", "16", 1))
		if it := k.item(t, "x", "16"); it.Claimed != 2 || it.Claim.Rev != 2 {
			t.Errorf("%+v", it.Claim)
		}
		if err := k.Unsay(desk(), "x", "16", 2); err != nil {
			t.Fatal(err)
		}
		clash("what was taken back", say(2, 3))
		clash("taken back twice", k.Unsay(desk(), "x", "16", 2))
		if it := k.item(t, "x", "16"); it.Claimed != instrument.Unfilled {
			t.Errorf("%+v", it.Claim)
		}
		if err := k.SaveSetting(desk(), score.Setting{Pack: "iid-2026"}); err != nil {
			t.Fatal(err)
		}
		clash("settings", k.SaveSetting(desk(), score.Setting{Pack: "iid-2027"}))
		if err := k.SaveSetting(desk(), score.Setting{Pack: "iid-2027", Rev: 1}); err != nil {
			t.Fatal(err)
		}
		trail := k.trail(t, home)
		for _, want := range []string{"score.claim meja score_item x/16", "score.unclaim meja score_item x/16", "score.setting meja"} {
			if !strings.Contains(trail, want) {
				t.Errorf("the trail lacks %q:\n%s", want, trail)
			}
		}
	})
}

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
		check("may link", c.claim, k.Linkable(c.ctx, "x", "16", score.Proof{}, ""))
		check("takes back", c.claim, k.Unsay(c.ctx, "x", "16", k.item(t, "x", "16").Claim.Rev))
		check("sets", c.manage, k.SaveSetting(c.ctx, score.Setting{Pack: "iid-2026", Rev: k.board(t).Setting.Rev}))
		check("sets efforts", c.manage, k.SetEffort(c.ctx, "16", 1, 3))
	}
}

func TestNothingCrossesRegencies(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.w.counting("x", "health")
		k.claim(t, "x", "16", 2)
		if err := k.SetEffort(desk(), "16", 3, 500); err != nil {
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

func TestAProofOfAnotherYear(t *testing.T) {
	t.Parallel()
	q := instrument.Question{Year: -1}
	yearOf := func(ms int64) int { return int(1970 + ms) }
	for _, c := range []struct {
		name      string
		q         instrument.Question
		p         score.Proof
		want, got int
	}{
		{"any year will do", instrument.Question{}, score.Proof{Date: 1}, 0, 0},
		{"no date", q, score.Proof{}, 0, 0},
		{"the year before", q, score.Proof{Date: 55}, 0, 0},
		{"the year itself", q, score.Proof{Date: 56}, 2025, 2026},
		{"a period around it", q, score.Proof{Date: 60, From: 54, To: 56}, 0, 0},
		{"a period before it", q, score.Proof{Date: 55, From: 52, To: 54}, 2025, 2022},
		{"a period without end", q, score.Proof{From: 55}, 0, 0},
	} {
		if want, got := score.WrongYear(c.q, 2026, c.p, yearOf); want != c.want || got != c.got {
			t.Errorf("%s: %d %d", c.name, want, got)
		}
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.w.counting("x", "health")
		k.w.file("b", "accepted")
		if err := k.LinkProof(desk(), "x", "16", "c", ""); keyOf(err, "evidence") != "score.error.evidence" {
			t.Errorf("an unknown proof: %v", err)
		}
		for _, item := range []string{"99", "2a", "gate"} {
			if err := k.LinkProof(desk(), "x", item, "b", ""); keyOf(err, "") != "score.error.item" {
				t.Errorf("item %s: %v", item, err)
			}
		}
		if err := k.Linkable(desk(), "x", "gate", k.w.files["b"], ""); err != nil {
			t.Errorf("a word of the register: %v", err)
		}
		if err := k.Linkable(desk(), "x", "2a", k.w.files["b"], ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("an item of the regency: %v", err)
		}
		k.claim(t, "x", "16", 2)
		if err := k.LinkProof(operator("hub"), "x", "016", "b", ""); err != nil || k.item(t, "x", "16").Points != 2 {
			t.Errorf("linked: %v, %d points", err, k.item(t, "x", "16").Points)
		}
		if err := k.UnlinkProof(operator("hub"), "x", "16", "b"); err != nil || k.item(t, "x", "16").Points > 0 {
			t.Errorf("unlinked: %v", err)
		}
	})
}

func TestLockingKeepsWhatWasHandedIn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.w.several(6)
		k.w.open2026(map[string]string{"1": "3"})
		k.claim(t, "i000", "16", 2)
		k.w.prove("i000", "16", "accepted")
		sheetIndex := func() string {
			t.Helper()
			sheet, err := k.SheetOf(assessor(), "r26")
			if err != nil {
				t.Fatal(err)
			}
			return k.board(t).Pack.Divide(sheet).Index.RatString()
		}
		before := k.index(t).RatString()
		if sheetIndex() != before {
			t.Error("an open round computes with something else than today")
		}
		k.moved(t, "r26", "open", "locked") // word of a lock that was undone meanwhile
		if _, _, ok, _ := k.Frozen(desk(), "r26"); ok {
			t.Error("an open round was frozen")
		}
		k.w.round.State = "locked"
		k.moved(t, "r26", "open", "locked")
		k.w.links, k.w.round.Marks = nil, map[string]string{"1": "1"}
		k.w.counting("new", "health")
		if k.index(t).RatString() == before || sheetIndex() != before {
			t.Errorf("today %s, locked %s, was %s", k.index(t).RatString(), sheetIndex(), before)
		}
		k.w.round.State = "assess"
		k.moved(t, "r26", "locked", "assess")
		k.moved(t, "r26", "assess", "locked")
		if sheetIndex() != before {
			t.Error("a step between later states froze anew")
		}
		k.moved(t, "r26", "locked", "open") // late word of an opening that was undone
		if sheetIndex() != before {
			t.Error("late word let the sheet go")
		}
		k.w.round.State = "open"
		k.moved(t, "r26", "locked", "open")
		if after := k.index(t).RatString(); sheetIndex() != after || after == before {
			t.Errorf("opened again: %s, today %s", sheetIndex(), after)
		}
		k.w.round.State = "locked"
		k.moved(t, "r26", "open", "locked")
		k.w.counting("newer", "social")
		if sheetIndex() == k.index(t).RatString() {
			t.Error("the second lock kept nothing")
		}
		if trail := k.trail(t, home); strings.Count(trail, "score.freeze") != 2 || strings.Count(trail, "score.thaw") != 1 {
			t.Errorf("trail: %s", trail)
		}
	})
}

// A round that is not the latest computes with its own instrument and marks.
func TestAnOlderRound(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	k.w.open2026(map[string]string{"1": "1"})
	k.w.older["r23"] = score.Round{ID: "r23", Pack: "iid-2023", State: "locked", Year: 2023, Marks: map[string]string{"1": "3"}}
	k.moved(t, "r23", "open", "locked")
	sheet, _, ok, err := k.Frozen(desk(), "r23")
	if err != nil || !ok || sheet.Regency[0] != 3 {
		t.Errorf("%v %v %+v", ok, err, sheet)
	}
	k.moved(t, "unknown", "open", "locked")
	if _, _, ok, _ := k.Frozen(desk(), "unknown"); ok {
		t.Error("a round that nobody knows was frozen")
	}
}

func TestInstruments(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	for _, bad := range []string{"", "spbe-2020", "unknown"} {
		if err := k.SaveSetting(desk(), score.Setting{Pack: bad}); keyOf(err, "pack") != "score.error.pack" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := k.SaveSetting(desk(), score.Setting{Pack: "iid-2023", Choices: map[string]string{"edges": "lower", "edges2": "x", "beyond": "four"}}); err != nil {
		t.Fatal(err)
	}
	if b := k.board(t); b.Pack.ID != "iid-2023" || len(b.Setting.Choices) != 1 || b.Year != 2023 {
		t.Errorf("%s %v %d", b.Pack.ID, b.Setting.Choices, b.Year)
	}
	k.w.open2026(nil)
	if b := k.board(t); b.Pack.ID != "iid-2026" || b.Year != 2026 {
		t.Errorf("the round decides: %s", b.Pack.ID)
	}
	k.w.round.Pack = "spbe-2020"
	if _, err := k.Board(desk()); keyOf(err, "") != "score.error.pack" {
		t.Errorf("a round of another rule: %v", err)
	}
	k.w.round = nil
	k.Packs = someInstruments(t)[:1]
	if b := k.board(t); b.Pack.ID != "iid-2026" {
		t.Errorf("the chosen copy was deleted: %s", b.Pack.ID)
	}
}
