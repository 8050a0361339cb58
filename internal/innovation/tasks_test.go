package innovation_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/tasks"
)

// work lists what somebody owes as "kind path urgency", in order.
func (o *office) work(t *testing.T, who string) []string {
	t.Helper()
	all, err := o.Module().Tasks(o.as(who))
	must(t, err)
	var out []string
	for _, w := range all {
		out = append(out, fmt.Sprint(w.Kind, " ", w.Path, " ", w.Urgency))
	}
	return out
}

// owes checks what people owe.
func (o *office) owes(t *testing.T, when string, want map[string][]string) {
	t.Helper()
	for who, expected := range want {
		if got := o.work(t, who); !slices.Equal(got, expected) {
			t.Errorf("%s: %s owes %v, want %v", when, who, got, expected)
		}
	}
}

// put sets the state of a dossier as if it had come there.
func (o *office) put(t *testing.T, id, state, by, reason string) {
	t.Helper()
	must(t, o.db.Tx(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE innovation_innovation SET state = $3, submitted_by = $4, reason = $5 WHERE regency_id = $1 AND id = $2`, 1, id, state, by, reason)
		return err
	}))
}

func TestTheDeskOwesAnswers(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i, own := o.propose(t, "staff-hub", nil), o.propose(t, "desk", nil)
		at := func(id string, urgency int) string {
			return fmt.Sprint("innovation.task.answer /inovasi/meja?pilih=", id, " ", urgency)
		}
		o.owes(t, "in time", map[string][]string{"desk": {at(i.ID, 1)}, "desk-2": {at(i.ID, 1), at(own.ID, 1)}, "staff-hub": nil, "head-hub": nil, "admin": nil, "leader": nil})
		all, err := o.Module().Tasks(o.as("desk"))
		if err != nil || all[0].Due != i.AnswerDue || all[0].Agency != "hub" || all[0].Title != i.Title {
			t.Errorf("the task: %+v %v", all, err)
		}
		o.time.days(9)
		o.owes(t, "three days left", map[string][]string{"desk": {at(i.ID, 1)}})
		o.time.days(1)
		o.owes(t, "two days left", map[string][]string{"desk": {at(i.ID, 2)}})
		o.time.days(20)
		o.owes(t, "late", map[string][]string{"desk": {at(i.ID, 2)}})
		must(t, o.Reply(o.as("desk"), i.ID, innovation.Reply{Answer: innovation.AnswerAccept, Rev: i.Rev}))
		o.owes(t, "answered", map[string][]string{"desk": nil})
	})
}

func TestDossiersAreOwedByWhoeverTakesTheNextStep(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.live(t)
		_, err := o.AddMembers(o.as("staff-hub"), i.ID, innovation.Member{User: "staff-kes"})
		must(t, err)
		path := " /inovasi/" + i.ID + " "
		nobody := map[string][]string{"desk": nil, "head-hub": nil, "staff-hub": nil, "staff-kes": nil, "operator-hub": nil}
		for _, c := range []struct {
			state string
			want  map[string][]string
		}{
			{innovation.Draft, nobody},
			{innovation.Submitted, map[string][]string{"desk": {"innovation.task.dossier.submitted" + path + "1"}, "head-hub": nil, "staff-hub": nil}},
			{innovation.Validated, map[string][]string{"desk": {"innovation.task.dossier.validated" + path + "1"}}},
			{innovation.Approved, map[string][]string{"desk": nil, "head-hub": {"innovation.task.authorise" + path + "2"}, "head-hub-2": {"innovation.task.authorise" + path + "2"}, "head-kes": nil}},
			{innovation.Authorised, map[string][]string{"desk": {"innovation.task.dossier.authorised" + path + "1"}, "head-hub": nil}},
			{innovation.Review, map[string][]string{"desk": {"innovation.task.dossier.review" + path + "1"}}},
			{innovation.Ready, map[string][]string{"desk": {"innovation.task.dossier.ready" + path + "1"}}},
			{innovation.Sent, nobody},
			{innovation.Revision, map[string][]string{"desk": nil, "staff-hub": {"innovation.task.revision" + path + "2"}, "staff-kes": {"innovation.task.revision" + path + "2"}, "operator-hub": nil}},
		} {
			o.put(t, i.ID, c.state, "staff-hub", "Lengkapi foto sesudahnya")
			o.owes(t, c.state, c.want)
		}
		all, err := o.Module().Tasks(o.as("staff-kes"))
		if err != nil || all[0].Detail.Key != "innovation.task.reason" || all[0].Detail.Args["Reason"] != "Lengkapi foto sesudahnya" {
			t.Errorf("the reason: %+v %v", all, err)
		}
		o.put(t, i.ID, innovation.Approved, "head-hub", "")
		o.owes(t, "handed in by the head", map[string][]string{"head-hub": nil, "head-hub-2": {"innovation.task.authorise" + path + "2"}})
		o.put(t, i.ID, innovation.Submitted, "desk", "")
		o.owes(t, "handed in by the desk", map[string][]string{"desk": nil, "desk-2": {"innovation.task.dossier.submitted" + path + "1"}})
		now := o.now(t, i.ID)
		must(t, o.Stop(o.as("head-hub"), i.ID, now.Rev, "Apotek pendamping tutup, pasien kembali mengantre"))
		o.owes(t, "stopped", map[string][]string{"desk-2": nil})
	})
}

func TestGatesAreOwedByTheNamedHead(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.accepted(t, "staff-hub", nil)
		ask := innovation.Ask{Day: midnight(o.time.now()).UnixMilli(), Proof: "Rencana uji coba sudah disepakati", Decider: "head-hub", Rev: i.Rev,
			Trial: &innovation.TrialPlan{Hypothesis: "Antrean turun", Place: "Patrang", End: midnight(o.time.now()).AddDate(0, 1, 0).UnixMilli(), StopRule: "Bila tidak turun"}}
		must(t, o.AskGate(o.as("staff-hub"), i.ID, ask))
		path := " /inovasi/" + i.ID + " 2"
		o.owes(t, "asked", map[string][]string{"head-hub": {"innovation.task.gate" + path}, "head-hub-2": nil, "staff-hub": nil, "head-kes": nil})
		gates, err := o.Gates(system(), i.ID)
		must(t, err)
		o.time.minutes(5)
		must(t, o.Refuse(o.as("head-hub"), gates[0].ID, "Tempat uji coba belum setuju"))
		o.owes(t, "refused", map[string][]string{"head-hub": nil, "staff-hub": {"innovation.task.refused" + path}, "staff-hub-2": nil})
		all, err := o.Module().Tasks(o.as("staff-hub"))
		if err != nil || all[0].Detail.Args["Reason"] != "Tempat uji coba belum setuju" {
			t.Errorf("the reason: %+v %v", all, err)
		}
		o.time.minutes(5)
		ask.Rev = o.now(t, i.ID).Rev
		must(t, o.AskGate(o.as("staff-hub"), i.ID, ask))
		o.owes(t, "asked again", map[string][]string{"head-hub": {"innovation.task.gate" + path}, "staff-hub": nil})
		o.pass(t, i.ID, "head-hub")
		o.owes(t, "passed", map[string][]string{"head-hub": nil, "staff-hub": nil})
	})
}

func TestStrangersOweNothing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.propose(t, "staff-hub", nil)
		var source tasks.Source = o.Module().Tasks
		for name, ctx := range map[string]context.Context{"a stranger": context.Background(), "the system": system()} {
			if all, err := source(ctx); err != nil || len(all) != 0 {
				t.Errorf("%s owes %v %v", name, all, err)
			}
		}
	})
}
