package evaluation_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/proof/prooftest"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

const hour = int64(time.Hour / time.Millisecond)

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

type desk struct {
	*evaluation.Service
	clock *clock
	mail  *letters
	round string
}

type letters struct{ subjects []string }

func (l *letters) Send(_ context.Context, _ *db.Tx, userID, subject, _ string) error {
	l.subjects = append(l.subjects, userID+" "+subject)
	return nil
}

type shipped struct{}

func (shipped) Find(_ context.Context, id string) (*instrument.Pack, error) {
	return instrument.Find(id)
}
func (shipped) List(context.Context) ([]*instrument.Pack, error) { return instrument.Shipped() }

// noProof is a house without innovations and earlier marks.
type noProof struct{}

func (noProof) SheetOf(context.Context, string) (instrument.Sheet, error) {
	return instrument.Sheet{}, nil
}
func (noProof) Rows(context.Context, string) ([]evaluation.EntryRow, error) { return nil, nil }
func (noProof) Past(context.Context, string, string) (evaluation.PastMark, error) {
	return evaluation.PastMark{Mean: "2.5"}, nil
}

func (noProof) RoundLines(context.Context, db.Queryer, string) ([]string, error) { return nil, nil }

type people struct{}

func (people) Agencies(context.Context) ([]tenant.Agency, error) {
	return []tenant.Agency{{ID: "hub", Name: "Dishub", Active: true}, {ID: "kes", Name: "Dinkes", Active: true}}, nil
}
func (people) Agency(_ context.Context, id string) (tenant.Agency, error) {
	return tenant.Agency{ID: id}, nil
}
func (people) People(context.Context, string) ([]tenant.Person, error) {
	return []tenant.Person{{ID: "operator", Agency: "hub"}, {ID: "operator-kes", Agency: "kes"}}, nil
}
func (people) Person(_ context.Context, id string) (tenant.Person, error) {
	return tenant.Person{ID: id, Name: id}, nil
}

// as gives a context in which a person with one role acts.
func as(user, role, agency string) context.Context {
	actions := map[string][]string{
		tenant.RoleCoordinator: {evaluation.Read, evaluation.Manage, evaluation.Figures},
		tenant.RoleOperator:    {evaluation.Read, evaluation.Write},
		tenant.RoleHead:        {evaluation.Read, evaluation.Approve, evaluation.Write},
	}
	g := tenant.Grant{Role: role, Actions: map[string]bool{}, All: agency == ""}
	for _, a := range actions[role] {
		g.Actions[a] = true
	}
	if agency != "" {
		g.Agencies = []string{agency}
	}
	return tenant.With(context.Background(), tenant.Actor{Regency: 1, UserID: user, Name: user, Agency: agency, Lang: "id", Grants: []tenant.Grant{g}})
}

func team() context.Context     { return as("team", tenant.RoleCoordinator, "") }
func operator() context.Context { return as("operator", tenant.RoleOperator, "hub") }
func head() context.Context     { return as("head", tenant.RoleHead, "hub") }

func open(t *testing.T, d *db.DB) *desk {
	t.Helper()
	signer, err := audit.LoadSigner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := &desk{clock: &clock{time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)}, mail: &letters{}}
	n := 0
	k.Service = evaluation.New(evaluation.Deps{DB: d, Audit: audit.New(d, k.clock.now, signer), Now: k.clock.now, NewID: func() string { n++; return "id" + strconv.Itoa(n) },
		Dir: people{}, Bus: events.NewBus(), Packs: shipped{}, Evidence: &prooftest.Library{}, Marks: noProof{}, Entries: noProof{}, Mail: k.mail, Zone: tenant.OneZone(time.UTC),
		Text: func(_, key string, pairs ...any) string { return key + fmt.Sprint(pairs...) }})
	for _, m := range []struct {
		name  string
		files fs.FS
	}{{"jobs", jobs.Files}, {"audit", audit.Files}, {"evaluation", k.Module().Files}} {
		if err := d.Migrate(context.Background(), m.name, m.files); err != nil {
			t.Fatal(err)
		}
	}
	k.round = k.create(t, "")
	return k
}

