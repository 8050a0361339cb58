package innovation_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/tenant"
)

func TestTheWayOfAnInnovation(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		if i := o.live(t); i.Stage != innovation.Live || i.National() != innovation.NationalLive || i.TrialAt == 0 || i.LiveAt == 0 {
			t.Errorf("after both gates: %s %s", i.Stage, i.National())
		}
	})
}

func TestAnIdeaIsKept(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		first := o.propose(t, "staff-hub", nil)
		second := o.propose(t, "operator-kes", func(n *innovation.NewIdea) { n.Idea = strings.Repeat("panjang ", 40) })
		if first.Number != 1 || second.Number != 2 || first.Title != "Resep dikirim ke apotek sebelum pasien datang" || !strings.HasSuffix(second.Title, "…") {
			t.Errorf("numbers %d %d, titles %q %q", first.Number, second.Number, first.Title, second.Title)
		}
		want := innovation.Measure{Now: "180", Wanted: "30", Unit: "menit"}
		if first.Agency != "hub" || first.Proposer != "staff-hub" || first.Origin != "agency" || first.Measure != want || first.Stage != innovation.Problem || first.State != innovation.Draft || !first.Waits() {
			t.Errorf("kept %+v", first)
		}
		if steps, err := o.History(system(), first.ID); err != nil || len(steps) != 1 || steps[0].To != innovation.Problem || steps[0].User != "staff-hub" {
			t.Errorf("history %+v %v", steps, err)
		}
		for _, person := range []string{"desk", "desk-2"} {
			if got := o.post.got(person); !slices.Equal(got, []string{"innovation.notice.idea", "innovation.notice.idea"}) {
				t.Errorf("%s was told %v", person, got)
			}
		}
		if !slices.Equal(o.hooks.sent, []string{"innovation.idea", "innovation.idea"}) {
			t.Errorf("programs were told %v", o.hooks.sent)
		}
	})
}

// TestManyAtOnceGetDifferentNumbers lets eight people propose at the same moment, each five times.
func TestManyAtOnceGetDifferentNumbers(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ids := make(chan string, 40)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 5 {
					id, err := o.Propose(o.as("staff-hub"), idea())
					if err != nil {
						t.Error(err)
					}
					ids <- id
				}
			})
		}
		all.Wait()
		close(ids)
		var numbers []int64
		for id := range ids {
			numbers = append(numbers, o.now(t, id).Number)
		}
		slices.Sort(numbers)
		for n, got := range numbers {
			if got != int64(n+1) {
				t.Fatalf("numbers %v", numbers)
			}
		}
	})
}

func TestTheFourFields(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		long := strings.Repeat("x", 4001)
		for _, c := range []struct {
			name   string
			change func(*innovation.NewIdea)
			fields []string
		}{
			{"nothing typed", func(n *innovation.NewIdea) { *n = innovation.NewIdea{} }, []string{"problem", "sufferer", "idea", "number"}},
			{"no problem", func(n *innovation.NewIdea) { n.Problem = "  " }, []string{"problem"}},
			{"a problem of two letters", func(n *innovation.NewIdea) { n.Problem = "ab" }, []string{"problem"}},
			{"a long problem", func(n *innovation.NewIdea) { n.Problem = long }, []string{"problem"}},
			{"nobody suffers", func(n *innovation.NewIdea) { n.Sufferer = "" }, []string{"sufferer"}},
			{"a long sufferer", func(n *innovation.NewIdea) { n.Sufferer = long }, []string{"sufferer"}},
			{"no idea", func(n *innovation.NewIdea) { n.Idea = "\n" }, []string{"idea"}},
			{"a long idea", func(n *innovation.NewIdea) { n.Idea = long }, []string{"idea"}},
			{"no number", func(n *innovation.NewIdea) { n.Number = "" }, []string{"number"}},
			{"one number", func(n *innovation.NewIdea) { n.Number = "180 menit" }, []string{"number"}},
			{"words for numbers", func(n *innovation.NewIdea) { n.Number = "lama -> cepat" }, []string{"number"}},
			{"an unknown origin", func(n *innovation.NewIdea) { n.Origin = "tamu" }, []string{"origin"}},
			{"a long note", func(n *innovation.NewIdea) { n.Origin, n.OriginNote = "citizen", strings.Repeat("x", 301) }, []string{"origin"}},
			{"an unknown agency", func(n *innovation.NewIdea) { n.Agency = "tiada" }, []string{"agency"}},
			{"an agency that is gone", func(n *innovation.NewIdea) { n.Agency = "lama" }, []string{"agency"}},
		} {
			n := idea()
			c.change(&n)
			_, err := o.Propose(o.as("desk"), n)
			wants(t, c.name, err, errs.Invalid, c.fields...)
		}
		if _, total, err := o.List(system(), innovation.Filter{}, 1, 0); err != nil || total != 0 {
			t.Errorf("%d were kept, %v", total, err)
		}
	})
}

