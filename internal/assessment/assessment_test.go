package assessment_test

import (
	"context"
	"io/fs"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/assessment"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/proof/prooftest"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

const packID = "smartcity-2022-kppn"

// world is everything outside the room, as its tests need it.
type world struct {
	tenant.Directory
	rounds []assessment.Round
	proof  int64
	now    time.Time
}

func (w *world) Rounds(context.Context) ([]assessment.Round, error) { return w.rounds, nil }
func (w *world) Hold(ctx context.Context, _ *db.Tx, id string) (assessment.Round, error) {
	return w.Round(ctx, id)
}

func (w *world) Round(_ context.Context, id string) (assessment.Round, error) {
	for _, r := range w.rounds {
		if r.ID == id {
			return r, nil
		}
	}
	return assessment.Round{}, errs.E(errs.NotFound, "x", nil)
}
func (w *world) Intact(context.Context, string) (bool, error) { return true, nil }
func (w *world) PackOf(context.Context, string) (*instrument.Pack, error) {
	return instrument.Find(packID)
}
func (w *world) Evaluated(context.Context, string) (instrument.Result, error) {
	return instrument.Result{}, nil
}
func (w *world) Items(context.Context, string) ([]assessment.Item, error) {
	return []assessment.Item{{Code: "A1", Lead: "hub"}}, nil
}
func (w *world) Overdue(context.Context, string) ([]assessment.Overdue, error) {
	return []assessment.Overdue{{Item: "A1", Agency: "hub", Due: 1}}, nil
}
func (w *world) Safety() (plain, copied bool, behind int64) { return true, true, 75 }

func (w *world) Outside(context.Context) (state string, age int64, err error) {
	return "late", 900, nil
}

func (w *world) Proof(context.Context) (int64, bool, error)   { return w.proof, w.proof > 0, nil }
func (w *world) PublicRegency(context.Context) (int64, error) { return 1, nil }
func (w *world) Agencies(context.Context) ([]tenant.Agency, error) {
	return []tenant.Agency{{ID: "hub"}}, nil
}
func (w *world) Agency(_ context.Context, id string) (tenant.Agency, error) {
	if id != "hub" {
		return tenant.Agency{}, errs.E(errs.NotFound, "x", nil)
	}
	return tenant.Agency{ID: id}, nil
}
func (w *world) People(context.Context, string) ([]tenant.Person, error) {
	return []tenant.Person{{ID: "p1"}, {ID: "p2"}, {ID: "p3"}}, nil
}
func (w *world) clock() time.Time { return w.now }

func room(t *testing.T, d *db.DB) (*assessment.Service, *world) {
	t.Helper()
	signer, err := audit.LoadSigner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{now: time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC), rounds: []assessment.Round{{ID: "r", Title: "2026", Year: 2026, State: "assess"}, {ID: "old", Title: "2025", Year: 2025, State: "done"}}}
	n := 0
	s := assessment.New(assessment.Deps{DB: d, Audit: audit.New(d, w.clock, signer), Now: w.clock, NewID: func() string { n++; return "x" + strconv.Itoa(n) }, Dir: w, Bus: events.NewBus(),
		Rounds: w, Requests: w, Evidence: &prooftest.Library{}, Backups: w, House: w})
	for _, m := range []struct {
		name  string
		files fs.FS
	}{{"jobs", jobs.Files}, {"audit", audit.Files}, {"assessment", s.Module().Files}} {
		if err := d.Migrate(context.Background(), m.name, m.files); err != nil {
			t.Fatal(err)
		}
	}
	return s, w
}

func as(user, agency string, actions ...string) context.Context {
	g := tenant.Grant{Actions: map[string]bool{}, All: agency == "", Agencies: []string{agency}}
	for _, a := range actions {
		g.Actions[a] = true
	}
	return tenant.With(context.Background(), tenant.Actor{Regency: 1, UserID: user, Agency: agency, Lang: "id", Grants: []tenant.Grant{g}})
}

func assessor(user string) context.Context { return as(user, "", assessment.MarkAction) }
func team() context.Context {
	return as("team", "", assessment.Read, assessment.Watch, assessment.Manage, assessment.Lead, assessment.Follow)
}
func reader() context.Context { return as("op", "hub", assessment.Read, assessment.Follow) }

