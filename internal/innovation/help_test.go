package innovation_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/proof/prooftest"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// office is the room with everything outside it in the hands of the test. Three agencies exist: bap (Bappeda, home of the
// desk), hub and kes; lama is no longer active.
type office struct {
	*innovation.Service
	db       *db.DB
	time     *hand
	calendar *weekdays
	post     *post
	library  *prooftest.Library
	hooks    *hooks
	adopted  *adopted
	outside  *directory
}

// officeOf builds the room in an empty store; the clock stands on Monday 2 March 2026, 9 o'clock.
func officeOf(t testing.TB, d *db.DB) *office {
	t.Helper()
	signer, err := audit.LoadSigner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o := &office{db: d, time: &hand{at: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, post: &post{once: map[string]bool{}}, library: &prooftest.Library{},
		hooks: &hooks{}, adopted: &adopted{}, outside: newDirectory()}
	o.calendar = &weekdays{time: o.time, off: map[string]bool{}}
	ids := &counter{}
	o.Service = innovation.New(innovation.Deps{DB: d, Audit: audit.New(d, o.time.now, signer), Now: o.time.now, NewID: ids.next, Zone: tenant.OneZone(time.UTC), Dir: o.outside, Bus: events.NewBus(),
		Calendar: o.calendar, Notices: o.post, Hooks: o.hooks, Evidence: o.library, Affairs: affairs, Adoptions: o.adopted})
	storetest.Migrate(t, d, "jobs", jobs.Files)
	storetest.Migrate(t, d, "audit", audit.Files)
	storetest.Migrate(t, d, "innovation", o.Module().Files)
	return o
}

// each runs a story in a room on every store.
func each(t *testing.T, story func(*testing.T, *office)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) { story(t, officeOf(t, d)) })
}

// hand is the clock of a test.
type hand struct {
	mu sync.Mutex
	at time.Time
}

func (h *hand) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hand) ms() int64 { return h.now().UnixMilli() }

// days moves the clock.
func (h *hand) days(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.AddDate(0, 0, n)
}

// minutes moves the clock a little, so that steps have an order.
func (h *hand) minutes(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(time.Duration(n) * time.Minute)
}

// day gives the start of a day in milliseconds, in the zone of the tests.
func day(text string) int64 {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at.UnixMilli()
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) next() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return "i" + strconv.Itoa(100000+c.n)
}

// weekdays is a calendar of five working days a week without the days named off.
type weekdays struct {
	time *hand
	off  map[string]bool // 2026-03-19
	fail error
}

func (w *weekdays) works(at time.Time) bool {
	return at.Weekday() != time.Saturday && at.Weekday() != time.Sunday && !w.off[at.Format(time.DateOnly)]
}

// Due gives the last millisecond of the n-th working day after from.
func (w *weekdays) Due(_ context.Context, from int64, n int) (int64, error) {
	at := midnight(time.UnixMilli(from))
	for n > 0 {
		if at = at.AddDate(0, 0, 1); w.works(at) {
			n--
		}
	}
	return at.AddDate(0, 0, 1).UnixMilli() - 1, w.fail
}

// Left counts working days from today to the day of due.
func (w *weekdays) Left(_ context.Context, due int64) (int, error) {
	from, to, n := midnight(w.time.now()), midnight(time.UnixMilli(due)), 0
	for ; from.Before(to); n++ {
		for from = from.AddDate(0, 0, 1); !w.works(from) && from.Before(to); from = from.AddDate(0, 0, 1) {
		}
	}
	for ; to.Before(from); n-- {
		for to = to.AddDate(0, 0, 1); !w.works(to) && to.Before(from); to = to.AddDate(0, 0, 1) {
		}
	}
	return n, w.fail
}

func midnight(at time.Time) time.Time { return at.UTC().Truncate(24 * time.Hour) }

// post keeps the notices that were left; what was said once under a key stays silent for a person, as the real one does.
type post struct {
	mu   sync.Mutex
	sent []letter
	once map[string]bool
}

// letter is one notice for one person.
type letter struct {
	To, Key, Path, Once string
	Args                map[string]any
}

func (p *post) Notify(_ context.Context, _ *db.Tx, n innovation.Notice) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, to := range n.To {
		if to == "" || n.Once != "" && p.once[to+" "+n.Once] {
			continue
		}
		p.once[to+" "+n.Once] = true
		p.sent = append(p.sent, letter{To: to, Key: n.Key, Path: n.Path, Once: n.Once, Args: n.Args})
	}
	return nil
}