func TestWhoProposesForWhom(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for _, c := range []struct {
			who, agency, home string
			kind              errs.Kind
			ok                bool
		}{
			{"staff-hub", "", "hub", 0, true}, {"staff-hub", "kes", "", errs.Forbidden, false}, {"head-kes", "", "kes", 0, true}, {"desk", "", "bap", 0, true}, {"desk", "kes", "kes", 0, true},
			{"admin", "hub", "hub", 0, true}, {"leader", "", "", errs.Forbidden, false}, {"inspector", "hub", "", errs.Forbidden, false},
		} {
			n := idea()
			n.Agency = c.agency
			id, err := o.Propose(o.as(c.who), n)
			if c.ok && (err != nil || o.now(t, id).Agency != c.home) || !c.ok && !errs.Is(err, c.kind) {
				t.Errorf("%s for %q: %v", c.who, c.agency, err)
			}
		}
		homeless := o.acting(tenant.Person{ID: "x", Role: tenant.RoleCoordinator})
		_, err := o.Propose(homeless, idea())
		wants(t, "without an agency", err, errs.Invalid, "agency")
		if _, err := o.Propose(context.Background(), idea()); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a stranger proposed: %v", err)
		}
	})
}

func TestAnIdeaOfACitizenOrTheCouncil(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.propose(t, "operator-hub", func(n *innovation.NewIdea) { n.Origin, n.OriginNote = "council", " Reses Dapil 3 " })
		if i.Origin != "council" || i.OriginNote != "Reses Dapil 3" || i.Proposer != "operator-hub" {
			t.Errorf("kept %q %q by %s", i.Origin, i.OriginNote, i.Proposer)
		}
	})
}

func TestAnswers(t *testing.T) {
	reason := "Sudah dikerjakan di tempat lain"
	each(t, func(t *testing.T, o *office) {
		target := o.accepted(t, "staff-kes", func(n *innovation.NewIdea) { n.Idea = "Antrean daring puskesmas" })
		for _, c := range []struct {
			reply                innovation.Reply
			stage, before, merge string
			lesson               string
		}{
			{innovation.Reply{Answer: innovation.AnswerAccept}, innovation.Idea, "", "", ""},
			{innovation.Reply{Answer: innovation.AnswerMerge, Reason: reason, Into: target.ID}, innovation.Stopped, innovation.Problem, target.ID, reason},
			{innovation.Reply{Answer: innovation.AnswerDecline, Reason: reason}, innovation.Stopped, innovation.Problem, "", reason},
		} {
			i := o.propose(t, "staff-hub", nil)
			o.time.minutes(5)
			c.reply.Rev = i.Rev
			must(t, o.Reply(o.as("desk"), i.ID, c.reply))
			got := o.now(t, i.ID)
			if got.Stage != c.stage || got.StageBefore != c.before || got.MergedInto != c.merge || got.Lesson != c.lesson || got.Waits() || got.AnsweredAt != o.time.ms() || got.AnsweredBy != "desk" ||
				got.Answer != c.reply.Answer || got.AnswerReason != c.reply.Reason || got.National() != innovation.NationalInitiative {
				t.Errorf("%s gives %+v", c.reply.Answer, got)
			}
			told := o.post.got("staff-hub")
			if told[len(told)-1] != "innovation.notice.answer."+c.reply.Answer {
				t.Errorf("%s told the proposer %v", c.reply.Answer, told)
			}
			c.reply.Rev = got.Rev
			wants(t, "answered twice", o.Reply(o.as("desk"), i.ID, c.reply), errs.Conflict)
		}
	})
}

