package innovation_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

func adopt(o *office, id string) error {
	return o.db.Tx(system(), func(tx *db.Tx) error { return o.Adopted(system(), tx, 1, id, "Dinas Kesehatan meniru") })
}

// TestTheWholeWayOfADossier takes a dossier from draft to sent; at every step everybody else is refused, and whoever handed
// it in approves nothing.
func TestTheWholeWayOfADossier(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.filled(t)
		everybody := []string{"staff-hub", "operator-hub", "head-hub", "staff-kes", "head-kes", "desk", "desk-2", "admin", "coordinator", "leader", "inspector"}
		may := map[string][]string{innovation.Submitted: {"staff-hub", "operator-hub", "head-hub", "desk", "desk-2"}, innovation.Authorised: {"head-hub"}}
		for _, step := range o.way() {
			now := o.now(t, i.ID)
			allowed := may[step.to]
			if allowed == nil {
				allowed = []string{"desk", "desk-2"}
			}
			for _, who := range everybody {
				if to, can, err := o.Forward(o.as(who), now); err != nil || to != step.to || can != slices.Contains(allowed, who) {
					t.Errorf("%s at %s: %s %v %v", who, now.State, to, can, err)
				}
				if !slices.Contains(allowed, who) {
					wants(t, who+" to "+step.to, o.Move(o.as(who), i.ID, step.to, now.Rev, ""), errs.Forbidden)
				}
			}
			must(t, o.Move(o.as(step.who), i.ID, step.to, now.Rev, "Catatan"))
			if after := o.now(t, i.ID); after.State != step.to || after.Counts() != (step.to == innovation.Ready || step.to == innovation.Sent) {
				t.Errorf("after %s: %s, counts %v", step.to, after.State, after.Counts())
			}
		}
		steps, err := o.History(system(), i.ID)
		logged := 0
		for _, st := range steps {
			if st.Kind == innovation.KindStatus && st.Note == "Catatan" && st.User != "" {
				logged++
			}
		}
		if err != nil || logged != len(o.way()) {
			t.Errorf("%d steps in the log, want %d (%v)", logged, len(o.way()), err)
		}
		if to, may, err := o.Forward(o.as("desk"), o.now(t, i.ID)); to != "" || may || err != nil {
			t.Errorf("after the end: %s %v %v", to, may, err)
		}
	})
}

func TestNobodyApprovesWhatTheyHandedIn(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.filled(t)
		must(t, o.Move(o.as("desk"), i.ID, innovation.Submitted, i.Rev, ""))
		for _, step := range o.way()[1:] {
			now := o.now(t, i.ID)
			if step.who == "desk" {
				wants(t, "own "+step.to, o.Move(o.as("desk"), i.ID, step.to, now.Rev, ""), errs.Forbidden)
				step.who = "desk-2"
			}
			must(t, o.Move(o.as(step.who), i.ID, step.to, now.Rev, ""))
		}
		j := o.filled(t)
		must(t, o.Move(o.as("head-hub"), j.ID, innovation.Submitted, j.Rev, ""))
		for _, to := range []string{innovation.Validated, innovation.Approved} {
			must(t, o.Move(o.as("desk"), j.ID, to, o.now(t, j.ID).Rev, ""))
		}
		wants(t, "authorising one's own", o.Move(o.as("head-hub"), j.ID, innovation.Authorised, o.now(t, j.ID).Rev, ""), errs.Forbidden)
		must(t, o.Move(o.as("head-hub-2"), j.ID, innovation.Authorised, o.now(t, j.ID).Rev, ""))
	})
}

func TestStepsCannotBeSkipped(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.filled(t)
		for _, to := range innovation.States() {
			if to != innovation.Submitted && to != innovation.Authorised { // that is the head's to say
				wants(t, "draft to "+to, o.Move(o.as("desk"), i.ID, to, i.Rev, ""), errs.Conflict)
			}
		}
		wants(t, "an old page", o.Move(o.as("staff-hub"), i.ID, innovation.Submitted, i.Rev-1, ""), errs.Conflict)
		wants(t, "a note without end", o.Move(o.as("staff-hub"), i.ID, innovation.Submitted, i.Rev, strings.Repeat("x", 4001)), errs.Invalid, "note")
		oneWins(t, both(func(n int) error {
			return o.Move(o.as([]string{"staff-hub", "operator-hub"}[n]), i.ID, innovation.Submitted, i.Rev, "")
		}))
	})
}

