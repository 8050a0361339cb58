package assessment_test

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/assessment"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/proof/prooftest"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

const (
	regency = 1
	oneDay  = int64(24 * time.Hour / time.Millisecond)
	kppn    = "smartcity-2022-kppn"
)

// clock is a time that a test moves.
type watch struct{ at time.Time }

func (c *watch) now() time.Time { return c.at }
func (c *watch) ms() int64      { return c.at.UnixMilli() }

// rounds are the rooms this one needs: rounds and answers, evidence, people, backups.
type fakes struct {
	all     []assessment.Round
	late    []assessment.Overdue
	proofAt int64
	packs   map[string]*instrument.Pack // read once
	public  int64
}

func missing() error { return errs.E(errs.NotFound, "assessment.error.missing", nil) }

func (x *fakes) Rounds(ctx context.Context) ([]assessment.Round, error) {
	if tenant.From(ctx).Regency != regency {
		return nil, nil
	}
	return slices.Clone(x.all), nil
}

func (x *fakes) Round(ctx context.Context, id string) (assessment.Round, error) {
	at := slices.IndexFunc(x.all, func(r assessment.Round) bool { return r.ID == id })
	if at < 0 || tenant.From(ctx).Regency != regency {
		return assessment.Round{}, missing()
	}
	return x.all[at], nil
}

func (x *fakes) Hold(ctx context.Context, _ *db.Tx, id string) (assessment.Round, error) {
	return x.Round(ctx, id)
}

func (x *fakes) Intact(context.Context, string) (bool, error) { return true, nil }

func (x *fakes) PackOf(ctx context.Context, round string) (*instrument.Pack, error) {
	r, err := x.Round(ctx, round)
	if err != nil {
		return nil, err
	}
	if p := x.packs[r.Pack]; p != nil {
		return p, nil
	}
	p, err := instrument.Find(r.Pack)
	if err != nil {
		return nil, err
	}
	if p, err = p.Clone(p.ID); err != nil { // the shipped one belongs to everybody
		return nil, err
	}
	x.packs[r.Pack] = p
	for i := range p.Components[0].Questions {
		p.Components[0].Questions[i].Rubric = map[string]instrument.Text{"4": {ID: "Lengkap dan berlaku", EN: "Complete and in force"}}
	}
	return p, nil
}

func (x *fakes) Evaluated(context.Context, string) (instrument.Result, error) {
	return instrument.Result{}, nil
}

func (x *fakes) Items(ctx context.Context, round string) ([]assessment.Item, error) {
	p, err := x.PackOf(ctx, round)
	if err != nil {
		return nil, err
	}
	var out []assessment.Item
	for _, code := range p.Codes() {
		out = append(out, assessment.Item{Code: code, Lead: "hub", State: "checked", Answer: "Jawaban <" + code + ">", SelfMark: "3.25"})
	}
	return out, nil
}

func (x *fakes) Overdue(context.Context, string) ([]assessment.Overdue, error) { return x.late, nil }

// shelf is a library with two proofs each on four questions, one for every way of showing a file.
type shelf struct{ prooftest.Library }

func (x *shelf) Hung(_ context.Context, p proof.Place) ([]proof.Card, error) {
	kinds := map[string]string{"A1": "application/pdf", "A2": "image/png", "A3": "text/csv", "A4": ""}
	kind, ok := kinds[p.Item]
	if !ok {
		return nil, nil
	}
	c := proof.Card{ID: "bukti-" + p.Item, Title: "Perbup " + p.Item, FileType: kind, Page: "hlm. 4"}
	if kind == "" {
		c.URL = "https://contoh.example/video"
	}
	return []proof.Card{c, c}, nil
}

func (x *shelf) Counts(context.Context, proof.Thing) (proof.Counts, error) {
	return proof.Counts{{Item: "A1"}: {Total: 2, Accepted: 1, Waiting: 1}}, nil
}

func (*fakes) Safety() (plain, copied bool, behind int64) { return true, true, 75 }

func (*fakes) Outside(context.Context) (state string, age int64, err error) {
	return "late", 900, nil
}

func (x *fakes) Proof(context.Context) (int64, bool, error) { return x.proofAt, x.proofAt != 0, nil }

func (x *fakes) PublicRegency(context.Context) (int64, error) { return x.public, nil }

type people struct{}

func (people) Agencies(context.Context) ([]tenant.Agency, error) {
	return []tenant.Agency{{ID: "hub", Name: "Dishub", Active: true}, {ID: "kes", Name: "Dinkes", Active: true}}, nil
}

func (p people) Agency(ctx context.Context, id string) (tenant.Agency, error) {
	all, _ := p.Agencies(ctx)
	at := slices.IndexFunc(all, func(a tenant.Agency) bool { return a.ID == id })
	if at < 0 {
		return tenant.Agency{}, missing()
	}
	return all[at], nil
}