func TestAReferralKeepsTheClockRunning(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.propose(t, "staff-hub", nil)
		o.time.days(3)
		must(t, o.Reply(o.as("desk"), i.ID, innovation.Reply{Answer: innovation.AnswerRefer, Agency: "kes", Reason: "Ini urusan kesehatan", Rev: i.Rev}))
		got := o.now(t, i.ID)
		if got.Agency != "kes" || !got.Waits() || got.AnswerDue != i.AnswerDue || got.Stage != innovation.Problem || got.Answer != innovation.AnswerRefer {
			t.Errorf("after the referral: %+v", got)
		}
		for person, want := range map[string]string{"staff-hub": "innovation.notice.answer.refer", "operator-kes": "innovation.notice.referred", "head-kes": "innovation.notice.referred"} {
			if got := o.post.got(person); !slices.Equal(got, []string{want}) {
				t.Errorf("%s was told %v, want %s", person, got, want)
			}
		}
		if got := o.post.got("operator-hub"); len(got) != 0 {
			t.Errorf("the first agency was told %v", got)
		}
		must(t, o.Reply(o.as("desk"), i.ID, innovation.Reply{Answer: innovation.AnswerAccept, Rev: got.Rev}))
		if got = o.now(t, i.ID); got.Stage != innovation.Idea || got.AnsweredAt == 0 {
			t.Errorf("answered after the referral: %s", got.Stage)
		}
	})
}

func TestAnswersThatCannotStand(t *testing.T) {
	reason := "Sudah dikerjakan di tempat lain"
	each(t, func(t *testing.T, o *office) {
		i, other := o.propose(t, "staff-hub", nil), o.accepted(t, "staff-kes", nil)
		merged := o.propose(t, "staff-kes", nil)
		must(t, o.Reply(o.as("desk"), merged.ID, innovation.Reply{Answer: innovation.AnswerMerge, Into: other.ID, Reason: reason, Rev: merged.Rev}))
		for _, c := range []struct {
			name   string
			reply  innovation.Reply
			fields []string
		}{
			{"no answer", innovation.Reply{Reason: reason}, []string{"answer"}},
			{"an unknown answer", innovation.Reply{Answer: "nanti", Reason: reason}, []string{"answer"}},
			{"declined without a reason", innovation.Reply{Answer: innovation.AnswerDecline}, []string{"reason"}},
			{"declined in a word", innovation.Reply{Answer: innovation.AnswerDecline, Reason: " tidak    "}, []string{"reason"}},
			{"a reason without end", innovation.Reply{Answer: innovation.AnswerAccept, Reason: strings.Repeat("x", 4001)}, []string{"reason"}},
			{"merged into nothing", innovation.Reply{Answer: innovation.AnswerMerge, Reason: reason}, []string{"into"}},
			{"merged into itself", innovation.Reply{Answer: innovation.AnswerMerge, Reason: reason, Into: i.ID}, []string{"into"}},
			{"merged into a merged one", innovation.Reply{Answer: innovation.AnswerMerge, Reason: reason, Into: merged.ID}, []string{"into"}},
			{"merged without a reason", innovation.Reply{Answer: innovation.AnswerMerge, Into: other.ID}, []string{"reason"}},
			{"referred to nobody", innovation.Reply{Answer: innovation.AnswerRefer, Reason: reason}, []string{"agency"}},
			{"referred to itself", innovation.Reply{Answer: innovation.AnswerRefer, Reason: reason, Agency: "hub"}, []string{"agency"}},
			{"referred to what is gone", innovation.Reply{Answer: innovation.AnswerRefer, Reason: reason, Agency: "lama"}, []string{"agency"}},
			{"referred without a reason", innovation.Reply{Answer: innovation.AnswerRefer, Agency: "kes"}, []string{"reason"}},
		} {
			c.reply.Rev = i.Rev
			wants(t, c.name, o.Reply(o.as("desk"), i.ID, c.reply), errs.Invalid, c.fields...)
		}
		wants(t, "an old revision", o.Reply(o.as("desk"), i.ID, innovation.Reply{Answer: innovation.AnswerAccept, Rev: i.Rev + 7}), errs.Conflict)
		wants(t, "nothing there", o.Reply(o.as("desk"), "tiada", innovation.Reply{Answer: innovation.AnswerAccept}), errs.NotFound)
		if got := o.now(t, i.ID); !got.Waits() || got.Rev != i.Rev {
			t.Errorf("a refused answer changed the idea: %+v", got)
		}
	})
}