// got lists the keys of what a person was told, in order.
func (p *post) got(to string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var keys []string
	for _, l := range p.sent {
		if l.To == to {
			keys = append(keys, l.Key)
		}
	}
	return keys
}

// hooks keeps what programs outside were told.
type hooks struct {
	mu   sync.Mutex
	sent []string // names of events
}

func (h *hooks) Publish(_ context.Context, _ *db.Tx, event, _ string, _ any) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sent = append(h.sent, event)
	return nil
}

// adopted is the room that keeps adoptions.
type adopted struct {
	byAgency     map[string]innovation.AdoptionCount
	byInnovation map[string]int
	adopters     map[string][]innovation.Adopter
}

func (a *adopted) ByAgency(context.Context) (map[string]innovation.AdoptionCount, error) {
	return a.byAgency, nil
}
func (a *adopted) ByInnovation(context.Context) (map[string]int, error) { return a.byInnovation, nil }

func (a *adopted) Adopters(_ context.Context, id string) ([]innovation.Adopter, error) {
	return a.adopters[id], nil
}

func affairs(string) []innovation.Affair {
	return []innovation.Affair{{Code: "1.02", Name: "Kesehatan", Basic: true}, {Code: "2.15", Name: "Perhubungan"}}
}

// directory knows who and what exists. The people are roles, named after their agency: "operator-hub".
type directory struct {
	agencies []tenant.Agency
	people   []tenant.Person
}

func newDirectory() *directory {
	w := &directory{agencies: []tenant.Agency{{ID: "bap", Code: "1", Name: "Badan Perencanaan", Short: "Bappeda", Active: true}, {ID: "hub", Code: "2", Name: "Dinas Perhubungan", Short: "Dishub", Active: true},
		{ID: "kes", Code: "3", Name: "Dinas Kesehatan", Short: "Dinkes", Active: true}, {ID: "lama", Code: "4", Name: "Kantor Lama"}}}
	for _, role := range []string{tenant.RoleDesk, tenant.RoleAdmin, tenant.RoleCoordinator, tenant.RoleLeader, tenant.RoleInspector} {
		w.people = append(w.people, tenant.Person{ID: role, Name: "Petugas " + role, Agency: "bap", Role: role})
	}
	w.people = append(w.people, tenant.Person{ID: "desk-2", Name: "Petugas desk dua", Agency: "bap", Role: tenant.RoleDesk})
	for _, agency := range []string{"hub", "kes"} {
		for _, role := range []string{tenant.RoleOperator, tenant.RoleHead, tenant.RoleStaff} {
			w.people = append(w.people, tenant.Person{ID: role + "-" + agency, Name: "Petugas " + role + " " + agency, Agency: agency, Role: role})
		}
	}
	w.people = append(w.people, tenant.Person{ID: "head-hub-2", Name: "Sekretaris hub", Agency: "hub", Role: tenant.RoleHead}, tenant.Person{ID: "staff-hub-2", Name: "Pelaksana hub", Agency: "hub", Role: tenant.RoleStaff})
	return w
}

func (w *directory) Agencies(context.Context) ([]tenant.Agency, error) {
	return slices.DeleteFunc(slices.Clone(w.agencies), func(a tenant.Agency) bool { return !a.Active }), nil
}

func (w *directory) Agency(_ context.Context, id string) (tenant.Agency, error) {
	for _, a := range w.agencies {
		if a.ID == id {
			return a, nil
		}
	}
	return tenant.Agency{}, errs.E(errs.NotFound, "web.error.not_found", nil)
}

func (w *directory) People(_ context.Context, role string) ([]tenant.Person, error) {
	return slices.DeleteFunc(slices.Clone(w.people), func(p tenant.Person) bool { return role != "" && p.Role != role }), nil
}

func (w *directory) Person(_ context.Context, id string) (tenant.Person, error) {
	for _, p := range w.people {
		if p.ID == id {
			return p, nil
		}
	}
	return tenant.Person{}, errs.E(errs.NotFound, "web.error.not_found", nil)
}

// as gives a context in which somebody of the directory acts, with the rights the room gives to the role. who is "desk",
// "head-hub", "staff-kes" ...; a role of an agency reaches that agency only.
func (o *office) as(who string) context.Context {
	p, err := o.outside.Person(context.Background(), who)
	if err != nil {
		panic("nobody is called " + who)
	}
	return o.acting(p)
}

