package innovation_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// trialAsk is a whole request for the gate to trial; change what a case is about.
func trialAsk(i innovation.Innovation, change func(*innovation.Ask)) innovation.Ask {
	a := innovation.Ask{Day: day("2026-03-02"), Proof: "Rencana uji coba sudah disepakati", Decider: "head-hub", Rev: i.Rev,
		Trial: &innovation.TrialPlan{Hypothesis: "Antrean menjadi 30 menit", Place: "Puskesmas Patrang", End: day("2026-05-01"), StopRule: "Berhenti bila antrean tidak turun"}}
	if change != nil {
		change(&a)
	}
	return a
}

// liveAsk is a whole request for the gate to live.
func liveAsk(i innovation.Innovation, change func(*innovation.Ask)) innovation.Ask {
	a := innovation.Ask{Day: day("2026-03-02"), Proof: "Hasil uji coba tercapai penuh", Evidence: "sk", Decider: "head-hub", Rev: i.Rev,
		Rollout: &innovation.Rollout{Decree: "SK 12/2026", SOP: "SOP 3/2026", Owner: "Seksi Farmasi", Indicator: "Menit antrean"}}
	if change != nil {
		change(&a)
	}
	return a
}

func TestAGateWantsOneProofAndOneDeciderWhoDidNotAsk(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.accepted(t, "staff-hub", nil)
		o.library.Put(proof.Card{ID: "ditolak", Title: "Foto", State: "rejected"})
		for what, c := range map[string]struct {
			who    string
			change func(*innovation.Ask)
			fields []string
		}{
			"no proof":                    {"staff-hub", func(a *innovation.Ask) { a.Proof = " ya " }, []string{"proof"}},
			"a proof that is not there":   {"staff-hub", func(a *innovation.Ask) { a.Evidence = "tidak-ada" }, []string{"evidence"}},
			"a proof that was rejected":   {"staff-hub", func(a *innovation.Ask) { a.Evidence = "ditolak" }, []string{"evidence"}},
			"no decider":                  {"staff-hub", func(a *innovation.Ask) { a.Decider = "" }, []string{"decider"}},
			"oneself as decider":          {"head-hub", nil, []string{"decider"}},
			"a head of another agency":    {"staff-hub", func(a *innovation.Ask) { a.Decider = "head-kes" }, []string{"decider"}},
			"somebody who is no head":     {"staff-hub", func(a *innovation.Ask) { a.Decider = "operator-hub" }, []string{"decider"}},
			"no day":                      {"staff-hub", func(a *innovation.Ask) { a.Day = 0 }, []string{"day"}},
			"a day that has not come":     {"staff-hub", func(a *innovation.Ask) { a.Day = day("2026-03-03") }, []string{"day"}},
			"an end before the beginning": {"staff-hub", func(a *innovation.Ask) { a.Trial.End = day("2026-03-01") }, []string{"end"}},
			"no plan":                     {"staff-hub", func(a *innovation.Ask) { a.Trial = nil }, []string{"end", "hypothesis", "place", "stop_rule"}},
			"a text without end":          {"staff-hub", func(a *innovation.Ask) { a.Trial.StopRule = strings.Repeat("x", 4001) }, []string{"stop_rule"}},
		} {
			wants(t, what, o.AskGate(o.as(c.who), i.ID, trialAsk(i, c.change)), errs.Invalid, c.fields...)
		}
		if gates, err := o.Gates(system(), i.ID); err != nil || len(gates) != 0 {
			t.Errorf("refused requests left %v %v", gates, err)
		}
		must(t, o.AskGate(o.as("staff-hub"), i.ID, trialAsk(i, nil)))
		if got := o.post.got("head-hub"); !slices.Contains(got, "innovation.notice.gate") {
			t.Errorf("the decider was told %v", got)
		}
		wants(t, "a second request", o.AskGate(o.as("staff-hub"), i.ID, trialAsk(o.now(t, i.ID), nil)), errs.Conflict)
		wants(t, "another team", o.AskGate(o.as("staff-kes"), i.ID, trialAsk(i, nil)), errs.Forbidden)
	})
}

func TestNobodyDecidesTheirOwnGate(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.accepted(t, "head-hub", nil)
		must(t, o.AskGate(o.as("head-hub"), i.ID, trialAsk(i, func(a *innovation.Ask) { a.Decider = "head-hub-2" })))
		gates, err := o.Gates(system(), i.ID)
		must(t, err)
		wants(t, "passing one's own", o.Pass(o.as("head-hub"), gates[0].ID, ""), errs.Forbidden)
		wants(t, "refusing one's own", o.Refuse(o.as("head-hub"), gates[0].ID, "Alasan yang cukup panjang"), errs.Forbidden)
		for _, who := range []string{"staff-hub", "operator-hub", "head-kes", "desk", "admin", "leader"} {
			wants(t, who+" decides", o.Pass(o.as(who), gates[0].ID, ""), errs.Forbidden)
		}
		wants(t, "no reason", o.Refuse(o.as("head-hub-2"), gates[0].ID, "jangan"), errs.Invalid, "reason")
		must(t, o.Refuse(o.as("head-hub-2"), gates[0].ID, "Rencananya belum menyebut angka awal"))
		if now := o.now(t, i.ID); now.Stage != innovation.Idea || now.TrialAt != 0 {
			t.Errorf("after a refusal: %s %d", now.Stage, now.TrialAt)
		}
		wants(t, "deciding twice", o.Pass(o.as("head-hub-2"), gates[0].ID, ""), errs.Conflict)
		if got := o.post.got("head-hub"); !slices.Contains(got, "innovation.notice.refused") {
			t.Errorf("who asked was told %v", got)
		}
	})
}