func (k *desk) create(t *testing.T, previous string) string {
	t.Helper()
	now := k.clock.at.UnixMilli()
	id, err := k.Create(team(), evaluation.Round{Title: "Evaluasi", Year: 2026, Pack: "smartcity-2022-cohort2017-2019", SelfFrom: now, SelfTo: now + 30*24*hour, Previous: previous})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (k *desk) item(t *testing.T, code string) evaluation.Item {
	t.Helper()
	i, err := k.Item(team(), k.round, code)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func (k *desk) move(t *testing.T, to, reason string) {
	t.Helper()
	r, err := k.Round(team(), k.round)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Move(team(), k.round, to, r.Rev, reason); err != nil {
		t.Fatalf("to %s: %v", to, err)
	}
}

func (k *desk) assign(t *testing.T) {
	t.Helper()
	if err := k.Assign(team(), k.round, []evaluation.Owner{{Code: "A1", Lead: "hub", Support: []string{"kes", "hub"}}, {Code: "A2", Lead: "kes"}}); err != nil {
		t.Fatal(err)
	}
}

func TestAnAnswerGoesItsWay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.assign(t)
		k.move(t, evaluation.Open, "")
		rev, err := k.Save(operator(), k.round, "A1", evaluation.Entry{Answer: "Ada dasar hukum", SelfMark: "3,5", Rev: k.item(t, "A1").Rev})
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Submit(operator(), k.round, "A1", rev); err != nil {
			t.Fatal(err)
		}
		if err := k.Return(head(), k.round, "A1", k.item(t, "A1").Rev, "Sebut nomornya"); err != nil {
			t.Fatal(err)
		}
		if rev, err = k.Save(operator(), k.round, "A1", evaluation.Entry{Answer: "Perbup 1/2026", SelfMark: "3.5", Rev: k.item(t, "A1").Rev}); err != nil {
			t.Fatal(err)
		}
		if err := k.Submit(operator(), k.round, "A1", rev); err != nil {
			t.Fatal(err)
		}
		if err := k.Approve(head(), k.round, "A1", k.item(t, "A1").Rev); err != nil {
			t.Fatal(err)
		}
		if err := k.Check(team(), k.round, "A1", k.item(t, "A1").Rev); err != nil {
			t.Fatal(err)
		}
		if i := k.item(t, "A1"); i.State != evaluation.Checked || i.SelfMark != "3.5" || i.Reason != "" || i.Support[0] != "kes" || len(i.Support) != 1 {
			t.Errorf("at the end: %+v", i)
		}
	})
}