func (o *office) acting(p tenant.Person) context.Context {
	g := tenant.Grant{Role: p.Role, Actions: map[string]bool{}, All: !tenant.OfAgency(p.Role), Agencies: []string{p.Agency}}
	for _, perm := range o.Module().Perms {
		g.Actions[perm.Action] = slices.Contains(perm.Roles, p.Role)
	}
	return tenant.With(context.Background(), tenant.Actor{Regency: 1, UserID: p.ID, Name: p.Name, Agency: p.Agency, Lang: "id", Via: "session", Grants: []tenant.Grant{g}})
}

// system is the program itself.
func system() context.Context {
	return tenant.With(context.Background(), tenant.SystemOf(1, "test"))
}

// idea is a whole idea; change what a case is about.
func idea() innovation.NewIdea {
	return innovation.NewIdea{Problem: "Antrean obat di puskesmas tiga jam", Sufferer: "Pasien lansia", Idea: "Resep dikirim ke apotek sebelum pasien datang. Obat disiapkan lebih awal.", Number: "180 -> 30 menit"}
}

// propose keeps an idea as somebody and gives it.
func (o *office) propose(t testing.TB, who string, change func(*innovation.NewIdea)) innovation.Innovation {
	t.Helper()
	n := idea()
	if change != nil {
		change(&n)
	}
	id, err := o.Propose(o.as(who), n)
	if err != nil {
		t.Fatal(err)
	}
	return o.now(t, id)
}