func TestOnlyTheDeskAnswersAndNeverItsOwn(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i, own := o.propose(t, "staff-hub", nil), o.propose(t, "desk", nil)
		accept := innovation.Reply{Answer: innovation.AnswerAccept, Rev: 1}
		for _, who := range []string{"staff-hub", "operator-hub", "head-hub", "admin", "coordinator", "leader", "inspector"} {
			wants(t, who, o.Reply(o.as(who), i.ID, accept), errs.Forbidden)
		}
		wants(t, "the own idea", o.Reply(o.as("desk"), own.ID, accept), errs.Forbidden)
		must(t, o.Reply(o.as("desk-2"), own.ID, accept))
	})
}

func TestAnOutsiderDoesNotEdit(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.accepted(t, "staff-hub", nil)
		if _, err := o.AddMembers(o.as("staff-hub"), i.ID, innovation.Member{User: "staff-hub-2"}); err != nil {
			t.Fatal(err)
		}
		for who, want := range map[string]bool{"staff-hub": true, "staff-hub-2": true, "operator-hub": true, "head-hub": true, "desk": true, "staff-kes": false, "operator-kes": false, "head-kes": false,
			"leader": false, "inspector": false, "coordinator": false} {
			if may, err := o.MayEdit(o.as(who), i); err != nil || may != want {
				t.Errorf("%s edits: %v %v, want %v", who, may, err, want)
			}
		}
		_, err := o.AddMembers(o.as("staff-kes"), i.ID, innovation.Member{Name: "Seseorang"})
		wants(t, "an outsider adds a member", err, errs.Forbidden)
		_, err = o.Get(tenant.With(context.Background(), tenant.SystemOf(2, "test")), i.ID)
		wants(t, "another regency", err, errs.NotFound)
	})
}

func TestEveryNoticeAndChoiceHasItsWords(t *testing.T) {
	t.Parallel()
	texts := i18n.New()
	must(t, texts.Add((&innovation.Service{}).Module().Files))
	keys := []string{"innovation.notice.idea", "innovation.notice.gate", "innovation.notice.refused", "innovation.notice.referred", "innovation.notice.clock.soon", "innovation.notice.clock.late",
		"innovation.notice.clock.proposer", "innovation.notice.trial_end", "innovation.national.inisiatif", "innovation.national.uji-coba", "innovation.national.penerapan"}
	for _, answer := range innovation.Answers() {
		keys = append(keys, "innovation.notice.answer."+answer, "innovation.answer."+answer, "innovation.answer.do."+answer, "innovation.answer.hint."+answer, "innovation.desk.done."+answer)
	}
	for _, stage := range innovation.Stages() {
		keys = append(keys, "innovation.stage."+stage, "innovation.lane.none."+stage)
		if stage != innovation.Problem { // nothing comes back to being a problem
			keys = append(keys, "innovation.notice.stage."+stage)
		}
	}
	for _, state := range innovation.States() {
		keys = append(keys, "innovation.state."+state)
		if state != innovation.Draft {
			keys = append(keys, "innovation.notice.status."+state)
		}
	}
	for _, origin := range innovation.Origins() {
		keys = append(keys, "innovation.origin."+origin)
	}
	for _, lang := range i18n.Languages() {
		for _, key := range keys {
			if got := texts.T(lang, key, map[string]any{"Title": "Judul", "Note": "Catatan"}); strings.Contains(got, "⟦") || strings.Contains(got, "<no value>") {
				t.Errorf("%s in %s: %q", key, lang, got)
			}
		}
	}
}