func TestWhatAFormLacksIsNamed(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.accepted(t, "staff-hub", nil)
		err := o.Move(o.as("staff-hub"), i.ID, innovation.Submitted, i.Rev, "")
		wants(t, "an empty form", err, errs.Invalid, "stage", "affair", "kind", "form", "initiator", "aims", "benefit_public", "results", "person_name", "person_contact", "design", "criteria", "pact", "team")
		j := o.filled(t)
		c := form(j)
		c.Profile.Design["novelty"] = "dua kata"
		if _, err := o.Save(o.as("staff-hub"), j.ID, c); err != nil {
			t.Fatal(err)
		}
		err = o.Move(o.as("staff-hub"), j.ID, innovation.Submitted, o.now(t, j.ID).Rev, "")
		wants(t, "too few words", err, errs.Invalid, "design")
		_, fields := errs.MsgOf(err)
		if got := fields["design"].Args; got["Words"] != 242 || got["Done"] != 5 {
			t.Errorf("the sentence says %v", got)
		}
	})
}

func TestRevisionLeadsBackToTheTeam(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		reason := "Rancang bangun belum menyebut dasar hukum"
		for at := range len(o.way()) {
			i := o.filled(t)
			for _, step := range o.way()[:at] {
				must(t, o.Move(o.as(step.who), i.ID, step.to, o.now(t, i.ID).Rev, ""))
			}
			now := o.now(t, i.ID)
			returnable := now.State != innovation.Draft
			if o.MayReturn(o.as("desk"), now) != returnable || o.MayReturn(o.as("head-hub"), now) != (now.State == innovation.Approved) || o.MayReturn(o.as("staff-hub"), now) {
				t.Errorf("who may return at %s", now.State)
			}
			if !returnable {
				continue
			}
			if _, err := o.Save(o.as("staff-hub"), i.ID, form(now)); !errs.Is(err, errs.Conflict) {
				t.Errorf("editing at %s: %v", now.State, err)
			}
			wants(t, "no reason", o.Return(o.as("desk"), i.ID, now.Rev, "kurang"), errs.Invalid, "reason")
			wants(t, "the team itself", o.Return(o.as("staff-hub"), i.ID, now.Rev, reason), errs.Forbidden)
			must(t, o.Return(o.as("desk"), i.ID, now.Rev, reason))
			if now = o.now(t, i.ID); now.State != innovation.Revision || now.Reason != reason || !now.Editable() {
				t.Errorf("returned: %s %q", now.State, now.Reason)
			}
			must(t, o.Move(o.as("staff-hub"), i.ID, innovation.Submitted, now.Rev, ""))
			if now = o.now(t, i.ID); now.Reason != "" {
				t.Errorf("the reason stays after mending: %q", now.Reason)
			}
		}
		i := o.filled(t)
		for _, step := range o.way() {
			must(t, o.Move(o.as(step.who), i.ID, step.to, o.now(t, i.ID).Rev, ""))
		}
		wants(t, "what was sent", o.Return(o.as("desk"), i.ID, o.now(t, i.ID).Rev, reason), errs.Conflict)
	})
}

// sent gives an innovation of hub whose dossier was sent.
func (o *office) sent(t testing.TB) innovation.Innovation {
	t.Helper()
	i := o.filled(t)
	for _, step := range o.way() {
		must(t, o.Move(o.as(step.who), i.ID, step.to, o.now(t, i.ID).Rev, ""))
	}
	return o.now(t, i.ID)
}

func TestAgainNeedsAnExplanationAndHappensOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		developed := "Ditambah pelacakan status untuk setiap pasien"
		early := o.filled(t)
		_, err := o.Again(o.as("staff-hub"), early.ID, developed)
		wants(t, "before it was sent", err, errs.Conflict)
		old := o.sent(t)
		must(t, o.Publish(o.as("desk"), old.ID, old.Rev, true))
		old = o.now(t, old.ID)
		must(t, o.library.Hang(context.Background(), proof.OfInnovation(old.ID).At("16", ""), "sk-"+old.ID, ""))
		_, err = o.Again(o.as("staff-hub"), old.ID, "lebih baik")
		wants(t, "no explanation", err, errs.Invalid, "developed")
		_, err = o.Again(o.as("staff-kes"), old.ID, developed)
		wants(t, "another agency", err, errs.Forbidden)
		o.time.days(200)
		id, err := o.Again(o.as("staff-hub"), old.ID, developed)
		must(t, err)
		i := o.now(t, id)
		if i.State != innovation.Draft || i.Previous != old.ID || i.Title != old.Title || i.Number == old.Number || i.Profile.Developed != developed || i.DevelopedAt != o.time.ms() || i.LiveAt != old.LiveAt {
			t.Errorf("carried over: %+v", i)
		}
		if i.Profile.PactAt != 0 || i.Published || i.SubmittedBy != "" {
			t.Errorf("the pact, the public page and who handed in are new every round: %+v", i)
		}
		if kept := o.now(t, old.ID); kept.State != innovation.Sent || kept.Rev != old.Rev {
			t.Errorf("the old record changed: %s %d, was %d", kept.State, kept.Rev, old.Rev)
		}
		for what, n := range map[string]int{"team": len(look(t, o.Team, id)), "files": len(look(t, o.filesOf, id))} {
			if n == 0 {
				t.Errorf("no %s came along", what)
			}
		}
		_, err = o.Again(o.as("staff-hub"), old.ID, developed)
		wants(t, "a second time", err, errs.Conflict)
		if all, n, err := o.List(system(), innovation.Filter{}, 10, 0); err != nil || n != 3 || len(all) != 3 {
			t.Errorf("%d records, want early, old and new (%v)", n, err)
		}
	})
}