// now reads an innovation as it stands.
func (o *office) now(t testing.TB, id string) innovation.Innovation {
	t.Helper()
	i, err := o.Get(system(), id)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// accepted gives an idea that the desk accepted for trial: stage idea.
func (o *office) accepted(t testing.TB, who string, change func(*innovation.NewIdea)) innovation.Innovation {
	t.Helper()
	i := o.propose(t, who, change)
	must(t, o.Reply(o.as("desk"), i.ID, innovation.Reply{Answer: innovation.AnswerAccept, Rev: i.Rev}))
	return o.now(t, i.ID)
}

// trial gives an innovation of hub that passed the gate to trial today, decided by head-hub.
func (o *office) trial(t testing.TB) innovation.Innovation {
	t.Helper()
	i := o.accepted(t, "staff-hub", nil)
	must(t, o.AskGate(o.as("staff-hub"), i.ID, innovation.Ask{Day: midnight(o.time.now()).UnixMilli(), Proof: "Rencana uji coba sudah disepakati", Decider: "head-hub", Rev: i.Rev,
		Trial: &innovation.TrialPlan{Hypothesis: "Antrean menjadi 30 menit", Place: "Puskesmas Patrang", End: midnight(o.time.now()).AddDate(0, 0, 60).UnixMilli(), StopRule: "Berhenti bila antrean tidak turun"}}))
	o.pass(t, i.ID, "head-hub")
	return o.now(t, i.ID)
}

// live gives an innovation of hub that passed both gates.
func (o *office) live(t testing.TB) innovation.Innovation {
	t.Helper()
	i := o.trial(t)
	o.library.Put(proof.Card{ID: "sk-" + i.ID, Title: "SK penerapan", Kind: "decree", Agency: "hub", State: "accepted"})
	must(t, o.AskGate(o.as("staff-hub"), i.ID, innovation.Ask{Day: midnight(o.time.now()).UnixMilli(), Proof: "Hasil uji coba tercapai penuh", Evidence: "sk-" + i.ID, Decider: "head-hub", Rev: i.Rev,
		Rollout: &innovation.Rollout{Decree: "SK 12/2026", SOP: "SOP 3/2026", Owner: "Seksi Farmasi", Indicator: "Menit antrean"}}))
	o.pass(t, i.ID, "head-hub")
	return o.now(t, i.ID)
}

// pass decides the gate that waits.
func (o *office) pass(t testing.TB, id, decider string) {
	t.Helper()
	gates, err := o.Gates(system(), id)
	must(t, err)
	at := slices.IndexFunc(gates, func(g innovation.Gate) bool { return g.State == innovation.GateWaiting })
	if at < 0 {
		t.Fatal("no gate waits")
	}
	must(t, o.Pass(o.as(decider), gates[at].ID, ""))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wants checks the kind of an error and, when given, the fields it names.
func wants(t testing.TB, what string, err error, kind errs.Kind, fields ...string) {
	t.Helper()
	_, named := errs.MsgOf(err)
	var got []string
	for name := range named {
		got = append(got, name)
	}
	slices.Sort(got)
	slices.Sort(fields)
	if !errs.Is(err, kind) || !slices.Equal(got, fields) {
		t.Errorf("%s: %v, want kind %v with fields %v", what, err, kind, fields)
	}
}

// door is the room behind the edge of the house: routes, pages, texts.
type door struct {
	*office
	handler http.Handler
	who     tenant.Actor
}

func doorOf(t testing.TB, o *office) *door {
	t.Helper()
	views, err := web.NewViews()
	must(t, err)
	texts, m := i18n.New(), o.Module()
	must(t, texts.Add(web.Files))
	must(t, texts.Add(m.Files))
	must(t, views.Add(m.Name, m.Files))
	v := &door{office: o}
	s := &web.Server{Log: slog.New(slog.DiscardHandler), Texts: texts, Views: views, Now: o.time.now, Zone: tenant.OneZone(time.UTC), Sample: true, Version: "uji", NavItems: m.Nav,
		Asset: func(name string) string { return "/aset/" + name }, Who: func(*http.Request) (tenant.Actor, error) { return v.who, nil }}
	m.Routes(s.NewMux().For(m.Name))
	v.handler, err = s.Handler()
	must(t, err)
	return v
}

// reply is what came back from a request.
type reply struct {
	status int
	body   string
	header http.Header
}

// do sends a request as somebody; form may be nil.
func (v *door) do(ctx context.Context, method, path string, form url.Values, header ...string) reply {
	v.who = tenant.From(ctx)
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	body, _ := io.ReadAll(w.Result().Body)
	return reply{w.Code, string(body), w.Result().Header}
}

// page asks for a page that must come, and checks what holds for every page.
func (v *door) page(t testing.TB, ctx context.Context, path string) *goquery.Document {
	t.Helper()
	got := v.do(ctx, http.MethodGet, path, nil)
	if got.status != http.StatusOK {
		t.Fatalf("%s as %s: %d %.300s", path, tenant.From(ctx).UserID, got.status, got.body)
	}
	return v.check(t, path, got.body)
}

// check reads a page and says what is wrong with it in any case.
func (v *door) check(t testing.TB, path, body string) *goquery.Document {
	t.Helper()
	for _, wrong := range []string{"⟦", "<no value>", "%!", " style=", "<script>"} {
		if at := strings.Index(body, wrong); at >= 0 {
			t.Errorf("%s (%s) holds %q near %.80q", path, v.who.Lang, wrong, body[at:])
		}
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	must(t, err)
	if got, _ := doc.Find("html").Attr("lang"); got != v.who.Lang || doc.Find("h1").Length() != 1 {
		t.Errorf("%s: language %q, want %q; %d main headings", path, got, v.who.Lang, doc.Find("h1").Length())
	}
	if n := doc.Find(".roofed").Length(); n > 1 {
		t.Errorf("%s: %d roofed panels", path, n)
	}
	doc.Find("thead th:not([scope]), tbody th:not([scope])").Each(func(_ int, s *goquery.Selection) { t.Errorf("%s: heading %q without scope", path, s.Text()) })
	doc.Find("main input:not([type=hidden]), main select, main textarea").Each(func(_ int, s *goquery.Selection) {
		id, _ := s.Attr("id")
		if doc.Find("label[for='"+id+"']").Length() == 0 && s.Closest("label").Length() == 0 && s.AttrOr("aria-label", "") == "" {
			t.Errorf("%s: field %q has no label", path, s.AttrOr("name", ""))
		}
	})
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if seen[id] {
			t.Errorf("%s: id %q stands twice", path, id)
		}
		seen[id] = true
	})
	return doc
}

// in gives the same actor in another language.
func in(ctx context.Context, lang string) context.Context {
	a := tenant.From(ctx)
	a.Lang = lang
	return tenant.With(ctx, a)
}

// filesOf gives what hangs on an innovation.
func (o *office) filesOf(ctx context.Context, id string) ([]proof.Hanging, error) {
	return o.library.Held(ctx, proof.OfInnovation(id))
}
