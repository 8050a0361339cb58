package score_test

import (
	"context"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Two regencies stand on the host of these tests.
const (
	home = int64(3509)
	near = int64(3507)
)

func day(text string) int64 {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t.UnixMilli()
}

// hung is a proof on an item.
type hung struct{ holder, item, proof string }

// world is everything around the room, of one regency.
type world struct {
	facts  map[string]score.Fact
	copied map[string]score.Replication
	known  map[string]score.Known
	files  map[string]score.Proof
	links  []hung
	round  *score.Round
	older  map[string]score.Round
	values map[string]string // "pad/2025"
}

// worlds answers every need of the room for the actor's regency.
type worlds map[int64]*world

func newWorld() *world {
	return &world{facts: map[string]score.Fact{}, copied: map[string]score.Replication{}, known: map[string]score.Known{}, files: map[string]score.Proof{}, older: map[string]score.Round{}, values: map[string]string{}}
}

func (x worlds) of(ctx context.Context) *world {
	if w := x[tenant.From(ctx).Regency]; w != nil {
		return w
	}
	return newWorld()
}

func (x worlds) Facts(ctx context.Context, only ...string) (map[string]score.Fact, error) {
	out := map[string]score.Fact{}
	for id, f := range x.of(ctx).facts {
		if len(only) == 0 || slices.Contains(only, id) {
			out[id] = f
		}
	}
	return out, nil
}

// MayEdit: the desk, and those of the innovation's agency.
func (x worlds) MayEdit(ctx context.Context, id string) (bool, error) {
	f, ok := x.of(ctx).facts[id]
	if !ok {
		return false, errs.E(errs.NotFound, "web.error.not_found", nil)
	}
	a := tenant.From(ctx)
	return a.Has(tenant.RoleDesk) || a.Agency == f.Agency && !a.Has(tenant.RoleLeader), nil
}

func (x worlds) Replications(ctx context.Context) (map[string]score.Replication, error) {
	return x.of(ctx).copied, nil
}

func (x worlds) Known(ctx context.Context) (map[string]score.Known, error) {
	return x.of(ctx).known, nil
}

func (x worlds) Counts(ctx context.Context) (map[string]map[string]score.ProofCount, error) {
	w, out := x.of(ctx), map[string]map[string]score.ProofCount{}
	for _, l := range w.links {
		if out[l.holder] == nil {
			out[l.holder] = map[string]score.ProofCount{}
		}
		c := out[l.holder][l.item]
		c.Total++
		switch w.files[l.proof].State {
		case "accepted":
			c.Accepted++
		case "submitted":
			c.Waiting++
		case "expired":
			c.Expired++
		default:
			c.Returned++
		}
		out[l.holder][l.item] = c
	}
	return out, nil
}

func (x worlds) Linked(ctx context.Context, holder string) (map[string][]score.Proof, error) {
	w, out := x.of(ctx), map[string][]score.Proof{}
	for _, l := range w.links {
		if l.holder == holder {
			out[l.item] = append(out[l.item], w.files[l.proof])
		}
	}
	return out, nil
}

func (x worlds) Suggest(ctx context.Context, _, agency, _ string, limit int) ([]score.Proof, error) {
	var out []score.Proof
	for _, p := range x.of(ctx).files {
		if p.Agency == agency {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b score.Proof) int { return strings.Compare(a.ID, b.ID) })
	return out[:min(limit, len(out))], nil
}

func (x worlds) Get(ctx context.Context, id string) (score.Proof, error) {
	p, ok := x.of(ctx).files[id]
	if !ok {
		return p, errs.E(errs.NotFound, "web.error.not_found", nil)
	}
	return p, nil
}

func (x worlds) Link(ctx context.Context, id, holder, item string) error {
	w := x.of(ctx)
	w.links = append(w.links, hung{holder, item, id})
	return nil
}

func (x worlds) Unlink(ctx context.Context, id, holder, item string) error {
	w := x.of(ctx)
	w.links = slices.DeleteFunc(w.links, func(l hung) bool { return l == hung{holder, item, id} })
	return nil
}

func (x worlds) Latest(ctx context.Context, kind string) (score.Round, bool, error) {
	w := x.of(ctx)
	if kind != "iid" || w.round == nil {
		return score.Round{}, false, nil
	}
	return *w.round, true, nil
}

func (x worlds) RoundOf(ctx context.Context, id string) (score.Round, bool, error) {
	r, ok := x.of(ctx).older[id]
	return r, ok, nil
}

func (x worlds) Values(ctx context.Context) (instrument.ValueOf, error) {
	w := x.of(ctx)
	return func(key string, year int) (*big.Rat, string, bool) {
		text, ok := w.values[key+"/"+strconv.Itoa(year)]
		v, err := instrument.Figure(text, true)
		if err != nil {
			v = nil
		}
		return v, text, ok
	}, nil
}

// packs are shipped instruments, read once.
type packs []*instrument.Pack

func someInstruments(t testing.TB) (out packs) {
	t.Helper()
	for _, id := range []string{"iid-2026", "iid-2027", "iid-2023", "spbe-2020"} {
		p, err := instrument.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func (x packs) Find(_ context.Context, id string) (*instrument.Pack, error) {
	for _, p := range x {
		if p.ID == id {
			return p, nil
		}
	}
	return nil, errs.E(errs.NotFound, "pack.error.not_found", nil)
}

func (x packs) List(context.Context) ([]*instrument.Pack, error) { return x, nil }

type people struct{}

func (people) Agencies(context.Context) ([]tenant.Agency, error) {
	return []tenant.Agency{{ID: "hub", Name: "Dinas Perhubungan", Short: "Dishub", Active: true}, {ID: "kes", Name: "Dinas Kesehatan", Active: true}}, nil
}

func (people) Agency(_ context.Context, id string) (tenant.Agency, error) {
	return tenant.Agency{ID: id, Name: id, Active: true}, nil
}

func (people) People(context.Context, string) ([]tenant.Person, error) { return nil, nil }

func (people) Person(_ context.Context, id string) (tenant.Person, error) {
	return tenant.Person{ID: id, Name: "Akun " + id}, nil
}

// room is the service with its world.
type room struct {
	*score.Service
	d     *db.DB
	x     worlds
	w     *world // of home
	now   time.Time
	audit *audit.Log
	texts *i18n.Catalogue
	host  int64
}

func open(t testing.TB, d *db.DB) *room {
	t.Helper()
	signer, err := audit.LoadSigner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := &room{d: d, w: newWorld(), now: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC), texts: i18n.New(), host: home}
	k.x = worlds{home: k.w, near: newWorld()}
	clock := func() time.Time { return k.now }
	k.audit = audit.New(d, clock, signer)
	k.Service = score.New(score.Deps{DB: d, Audit: k.audit, Now: clock, Zone: time.UTC, Dir: people{}, Innovations: k.x, Adoptions: k.x, Others: k.x, Evidence: k.x, Rounds: k.x, RoundOf: k.x.RoundOf,
		Packs: someInstruments(t), Figures: k.x, Text: k.texts.Msg, Host: func(context.Context) (int64, error) { return k.host, nil }})
	m := k.Module()
	for _, err := range []error{k.texts.Add(web.Files), k.texts.Add(m.Files)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	storetest.Migrate(t, d, "audit", audit.Files)
	storetest.Migrate(t, d, "score", m.Files)
	return k
}

// actor is somebody with one role and exactly the rights that the room gives it.
func actor(regency int64, user, role, agency string) tenant.Actor {
	g := tenant.Grant{Role: role, Actions: map[string]bool{}, All: agency == ""}
	for _, p := range (&score.Service{}).Module().Perms {
		if slices.Contains(p.Roles, role) {
			g.Actions[p.Action] = true
		}
	}
	if agency != "" {
		g.Agencies = []string{agency}
	}
	return tenant.Actor{Regency: regency, UserID: user, Name: "Akun " + user, Agency: agency, Lang: "id", Via: "session", Grants: []tenant.Grant{g}}
}

func in(a tenant.Actor) context.Context { return tenant.With(context.Background(), a) }

func operator(agency string) context.Context {
	return in(actor(home, "operator-"+agency, tenant.RoleOperator, agency))
}

func desk() context.Context     { return in(actor(home, "meja", tenant.RoleDesk, "")) }
func leader() context.Context   { return in(actor(home, "sekda", tenant.RoleLeader, "")) }
func system() context.Context   { return in(tenant.SystemOf(home, "cli")) }
func assessor() context.Context { return in(actor(home, "penilai", tenant.RoleAssessor, "")) }

// basics are the six basic affairs, then two others.
func basics() []string {
	return []string{"education", "health", "public-works", "housing", "order", "social", "transport", "labour"}
}

// counting adds an innovation that counts: sent and in use inside the window of 2026.
func (w *world) counting(id, affair string) {
	w.facts[id] = score.Fact{ID: id, Title: "Inovasi " + id, Agency: "hub", Affair: affair, Counting: true, LiveAt: day("2025-03-01"), Users: -1, Complaints: -1, Resolved: -1}
}

// change edits the fact of an innovation.
func (w *world) change(id string, edit func(*score.Fact)) {
	f := w.facts[id]
	edit(&f)
	w.facts[id] = f
}

// several adds n counting innovations, one affair after the other.
func (w *world) several(n int) {
	for i := range n {
		w.counting(fmt.Sprintf("i%03d", i), basics()[i%len(basics())])
	}
}

// file puts a proof into the library.
func (w *world) file(id, state string) {
	w.files[id] = score.Proof{ID: id, Title: "Bukti " + id, State: state, Agency: "hub", Date: day("2025-06-01")}
}

// prove hangs a proof in some state on an item.
func (w *world) prove(innovation, item, state string) {
	id := "bukti-" + innovation + "-" + item + "-" + state
	w.file(id, state)
	w.links = append(w.links, hung{score.Holder(innovation), item, id})
}

// open2026 opens a round of 2026.
func (w *world) open2026(marks map[string]string) {
	w.round = &score.Round{ID: "r26", Title: "IID 2026", Pack: "iid-2026", State: "open", Year: 2026, Marks: marks, Checked: map[string]bool{}}
}

// claim says a level the way the desk does; a figure is typed instead of points when there is one.
func (k *room) claim(t testing.TB, innovation, item string, points int8) {
	t.Helper()
	c := score.Claim{Innovation: innovation, Item: item, Points: points}
	if item == "33" {
		c.Basis = "a"
	}
	it := k.item(t, innovation, item)
	c.Rev = it.Claim.Rev
	if _, err := k.Say(desk(), c, ""); err != nil {
		t.Fatalf("claim %s %s %d: %v", innovation, item, points, err)
	}
}

func (k *room) board(t testing.TB) *score.Board {
	t.Helper()
	b, err := k.Board(desk())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (k *room) index(t testing.TB) *big.Rat {
	t.Helper()
	return k.board(t).Result.Index
}

func (k *room) item(t testing.TB, innovation, code string) score.Item {
	t.Helper()
	r, _ := k.board(t).Row(innovation)
	for _, it := range r.Items {
		if it.Question.Code == code {
			return it
		}
	}
	t.Fatalf("%s has no item %s", innovation, code)
	return score.Item{}
}

func (k *room) regency(t testing.TB, code string) score.Item {
	t.Helper()
	for _, it := range k.board(t).Regency {
		if it.Question.Code == code {
			return it
		}
	}
	t.Fatalf("no item %s", code)
	return score.Item{}
}

// moved tells the room that a round changed its state.
func (k *room) moved(t testing.TB, round, from, to string) {
	t.Helper()
	body := fmt.Appendf(nil, `{"round": %q, "from": %q, "to": %q}`, round, from, to)
	if err := k.Module().Hears["evaluation.round.state"](context.Background(), events.Event{Name: "evaluation.round.state", Regency: home, Payload: body}); err != nil {
		t.Fatal(err)
	}
}

// trail gives the audit trail of a regency as one text.
func (k *room) trail(t testing.TB, regency int64) string {
	t.Helper()
	rows, _, err := k.audit.List(context.Background(), regency, audit.Filter{}, 1000, 0)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintln(&b, r.Action, r.ActorID, r.Object, r.ObjectID, r.Why, r.Before, r.After)
	}
	return b.String()
}

// keyOf gives the text of a refusal, of one field when the form was wrong.
func keyOf(err error, field string) string {
	m, fields := errs.MsgOf(err)
	if field != "" {
		return fields[field].Key
	}
	return m.Key
}

func rat(text string) *big.Rat {
	r, _ := new(big.Rat).SetString(text)
	return r
}

func minus(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }

// lastYear is iid-2026 whose item 16 wants a document of two years before the round.
func lastYear(t testing.TB) packs {
	t.Helper()
	data, err := os.ReadFile("../instrument/packs/iid-2026.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := instrument.Parse([]byte(strings.Replace(string(data), "proof: regulation\n", "proof: regulation\n        year: -2\n", 1)))
	if err != nil {
		t.Fatal(err)
	}
	return packs{p}
}
