package assessment_test

import (
	"context"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/assessment"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

const why = "Ralat surat nomor B-2/2022"

// waiting gives the version of a round that waits.
func (k *desk) waiting(t *testing.T, round string) assessment.Version {
	t.Helper()
	all, err := k.Versions(coordinator(), round)
	if err != nil || len(all) == 0 || all[0].State != assessment.Waiting {
		t.Fatalf("none waits: %+v %v", all, err)
	}
	return all[0]
}

// supersedeMarks lets one person propose other marks from a letter and another one confirm them.
func (k *desk) supersedeMarks(t *testing.T, round, csv string) {
	t.Helper()
	if err := k.ProposeMarks(coordinator(), round, csv, why); err != nil {
		t.Fatal(err)
	}
	if err := k.DecideVersion(leader(), round, k.waiting(t, round).ID, true, ""); err != nil {
		t.Fatal(err)
	}
}

// letter gives the letter that stands for a round, for another version of it.
func (k *desk) letter(t *testing.T, round string) assessment.Published {
	t.Helper()
	r, err := k.Result(coordinator(), round)
	if err != nil {
		t.Fatal(err)
	}
	return r.Published
}

func (k *desk) published(t *testing.T) {
	t.Helper()
	if _, err := k.ImportMarks(coordinator(), "tua", "item,entry,assessor,value\nA,,,3.60\nB,,,3.21\n"); err != nil {
		t.Fatal(err)
	}
	if err := k.Publish(coordinator(), assessment.Published{Round: "tua", Letter: "B-1/2022", Date: k.clock.ms(), Index: "3.1"}); err != nil {
		t.Fatal(err)
	}
}

// TestWhatWasPublishedIsSuperseded: nothing overwrites a letter or its marks; another version takes their place with a reason
// and a second person, and the old one stays.
func TestWhatWasPublishedIsSuperseded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		k.published(t)
		next := k.letter(t, "tua")
		next.Letter, next.Index = "B-2/2022", "3.4"
		for name, err := range map[string]error{"the letter": k.Publish(coordinator(), next), "its marks": second(k.ImportMarks(coordinator(), "tua", "")),
			"other marks": second(k.ImportMarks(coordinator(), "tua", "item,entry,assessor,value\nA,,,1\n"))} {
			if errKey(err) != "assessment.error.stands" {
				t.Errorf("%s overwritten: %v", name, err)
			}
		}
		if err := k.ProposeLetter(coordinator(), next, "salah"); !errs.Is(err, errs.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
		if err := k.ProposeLetter(coordinator(), k.letter(t, "tua"), why); errKey(err) != "assessment.error.same" {
			t.Errorf("nothing differs: %v", err)
		}
		for name, who := range map[string]context.Context{"leader": leader(), "inspector": inspector(), "operator": operator()} {
			if err := k.ProposeLetter(who, next, why); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s proposes: %v", name, err)
			}
		}
		if err := k.ProposeLetter(coordinator(), next, why); err != nil {
			t.Fatal(err)
		}
		if err := k.ProposeMarks(coordinator(), "tua", "", why); errKey(err) != "assessment.error.waits" {
			t.Errorf("a second proposal: %v", err)
		}
		if now := k.letter(t, "tua"); now.Index != "3.1" || now.Letter != "B-1/2022" {
			t.Errorf("a proposal stands already: %+v", now)
		}
		k.decides(t, next)
	})
}

// decides lets the wrong people and then the right one decide on the only proposal of "tua".
func (k *desk) decides(t *testing.T, next assessment.Published) {
	t.Helper()
	id := k.waiting(t, "tua").ID
	for name, who := range map[string]context.Context{"who proposed it": coordinator(), "inspector": inspector(), "operator": operator()} {
		if err := k.DecideVersion(who, "tua", id, true, ""); !errs.Is(err, errs.Forbidden) {
			t.Errorf("%s decides: %v", name, err)
		}
	}
	if tasks, err := k.Tasks(leader()); err != nil || len(tasks) != 1 || tasks[0].Path != "/hasil/tua/versi" {
		t.Errorf("what waits for the leader: %+v %v", tasks, err)
	}
	if tasks, err := k.Tasks(coordinator()); err != nil || len(tasks) != 0 {
		t.Errorf("what waits for who proposed it: %+v %v", tasks, err)
	}
	if err := k.DecideVersion(acting("team2", tenant.RoleCoordinator, ""), "tua", id, true, ""); err != nil {
		t.Fatal(err)
	}
	if err := k.DecideVersion(leader(), "tua", id, true, ""); !errs.Is(err, errs.Conflict) {
		t.Errorf("decided twice: %v", err)
	}
	if now := k.letter(t, "tua"); now.Index != "3.4" || now.Letter != next.Letter {
		t.Errorf("it does not stand: %+v", now)
	}
	k.supersedeMarks(t, "tua", "item,entry,assessor,value\nA,,,2\n")
	all, err := k.Versions(inspector(), "tua")
	if err != nil || len(all) != 3 {
		t.Fatalf("%+v %v", all, err)
	}
	for i, want := range []struct {
		index, mark, why string
	}{{"3.4", "2", why}, {"3.4", "3.6", why}, {"3.1", "3.6", ""}} {
		v := all[i]
		if v.Number != int64(3-i) || v.Content.Letter.Index != want.index || v.Content.Marks[0].Value != want.mark || v.Why != want.why {
			t.Errorf("version %d: %+v", 3-i, v)
		}
	}
	if rows, _, err := k.Audit.List(coordinator(), regency, audit.Filter{Action: "assessment.version.accepted"}, 9, 0); err != nil || len(rows) != 2 || rows[1].Why != why || rows[1].ActorID != "team2" {
		t.Errorf("the trail: %+v %v", rows, err)
	}
	if n, wrong, err := k.Decisions(system()); err != nil || n != 4 || len(wrong) != 0 {
		t.Errorf("%d decisions, %v, %v", n, wrong, err)
	}
}