// TestHandingInIsOneChange: what is typed is kept and handed in together, or a server that ends in between leaves half of it
// and the form counts as done. What cannot be handed in is kept all the same.
func TestHandingInIsOneChange(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.round = k.create(t, "")
		k.assign(t)
		k.move(t, evaluation.Open, "")
		changes := 0
		ctx := db.WithRider(operator(), func(*db.Tx) error { changes++; return nil })
		err := k.SaveAndSubmit(ctx, k.round, "A1", evaluation.Entry{Answer: "Ya.", Rev: k.item(t, "A1").Rev})
		if i := k.item(t, "A1"); !errs.Is(err, errs.Invalid) || i.Answer != "Ya." || i.State != evaluation.Drafted || changes != 1 {
			t.Errorf("without a mark: %v, %+v, %d changes", err, i, changes)
		}
		err = k.SaveAndSubmit(ctx, k.round, "A1", evaluation.Entry{Answer: "Ya, terlampir.", SelfMark: "3", Rev: k.item(t, "A1").Rev})
		if i := k.item(t, "A1"); err != nil || i.Answer != "Ya, terlampir." || i.State != evaluation.Submitted || changes != 2 {
			t.Errorf("%v, %+v, %d changes", err, i, changes)
		}
	})
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		if err := k.Move(team(), k.round, evaluation.Open, 1, ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("opened without any owner: %v", err)
		}
		k.assign(t)
		k.move(t, evaluation.Open, "")
		rev := k.item(t, "A1").Rev
		entry := evaluation.Entry{Answer: "x", SelfMark: "3", Rev: rev}
		other := as("operator-kes", tenant.RoleOperator, "kes")
		stranger := as("operator-lain", tenant.RoleOperator, "lain")
		if _, err := k.Save(stranger, k.round, "A1", entry); !errs.Is(err, errs.Forbidden) {
			t.Errorf("another agency wrote: %v", err)
		}
		if _, err := k.Save(other, k.round, "A1", entry); err != nil {
			t.Errorf("a supporting agency may write: %v", err)
		}
		if _, err := k.Save(operator(), k.round, "A1", entry); !errs.Is(err, errs.Conflict) {
			t.Errorf("an old revision overwrote: %v", err)
		}
		if _, err := k.Save(operator(), k.round, "A1", evaluation.Entry{SelfMark: "5", Rev: rev + 1}); !errs.Is(err, errs.Invalid) {
			t.Errorf("a mark outside the scale: %v", err)
		}
		if err := k.Approve(head(), k.round, "A1", rev+1); !errs.Is(err, errs.Conflict) {
			t.Errorf("approved before it was sent: %v", err)
		}
		if _, err := k.Save(head(), k.round, "A1", evaluation.Entry{Answer: "dari kepala", SelfMark: "2", Rev: rev + 1}); err != nil {
			t.Fatal(err)
		}
		if err := k.Submit(operator(), k.round, "A1", rev+2); err != nil {
			t.Fatal(err)
		}
		if err := k.Approve(head(), k.round, "A1", rev+3); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a head approved the own words: %v", err)
		}
		if err := k.Return(head(), k.round, "A1", rev+3, " "); !errs.Is(err, errs.Invalid) {
			t.Errorf("returned without a reason: %v", err)
		}
		r, _ := k.Round(team(), k.round)
		if err := k.Move(team(), k.round, evaluation.Locked, r.Rev, ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("locked unready without a reason: %v", err)
		}
		k.move(t, evaluation.Locked, "Batas kementerian")
		if _, err := k.Save(operator(), k.round, "A2", entry); err == nil {
			t.Error("a locked round was changed")
		}
		if _, err := k.Item(tenant.With(context.Background(), tenant.SystemOf(2, "test")), k.round, "A1"); !errs.Is(err, errs.NotFound) {
			t.Errorf("another regency saw the question: %v", err)
		}
	})
}

func TestRequestsAndReminders(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.assign(t)
		k.move(t, evaluation.Open, "")
		due := k.clock.at.UnixMilli() + 3*24*hour + hour
		sent, without, err := k.Ask(team(), k.round, []string{"A1", "A2", "A3"}, "", "SK tim", due)
		if err != nil || sent != 2 || without != 1 {
			t.Fatalf("sent %d without %d %v", sent, without, err)
		}
		if len(k.mail.subjects) != 2 {
			t.Errorf("letters: %v", k.mail.subjects)
		}
		remind := k.Module().Jobs["evaluation.remind"]
		for range 8 { // one run a day: three, two, one, no days left, then late
			if err := remind(context.Background(), jobs.Job{}); err != nil {
				t.Fatal(err)
			}
			k.clock.at = k.clock.at.Add(24 * time.Hour)
		}
		all, err := k.Requests(team(), k.round)
		if err != nil || len(all) != 2 || all[0].Reminders < 3 || all[0].Reminders > 5 {
			t.Fatalf("after eight days: %+v %v", all, err)
		}
		if late, err := k.Overdue(team(), k.round); err != nil || len(late) != 2 {
			t.Errorf("overdue: %v %v", late, err)
		}
		var own evaluation.Request
		for _, r := range all {
			if r.Agency == "hub" {
				own = r
			}
		}
		if err := k.CloseRequest(as("operator-kes", tenant.RoleOperator, "kes"), own.ID, "done"); !errs.Is(err, errs.Forbidden) {
			t.Errorf("another agency closed it: %v", err)
		}
		if err := k.CloseRequest(operator(), own.ID, "done"); err != nil {
			t.Error(err)
		}
		if tasks, err := k.Module().Tasks(operator()); err != nil || len(tasks) != 1 {
			t.Errorf("what is owed: %v %v; only the answer of A1", tasks, err)
		}
	})
}

