package reuse_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/proof/prooftest"
	"github.com/pendapa/pendapa/internal/reuse"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

const (
	home = int64(3509)
	near = int64(3507)
)

func noon() time.Time { return time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC) }

func day(year, month, date int) int64 {
	return time.Date(year, time.Month(month), date, 0, 0, 0, 0, time.UTC).UnixMilli()
}

// world is the house around the room; everything in it is of the home regency.
type world struct {
	rounds []reuse.Round
	items  map[string][]reuse.Item
	prooftest.Library
	innov  []reuse.Innovation
	refuse map[string]error // item -> why nothing is linked to it
}

func ours(ctx context.Context) bool { return tenant.From(ctx).Regency == home }

func (x *world) Rounds(ctx context.Context) ([]reuse.Round, error) {
	if !ours(ctx) {
		return nil, nil
	}
	return x.rounds, nil
}

// OpenItems counts the proofs of each item the way the house does.
func (x *world) OpenItems(ctx context.Context, holder proof.Thing) ([]reuse.Item, error) {
	if !ours(ctx) {
		return nil, errs.E(errs.NotFound, "evaluation.error.round", nil)
	}
	counts, err := x.Counts(ctx, holder)
	out := slices.Clone(x.items[holder.String()])
	for n := range out {
		out[n].Slots, out[n].Path = map[string]int{}, "/evaluasi/"+holder.String()+"/soal/"+out[n].Code
		for at, c := range counts {
			if at.Item == out[n].Code {
				out[n].Proofs += c.Total
				out[n].Slots[at.Slot] += c.Total
			}
		}
	}
	return out, err
}

func (x *world) List(context.Context) ([]*instrument.Pack, error) { return instrument.Shipped() }

func (x *world) Innovations(ctx context.Context) ([]reuse.Innovation, error) {
	if !ours(ctx) {
		return nil, nil
	}
	return x.innov, nil
}

func (x *world) proof(id, title, kind, agency string, date int64) {
	x.Put(proof.Card{ID: id, Title: title, Kind: kind, Agency: agency, State: proof.Accepted, Confidentiality: "internal", Date: date})
}

// placeOf reads a place as the room's tables name it.
func placeOf(holder, item string) proof.Place {
	return proof.Place{Thing: proof.ParseThing(holder), Spot: proof.ParseSpot(item)}
}

func (x *world) link(evidence, holder string, items ...string) {
	for _, item := range items {
		x.Force(placeOf(holder, item), evidence, day(2026, 3, 1))
	}
}

// people knows three agencies.
type people struct{}

func (people) Agencies(context.Context) ([]tenant.Agency, error) {
	return []tenant.Agency{{ID: "bap", Name: "Bappeda", Active: true}, {ID: "kom", Name: "Dinas Kominfo", Active: true}, {ID: "hub", Name: "Dinas Perhubungan", Active: true}}, nil
}

func (people) Agency(_ context.Context, id string) (tenant.Agency, error) {
	return tenant.Agency{ID: id}, nil
}
func (people) People(context.Context, string) ([]tenant.Person, error) { return nil, nil }
func (people) Person(_ context.Context, id string) (tenant.Person, error) {
	return tenant.Person{ID: id}, nil
}

// furnished is a house in which the smart-city evaluation of 2026 has proofs, and Pemdi, SPBE and the index wait for some.
func furnished() *world {
	x := &world{items: map[string][]reuse.Item{}, refuse: map[string]error{}}
	x.rounds = []reuse.Round{
		{ID: "pemdi26", Title: "Pemdi 2026", Year: 2026, Pack: "pemdi-2026", State: "open"},
		{ID: "kc26", Title: "Evaluasi kota cerdas 2026", Year: 2026, Pack: "smartcity-2023-kppn", State: "open"},
		{ID: "iid26", Title: "Indeks inovasi 2026", Year: 2026, Pack: "iid-2026", State: "open"},
		{ID: "kc25", Title: "Evaluasi kota cerdas 2025", Year: 2025, Pack: "smartcity-2022-cohort2017-2019", State: "done"},
		{ID: "spbe25", Title: "SPBE 2025", Year: 2025, Pack: "spbe-2020", State: "locked"},
		{ID: "hilang", Title: "Putaran tanpa instrumen", Year: 2020, Pack: "tidak-ada", State: "done"},
	}
	x.innov = []reuse.Innovation{{ID: "lubang", Title: "Lapor <Lubang>", Agency: "hub", Year: 2026, Pack: "iid-2026"}, {ID: "antre", Title: "Antre dari Rumah", Agency: "kom", Year: 2026, Pack: "iid-2026"}}
	x.items["pemdi26"] = []reuse.Item{{Code: "I1", Lead: "kom"}, {Code: "I3", Lead: "kom"}, {Code: "I4", Lead: "bap", Support: []string{"kom"}}, {Code: "I13", Lead: "kom"}, {Code: "I19", Lead: "hub"}, {Code: "I9", Lead: "kom", Ready: true}}
	x.items["kc26"] = []reuse.Item{{Code: "A2", Lead: "bap"}, {Code: "B1", Lead: "bap"}, {Code: "B2", Lead: "bap"}, {Code: "C12", Lead: "bap"}, {Code: "C30"}}
	x.items["iid26"] = []reuse.Item{{Code: "10a", Lead: "bap"}, {Code: "10b", Lead: "bap"}}
	x.items["spbe25"] = []reuse.Item{{Code: "42", Lead: "kom"}, {Code: "15", Lead: "kom"}}
	for _, of := range []struct{ id, agency string }{{"lubang", "hub"}, {"antre", "kom"}} {
		for _, code := range []string{"17", "21", "23", "24", "29"} {
			x.items["inovasi:"+of.id] = append(x.items["inovasi:"+of.id], reuse.Item{Code: code, Lead: of.agency})
		}
	}
	x.proof("perbup", "Perbup Masterplan Kota Cerdas", "regulation", "bap", day(2019, 3, 3))
	x.proof("notula", "Notulen Dewan 12 Agustus", "minutes", "bap", day(2026, 8, 12))
	x.proof("notula25", "Notulen Dewan tahun lalu", "minutes", "bap", day(2025, 8, 1))
	x.proof("miskin25", "Angka kemiskinan BPS 2025", "report", "bap", day(2025, 7, 1))
	x.proof("miskin24", "Angka kemiskinan BPS 2024", "report", "bap", day(2024, 7, 1))
	x.proof("aduan", "Rekap aduan selesai", "report", "hub", day(2026, 6, 30))
	x.proof("sktim", "SK tim inovasi", "decree", "hub", day(2026, 1, 9))
	x.proof("rkpd", "RKPD 2026", "plan", "bap", day(2025, 6, 1))
	x.proof("aplikasi", "Matriks aplikasi semua OPD", "report", "kom", day(2026, 5, 2))
	x.link("perbup", "kc26", "A1")
	x.link("notula25", "kc25", "A2")
	x.link("miskin25", "kc26", "C13") // an index of something else
	x.link("miskin24", "kc25", "C10")
	x.link("miskin25", "kc25", "C10")
	x.link("aduan", "inovasi:lubang", "29")
	x.link("sktim", "inovasi:lubang", "23")
	x.link("rkpd", "inovasi:antre", "21")
	x.link("aplikasi", "spbe25", "15")
	return x
}

