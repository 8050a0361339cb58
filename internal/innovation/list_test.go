package innovation_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/tenant"
)

// ids gives the ids of a list in its order.
func ids(all []innovation.Innovation) (out []string) {
	for _, i := range all {
		out = append(out, i.ID)
	}
	return out
}

func decline(t *testing.T, o *office, i innovation.Innovation, reason string) {
	t.Helper()
	must(t, o.Reply(o.as("desk"), i.ID, innovation.Reply{Answer: innovation.AnswerDecline, Reason: reason, Rev: i.Rev}))
}

func TestSearchFindsWhatStopped(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.propose(t, "staff-hub", func(n *innovation.NewIdea) {
			n.Problem, n.Idea = "Harga tembakau tidak diketahui petani", "Papan harga di pasar"
		})
		other := o.propose(t, "staff-kes", nil)
		find := func(query string) []string {
			t.Helper()
			all, total, err := o.List(o.as("leader"), innovation.Filter{Query: query}, 10, 0)
			if err != nil || total != len(all) {
				t.Fatalf("%q: %d of %d, %v", query, len(all), total, err)
			}
			return ids(all)
		}
		if got := find("tembakau"); !slices.Equal(got, []string{i.ID}) {
			t.Errorf("found %v before the stop, want %s", got, i.ID)
		}
		decline(t, o, i, "Pedagang pengepul tidak mau membuka harga hariannya")
		for _, query := range []string{"tembakau", "petani", "pengepul", "papan harga"} {
			if got := find(query); !slices.Contains(got, i.ID) {
				t.Errorf("%q found %v, want the stopped %s", query, got, i.ID)
			}
		}
		similar, err := o.Similar(o.as("staff-kes"), "petani belum tahu harga tembakau", "", 5)
		if err != nil || len(similar) == 0 || similar[0].ID != i.ID || !slices.Contains(similar[0].Words, "tembakau") {
			t.Errorf("similar: %+v %v", similar, err)
		}
		if got, err := o.Similar(o.as("staff-kes"), "petani belum tahu harga tembakau", i.ID, 5); err != nil || slices.ContainsFunc(got, func(f innovation.Found) bool { return f.ID == i.ID }) {
			t.Errorf("one left out came anyway: %v", err)
		}
		ended, total, err := o.Ended(o.as("leader"), "pengepul", 10, 0)
		if err != nil || total != 1 || ended[0].ID != i.ID {
			t.Errorf("lessons: %v %d %v", ids(ended), total, err)
		}
		if got := find("zzzz"); len(got) != 0 {
			t.Errorf("nonsense found %v", got)
		}
		elsewhere := tenant.With(context.Background(), tenant.SystemOf(2, "test"))
		if got, _, err := o.List(elsewhere, innovation.Filter{Query: "tembakau"}, 10, 0); err != nil || len(got) != 0 {
			t.Errorf("another regency found %v %v", ids(got), err)
		}
		if got := find("resep apotek"); !slices.Equal(got, []string{other.ID}) {
			t.Errorf("found %v, want %s", got, other.ID)
		}
	})
}

func TestLessonsAreNewestFirstAndWithoutMerged(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		target := o.accepted(t, "staff-kes", nil)
		var want []string
		for n := range 3 {
			i := o.propose(t, "staff-hub", nil)
			o.time.minutes(10)
			decline(t, o, i, fmt.Sprint("Alasan yang cukup panjang ", n))
			want = append([]string{i.ID}, want...)
		}
		merged := o.propose(t, "staff-hub", nil)
		must(t, o.Reply(o.as("desk"), merged.ID, innovation.Reply{Answer: innovation.AnswerMerge, Into: target.ID, Reason: "Masalahnya sama persis", Rev: merged.Rev}))
		if got, total, err := o.Ended(o.as("leader"), "", 10, 0); err != nil || total != 3 || !slices.Equal(ids(got), want) {
			t.Errorf("%v %d %v, want %v", ids(got), total, err, want)
		}
		if got, total, err := o.Ended(o.as("leader"), "", 2, 2); err != nil || total != 3 || !slices.Equal(ids(got), want[2:]) {
			t.Errorf("the second page: %v %d %v", ids(got), total, err)
		}
	})
}