func TestALinkedProofEndsTheRequest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.assign(t)
		k.move(t, evaluation.Open, "")
		if _, _, err := k.Ask(team(), k.round, []string{"A1", "A2"}, "", "SK tim", k.clock.at.UnixMilli()+hour); err != nil {
			t.Fatal(err)
		}
		came := k.Module().Hears["evidence.linked"]
		system := tenant.With(context.Background(), tenant.SystemOf(1, "job"))
		for range 2 { // an event may come twice
			if err := came(system, events.Event{Regency: 1, Payload: []byte(`{"round":"` + k.round + `","item":"A1","agency":"hub"}`)}); err != nil {
				t.Fatal(err)
			}
		}
		states := map[string]string{}
		all, err := k.Requests(team(), k.round)
		for _, r := range all {
			states[r.Code] = r.State
		}
		if err != nil || states["A1"] != "done" || states["A2"] != "open" {
			t.Errorf("%v %v", states, err)
		}
	})
}

func TestOwnersAreCopiedFromLastYear(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.assign(t)
		first := k.round
		k.round = k.create(t, first)
		n, err := k.CopyOwners(team(), k.round)
		if err != nil {
			t.Fatal(err)
		}
		if i := k.item(t, "A1"); i.Lead != "hub" {
			t.Errorf("%d copied, A1 has %q", n, i.Lead)
		}
		r, _ := k.Round(team(), k.round)
		if past, err := k.Past(team(), r, "A1"); err != nil || !past.Known || past.Marks.Mean != "2.5" {
			t.Errorf("last year: %+v %v", past, err)
		}
	})
}

func TestFiguresNameTheirSource(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		keys, _, err := k.FigureKeys(team())
		if err != nil || len(keys) == 0 {
			t.Fatalf("no instrument asks for a figure: %v", err)
		}
		if !slices.Contains(keys, "spbe") || !slices.Contains(keys, "poverty") {
			t.Errorf("keys %v lack figures of the list", keys)
		}
		if err := k.SetFigure(team(), evaluation.Figure{Key: "bpk", Year: 2025, Value: "bagus", Source: "BPK"}); !errs.Is(err, errs.Invalid) {
			t.Errorf("a grade that does not exist: %v", err)
		}
		f := evaluation.Figure{Key: "spbe", Year: 2025, Value: "3,36", Source: "KemenPANRB"}
		if err := k.SetFigure(team(), f); err != nil {
			t.Fatal(err)
		}
		if err := k.SetFigure(team(), f); !errs.Is(err, errs.Invalid) {
			t.Errorf("the same year twice: %v", err)
		}
		f.Source, f.Year = "", 2024
		if err := k.SetFigure(team(), f); !errs.Is(err, errs.Invalid) {
			t.Errorf("without a source: %v", err)
		}
	})
}

func TestEveryTextUsedExists(t *testing.T) {
	t.Parallel()
	files := (&evaluation.Service{}).Module().Files
	var id map[string]string
	data, err := fs.ReadFile(files, "locale/id.json")
	if err != nil || json.Unmarshal(data, &id) != nil {
		t.Fatal(err)
	}
	views, err := fs.Glob(files, "views/*.html")
	if err != nil || len(views) == 0 {
		t.Fatal("no views")
	}
	for _, name := range views {
		body, _ := fs.ReadFile(files, name)
		for _, part := range bytes.Split(body, []byte(`T "`))[1:] {
			key, _, _ := strings.Cut(string(part), `"`)
			if strings.HasPrefix(key, "evaluation.") && id[key] == "" {
				t.Errorf("%s uses %s, which has no text", name, key)
			}
		}
	}
}
