package innovation_test

import (
	"encoding/csv"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// row gives the line of an agency.
func row(t testing.TB, y innovation.Youth, agency string) innovation.YouthRow {
	t.Helper()
	at := slices.IndexFunc(y.Rows, func(r innovation.YouthRow) bool { return r.Agency.ID == agency })
	if at < 0 {
		t.Fatalf("%s stands in no row", agency)
	}
	return y.Rows[at]
}

func youth(t testing.TB, o *office, f innovation.YouthFilter) innovation.Youth {
	t.Helper()
	y, err := o.Youth(o.as("leader"), f)
	must(t, err)
	return y
}

func TestTheAgeCountsRealStepsOnly(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.trial(t)
		o.time.days(100)
		_, err := o.Save(o.as("staff-hub"), i.ID, innovation.Change{Title: "Judul yang lebih baik", Problem: i.Problem, Sufferer: i.Sufferer, Idea: i.Idea, Measure: i.Measure, Rev: i.Rev})
		must(t, err)
		y := youth(t, o, innovation.YouthFilter{})
		if r := row(t, y, "hub"); r.Months != 3 || !r.Young() || r.Trials != 1 {
			t.Errorf("after an edit: %d months, want 3 since the gate; %d trials", r.Months, r.Trials)
		}
		if r := row(t, y, "kes"); r.Months != -1 || r.Young() || r.LastStep != 0 {
			t.Errorf("without an innovation: %d months", r.Months)
		}
		if y.Young != 1 || len(y.Rows) != 3 {
			t.Errorf("%d of %d are young, want 1 of 3 active agencies", y.Young, len(y.Rows))
		}
		o.adopted.byAgency = map[string]innovation.AdoptionCount{"kes": {In: 1, Last: o.time.ms()}, "hub": {Out: 1}}
		y = youth(t, o, innovation.YouthFilter{})
		if r := row(t, y, "kes"); r.Months != 0 || r.AdoptedIn != 1 || y.Young != 2 {
			t.Errorf("a signed adoption is a step: %+v", r)
		}
		o.time.days(400)
		if y = youth(t, o, innovation.YouthFilter{}); y.Young != 0 {
			t.Errorf("%d are young after more than a year", y.Young)
		}
	})
}

func TestARateWithoutIdeasIsUnknown(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		reply := func(i innovation.Innovation) {
			must(t, o.Reply(o.as("desk"), i.ID, innovation.Reply{Answer: innovation.AnswerAccept, Rev: i.Rev}))
		}
		first, late := o.propose(t, "staff-hub", nil), o.propose(t, "staff-hub", nil)
		if r := row(t, youth(t, o, innovation.YouthFilter{}), "hub"); r.Proposed != 2 || r.Waiting != 2 || r.Answered() != 0 {
			t.Errorf("while both wait: %+v", r)
		} else if _, known := r.Rate(); known {
			t.Error("a rate before anything is due")
		}
		reply(first)
		o.time.days(30)
		if r := row(t, youth(t, o, innovation.YouthFilter{}), "hub"); r.InTime != 1 || r.Late != 1 {
			t.Errorf("one overdue: %+v", r)
		}
		reply(late)
		fresh := o.propose(t, "staff-hub", nil)
		reply(fresh)
		r := row(t, youth(t, o, innovation.YouthFilter{}), "hub")
		if rate, known := r.Rate(); !known || rate != 67 || r.Proposed != 3 {
			t.Errorf("rate %d %v of %+v, want 67", rate, known, r)
		}
		o.time.days(360)
		if r := row(t, youth(t, o, innovation.YouthFilter{}), "hub"); r.Proposed != 1 {
			t.Errorf("ideas older than a year count: %+v", r)
		}
	})
}

