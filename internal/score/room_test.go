package score_test

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Two regencies stand on the host of these tests.
const (
	home = int64(3509)
	near = int64(3507)
)

// hung is a proof on an item.
// world is everything around the room, of one regency.
// worlds answers every need of the room for the actor's regency.
// MayEdit: the desk, and those of the innovation's agency.
// packs are shipped instruments, read once.
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
	k.w.lib.Regency = home
	clock := func() time.Time { return k.now }
	k.audit = audit.New(d, clock, signer)
	k.Service = score.New(score.Deps{DB: d, Audit: k.audit, Now: clock, Zone: tenant.OneZone(time.UTC), Dir: people{}, Innovations: k.x, Adoptions: k.x, Others: k.x, Evidence: k.w.lib, Rounds: k.x, RoundOf: k.x.RoundOf,
		Packs: someInstruments(t), Figures: k.x, Text: k.texts.Msg, Host: func(context.Context) (int64, error) { return k.host, nil }})
	m := k.Module()
	k.w.lib.Holders = m.Holds
	for _, err := range []error{k.texts.Add(web.Files), k.texts.Add(m.Files)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	storetest.Migrate(t, d, "audit", audit.Files)
	storetest.Migrate(t, d, "score", m.Files)
	return k
}

// keepBoards lets the room keep what it computed, as it does in the house.
func (k *room) keepBoards() {
	d := k.Deps
	d.Inputs = []string{"score_item"}
	k.Service = score.New(d)
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
// counting adds an innovation that counts: sent and in use inside the window of 2026.
// change edits the fact of an innovation.
// several adds n counting innovations, one affair after the other.
// file puts a proof into the library.
// prove hangs a proof in some state on an item.
// open2026 opens a round of 2026.
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

// mayHang asks as the library does.
func (k *room) mayHang(ctx context.Context, item string, c proof.Card) error {
	_, err := k.Module().Holds[proof.Innovation].MayHang(ctx, proof.OfInnovation("x").At(item, ""), c, "")
	return err
}