// TestAgainIsOneChange: a failure among the files leaves nothing, so that it can be asked again; what was developed is no
// reason for a proof of another year.
func TestAgainIsOneChange(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		developed := "Ditambah pelacakan status untuk setiap pasien"
		old := o.sent(t)
		for _, item := range []string{"16", "17"} {
			must(t, o.library.Hang(context.Background(), proof.OfInnovation(old.ID).At(item, ""), "sk-"+old.ID, ""))
		}
		broken, hung := errors.New("the disk does not answer"), 0
		o.library.Refuse = func(proof.Place) error {
			if hung++; hung == 2 {
				return broken
			}
			return nil
		}
		if _, err := o.Again(o.as("staff-hub"), old.ID, developed); !errors.Is(err, broken) {
			t.Errorf("a file that failed: %v", err)
		}
		if _, n, err := o.List(system(), innovation.Filter{}, 10, 0); err != nil || n != 1 {
			t.Errorf("%d records after a failure (%v)", n, err)
		}
		o.library.Refuse = nil
		_, err := o.Again(o.as("staff-hub"), old.ID, developed)
		must(t, err)
		if slices.Contains(o.library.Reasons(), developed) {
			t.Errorf("what was developed became a reason: %q", o.library.Reasons())
		}
	})
}

// TestAgainAtTheSameMoment lets two people carry a record over at once: there is one new draft.
func TestAgainAtTheSameMoment(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		old := o.sent(t)
		oneWins(t, both(func(n int) error {
			_, err := o.Again(o.as([]string{"staff-hub", "operator-hub"}[n]), old.ID, "Ditambah pelacakan status untuk setiap pasien")
			return err
		}))
	})
}

// look reads a list that must come.
func look[T any](t testing.TB, read func(context.Context, string) ([]T, error), id string) []T {
	t.Helper()
	all, err := read(system(), id)
	must(t, err)
	return all
}

// TestNothingIsDeleted goes through every end an innovation can have: the record and its log stay, and there is no way to
// take them away.
func TestNothingIsDeleted(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		declined := o.propose(t, "staff-hub", nil)
		must(t, o.Reply(o.as("desk"), declined.ID, innovation.Reply{Answer: innovation.AnswerDecline, Reason: "Sudah ada di aplikasi provinsi", Rev: declined.Rev}))
		target := o.accepted(t, "staff-hub", nil)
		merged := o.propose(t, "staff-hub", nil)
		must(t, o.Reply(o.as("desk"), merged.ID, innovation.Reply{Answer: innovation.AnswerMerge, Into: target.ID, Reason: "Gagasan yang sama persis", Rev: merged.Rev}))
		stopped := o.trial(t)
		must(t, o.Stop(o.as("head-hub"), stopped.ID, stopped.Rev, "Pasien lansia lebih suka datang langsung"))
		old := o.sent(t)
		for _, id := range []string{declined.ID, merged.ID, stopped.ID, old.ID} {
			if _, err := o.Get(o.as("leader"), id); err != nil {
				t.Errorf("%s is gone: %v", id, err)
			}
			if steps := look(t, o.History, id); len(steps) < 2 {
				t.Errorf("%s has %d steps in its log", id, len(steps))
			}
		}
	})
}

func TestADossierOfAnotherRegency(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.filled(t)
		far := func(who string) context.Context { return elsewhere(o.as(who)) }
		_, err := o.Get(far("desk"), i.ID)
		wants(t, "reading", err, errs.NotFound)
		wants(t, "moving", o.Move(far("staff-hub"), i.ID, innovation.Submitted, i.Rev, ""), errs.NotFound)
		wants(t, "returning", o.Return(far("desk"), i.ID, i.Rev, "Rancang bangun belum lengkap"), errs.NotFound)
		wants(t, "publishing", o.Publish(far("desk"), i.ID, i.Rev, true), errs.NotFound)
		wants(t, "signing", o.Pact(far("staff-hub"), i.ID, i.Rev, false), errs.NotFound)
		_, err = o.Save(far("staff-hub"), i.ID, form(i))
		wants(t, "saving", err, errs.NotFound)
		if steps, err := o.History(far("desk"), i.ID); err != nil || len(steps) != 0 {
			t.Errorf("the log seen from elsewhere: %v %v", steps, err)
		}
		nobody := tenant.With(context.Background(), tenant.Actor{Regency: 1, UserID: "x"})
		_, err = o.History(nobody, i.ID)
		wants(t, "without any right", err, errs.Forbidden)
	})
}