func TestUseAndEfficiency(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i, idle := o.live(t), o.live(t)
		o.time.days(40)
		op := o.as("staff-hub")
		for _, c := range []struct{ from, to, value string }{{"2026-01-01", "2026-01-31", "900"}, {"2026-02-01", "2026-02-28", "1.200"}} {
			_, err := o.AddCount(op, i.ID, innovation.Count{Kind: "users", From: day(c.from), To: day(c.to), Source: "Laporan"}, c.value)
			must(t, err)
		}
		o.library.Put(proof.Card{ID: "survei", Title: "Survei", Agency: "hub"})
		must(t, o.AddEffect(op, i.ID, innovation.Effect{Kind: "time", Name: "Antrean", Unit: "minute", Source: "Survei", Evidence: "survei"}, "180", "30,5", "1.000"))
		must(t, o.AddEffect(op, i.ID, innovation.Effect{Kind: "cost", Name: "Cetak", Source: "DPA"}, "10.000", "2.500", "400"))
		must(t, o.AddEffect(op, i.ID, innovation.Effect{Kind: "people", Name: "Terlayani", Source: "Register"}, "100", "350", ""))
		y := youth(t, o, innovation.YouthFilter{})
		r := row(t, y, "hub")
		if r.InUse != 2 || r.Counted != 1 || r.Uncounted() != 1 || r.Users != 1200 || r.UsersTo != day("2026-02-28") {
			t.Errorf("use: %+v", r)
		}
		if want := new(big.Rat).SetFrac64(149_500, 60); r.Hours.Cmp(want) != 0 || r.Rupiah.Cmp(big.NewRat(3_000_000, 1)) != 0 || r.People.Cmp(big.NewRat(250, 1)) != 0 {
			t.Errorf("gained %s hours, %s rupiah, %s people", r.Hours, r.Rupiah, r.People)
		}
		if r.Effects != 3 || r.Proven != 1 {
			t.Errorf("%d effects, %d with a file; want 3 and 1", r.Effects, r.Proven)
		}
		if y.Rows[0].Agency.ID != "hub" || y.Sum.Users != 1200 {
			t.Errorf("the order follows use: %s first, %d users", y.Rows[0].Agency.ID, y.Sum.Users)
		}
		must(t, o.Stop(o.as("head-hub"), i.ID, o.now(t, i.ID).Rev, "Aplikasi diganti oleh sistem pusat yang lebih lengkap"))
		if r = row(t, youth(t, o, innovation.YouthFilter{}), "hub"); r.InUse != 1 || r.Counted != 0 || r.Effects != 0 || o.now(t, idle.ID).Stage != innovation.Live {
			t.Errorf("what stopped is still in use: %+v", r)
		}
	})
}

func TestWhatWasCarriedOverCountsOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.live(t)
		_, err := o.AddCount(o.as("staff-hub"), i.ID, innovation.Count{Kind: "users", From: day("2026-01-01"), To: day("2026-01-31"), Source: "Laporan"}, "70")
		must(t, err)
		must(t, o.db.Tx(system(), func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE innovation_innovation SET state = 'sent' WHERE regency_id = $1 AND id = $2`, 1, i.ID)
			return err
		}))
		_, err = o.Again(o.as("staff-hub"), i.ID, "Sejak tahun lalu ditambah antar obat ke rumah pasien")
		must(t, err)
		if r := row(t, youth(t, o, innovation.YouthFilter{}), "hub"); r.InUse != 1 || r.Users != 70 || r.Proposed != 1 {
			t.Errorf("carried over: %d in use, %d users, %d ideas; want 1, 70, 1", r.InUse, r.Users, r.Proposed)
		}
	})
}

func TestTheStalledHaveOneNextAction(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		trial, live := o.trial(t), o.live(t)
		idea, problem := o.accepted(t, "staff-hub", nil), o.propose(t, "staff-hub", nil)
		gate := o.accepted(t, "staff-hub", nil)
		must(t, o.AskGate(o.as("staff-hub"), gate.ID, innovation.Ask{Day: o.time.ms(), Proof: "Rencana uji coba sudah disepakati", Decider: "head-hub", Rev: gate.Rev,
			Trial: &innovation.TrialPlan{Hypothesis: "Antrean turun", Place: "Patrang", End: day("2026-12-01"), StopRule: "Bila tidak turun"}}))
		leader := o.as("leader")
		if all, n, err := o.Stalled(leader, innovation.YouthFilter{}, 10, 0); err != nil || n != 0 || len(all) != 0 {
			t.Fatalf("on the first day: %v %d %v", all, n, err)
		}
		o.time.days(15)
		all, _, err := o.Stalled(leader, innovation.YouthFilter{}, 10, 0)
		must(t, err)
		if len(all) != 1 || all[0].ID != gate.ID || all[0].Why != innovation.StalledGate || all[0].Action != "decide" || all[0].Decider != "head-hub" || all[0].Days != 15 {
			t.Errorf("a gate of 15 days: %+v", all)
		}
		o.time.days(80)
		all, n, err := o.Stalled(leader, innovation.YouthFilter{}, 10, 0)
		must(t, err)
		want := map[string]string{gate.ID: "decide", trial.ID: "conclude", live.ID: "count", idea.ID: "ask_trial", problem.ID: "answer"}
		if n != len(want) || all[0].ID != gate.ID || all[1].ID != trial.ID {
			t.Errorf("%d stalled, want %d: decisions first, then the trial past its end: %+v", n, len(want), all)
		}
		for _, one := range all {
			if one.Action != want[one.ID] {
				t.Errorf("%s (%s): next %q, want %q", one.Title, one.Stage, one.Action, want[one.ID])
			}
		}
		if _, n, err := o.Stalled(leader, innovation.YouthFilter{Agency: "kes"}, 10, 0); err != nil || n != 0 {
			t.Errorf("stalled of another agency: %d %v", n, err)
		}
		if some, n, err := o.Stalled(leader, innovation.YouthFilter{}, 2, 4); err != nil || n != 5 || len(some) != 1 {
			t.Errorf("the last page: %d of %d %v", len(some), n, err)
		}
		must(t, o.Stop(o.as("head-hub"), trial.ID, trial.Rev, "Antrean tidak turun karena stok obat tetap habis"))
		if _, n, _ := o.Stalled(leader, innovation.YouthFilter{}, 10, 0); n != 4 {
			t.Errorf("%d stalled after an honest stop, want 4", n)
		}
	})
}

func TestTheNextActionOfADossier(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.live(t)
		_, err := o.AddCount(o.as("staff-hub"), i.ID, innovation.Count{Kind: "users", From: day("2026-01-01"), To: day("2026-01-31"), Source: "Laporan"}, "70")
		must(t, err)
		o.time.days(120)
		texts := i18n.New()
		must(t, texts.Add(o.Module().Files))
		for _, state := range innovation.States() {
			must(t, o.db.Tx(system(), func(tx *db.Tx) error {
				_, err := tx.Exec(`UPDATE innovation_innovation SET state = $3 WHERE regency_id = $1 AND id = $2`, 1, i.ID, state)
				return err
			}))
			all, _, err := o.Stalled(o.as("leader"), innovation.YouthFilter{}, 1, 0)
			must(t, err)
			want := "state." + state
			if state == innovation.Sent {
				want = "offer"
			}
			if len(all) != 1 || all[0].Action != want || all[0].By == "" || !texts.Has("id", "innovation.youth.do."+want) {
				t.Errorf("%s: %+v, want %s with a text", state, all, want)
			}
		}
	})
}

func TestYouthByKindAndSubtree(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.outside.agencies = []tenant.Agency{{ID: "hub", Name: "Dinas Perhubungan", Kind: "dinas", Active: true}, {ID: "terminal", Name: "UPT Terminal", Kind: "lain", Parent: "hub", Active: true},
			{ID: "kes", Name: "Dinas Kesehatan", Kind: "dinas", Active: true}}
		for f, want := range map[innovation.YouthFilter][]string{{}: {"hub", "kes", "terminal"}, {Kind: "dinas"}: {"hub", "kes"}, {Agency: "hub"}: {"hub", "terminal"}, {Kind: "lain", Agency: "hub"}: {"terminal"}, {Kind: "rs"}: nil} {
			var got []string
			for _, r := range youth(t, o, f).Rows {
				got = append(got, r.Agency.ID)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%+v: %v, want %v", f, got, want)
			}
		}
		if _, err := o.Youth(tenant.With(o.as("leader"), tenant.Actor{Regency: 1, UserID: "x"}), innovation.YouthFilter{}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("without the right: %v", err)
		}
	})
}

func TestTheYouthPageSaysTheAnswer(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		o.live(t)
		o.trial(t)
		o.outside.agencies = append(o.outside.agencies, tenant.Agency{ID: "seni", Name: "Dinas <Seni>", Active: true, Kind: "aneh"})
		o.time.days(100)
		doc := v.page(t, o.as("leader"), "/inovasi/muda")
		if h1 := doc.Find("h1").Text(); h1 != "1 dari 4 OPD berinovasi dalam setahun terakhir" {
			t.Errorf("heading %q", h1)
		}
		if n := doc.Find("section[aria-labelledby=h-macet] li").Length(); n != 2 {
			t.Errorf("%d stalled are named, want 2", n)
		}
		if text := doc.Find("section[aria-labelledby=h-macet] li").First().Text(); !strings.Contains(text, "Tim inovasi Dishub") || !strings.Contains(text, "hari") {
			t.Errorf("the first stalled: %q", text)
		}
		if n := doc.Find("section[aria-labelledby=h-opd] tbody tr").Length(); n != 5 {
			t.Errorf("%d lines, want four agencies and the total", n)
		}
		if doc.Find(".chart svg").Length() != 1 || doc.Find(".chart table tr").Length() != 7 || doc.Find(".chart .message").Text() == "" {
			t.Error("the chart lacks its drawing, message or table")
		}
		for _, path := range []string{"/inovasi/muda?cetak=1", "/inovasi/muda?jenis=rs", "/inovasi/muda?opd=hub&hal=99", "/inovasi/muda?hal=-1"} {
			v.page(t, o.as("leader"), path)
		}
		v.page(t, in(o.as("leader"), "en"), "/inovasi/muda")
		o.adopted.byAgency = nil
		got := v.do(o.as("leader"), http.MethodGet, "/inovasi/muda.csv", nil)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.body, "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 5 || rows[1][1] != "Dinas Perhubungan" || rows[1][12] != "" || rows[2][3] != "" {
			t.Errorf("the file: %v %v; what is unknown must stay empty", rows, err)
		}
	})
}

// TestTheYoungAreKeptUntilSomethingChanges reads the page's numbers twice: the second time only the named few are asked for, also
// on another day, and a change is seen at once.
func TestTheYoungAreKeptUntilSomethingChanges(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		live := o.live(t)
		o.accepted(t, "staff-hub", nil)
		youth(t, o, innovation.YouthFilter{})
		o.time.days(100)
		asked := 0
		stop := o.db.Trace(func(string) { asked++ })
		y := youth(t, o, innovation.YouthFilter{})
		_, n, err := o.Stalled(o.as("leader"), innovation.YouthFilter{}, 10, 0)
		stop()
		if err != nil || asked > 3 || n != 2 || row(t, y, "hub").Months != 3 {
			t.Errorf("a hundred days later: %d statements, %d stalled, %+v, %v", asked, n, row(t, y, "hub"), err)
		}
		for _, query := range []string{`INSERT INTO innovation_count (regency_id, innovation_id, kind, id, period_from, period_to, value, source, evidence_id, entered_by, entered_at) VALUES ($1, $2, 'users', 'c', 1, 2, 41, '', '', '', 1)`,
			`UPDATE innovation_innovation SET stage = 'stopped' WHERE regency_id = $1 AND id = $2`} {
			must(t, o.db.Tx(system(), func(tx *db.Tx) error { _, err := tx.Exec(query, int64(1), live.ID); return err }))
			had := y
			if y = youth(t, o, innovation.YouthFilter{}); y.Sum.Users == had.Sum.Users {
				t.Errorf("%d users before and after: %s", y.Sum.Users, query)
			}
		}
	})
}

// TestAnotherDeciderIsShownAtOnce: what the page keeps follows the gates too.
func TestAnotherDeciderIsShownAtOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.accepted(t, "staff-hub", nil)
		must(t, o.AskGate(o.as("staff-hub"), i.ID, trialAsk(i, nil)))
		o.time.days(15)
		decider := func() string {
			t.Helper()
			all, _, err := o.Stalled(o.as("leader"), innovation.YouthFilter{}, 10, 0)
			must(t, err)
			if len(all) != 1 {
				t.Fatalf("stalled: %+v", all)
			}
			return all[0].Decider
		}
		before := decider()
		must(t, o.DB.Tx(system(), func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE innovation_gate SET decider = 'head-hub-2' WHERE regency_id > 0 AND innovation_id = $1`, i.ID)
			return err
		}))
		if now := decider(); before == now || now != "head-hub-2" {
			t.Errorf("decided by %q, was %q", now, before)
		}
	})
}