func TestAPassedGateMovesTheStageOnItsRealDay(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.accepted(t, "staff-hub", nil)
		must(t, o.AskGate(o.as("staff-hub"), i.ID, trialAsk(i, func(a *innovation.Ask) { a.Day = day("2026-02-10") })))
		o.pass(t, i.ID, "head-hub-2") // another head of the agency than the named one
		now := o.now(t, i.ID)
		if now.Stage != innovation.Trial || now.TrialAt != day("2026-02-10") || now.National() != innovation.NationalTrial || now.Profile.Trial.Place != "Puskesmas Patrang" {
			t.Errorf("on trial: %+v", now)
		}
		steps, err := o.History(system(), i.ID)
		if err != nil || !slices.ContainsFunc(steps, func(s innovation.Step) bool {
			return s.To == innovation.Trial && s.At == day("2026-02-10") && s.EnteredAt == o.time.ms() && s.User == "head-hub-2"
		}) {
			t.Errorf("the log: %+v %v", steps, err)
		}
		if !slices.Contains(o.hooks.sent, "innovation.stage") {
			t.Errorf("programs outside heard %v", o.hooks.sent)
		}
	})
}

func TestATrialAfterImplementationIsRefused(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.trial(t)
		o.library.Put(proof.Card{ID: "sk", Title: "SK", State: "accepted"})
		ask := func(change func(*innovation.Ask)) error {
			return o.AskGate(o.as("staff-hub"), i.ID, liveAsk(i, change))
		}
		wants(t, "before the trial", ask(func(a *innovation.Ask) { a.Day = day("2026-03-01") }), errs.Invalid, "day")
		wants(t, "no file of the decree", ask(func(a *innovation.Ask) { a.Evidence = "" }), errs.Invalid, "evidence")
		wants(t, "nothing to begin with", ask(func(a *innovation.Ask) { a.Rollout = nil }), errs.Invalid, "decree", "indicator", "owner", "sop")
		o.library.Refuse = func(proof.Place) error { return errs.E(errs.Conflict, "evidence.error.rejected", nil) }
		wants(t, "a proof that is rejected meanwhile", ask(nil), errs.Conflict)
		o.library.Refuse = nil
		must(t, ask(nil)) // nothing of the first request stands
		if linked, err := o.library.Hung(context.Background(), proof.OfInnovation(i.ID).At("gate", "")); err != nil || len(linked) != 1 {
			t.Errorf("the proof hangs on the innovation: %v %v", linked, err)
		}
		o.pass(t, i.ID, "head-hub")
		if now := o.now(t, i.ID); now.Stage != innovation.Live || now.LiveAt < now.TrialAt {
			t.Errorf("in use: %s %d %d", now.Stage, now.TrialAt, now.LiveAt)
		}
		wants(t, "a gate after the last", o.AskGate(o.as("staff-hub"), i.ID, liveAsk(o.now(t, i.ID), nil)), errs.Conflict)
	})
}

func TestARequestCanBeWithdrawnUntilItIsDecided(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.accepted(t, "staff-hub", nil)
		must(t, o.AskGate(o.as("staff-hub"), i.ID, trialAsk(i, nil)))
		gates, err := o.Gates(system(), i.ID)
		must(t, err)
		wants(t, "somebody else", o.Withdraw(o.as("staff-kes"), gates[0].ID), errs.Forbidden)
		must(t, o.Withdraw(o.as("operator-hub"), gates[0].ID))
		wants(t, "deciding what was withdrawn", o.Pass(o.as("head-hub"), gates[0].ID, ""), errs.Conflict)
		wants(t, "no such gate", o.Withdraw(o.as("staff-hub"), "tidak-ada"), errs.NotFound)
		must(t, o.AskGate(o.as("staff-hub"), i.ID, trialAsk(o.now(t, i.ID), nil)))
		if gates, err = o.Gates(system(), i.ID); err != nil || len(gates) != 2 {
			t.Errorf("nothing is deleted: %v %v", gates, err)
		}
	})
}