func (people) People(_ context.Context, role string) ([]tenant.Person, error) {
	if role != tenant.RoleAssessor {
		return nil, nil
	}
	return []tenant.Person{{ID: "p1", Name: "Penilai 1"}, {ID: "p2", Name: "Penilai 2"}, {ID: "p3", Name: "Penilai 3"}}, nil
}

func (people) Person(_ context.Context, id string) (tenant.Person, error) {
	return tenant.Person{ID: id, Name: "Akun " + id}, nil
}

// desk is the room with everything around it.
type desk struct {
	*assessment.Service
	clock *watch
	x     *fakes
}

// open gives a room with three rounds: "r" is being assessed, "tua" is done, "baru" is still answered.
func open(t *testing.T, d *db.DB) *desk {
	t.Helper()
	signer, err := audit.LoadSigner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := &desk{clock: &watch{time.Date(2022, 12, 1, 8, 0, 0, 0, time.UTC)}}
	now := k.clock.ms()
	k.x = &fakes{public: regency, packs: map[string]*instrument.Pack{}, all: []assessment.Round{
		{ID: "baru", Title: "Evaluasi 2023", Year: 2023, Pack: kppn, State: "open", SelfTo: now + 30*oneDay},
		{ID: "r", Title: "Evaluasi 2022", Year: 2022, Pack: kppn, State: "assess", AssessFrom: now - oneDay, AssessTo: now + 10*oneDay},
		{ID: "tua", Title: "Evaluasi 2021", Year: 2021, Pack: "smartcity-2022-cohort2017-2019", State: "done"},
	}}
	n := 0
	k.Service = assessment.New(assessment.Deps{DB: d, Audit: audit.New(d, k.clock.now, signer), Now: k.clock.now, NewID: func() string { n++; return "id" + strconv.Itoa(n) },
		Dir: people{}, Bus: events.NewBus(), Rounds: k.x, Requests: k.x, Evidence: &shelf{}, Backups: k.x, House: k.x})
	storetest.Migrate(t, d, "jobs", jobs.Files)
	storetest.Migrate(t, d, "audit", audit.Files)
	storetest.Migrate(t, d, "assessment", k.Module().Files)
	return k
}

// state puts a round into a state, as the room that owns rounds would.
func (k *desk) state(round, state string) {
	for i := range k.x.all {
		if k.x.all[i].ID == round {
			k.x.all[i].State = state
		}
	}
}

// as gives a context in which a person with one role acts, with exactly the rights the module gives that role.
func acting(user, role, agency string) context.Context {
	return tenant.With(context.Background(), actor(user, role, agency))
}

func actor(user, role, agency string) tenant.Actor {
	g := tenant.Grant{Role: role, Actions: map[string]bool{}, All: agency == ""}
	for _, p := range (&assessment.Service{}).Module().Perms {
		if slices.Contains(p.Roles, role) {
			g.Actions[p.Action] = true
		}
	}
	if agency != "" {
		g.Agencies = []string{agency}
	}
	return tenant.Actor{Regency: regency, UserID: user, Name: user, Agency: agency, Lang: "id", Grants: []tenant.Grant{g}}
}

func coordinator() context.Context       { return acting("team", tenant.RoleCoordinator, "") }
func leader() context.Context            { return acting("sekda", tenant.RoleLeader, "") }
func inspector() context.Context         { return acting("inspektur", tenant.RoleInspector, "") }
func operator() context.Context          { return acting("op", tenant.RoleOperator, "hub") }
func marker(user string) context.Context { return acting(user, tenant.RoleAssessor, "") }

func system() context.Context {
	return tenant.With(context.Background(), tenant.SystemOf(regency, "test"))
}

// invite invites p1, p2, ... to the running round.
func (k *desk) invite(t *testing.T, users ...string) {
	t.Helper()
	for _, user := range users {
		if err := k.Invite(coordinator(), "r", user, 0); err != nil {
			t.Fatal(err)
		}
	}
}

// give submits one mark and gives it back.
func (k *desk) give(t *testing.T, user, item, value string) assessment.Mark {
	t.Helper()
	all, err := k.Save(marker(user), "r", assessment.Entry{Item: item, Value: value, Submit: true})
	if err != nil {
		t.Fatalf("%s %s: %v", user, item, err)
	}
	return all[0]
}

// values lists what somebody sees of a question.
func (k *desk) values(t *testing.T, ctx context.Context, item string) []string {
	t.Helper()
	all, err := k.MarksFor(ctx, "r", item)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range all {
		out = append(out, m.Assessor+"="+m.Value)
	}
	slices.Sort(out)
	return out
}

// each opens the room on every store.
func each(t *testing.T, test func(*testing.T, *desk)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, d *db.DB) { test(t, open(t, d)) })
}
