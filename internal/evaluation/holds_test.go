package evaluation_test

import (
	"context"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// TestProofsOfAQuestionAreOfItsAgencies: who answers it hangs them and takes them away, and who manages the round.
func TestProofsOfAQuestionAreOfItsAgencies(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.assign(t)
		k.move(t, evaluation.Open, "")
		for name, c := range map[string]struct {
			who context.Context
			may bool
		}{
			"operator": {operator(), true}, "team": {team(), true}, "support": {as("op2", tenant.RoleOperator, "kes"), true},
			"elsewhere": {as("op3", tenant.RoleOperator, "lain"), false},
		} {
			_, hang := k.holder().MayHang(c.who, k.place("A1", ""), proof.Card{ID: "e1"}, "")
			unhang := k.holder().MayUnhang(c.who, k.place("A1", ""), proof.Card{ID: "e1"})
			for what, err := range map[string]error{"hang": hang, "take away": unhang} {
				if (err == nil) != c.may || err != nil && key(err) != "evaluation.error.other_agency" {
					t.Errorf("%s, %s: %v", name, what, err)
				}
			}
		}
	})
}

// slowPacks are instruments during whose reading something else happens once.
type slowPacks struct {
	shipped
	meanwhile func()
}

func (p *slowPacks) Find(ctx context.Context, id string) (*instrument.Pack, error) {
	if do := p.meanwhile; do != nil {
		p.meanwhile = nil
		do()
	}
	return p.shipped.Find(ctx, id)
}

// TestARoundThatIsLockedMeanwhileTakesNoAnswer: it was open when the answer was looked at.
func TestARoundThatIsLockedMeanwhileTakesNoAnswer(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.assign(t)
		k.move(t, evaluation.Open, "")
		k.Packs = &slowPacks{meanwhile: func() { k.move(t, evaluation.Locked, "Batas kementerian") }}
		entry := evaluation.Entry{Answer: "Ada masterplan", SelfMark: "3", Rev: k.item(t, "A1").Rev}
		if _, err := k.Save(operator(), k.round, "A1", entry); !errs.Is(err, errs.Conflict) {
			t.Errorf("saved in a locked round: %v", err)
		}
		if i := k.item(t, "A1"); i.Answer != "" {
			t.Errorf("the answer is %q", i.Answer)
		}
	})
}

// TestReasonsAreCountedInLetters, and one that is too long is told as a reason.
func TestReasonsAreCountedInLetters(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.assign(t)
		k.move(t, evaluation.Open, "")
		r, err := k.Round(team(), k.round)
		if err != nil {
			t.Fatal(err)
		}
		long := k.Move(team(), k.round, evaluation.Locked, r.Rev, strings.Repeat("é", 4001))
		if _, fields := errs.MsgOf(long); fields["reason"].Key != "evaluation.error.reason_long" {
			t.Errorf("a long reason: %v", long)
		}
		if err := k.Move(team(), k.round, evaluation.Locked, r.Rev, strings.Repeat("é", 4000)); err != nil {
			t.Errorf("4,000 letters: %v", err)
		}
	})
}
