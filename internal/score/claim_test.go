package score_test

import (
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/storetest"
)

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
		if err := k.mayHang(desk(), "gate", proof.Card{}); err != nil {
			t.Errorf("a word of the register: %v", err)
		}
		if err := k.mayHang(desk(), "2a", proof.Card{}); !errs.Is(err, errs.NotFound) {
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
