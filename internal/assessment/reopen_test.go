package assessment_test

import (
	"context"
	"testing"

	"github.com/pendapa/pendapa/internal/assessment"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
)

// TestAThrowawayMarkCannotBeHidden is the copying of marks: submit anything, look at the others, open the own mark again and
// write theirs. The first mark stays, and who could look needs the coordinator.
func TestAThrowawayMarkCannotBeHidden(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		k.invite(t, "p1", "p2")
		k.give(t, "p1", "A1", "3.5")
		throwaway := k.give(t, "p2", "A1", "0")
		if got := k.values(t, marker("p2"), "A1"); len(got) != 2 {
			t.Fatalf("p2 sees %v", got)
		}
		if err := k.Reopen(marker("p2"), "r", "A1", throwaway.Rev, "salah ketik"); !errs.Is(err, errs.Conflict) || errKey(err) != "assessment.error.seen" {
			t.Fatalf("opened alone: %v", err)
		}
		if err := k.ReopenFor(operator(), "r", "A1", "p2", "salah ketik"); !errs.Is(err, errs.Forbidden) {
			t.Errorf("an operator opened a mark: %v", err)
		}
		if err := k.ReopenFor(coordinator(), "r", "A1", "p2", " "); !errs.Is(err, errs.Invalid) {
			t.Errorf("opened without a reason: %v", err)
		}
		if err := k.ReopenFor(coordinator(), "r", "a01", "p2", "Keberatan tertulis"); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Save(marker("p2"), "r", assessment.Entry{Item: "A1", Value: "3.5", Rev: throwaway.Rev + 1, Submit: true}); err != nil {
			t.Fatal(err)
		}
		changed, err := k.Changed(coordinator(), "r")
		if err != nil || len(changed) != 1 {
			t.Fatalf("changed after seeing: %v %v", changed, err)
		}
		if m := changed[0]; m.Assessor != "p2" || m.First != "0" || m.Value != "3.5" || m.SeenWhy != "Keberatan tertulis" || m.FirstAt == 0 {
			t.Errorf("what is left of the first mark: %+v", m)
		}
		rows, _, err := k.Audit.List(system(), regency, audit.Filter{Action: "assessment.mark.reopen"}, 10, 0)
		if err != nil || len(rows) != 1 || rows[0].ActorID != "team" || rows[0].Why != "Keberatan tertulis" {
			t.Errorf("the trail: %+v %v", rows, err)
		}
	})
}

// TestAMarkOpenedBeforeAnybodyElseStaysIndependent: nothing was there to be seen.
func TestAMarkOpenedBeforeAnybodyElseStaysIndependent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		k.invite(t, "p1", "p2")
		mine := k.give(t, "p1", "A1", "1")
		if err := k.Reopen(marker("p1"), "r", "A1", mine.Rev, "salah baca"); err != nil {
			t.Fatal(err)
		}
		// p2 submits while the mark of p1 is open, and opens it again: it was there, so p1 still counts as having seen it.
		theirs := k.give(t, "p2", "A1", "4")
		if err := k.Reopen(marker("p2"), "r", "A1", theirs.Rev, "ragu"); !errs.Is(err, errs.Conflict) {
			t.Errorf("p1 had submitted before: %v", err)
		}
		if _, err := k.Save(marker("p1"), "r", assessment.Entry{Item: "A1", Value: "2", Rev: mine.Rev + 1, Submit: true}); err != nil {
			t.Fatal(err)
		}
		if changed, err := k.Changed(coordinator(), "r"); err != nil || len(changed) != 0 {
			t.Errorf("marked as changed after seeing: %v %v", changed, err)
		}
	})
}

func TestChangedMarksAndLettersAreFound(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"untouched":         "",
		"a value":           `UPDATE assessment_mark SET value = '4' WHERE regency_id = 1`,
		"the first value":   `UPDATE assessment_mark SET first_value = '4' WHERE regency_id = 1`,
		"a hidden look":     `UPDATE assessment_mark SET seen_at = 5 WHERE regency_id = 1`,
		"an unbound mark":   `UPDATE assessment_mark SET decided_hash = 'unbound', value = '4' WHERE regency_id = 1`,
		"the index":         `UPDATE assessment_published SET index_value = '3.9' WHERE regency_id = 1`,
		"a removed letter":  `DELETE FROM assessment_published WHERE regency_id = 1`,
		"a removed mark":    `DELETE FROM assessment_mark WHERE regency_id = 1`,
		"a mark taken back": `UPDATE assessment_mark SET state = 'draft', decided_hash = '' WHERE regency_id = 1`,
		"an unbound letter": `UPDATE assessment_published SET decided_hash = 'unbound', index_value = '3.8' WHERE regency_id = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, k *desk) {
				k.invite(t, "p1")
				k.give(t, "p1", "A1", "3.5")
				if err := k.Publish(coordinator(), assessment.Published{Round: "r", Letter: "100/2022", Date: k.clock.ms(), Index: "3.1"}); err != nil {
					t.Fatal(err)
				}
				if statement != "" {
					if err := k.DB.Tx(system(), func(tx *db.Tx) error { _, err := tx.Exec(statement); return err }); err != nil {
						t.Fatal(err)
					}
				}
				if _, err := seal.BindOld(context.Background(), k.DB, k.Audit, k.Old()...); err != nil {
					t.Fatal(err)
				}
				n, wrong, err := k.Decisions(system())
				if err != nil || n != 2 || (len(wrong) == 1) != (statement != "") {
					t.Errorf("looked at %d, found %v, %v", n, wrong, err)
				}
			})
		})
	}
}

func errKey(err error) string {
	key, _ := errs.KeyOf(err)
	return key
}