func TestStoppingKeepsWhatWasLearned(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		lesson := "Pasien lansia lebih suka datang langsung ke loket obat"
		waiting := o.propose(t, "staff-hub", nil)
		wants(t, "an idea without an answer", o.Stop(o.as("head-hub"), waiting.ID, waiting.Rev, lesson), errs.Conflict)
		i := o.trial(t)
		must(t, o.AskGate(o.as("staff-hub"), i.ID, liveAsk(i, func(a *innovation.Ask) { o.library.Put(proof.Card{ID: "sk", State: "accepted"}) })))
		i = o.now(t, i.ID)
		wants(t, "no lesson", o.Stop(o.as("head-hub"), i.ID, i.Rev, "gagal"), errs.Invalid, "lesson")
		for _, who := range []string{"staff-hub", "operator-hub", "head-kes", "admin"} {
			wants(t, who+" stops", o.Stop(o.as(who), i.ID, i.Rev, lesson), errs.Forbidden)
		}
		must(t, o.Stop(o.as("desk"), i.ID, i.Rev, lesson))
		now := o.now(t, i.ID)
		if now.Stage != innovation.Stopped || now.Lesson != lesson || now.StoppedAt != o.time.ms() || now.National() != innovation.NationalTrial {
			t.Errorf("stopped: %+v", now)
		}
		if gates, _ := o.Gates(system(), i.ID); gates[0].State != innovation.GateWithdrawn && gates[1].State != innovation.GateWithdrawn {
			t.Errorf("the gate still waits: %+v", gates)
		}
		_, err := o.Save(o.as("staff-hub"), i.ID, form(now))
		wants(t, "editing what stopped", err, errs.Conflict)
		wants(t, "stopping twice", o.Stop(o.as("desk"), i.ID, now.Rev, lesson), errs.Conflict)
		wants(t, "no reason to resume", o.Resume(o.as("desk"), i.ID, now.Rev, "ya"), errs.Invalid, "reason")
		wants(t, "a stale page", o.Resume(o.as("desk"), i.ID, now.Rev-1, "Dokter baru ingin mencoba lagi"), errs.Conflict)
		must(t, o.Resume(o.as("head-hub"), i.ID, now.Rev, "Dokter baru ingin mencoba lagi"))
		if now = o.now(t, i.ID); now.Stage != innovation.Trial || now.StoppedAt != 0 || now.Lesson != lesson {
			t.Errorf("resumed: %+v", now)
		}
		wants(t, "resuming what runs", o.Resume(o.as("head-hub"), i.ID, now.Rev, "Dokter baru ingin mencoba lagi"), errs.Conflict)
	})
}

func TestAnAdoptionMakesALiveInnovationReplicated(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.live(t)
		for n, want := range []string{innovation.Replicated, innovation.Replicated} {
			must(t, adopt(o, i.ID))
			if now := o.now(t, i.ID); now.Stage != want || now.National() != innovation.NationalLive {
				t.Errorf("after adoption %d: %s", n+1, now.Stage)
			}
		}
	})
}

// TestOneDecisionForAGate lets two heads decide at the same moment: one succeeds, the other hears that it is decided.
func TestOneDecisionForAGate(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.accepted(t, "staff-hub", nil)
		must(t, o.AskGate(o.as("staff-hub"), i.ID, trialAsk(i, nil)))
		gates, err := o.Gates(system(), i.ID)
		must(t, err)
		results := both(func(n int) error {
			if n == 0 {
				return o.Pass(o.as("head-hub"), gates[0].ID, "")
			}
			return o.Refuse(o.as("head-hub-2"), gates[0].ID, "Rencananya belum menyebut angka awal")
		})
		oneWins(t, results)
	})
}

// both runs two things at the same moment.
func both(do func(n int) error) [2]error {
	var out [2]error
	done := make(chan struct{})
	go func() { defer close(done); out[1] = do(1) }()
	out[0] = do(0)
	<-done
	return out
}

// oneWins checks that exactly one of two succeeded and the other met a conflict.
func oneWins(t testing.TB, results [2]error) {
	t.Helper()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else if !errs.Is(err, errs.Conflict) {
			t.Errorf("the loser met %v, want a conflict", err)
		}
	}
	if won != 1 {
		t.Errorf("%d succeeded, want one: %v", won, results)
	}
}

func TestGatesOfAnotherRegency(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.accepted(t, "staff-hub", nil)
		must(t, o.AskGate(o.as("staff-hub"), i.ID, trialAsk(i, nil)))
		gates, err := o.Gates(system(), i.ID)
		must(t, err)
		far := elsewhere(o.as("head-hub"))
		wants(t, "passing", o.Pass(far, gates[0].ID, ""), errs.NotFound)
		wants(t, "withdrawing", o.Withdraw(elsewhere(o.as("staff-hub")), gates[0].ID), errs.NotFound)
		wants(t, "stopping", o.Stop(far, i.ID, i.Rev, "Pasien lansia lebih suka datang langsung"), errs.NotFound)
		if all, err := o.Gates(far, i.ID); err != nil || len(all) != 0 {
			t.Errorf("gates seen from elsewhere: %v %v", all, err)
		}
	})
}

// elsewhere gives the same actor in another regency.
func elsewhere(ctx context.Context) context.Context {
	a := tenant.From(ctx)
	a.Regency = 2
	return tenant.With(ctx, a)
}