// TestAProposalThatDoesNotStand: rejected with a reason, withdrawn by who made it, or made from what no longer stands.
func TestAProposalThatDoesNotStand(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		k.published(t)
		propose := func() string {
			t.Helper()
			next := k.letter(t, "tua")
			next.Index = "3.9"
			if err := k.ProposeLetter(coordinator(), next, why); err != nil {
				t.Fatal(err)
			}
			return k.waiting(t, "tua").ID
		}
		id := propose()
		if err := k.DecideVersion(leader(), "tua", id, false, " "); !errs.Is(err, errs.Invalid) {
			t.Errorf("rejected without a reason: %v", err)
		}
		if err := k.DecideVersion(leader(), "tua", id, false, "Surat ralat tidak ada"); err != nil {
			t.Fatal(err)
		}
		id = propose()
		if err := k.WithdrawVersion(acting("team2", tenant.RoleCoordinator, ""), "tua", id); !errs.Is(err, errs.Forbidden) {
			t.Errorf("withdrawn by somebody else: %v", err)
		}
		if err := k.WithdrawVersion(coordinator(), "tua", id); err != nil {
			t.Fatal(err)
		}
		if err := k.DecideVersion(leader(), "tua", id, true, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("accepted after it was withdrawn: %v", err)
		}
		id = propose()
		if err := k.DB.Tx(system(), func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE assessment_external SET value = '1' WHERE regency_id = 1 AND item = 'A'`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := k.DecideVersion(leader(), "tua", id, true, ""); errKey(err) != "assessment.error.changed" {
			t.Errorf("what stood had changed: %v", err)
		}
		if now := k.letter(t, "tua"); now.Index != "3.1" {
			t.Errorf("%+v", now)
		}
	})
}

// TestTamperedVersionsAreFound: also those that no longer stand, and their reasons.
func TestTamperedVersionsAreFound(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		k.published(t)
		k.supersedeMarks(t, "tua", "")
		for _, statement := range []string{`UPDATE assessment_version SET why = 'Tidak ada alasan' WHERE regency_id = 1 AND number = 2`,
			`UPDATE assessment_version SET body = replace(body, '3.6', '3.7') WHERE regency_id = 1 AND number = 1`} {
			_, before, err := k.Decisions(system())
			if err != nil {
				t.Fatal(err)
			}
			if err := k.DB.Tx(system(), func(tx *db.Tx) error { _, err := tx.Exec(statement); return err }); err != nil {
				t.Fatal(err)
			}
			if _, wrong, err := k.Decisions(system()); err != nil || len(wrong) != len(before)+1 {
				t.Errorf("%s: %v %v", statement, wrong, err)
			}
		}
	})
}

// TestVisitorsReadWhatStoodBefore: the public page names the version, what it took the place of and why, and no person.
func TestVisitorsReadWhatStoodBefore(t *testing.T) {
	t.Parallel()
	v := doorOf(t, open(t, storetest.SQLite(t)))
	v.furnish(t)
	form := "rev=1&letter=B-2%2F2022&date=2022-11-30&index=3%2C5&why=Ralat+%3Csurat%3E+kementerian"
	if status, body, _ := v.call(t, in(coordinator(), "id"), "POST", "/hasil/tua/surat", form); status != 303 {
		t.Fatalf("%d %.500s", status, body)
	}
	if text := v.page(t, in(leader(), "id"), "/hasil/tua/versi").Find("main").Text(); !strings.Contains(text, "B-2/2022") || !strings.Contains(text, "3,31") || !strings.Contains(text, "Akun team") {
		t.Errorf("the page of who decides: %s", text)
	}
	if text := v.page(t, tenant.Actor{Lang: "id"}, "/publik").Find("main").Text(); strings.Contains(text, "Versi 2") {
		t.Error("a proposal is shown to visitors")
	}
	if status, body, _ := v.call(t, in(leader(), "id"), "POST", "/hasil/tua/versi/"+v.waiting(t, "tua").ID, "state=accepted"); status != 303 {
		t.Fatalf("%d %.500s", status, body)
	}
	for _, who := range []struct {
		tenant.Actor
		path string
	}{{tenant.Actor{Lang: "id"}, "/publik"}, {in(inspector(), "id"), "/hasil/tua"}} {
		text := v.page(t, who.Actor, who.path).Find("main").Text()
		for _, want := range []string{"Versi 2", "menggantikan versi 1", "Ralat <surat> kementerian", "Versi 1", "B-1/2021", "3,31", "3,50"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", who.path, want)
			}
		}
		if strings.Contains(text, "Akun") {
			t.Errorf("%s names a person", who.path)
		}
	}
}

// TestAShownResultIsTakenAwayWithAReason, which stays in the trail.
func TestAShownResultIsTakenAwayWithAReason(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		set := func(p assessment.Publication) error { p.Round = "tua"; return k.SetPublication(coordinator(), p) }
		if err := set(assessment.Publication{Shown: true, Result: true}); err != nil {
			t.Fatal(err)
		}
		if err := set(assessment.Publication{Shown: true, Result: true, Text: "Untuk warga", Rev: 1, Why: why}); err != nil {
			t.Errorf("another text: %v", err)
		}
		for name, p := range map[string]assessment.Publication{"the round": {Result: true, Rev: 2}, "the result": {Shown: true, Rev: 2, Why: "salah"}} {
			if err := set(p); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s taken away: %v", name, err)
			}
		}
		if err := set(assessment.Publication{Shown: true, Rev: 2, Why: why}); err != nil {
			t.Error(err)
		}
		if rows, _, err := k.Audit.List(coordinator(), regency, audit.Filter{Action: "assessment.publication"}, 1, 0); err != nil || len(rows) != 1 || rows[0].Why != why {
			t.Errorf("the trail: %+v %v", rows, err)
		}
	})
}

// TestFindingsOfAnEndedRoundStay until it is opened again.
func TestFindingsOfAnEndedRoundStay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		f := assessment.Finding{Round: "r", Assessor: 1, Kind: assessment.Weakness, Text: "Data belum terpadu"}
		id, err := k.AddFinding(coordinator(), f)
		if err != nil {
			t.Fatal(err)
		}
		k.state("r", "done")
		if _, err := k.AddFinding(coordinator(), f); errKey(err) != "assessment.error.finding_sealed" {
			t.Errorf("added under the number of an assessor after the end: %v", err)
		}
		if all, err := k.Findings(coordinator(), "r"); err != nil || len(all) != 1 {
			t.Errorf("findings after the end: %v %v", all, err)
		}
		if err := k.RemoveFinding(coordinator(), "r", id); errKey(err) != "assessment.error.finding_sealed" {
			t.Errorf("removed after the end: %v", err)
		}
		k.state("r", "assess")
		if err := k.RemoveFinding(coordinator(), "r", id); err != nil {
			t.Errorf("while it is assessed: %v", err)
		}
	})
}

// TestWhatVisitorsReadIsChangedWithAReason only, and a change behind the house is found.
func TestWhatVisitorsReadIsChangedWithAReason(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		k.state("r", "done")
		in := assessment.Publication{Round: "r", Shown: true, Result: true, Text: "Untuk warga"}
		if err := k.SetPublication(coordinator(), in); err != nil {
			t.Fatal(err)
		}
		in.Text, in.Rev = "Teks lain", 1
		if err := k.SetPublication(coordinator(), in); !errs.Is(err, errs.Invalid) {
			t.Errorf("changed without a reason: %v", err)
		}
		in.Why = "Salah ketik nama program"
		if err := k.SetPublication(coordinator(), in); err != nil {
			t.Fatal(err)
		}
		if n, wrong, err := k.Decisions(system()); err != nil || n != 1 || len(wrong) != 0 {
			t.Errorf("before: %d %v %v", n, wrong, err)
		}
		for _, statement := range []string{`UPDATE assessment_publish SET body = 'Palsu' WHERE regency_id = 1`, `DELETE FROM assessment_publish WHERE regency_id = 1`} {
			if err := k.DB.Tx(system(), func(tx *db.Tx) error { _, err := tx.Exec(statement); return err }); err != nil {
				t.Fatal(err)
			}
			if n, wrong, err := k.Decisions(system()); err != nil || n != 1 || len(wrong) != 1 || wrong[0].Object != "assessment_publish" {
				t.Errorf("%s: %d %v %v", statement, n, wrong, err)
			}
		}
	})
}
