package assessment_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/assessment"
	"github.com/pendapa/pendapa/internal/platform/db"
)

const oneMark = "item,entry,assessor,value\nA,,,1\n"

func (k *desk) change(t *testing.T, statement string) {
	t.Helper()
	if err := k.DB.Tx(system(), func(tx *db.Tx) error { _, err := tx.Exec(statement); return err }); err != nil {
		t.Fatal(err)
	}
}

// altered tells how many decisions no longer are what was decided.
func (k *desk) altered(t *testing.T) int {
	t.Helper()
	_, wrong, err := k.Decisions(system())
	if err != nil {
		t.Fatal(err)
	}
	return len(wrong)
}

// TestThatThereAreNoMarksIsPublishedToo: one person alone puts none there, after a version that took them away and beside a
// letter that has none.
func TestThatThereAreNoMarksIsPublishedToo(t *testing.T) {
	t.Parallel()
	for name, arrange := range map[string]func(t *testing.T, k *desk){
		"taken away": func(t *testing.T, k *desk) { k.published(t); k.supersedeMarks(t, "tua", "") },
		"taken away without a letter": func(t *testing.T, k *desk) {
			if _, err := k.ImportMarks(coordinator(), "tua", oneMark); err != nil {
				t.Fatal(err)
			}
			k.supersedeMarks(t, "tua", "")
		},
		"a letter alone": func(t *testing.T, k *desk) {
			letter := assessment.Published{Round: "tua", Letter: "B-1/2022", Date: k.clock.ms(), Index: "3.1"}
			if err := k.Publish(coordinator(), letter); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, k *desk) {
				arrange(t, k)
				if _, err := k.ImportMarks(coordinator(), "tua", oneMark); errKey(err) != "assessment.error.stands" {
					t.Errorf("one person put marks there: %v", err)
				}
				k.supersedeMarks(t, "tua", oneMark)
				if n := k.altered(t); n != 0 {
					t.Errorf("%d decisions wrong after two people put marks there", n)
				}
			})
		})
	}
}

// TestWhatStandsIsTheNewestVersion: marks without a letter have no fingerprint of their own, and a letter may come later.
func TestWhatStandsIsTheNewestVersion(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		if err := k.ProposeMarks(coordinator(), "tua", oneMark, why); errKey(err) != "assessment.error.none_stands" {
			t.Errorf("another version of nothing: %v", err)
		}
		if _, err := k.ImportMarks(coordinator(), "tua", oneMark); err != nil {
			t.Fatal(err)
		}
		k.supersedeMarks(t, "tua", "item,entry,assessor,value\nA,,,2\n")
		k.change(t, `UPDATE assessment_external SET value = '4' WHERE regency_id = 1`)
		if n := k.altered(t); n != 1 {
			t.Errorf("%d decisions wrong, want the newest version", n)
		}
		letter := assessment.Published{Round: "tua", Letter: "B-1/2022", Date: k.clock.ms(), Index: "3.1"}
		if err := k.Publish(coordinator(), letter); errKey(err) != "assessment.error.altered" {
			t.Errorf("a letter for altered marks: %v", err)
		}
		k.change(t, `UPDATE assessment_external SET value = '2' WHERE regency_id = 1`)
		if err := k.Publish(coordinator(), letter); err != nil {
			t.Fatal(err)
		}
		if n := k.altered(t); n != 0 {
			t.Errorf("%d decisions wrong after the first letter", n)
		}
	})
}

// TestAnAlteredResultIsNotSuperseded: another version would make it look like what was decided.
func TestAnAlteredResultIsNotSuperseded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		k.published(t)
		if err := k.ProposeMarks(coordinator(), "tua", oneMark, why); err != nil {
			t.Fatal(err)
		}
		id := k.waiting(t, "tua").ID
		index := func(value string) {
			k.change(t, `UPDATE assessment_published SET index_value = '`+value+`' WHERE regency_id = 1 AND round_id = 'tua'`)
		}
		index("9.9")
		k.change(t, `UPDATE assessment_version SET base = '`+k.hash(t, "tua")+`' WHERE regency_id = 1 AND state = 'waiting'`)
		if err := k.DecideVersion(leader(), "tua", id, true, ""); errKey(err) != "assessment.error.altered" {
			t.Errorf("an altered index superseded: %v", err)
		}
		if err := k.WithdrawVersion(coordinator(), "tua", id); err != nil {
			t.Fatal(err)
		}
		if err := k.ProposeMarks(coordinator(), "tua", oneMark, why); errKey(err) != "assessment.error.altered" {
			t.Errorf("a proposal upon an altered index: %v", err)
		}
		index("3.1")
		k.supersedeMarks(t, "tua", oneMark)
		k.change(t, `UPDATE assessment_version SET why = 'Tidak ada alasan' WHERE regency_id = 1 AND number = 2`)
		if err := k.ProposeMarks(coordinator(), "tua", "", why); errKey(err) != "assessment.error.altered" {
			t.Errorf("a proposal upon an altered version: %v", err)
		}
	})
}

// hash is the fingerprint of the letter and the marks that stand for a round.
func (k *desk) hash(t *testing.T, round string) string {
	t.Helper()
	marks := []assessment.External{{Item: "A", Value: "3.6"}, {Item: "B", Value: "3.21"}}
	return k.letter(t, round).Fingerprint(marks)
}

// TestMarksOfALetterNeverJoinThoseOfAssessors: not even when theirs were submitted while a version waited.
func TestMarksOfALetterNeverJoinThoseOfAssessors(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		letter := assessment.Published{Round: "r", Letter: "B-1/2022", Date: k.clock.ms(), Index: "3.1"}
		if err := k.Publish(coordinator(), letter); err != nil {
			t.Fatal(err)
		}
		if err := k.ProposeMarks(coordinator(), "r", oneMark, why); err != nil {
			t.Fatal(err)
		}
		k.invite(t, "p1")
		k.give(t, "p1", "A1", "3.5")
		if err := k.DecideVersion(leader(), "r", k.waiting(t, "r").ID, true, ""); errKey(err) != "assessment.error.has_marks" {
			t.Errorf("both stand: %v", err)
		}
	})
}
