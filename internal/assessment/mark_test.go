package assessment_test

import (
	"context"
	"slices"
	"testing"

	"github.com/pendapa/pendapa/internal/assessment"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/tenant"
)

func TestWhoSeesAMarkWhen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		k.invite(t, "p1", "p2")
		see := func(when string, ctx context.Context, want ...string) {
			t.Helper()
			if got := k.values(t, ctx, "A1"); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", when, got, want)
			}
		}
		k.give(t, "p1", "A1", "4")
		see("p2 marked nothing", marker("p2"))
		draft, err := k.Save(marker("p2"), "r", assessment.Entry{Item: "A1", Value: "1,5"})
		if err != nil {
			t.Fatal(err)
		}
		see("p2 has a draft", marker("p2"), "p2=1.5")
		see("p1 while p2 has a draft", marker("p1"), "p1=4")
		see("the coordinator sees what is submitted", coordinator(), "p1=4")
		see("the inspector sees what is submitted", inspector(), "p1=4")
		see("an operator waits for the end", operator())
		see("the leader waits for the end", leader())
		sent, err := k.Save(marker("p2"), "r", assessment.Entry{Item: "A1", Value: "1.5", Rev: draft[0].Rev, Submit: true})
		if err != nil {
			t.Fatal(err)
		}
		see("both submitted, p1", marker("p1"), "p1=4", "p2=1.5")
		see("both submitted, p2", marker("p2"), "p1=4", "p2=1.5")
		if got := k.values(t, marker("p2"), "A2"); len(got) != 0 {
			t.Errorf("another question: %v", got)
		}
		if err := k.Reopen(marker("p2"), "r", "A1", sent[0].Rev, "Bukti baru"); !errs.Is(err, errs.Conflict) {
			t.Fatalf("opened alone after seeing p1's: %v", err)
		}
		if err := k.ReopenFor(coordinator(), "r", "A1", "p2", "Bukti baru"); err != nil {
			t.Fatal(err)
		}
		see("p2 opened theirs again", marker("p2"), "p2=1.5")
		see("p1 after p2 opened theirs again", marker("p1"), "p1=4")
		k.state("r", "done")
		see("done, an operator", operator(), "p1=4")
		see("done, the leader", leader(), "p1=4")
		see("done, p2", marker("p2"), "p1=4", "p2=1.5")
	})
}

func TestAnInvitationEndsAndComesBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		entry := assessment.Entry{Item: "A1", Value: "2"}
		refused := func(when string, ctx context.Context, kind errs.Kind) {
			t.Helper()
			if _, err := k.Save(ctx, "r", entry); !errs.Is(err, kind) {
				t.Errorf("%s: %v", when, err)
			}
		}
		refused("not invited", marker("p1"), errs.NotFound)
		refused("a coordinator", coordinator(), errs.Forbidden)
		if _, err := k.Marks(marker("p1"), "r"); !errs.Is(err, errs.NotFound) {
			t.Errorf("a stranger reads: %v", err)
		}
		k.invite(t, "p1")
		if ok, err := k.Invited(marker("p1"), "r"); err != nil || !ok {
			t.Errorf("invited: %v %v", ok, err)
		}
		if ok, _ := k.Invited(marker("p1"), "tua"); ok {
			t.Error("an invitation opens another round")
		}
		far := actor("p1", tenant.RoleAssessor, "")
		far.Regency = 2
		refused("the same account in another regency", tenant.With(context.Background(), far), errs.NotFound)
		if err := k.Revoke(coordinator(), "r", "p1"); err != nil {
			t.Fatal(err)
		}
		refused("revoked", marker("p1"), errs.NotFound)
		if err := k.Invite(coordinator(), "r", "p1", k.clock.ms()+oneDay); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Save(marker("p1"), "r", entry); err != nil {
			t.Errorf("invited again: %v", err)
		}
		k.clock.at = k.clock.at.Add(48 * 3600e9)
		refused("after the end date", marker("p1"), errs.NotFound)
		all, err := k.Invites(coordinator(), "r")
		if err != nil || len(all) != 1 || all[0].Number != 1 || all[0].Open(k.clock.ms()) {
			t.Errorf("invitations: %+v %v", all, err)
		}
		for name, err := range map[string]error{"no assessor": k.Invite(coordinator(), "r", "op", 0), "in the past": k.Invite(coordinator(), "r", "p2", 1)} {
			if !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := k.Invite(operator(), "r", "p2", 0); !errs.Is(err, errs.Forbidden) {
			t.Errorf("an operator invites: %v", err)
		}
		if err := k.Invite(coordinator(), "tua", "p2", 0); !errs.Is(err, errs.Conflict) {
			t.Errorf("to a round that is done: %v", err)
		}
	})
}