func invite(t *testing.T, s *assessment.Service, users ...string) {
	t.Helper()
	for _, u := range users {
		if err := s.Invite(team(), "r", u, 0); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMarksAreHiddenUntilBothAreSubmitted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := room(t, d)
		invite(t, s, "p1", "p2")
		saved, err := s.Save(assessor("p1"), "r", assessment.Entry{Item: "A1", Value: "3,5", Comment: "rahasia", Submit: true})
		if err != nil || saved[0].Value != "3.5" {
			t.Fatalf("%+v %v", saved, err)
		}
		see := func(ctx context.Context) int {
			all, err := s.MarksFor(ctx, "r", "A1")
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		if n := see(assessor("p2")); n != 0 {
			t.Errorf("an assessor without a mark sees %d", n)
		}
		if n := see(reader()); n != 0 {
			t.Errorf("an agency sees %d marks of a running assessment", n)
		}
		if n := see(team()); n != 1 {
			t.Errorf("who may watch sees %d", n)
		}
		if _, err := s.Save(assessor("p2"), "r", assessment.Entry{Item: "A1", Value: "2"}); err != nil {
			t.Fatal(err)
		}
		if n := see(assessor("p2")); n != 1 {
			t.Errorf("with a draft an assessor sees %d, want the own one only", n)
		}
		if _, err := s.Save(assessor("p2"), "r", assessment.Entry{Item: "A1", Value: "2", Rev: 1, Submit: true}); err != nil {
			t.Fatal(err)
		}
		if n := see(assessor("p2")); n != 2 {
			t.Errorf("after submitting an assessor sees %d, want both", n)
		}
		if _, err := s.Save(assessor("p2"), "r", assessment.Entry{Item: "A1", Value: "4", Rev: 2}); !errs.Is(err, errs.Conflict) {
			t.Errorf("a submitted mark was changed: %v", err)
		}
		if err := s.Reopen(assessor("p2"), "r", "A1", 2, "Salah baca halaman"); !errs.Is(err, errs.Conflict) {
			t.Errorf("reopening after seeing the other mark: %v", err)
		}
	})
}

