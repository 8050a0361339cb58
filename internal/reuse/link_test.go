package reuse_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/reuse"
	"github.com/pendapa/pendapa/internal/storetest"
)

func (x *world) linked(evidence, holder, item string) bool {
	return slices.ContainsFunc(x.Linked, func(l proof.Link) bool { return l.ID == evidence && l.Place == placeOf(holder, item) })
}

func TestOneTapLinksAndIsTakenBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, furnished())
		batch, err := k.Link(operator("bap"), "kc26", reuse.Pick{Item: "B1", Evidence: "perbup"}, "")
		if err != nil || !k.x.linked("perbup", "kc26", "B1") {
			t.Fatalf("not linked: %v", err)
		}
		if got := suggested(k.suggest(t, coordinator(), "kc26")); slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "B1:") }) {
			t.Errorf("an answered question is still open: %q", got)
		}
		for who, ctx := range map[string]context.Context{"another operator": operator("kom"), "another regency": stranger(), "a leader": leader()} {
			if _, err := k.Undo(ctx, batch); err == nil {
				t.Errorf("%s took it back", who)
			}
		}
		if _, err := k.Undo(operator("bap"), batch); err != nil || k.x.linked("perbup", "kc26", "B1") {
			t.Errorf("not taken back: %v", err)
		}
		if _, err := k.Undo(operator("bap"), batch); keyOf(err, "") != "reuse.error.undone" {
			t.Errorf("taken back twice: %v", err)
		}
		for _, want := range []string{"reuse.link operator-bap " + batch, "reuse.undo operator-bap " + batch} {
			if trail := k.trail(t); !strings.Contains(trail, want) {
				t.Errorf("the trail lacks %q: %s", want, trail)
			}
		}
	})
}

func TestWhatStandsAgainstALink(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, furnished())
		k.x.refuse["C12"] = errs.E(errs.Forbidden, "evaluation.error.other_agency", nil)
		before := len(k.x.Linked)
		for name, c := range map[string]struct {
			ctx    context.Context
			holder string
			pick   reuse.Pick
			key    string
			field  string
		}{
			"a leader":                   {leader(), "kc26", reuse.Pick{Item: "B1", Evidence: "perbup"}, "web.error.forbidden", ""},
			"another agency":             {operator("hub"), "kc26", reuse.Pick{Item: "B1", Evidence: "perbup"}, "reuse.error.scope", ""},
			"nobody is in charge":        {operator("bap"), "kc26", reuse.Pick{Item: "C30", Evidence: "aplikasi"}, "reuse.error.scope", ""},
			"another regency":            {stranger(), "kc26", reuse.Pick{Item: "B1", Evidence: "perbup"}, "reuse.error.place", ""},
			"a round that is locked":     {coordinator(), "spbe25", reuse.Pick{Item: "42", Evidence: "aduan"}, "reuse.error.closed", ""},
			"a question that is ready":   {coordinator(), "pemdi26", reuse.Pick{Item: "I9", Evidence: "aduan", Slot: "TD_09_01"}, "reuse.error.not_open", ""},
			"no such question":           {coordinator(), "kc26", reuse.Pick{Item: "Z1", Evidence: "perbup"}, "reuse.error.not_open", ""},
			"no such proof":              {coordinator(), "kc26", reuse.Pick{Item: "B1", Evidence: "hantu"}, "reuse.error.proof", ""},
			"no slot where some are":     {coordinator(), "pemdi26", reuse.Pick{Item: "I4", Evidence: "notula"}, "reuse.error.slot", "slot"},
			"a slot of another question": {coordinator(), "pemdi26", reuse.Pick{Item: "I4", Evidence: "notula", Slot: "TD_01_01"}, "reuse.error.slot", "slot"},
			"a slot where none is":       {coordinator(), "kc26", reuse.Pick{Item: "B1", Evidence: "perbup", Slot: "TD_01_01"}, "reuse.error.slot", "slot"},
			"of another year":            {coordinator(), "kc26", reuse.Pick{Item: "A2", Evidence: "notula25"}, "reuse.error.year", "year_reason"},
			"the owner of the place":     {coordinator(), "kc26", reuse.Pick{Item: "C12", Evidence: "miskin25"}, "evaluation.error.other_agency", ""},
		} {
			if _, err := k.Link(c.ctx, c.holder, c.pick, " "); keyOf(err, c.field) != c.key {
				t.Errorf("%s: %v, want %s", name, err, c.key)
			}
		}
		if len(k.x.Linked) != before {
			t.Errorf("something was linked: %v", k.x.Linked[before:])
		}
		var left int
		if err := d.QueryRow(context.Background(), `SELECT count(*) FROM reuse_batch WHERE regency_id = $1`, home).Scan(&left); err != nil || left != 0 {
			t.Errorf("%d batches of refused links are left, %v", left, err)
		}
		if _, err := k.Link(operator("kom"), "pemdi26", reuse.Pick{Item: "I4", Evidence: "notula25", Slot: "TD_04_03"}, ""); err != nil {
			t.Errorf("a supporting agency: %v", err)
		}
		if _, err := k.Link(coordinator(), "kc26", reuse.Pick{Item: "A2", Evidence: "notula25"}, " Rapat tahun ini  ditunda "); err != nil || slices.Compact(k.x.Reasons())[len(slices.Compact(k.x.Reasons()))-1] != "Rapat tahun ini ditunda" {
			t.Errorf("with a reason: %v, passed on: %q", err, k.x.Reasons())
		}
		if !strings.Contains(k.trail(t), "Rapat tahun ini ditunda") {
			t.Error("the reason is not in the trail")
		}
	})
}

func TestAllStrongOnesAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		x := furnished()
		x.link("notula", "kc25", "A3") // two minutes want the one slot for minutes
		k := open(t, d, x)
		_, plan, others, err := k.Plan(coordinator(), "pemdi26")
		if err != nil || others != 0 {
			t.Fatal(others, err)
		}
		var keys []string
		for _, p := range plan {
			keys = append(keys, p.Key()+" "+p.Slot.Code)
		}
		if want := []string{"I4~notula TD_04_03", "I4~notula25 TD_04_06", "I13~aplikasi TD_13_02", "I19~aduan TD_19_07"}; !slices.Equal(keys, want) {
			t.Errorf("the plan is %q, want %q", keys, want)
		}
		if _, plan, others, err := k.Plan(operator("hub"), "pemdi26"); err != nil || len(plan) != 1 || plan[0].Open.Code != "I19" || others != 3 {
			t.Errorf("the plan of one agency: %v, %d others, %v", plan, others, err)
		}
		if _, _, _, err := k.Plan(leader(), "pemdi26"); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a leader plans: %v", err)
		}
		if _, _, err := k.LinkAll(coordinator(), "pemdi26", []string{"I1~perbup", "I3~hantu"}); keyOf(err, "") != "reuse.error.none_chosen" {
			t.Errorf("what is not strong was linked: %v", err)
		}
		x.refuse["I13"] = errs.E(errs.Conflict, "evaluation.error.closed", nil)
		b, refused, err := k.LinkAll(coordinator(), "pemdi26", []string{"I4~notula", "I13~aplikasi", "I19~aduan", "I1~perbup"})
		if err != nil || len(b.Links) != 2 || len(refused) != 1 {
			t.Fatalf("linked %v, refused %v, %v", b.Links, refused, err)
		}
		if !x.linked("notula", "pemdi26", "I4:TD_04_03") || !x.linked("aduan", "pemdi26", "I19:TD_19_07") || x.linked("perbup", "pemdi26", "I1:TD_01_05") {
			t.Errorf("links: %v", x.Linked)
		}
		n := len(x.Linked)
		if back, err := k.Undo(coordinator(), b.ID); err != nil || len(back.Links) != 2 || len(x.Linked) != n-2 {
			t.Errorf("taken back %v, %v", back.Links, err)
		}
	})
}

func TestAWrongYearIsNeverInThePlan(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t), furnished())
	for _, holder := range []string{"kc26", "iid26"} {
		_, plan, _, err := k.Plan(coordinator(), holder)
		if err != nil || len(plan) == 0 {
			t.Fatal(len(plan), err)
		}
		for _, p := range plan {
			if p.Suggestion.NeedsReason || p.Suggestion.Proof.ID == "miskin24" {
				t.Errorf("%s: %s is planned", holder, p.Key())
			}
		}
	}
}