func TestMarksKeepTheirRules(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		k.invite(t, "p1")
		me := marker("p1")
		save := func(e assessment.Entry) error { _, err := k.Save(me, "r", e); return err }
		for name, e := range map[string]assessment.Entry{"above": {Item: "A1", Value: "4.01"}, "below": {Item: "A1", Value: "-1"}, "a word": {Item: "A1", Value: "baik"},
			"nothing submitted": {Item: "A1", Submit: true}, "a long comment": {Item: "A1", Comment: string(make([]byte, 4001))}} {
			if err := save(e); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := save(assessment.Entry{Item: "Z9", Value: "1"}); !errs.Is(err, errs.NotFound) {
			t.Errorf("no such question: %v", err)
		}
		if err := save(assessment.Entry{Item: "a01", Value: "2,333333333333", Comment: " hemat "}); err != nil {
			t.Fatal(err)
		}
		if mine, err := k.Mine(me, "r"); err != nil || mine["A1"].Value != "2.333333333333" || mine["A1"].Comment != "hemat" || mine["A1"].Rev != 1 {
			t.Errorf("kept: %+v %v", mine, err)
		}
		if err := save(assessment.Entry{Item: "A1", Value: "1"}); !errs.Is(err, errs.Conflict) {
			t.Errorf("an old revision overwrote: %v", err)
		}
		if err := save(assessment.Entry{Item: "A1", Value: "3", Rev: 1, Submit: true}); err != nil {
			t.Fatal(err)
		}
		if err := save(assessment.Entry{Item: "A1", Value: "1", Rev: 2}); !errs.Is(err, errs.Conflict) {
			t.Errorf("a submitted mark was changed: %v", err)
		}
		if err := k.Reopen(me, "r", "A1", 2, " "); !errs.Is(err, errs.Invalid) {
			t.Errorf("opened again without a reason: %v", err)
		}
		if _, err := k.Save(me, "r", assessment.Entry{Item: "A2", Value: "1"}, assessment.Entry{Item: "A3", Value: "9"}); err == nil {
			t.Error("half of a set was taken")
		}
		if mine, _ := k.Mine(me, "r"); len(mine) != 1 {
			t.Errorf("all or nothing: %v", mine)
		}
		k.state("r", "done")
		if err := save(assessment.Entry{Item: "A2", Value: "1"}); !errs.Is(err, errs.Conflict) {
			t.Errorf("marked after the end: %v", err)
		}
	})
}

func TestSubmitAllAndTheListOfWork(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		k.invite(t, "p1")
		me := marker("p1")
		k.give(t, "p1", "A1", "4")
		for item, e := range map[string]assessment.Entry{"A2": {Value: "3"}, "A3": {Value: "2"}, "A4": {Comment: "nanti"}} {
			e.Item = item
			if _, err := k.Save(me, "r", e); err != nil {
				t.Fatal(err)
			}
		}
		if work, err := k.Tasks(me); err != nil || len(work) != 1 || work[0].Path != "/penilaian/r" || work[0].Due != k.x.all[1].AssessTo {
			t.Errorf("work: %+v %v", work, err)
		}
		if n, left, err := k.SubmitAll(me, "r"); err != nil || n != 2 || left != 56 {
			t.Errorf("submitted %d, left %d, %v", n, left, err)
		}
		all, err := k.MyRounds(me)
		if err != nil || len(all) != 1 || all[0].Submitted != 3 || all[0].Drafts != 1 || all[0].Total != 59 {
			t.Errorf("my rounds: %+v %v", all, err)
		}
		if rows, err := k.MyRounds(marker("p2")); err != nil || len(rows) != 0 {
			t.Errorf("rounds of somebody not invited: %v %v", rows, err)
		}
	})
}