// room is the service with its house.
type room struct {
	*reuse.Service
	x     *world
	audit *audit.Log
}

func open(t testing.TB, d *db.DB, x *world) *room {
	t.Helper()
	signer, err := audit.LoadSigner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := &room{x: x, audit: audit.New(d, noon, signer)}
	n := 0
	k.Service, err = reuse.New(reuse.Deps{DB: d, Audit: k.audit, Now: noon, NewID: func() string { n++; return fmt.Sprint("b", n) }, Dir: people{}, Rounds: x, Packs: x, Evidence: x.library(), Innovations: x})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Migrate(t, d, "audit", audit.Files)
	storetest.Migrate(t, d, "reuse", k.Module().Files)
	return k
}

// actor is somebody with one role and exactly the rights that the room gives it.
func actor(regency int64, user, role, agency string) context.Context {
	g := tenant.Grant{Role: role, Actions: map[string]bool{}, All: agency == ""}
	for _, p := range (&reuse.Service{}).Module().Perms {
		if slices.Contains(p.Roles, role) {
			g.Actions[p.Action] = true
		}
	}
	if agency != "" {
		g.Agencies = []string{agency}
	}
	return tenant.With(context.Background(), tenant.Actor{Regency: regency, UserID: user, Name: "Akun " + user, Agency: agency, Lang: "id", Via: "session", Grants: []tenant.Grant{g}})
}

func coordinator() context.Context { return actor(home, "koordinator", tenant.RoleCoordinator, "") }
func leader() context.Context      { return actor(home, "sekda", tenant.RoleLeader, "") }
func assessor() context.Context    { return actor(home, "penilai", tenant.RoleAssessor, "") }
func stranger() context.Context    { return actor(near, "koordinator-lain", tenant.RoleCoordinator, "") }
func operator(agency string) context.Context {
	return actor(home, "operator-"+agency, tenant.RoleOperator, agency)
}

// suggested writes a sheet in short: "B1:perbup strong".
func suggested(x reuse.Sheet) []string {
	var out []string
	for _, o := range x.Open {
		for _, s := range o.Suggestions {
			text := o.Code + ":" + s.Proof.ID + " " + s.Strength
			if s.Slot != "" {
				text += " " + s.Slot
			}
			out = append(out, text)
		}
	}
	return out
}

func (k *room) suggest(t testing.TB, ctx context.Context, holder string) reuse.Sheet {
	t.Helper()
	x, err := k.Suggest(ctx, holder)
	if err != nil {
		t.Fatalf("%s: %v", holder, err)
	}
	return x
}

// trail gives the audit trail as one text.
func (k *room) trail(t testing.TB) string {
	t.Helper()
	rows, _, err := k.audit.List(context.Background(), home, audit.Filter{}, 1000, 0)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintln(&b, r.Action, r.ActorID, r.ObjectID, r.Why)
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

// library is that of the home regency. It hides restricted proofs from everybody but the evaluation team.
func (x *world) library() *prooftest.Library {
	x.Regency = home
	x.Hides = func(ctx context.Context, c proof.Card) bool {
		return c.Confidentiality == "restricted" && !tenant.From(ctx).Can(reuse.Manage, "")
	}
	x.Refuse = func(p proof.Place) error { return x.refuse[p.Item] }
	return &x.Library
}