func TestFlowCounts(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		check := func(what string, want ...innovation.Flow) {
			t.Helper()
			if got, err := o.Flow(o.as("leader")); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %+v %v, want %+v", what, got, err, want)
			}
		}
		flow := func(stage string, came, waiting, ended int) innovation.Flow {
			return innovation.Flow{Stage: stage, Came: came, Waiting: waiting, Ended: ended}
		}
		check("nothing", flow(innovation.Problem, 0, 0, 0), flow(innovation.Idea, 0, 0, 0), flow(innovation.Trial, 0, 0, 0), flow(innovation.Live, 0, 0, 0), flow(innovation.Replicated, 0, 0, 0))
		o.propose(t, "staff-hub", nil)
		declined, merged := o.propose(t, "staff-hub", nil), o.propose(t, "staff-hub", nil)
		o.accepted(t, "staff-kes", nil)
		trial, live := o.trial(t), o.live(t)
		decline(t, o, declined, "Bukan wewenang kabupaten")
		must(t, o.Reply(o.as("desk"), merged.ID, innovation.Reply{Answer: innovation.AnswerMerge, Into: live.ID, Reason: "Masalahnya sama persis", Rev: merged.Rev}))
		check("on the way", flow(innovation.Problem, 5, 1, 1), flow(innovation.Idea, 3, 1, 0), flow(innovation.Trial, 2, 1, 0), flow(innovation.Live, 1, 1, 0), flow(innovation.Replicated, 0, 0, 0))
		must(t, o.Stop(o.as("head-hub"), trial.ID, trial.Rev, "Antrean tidak turun karena apotek tutup pada sore hari"))
		check("after a stop", flow(innovation.Problem, 5, 1, 1), flow(innovation.Idea, 3, 1, 0), flow(innovation.Trial, 2, 0, 1), flow(innovation.Live, 1, 1, 0), flow(innovation.Replicated, 0, 0, 0))
	})
}

func TestTheListIsNarrowed(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		waiting, idea := o.propose(t, "staff-hub", nil), o.accepted(t, "staff-kes", nil)
		_, err := o.AddMembers(o.as("staff-kes"), idea.ID, innovation.Member{User: "staff-hub"})
		must(t, err)
		o.time.days(1)
		live := o.live(t)
		stopped := o.propose(t, "staff-kes", nil)
		decline(t, o, stopped, "Bukan wewenang kabupaten")
		for name, c := range map[string]struct {
			who  string
			f    innovation.Filter
			want []string
		}{
			"everything":           {"leader", innovation.Filter{}, []string{waiting.ID, idea.ID, live.ID, stopped.ID}},
			"an agency":            {"leader", innovation.Filter{Agency: "hub"}, []string{waiting.ID, live.ID}},
			"a stage":              {"leader", innovation.Filter{Stage: innovation.Live}, []string{live.ID}},
			"a state":              {"leader", innovation.Filter{State: innovation.Sent}, nil},
			"waiting":              {"leader", innovation.Filter{Waiting: true}, []string{waiting.ID}},
			"mine, with the teams": {"staff-hub", innovation.Filter{Mine: true}, []string{waiting.ID, idea.ID, live.ID}},
			"mine of somebody new": {"staff-hub-2", innovation.Filter{Mine: true}, nil},
			"words and an agency":  {"leader", innovation.Filter{Query: "resep", Agency: "kes"}, []string{idea.ID, stopped.ID}},
			"a quote":              {"leader", innovation.Filter{Query: "'; DROP TABLE"}, nil},
		} {
			got, total, err := o.List(o.as(c.who), c.f, 10, 0)
			found := ids(got)
			slices.Sort(found)
			slices.Sort(c.want)
			if err != nil || total != len(c.want) || !slices.Equal(found, c.want) {
				t.Errorf("%s: %v %d %v, want %v", name, found, total, err, c.want)
			}
		}
		if _, _, err := o.List(context.Background(), innovation.Filter{}, 10, 0); err == nil {
			t.Error("a stranger saw the list")
		}
	})
}