func TestOnlyInvitedAssessorsMark(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, w := room(t, d)
		invite(t, s, "p1")
		entry := assessment.Entry{Item: "A1", Value: "3", Submit: true}
		if _, err := s.Save(assessor("p2"), "r", entry); !errs.Is(err, errs.NotFound) {
			t.Errorf("not invited: %v", err)
		}
		if _, err := s.Save(assessor("p1"), "old", entry); !errs.Is(err, errs.NotFound) {
			t.Errorf("another round: %v", err)
		}
		for name, e := range map[string]assessment.Entry{"beyond the scale": {Item: "A1", Value: "4.1"}, "nothing": {Item: "A1", Submit: true}} {
			if _, err := s.Save(assessor("p1"), "r", e); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := s.Revoke(team(), "r", "p1"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Save(assessor("p1"), "r", entry); !errs.Is(err, errs.NotFound) {
			t.Errorf("after revoking: %v", err)
		}
		invite(t, s, "p1")
		w.rounds[0].State = "done"
		if _, err := s.Save(assessor("p1"), "r", entry); !errs.Is(err, errs.Conflict) {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestTheResultIsWhatTheInstrumentComputes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, w := room(t, d)
		invite(t, s, "p1", "p2", "p3")
		p, err := instrument.Find(packID)
		if err != nil {
			t.Fatal(err)
		}
		var csv strings.Builder
		csv.WriteString("item,entry,assessor,value\n")
		for n, user := range []string{"p1", "p2", "p3"} {
			var all []assessment.Entry
			for i, code := range p.Codes() {
				v := strconv.Itoa((i + n*2) % 5)
				all = append(all, assessment.Entry{Item: code, Value: v, Submit: true})
				csv.WriteString(code + ",," + user + "," + v + "\n")
			}
			if _, err := s.Save(assessor(user), "r", all...); err != nil {
				t.Fatal(err)
			}
		}
		if r, err := s.Result(reader(), "r"); err != nil || !r.Hidden || r.Sum.Index != nil {
			t.Errorf("an agency sees the running result: %+v %v", r.Sum.Index, err)
		}
		w.rounds[0].State = "done"
		r, err := s.Result(reader(), "r")
		if err != nil {
			t.Fatal(err)
		}
		marks, err := instrument.ParseMarks(strings.NewReader(csv.String()), p)
		if err != nil {
			t.Fatal(err)
		}
		if want := p.Evaluate(marks, instrument.Options{}); want.Index.Cmp(r.Sum.Index) != 0 {
			t.Errorf("index %s, want %s", r.Sum.Index, want.Index)
		}
		if err := s.Publish(team(), assessment.Published{Round: "r", Letter: "B-1/2026", Date: 1, Index: "3,9"}); err != nil {
			t.Fatal(err)
		}
		if r, _ = s.Result(reader(), "r"); r.Official().RatString() != "39/10" {
			t.Errorf("official: %v", r.Official())
		}
		if _, explained := r.Difference(); explained {
			t.Error("a large difference is called rounding")
		}
		sim, err := s.Simulate(reader(), r, map[string]string{"A1": "4"})
		if err != nil || sim.Then.Index.Cmp(sim.Now.Index) <= 0 || sim.Now.Index.Cmp(r.Sum.Index) != 0 {
			t.Errorf("simulation: %+v %v", sim.Changed, err)
		}
		if _, err := s.ImportMarks(team(), "r", "item,entry,assessor,value\nA1,,,9\n"); !errs.Is(err, errs.Invalid) {
			t.Errorf("a mark of 9: %v", err)
		}
	})
}

func TestARecommendationBecomesAFollowup(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, w := room(t, d)
		invite(t, s, "p1")
		finding, err := s.AddFinding(assessor("p1"), assessment.Finding{Round: "r", Kind: assessment.Recommendation, Item: "A1", Text: "Perbarui SK"})
		if err != nil {
			t.Fatal(err)
		}
		due := w.now.UnixMilli() - 3*24*3600*1000
		id, err := s.AddFollowup(team(), assessment.Followup{Round: "r", Finding: finding, Title: "Perbarui SK", Agency: "hub", Due: due})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.RemoveFinding(team(), "r", finding); !errs.Is(err, errs.Conflict) {
			t.Errorf("a finding with a follow-up was removed: %v", err)
		}
		if err := s.EditFollowup(as("lain", "kes", assessment.Follow), assessment.Followup{ID: id, Status: "done", Rev: 1}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("another agency: %v", err)
		}
		if err := s.EditFollowup(reader(), assessment.Followup{ID: id, Status: "cancelled", Rev: 1}); !errs.Is(err, errs.Invalid) {
			t.Errorf("an agency cancelled: %v", err)
		}
		if tasks, err := s.Tasks(reader()); err != nil || len(tasks) != 1 {
			t.Errorf("tasks: %v %v", tasks, err)
		}
		b, err := s.Board(team(), "id")
		if err != nil || len(b.Late) != 1 || len(b.Requests) != 1 || !b.ProofBad {
			t.Errorf("board: %d late, %d requests, proof bad %v, %v", len(b.Late), len(b.Requests), b.ProofBad, err)
		}
		w.proof = w.now.Add(-47 * time.Hour).UnixMilli()
		if b, _ = s.Board(team(), "id"); b.ProofBad {
			t.Error("a proof of 47 hours is red")
		}
		w.proof = w.now.Add(-49 * time.Hour).UnixMilli()
		if b, _ = s.Board(team(), "id"); !b.ProofBad {
			t.Error("a proof of 49 hours is not red")
		}
		if err := s.EditFollowup(reader(), assessment.Followup{ID: id, Status: "done", Note: "SK terbit", Rev: 1}); err != nil {
			t.Error(err)
		}
		if err := s.EditFollowup(reader(), assessment.Followup{ID: id, Status: "running", Rev: 1}); !errs.Is(err, errs.Conflict) {
			t.Errorf("an old revision: %v", err)
		}
	})
}

func TestThePublicSeesOnlyWhatWasChosen(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := room(t, d)
		stranger := tenant.With(context.Background(), tenant.Actor{})
		if _, all, err := s.Public(stranger); err != nil || len(all) != 0 {
			t.Errorf("before anything was chosen: %v %v", all, err)
		}
		if err := s.SetPublication(team(), assessment.Publication{Round: "r", Shown: true, Result: true}); !errs.Is(err, errs.Invalid) {
			t.Errorf("the result of a running round: %v", err)
		}
		if err := s.SetPublication(team(), assessment.Publication{Round: "old", Shown: true, Masterplan: "javascript:x"}); !errs.Is(err, errs.Invalid) {
			t.Errorf("a link that runs: %v", err)
		}
		if err := s.SetPublication(team(), assessment.Publication{Round: "old", Shown: true, Masterplan: "https://jemberkab.go.id/masterplan"}); err != nil {
			t.Fatal(err)
		}
		_, all, err := s.Public(stranger)
		if err != nil || len(all) != 1 || all[0].Result != nil {
			t.Errorf("chosen without a result: %+v %v", all, err)
		}
		if err := s.SetPublication(team(), assessment.Publication{Round: "old", Rev: 1}); err != nil {
			t.Fatal(err)
		}
		if _, all, _ = s.Public(stranger); len(all) != 0 {
			t.Error("a round that was taken back is still public")
		}
	})
}
