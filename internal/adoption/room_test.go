package adoption_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/adoption"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Three regencies stand on the host of these tests.
const (
	home  = int64(3509)
	near  = int64(3507) // a lower number than home: the other order of writing
	third = int64(3510)
)

const oneDay = 24 * time.Hour

type watch struct{ at time.Time }

func (w *watch) now() time.Time       { return w.at }
func (w *watch) ms() int64            { return w.at.UnixMilli() }
func (w *watch) pass(d time.Duration) { w.at = w.at.Add(d) }
func (w *watch) ago(days int) int64   { return w.at.Add(-time.Duration(days) * oneDay).UnixMilli() }

// world is everything around the room.
type world struct {
	originals  []adoption.Original
	replicated []string
	proofs     []string
	notices    []adoption.Notice
	hooks      []string
	told       []string // what the listeners heard
	broken     error    // the library of proofs fails with it
}

func names() map[int64]string {
	return map[int64]string{home: "Kabupaten Jember", near: "Kabupaten Malang", third: "Kabupaten Banyuwangi"}
}

func (x *world) Regencies(context.Context) ([]adoption.Regency, error) {
	var out []adoption.Regency
	for _, id := range []int64{near, home, third} {
		out = append(out, adoption.Regency{ID: id, Code: fmt.Sprint(id), Name: names()[id]})
	}
	return out, nil
}

func (x *world) at(regency int64, id string) *adoption.Original {
	for n := range x.originals {
		if x.originals[n].Regency == regency && x.originals[n].ID == id {
			return &x.originals[n]
		}
	}
	return nil
}

func (x *world) Original(_ context.Context, regency int64, id string) (adoption.Original, error) {
	if o := x.at(regency, id); o != nil {
		return *o, nil
	}
	return adoption.Original{}, errs.E(errs.NotFound, "innovation.error.not_found", nil)
}

func (x *world) Published(_ context.Context, regency int64, query string, limit, offset int) ([]adoption.Original, int, error) {
	var fit []adoption.Original
	for _, o := range x.originals {
		if o.Regency == regency && o.Published && strings.Contains(strings.ToLower(o.Title), strings.ToLower(query)) {
			fit = append(fit, o)
		}
	}
	return slices.Clone(fit[min(offset, len(fit)):min(offset+limit, len(fit))]), len(fit), nil
}

func (x *world) Replicated(ctx context.Context, _ *db.Tx, regency int64, id, note string) error {
	if a := tenant.From(ctx); a.Regency != regency || a.UserID != "" {
		return fmt.Errorf("%s of regency %d tells regency %d", a.UserID, a.Regency, regency)
	}
	x.replicated = append(x.replicated, fmt.Sprint(regency, " ", id, " ", note))
	return nil
}

func (x *world) FromAdoption(_ context.Context, _ *db.Tx, regency int64, innovation, id, title string) error {
	x.proofs = append(x.proofs, fmt.Sprint(regency, " ", innovation, " ", id, " ", title))
	return x.broken
}

func (x *world) Notify(_ context.Context, _ *db.Tx, n adoption.Notice) error {
	x.notices = append(x.notices, n)
	return nil
}

func (x *world) Publish(ctx context.Context, _ *db.Tx, event, id string, _ any) error {
	x.hooks = append(x.hooks, fmt.Sprint(tenant.From(ctx).Regency, " ", event, " ", id))
	return nil
}

// offices are the agencies of each regency: id -> name.
func offices(regency int64) map[string]string {
	return map[int64]map[string]string{
		home:  {"hub": "Dinas Perhubungan", "kes": "Dinas Kesehatan", "dlh": "Dinas Lingkungan Hidup", "lama": "Dinas Lama"},
		near:  {"hub7": "Dinas Perhubungan Malang", "kes7": "Dinas Kesehatan Malang"},
		third: {"hub10": "Dinas Perhubungan Banyuwangi", "kom10": "Dinas Kominfo Banyuwangi"},
	}[regency]
}

type people struct{}

func (people) Agencies(ctx context.Context) ([]tenant.Agency, error) {
	var out []tenant.Agency
	for id, name := range offices(tenant.From(ctx).Regency) {
		if id != "lama" {
			out = append(out, tenant.Agency{ID: id, Name: name, Active: true})
		}
	}
	slices.SortFunc(out, func(a, b tenant.Agency) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

func (people) Agency(ctx context.Context, id string) (tenant.Agency, error) {
	name, ok := offices(tenant.From(ctx).Regency)[id]
	if !ok {
		return tenant.Agency{}, errs.E(errs.NotFound, "agency.error.not_found", nil)
	}
	return tenant.Agency{ID: id, Name: name, Active: id != "lama"}, nil
}

// People knows two heads of every agency: "kepala-hub" and "sekretaris-hub".
func (people) People(ctx context.Context, role string) ([]tenant.Person, error) {
	var out []tenant.Person
	for id := range offices(tenant.From(ctx).Regency) {
		if role == tenant.RoleHead {
			out = append(out, tenant.Person{ID: "kepala-" + id, Agency: id}, tenant.Person{ID: "sekretaris-" + id, Agency: id})
		}
	}
	return out, nil
}

func (people) Person(_ context.Context, id string) (tenant.Person, error) {
	return tenant.Person{ID: id, Name: "Akun " + id}, nil
}

// room is the service with its world, clock and job runner.
type room struct {
	*adoption.Service
	d     *db.DB
	x     *world
	clock *watch
	audit *audit.Log
	jobs  *jobs.Runner
}

// open gives a room in which the transport agency of home published "lubang" and keeps "antre" to itself; "coba" is on trial.
func open(t testing.TB, d *db.DB) *room {
	t.Helper()
	signer, err := audit.LoadSigner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := &room{d: d, clock: &watch{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}}
	live := k.clock.ago(200)
	k.x = &world{originals: []adoption.Original{
		{ID: "lubang", Title: "Lapor Lubang Satu Foto", Regency: home, Agency: "hub", National: "penerapan", Published: true, MemberAgencies: []string{"hub", "dlh"}, LiveAt: live, Users: 1250, Affair: "2.15",
			Problem: "Lubang jalan lama diperbaiki", Idea: "Warga memotret <lubang>", Results: "Perbaikan dari 30 menjadi 4 hari", Needs: "Satu operator", Cost: "Rp 12 juta", Contact: "Sekretariat Dishub"},
		{ID: "antre", Title: "Antre dari Rumah", Regency: home, Agency: "kes", National: "penerapan", LiveAt: live, Users: -1},
		{ID: "coba", Title: "Coba-coba", Regency: home, Agency: "hub", National: "uji-coba", Published: true, Users: -1, Affair: "1.02"},
		{ID: "kopi", Title: "Kopi Lacak", Regency: near, Agency: "kes7", National: "penerapan", Published: true, LiveAt: live, Users: 90, Affair: "1.02"},
	}}
	for n := range k.x.originals {
		o := &k.x.originals[n]
		o.RegencyName, o.AgencyName = names()[o.Regency], offices(o.Regency)[o.Agency]
	}
	k.audit = audit.New(d, k.clock.now, signer)
	bus := events.NewBus()
	k.jobs = jobs.NewRunner(d, slog.New(slog.DiscardHandler), k.clock.now)
	bus.Listen(k.jobs, "uji", "adoption.signed", func(_ context.Context, e events.Event) error {
		var p struct {
			Innovation, Adoption string
			OriginRegency        int64 `json:"origin_regency"`
		}
		err := e.Decode(&p)
		k.x.told = append(k.x.told, fmt.Sprint(e.Regency, " ", p.Innovation, " ", p.OriginRegency, " ", p.Adoption))
		return err
	})
	n := 0
	k.Service = adoption.New(adoption.Deps{DB: d, Audit: k.audit, Now: k.clock.now, NewID: func() string { n++; return fmt.Sprint("a", n) }, Dir: people{}, Bus: bus,
		Innovations: k.x, Evidence: k.x, Regencies: k.x.Regencies, Notices: k.x, Hooks: k.x,
		Affairs: func(string) []adoption.Affair {
			return []adoption.Affair{{Code: "1.02", Name: "Kesehatan"}, {Code: "2.15", Name: "Perhubungan"}}
		}})
	storetest.Migrate(t, d, "jobs", jobs.Files)
	storetest.Migrate(t, d, "audit", audit.Files)
	storetest.Migrate(t, d, "adoption", k.Module().Files)
	return k
}

// actor is somebody with one role and exactly the rights that the room gives it.
func actor(regency int64, user, role, agency string) tenant.Actor {
	g := tenant.Grant{Role: role, Actions: map[string]bool{}, All: agency == ""}
	for _, p := range (&adoption.Service{}).Module().Perms {
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

func operator(regency int64, agency string) context.Context {
	return in(actor(regency, "operator-"+agency, tenant.RoleOperator, agency))
}

func head(regency int64, agency string) context.Context {
	return in(actor(regency, "kepala-"+agency, tenant.RoleHead, agency))
}

func desk(regency int64) context.Context {
	return in(actor(regency, fmt.Sprint("meja-", regency), tenant.RoleDesk, ""))
}

func leader(regency int64) context.Context {
	return in(actor(regency, fmt.Sprint("sekda-", regency), tenant.RoleLeader, ""))
}

const (
	changes = "Alur laporan dipersingkat menjadi dua langkah"
	result  = "Waktu tanggap turun dari 30 menjadi 4 hari"
)

// begun starts an adoption that has been running for so many days.
func (k *room) begun(t testing.TB, regency int64, agency string, origin int64, id string, days int) string {
	t.Helper()
	got, err := k.Start(operator(regency, agency), adoption.Begin{Regency: origin, Innovation: id, Agency: agency, StartedAt: k.clock.ago(days)})
	if err != nil {
		t.Fatalf("start of %s by %s: %v", id, agency, err)
	}
	return got
}

// written puts a whole note into an adoption.
func (k *room) written(t testing.TB, regency int64, agency, id string) {
	t.Helper()
	if err := k.SaveNote(operator(regency, agency), id, adoption.Note{Changes: changes, Result: result, Users: "1.250", Rev: k.rev(t, regency, id)}); err != nil {
		t.Fatalf("note of %s: %v", id, err)
	}
}

// signed takes an adoption the whole way and gives its id.
func (k *room) signed(t testing.TB, regency int64, agency string, origin int64, innovation string) string {
	t.Helper()
	id := k.begun(t, regency, agency, origin, innovation, 20)
	k.written(t, regency, agency, id)
	if err := k.SignOff(head(regency, agency), id, k.rev(t, regency, id)); err != nil {
		t.Fatalf("signature of %s by %s: %v", innovation, agency, err)
	}
	return id
}

func (k *room) get(t testing.TB, regency int64, id string) adoption.Adoption {
	t.Helper()
	a, err := k.Get(desk(regency), id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (k *room) rev(t testing.TB, regency int64, id string) int64 {
	t.Helper()
	return k.get(t, regency, id).Rev
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
		fmt.Fprintln(&b, r.Action, r.ActorID, r.ActorName, r.Object, r.ObjectID, r.Why, r.Before, r.After)
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

var errBroken = errors.New("the library is closed")
