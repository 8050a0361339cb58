package webhook_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
	"github.com/pendapa/pendapa/internal/webhook"
)

// clock is a time that stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) pass(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

// got is a request as a receiver saw it.
type got struct {
	path   string
	header http.Header
	body   string
	at     time.Time
}

// receiver is a program that wants to know: a server on this machine that answers as it is told.
type receiver struct {
	*httptest.Server
	clock  *clock
	mu     sync.Mutex
	seen   []got
	answer http.HandlerFunc
}

func (v *receiver) take(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	v.mu.Lock()
	v.seen = append(v.seen, got{r.URL.Path, r.Header, string(body), v.clock.now()})
	answer := v.answer
	v.mu.Unlock()
	if answer != nil {
		answer(w, r)
	}
}

func (v *receiver) all() []got { v.mu.Lock(); defer v.mu.Unlock(); return append([]got{}, v.seen...) }

func (v *receiver) say(h http.HandlerFunc) { v.mu.Lock(); defer v.mu.Unlock(); v.answer = h }

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// room is the service with its job runner, a clock and one receiver over TLS.
type room struct {
	*webhook.Service
	d        *db.DB
	clock    *clock
	runner   *jobs.Runner
	audit    *audit.Log
	receiver *receiver
	ids      int
}

func events() []string {
	return []string{"innovation.idea", "innovation.answered", "innovation.stage", "innovation.status", "innovation.adopted"}
}

func open(t testing.TB, d *db.DB, more ...func(d *webhook.Deps, port int)) *room {
	t.Helper()
	signer, err := audit.LoadSigner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	storetest.Migrate(t, d, "audit", audit.Files)
	storetest.Migrate(t, d, "jobs", jobs.Files)
	storetest.Migrate(t, d, "webhook", (&webhook.Service{}).Module().Files)
	c := &clock{at: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	v := &receiver{clock: c}
	v.Server = httptest.NewTLSServer(http.HandlerFunc(v.take))
	v.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(v.Close)
	roots := x509.NewCertPool()
	roots.AddCert(v.Certificate())
	k := &room{d: d, clock: c, audit: audit.New(d, c.now, signer), receiver: v}
	var mu sync.Mutex
	newID := func() string { mu.Lock(); defer mu.Unlock(); k.ids++; return fmt.Sprintf("id%04d", k.ids) }
	deps := webhook.Deps{DB: d, Audit: k.audit, Now: c.now, NewID: newID, Box: keys.Memory(), Events: events, AllowLoopback: true, Roots: roots, Timeout: 5 * time.Second}
	for _, change := range more {
		change(&deps, portOf(t, v.URL))
	}
	k.Service = webhook.New(deps)
	k.runner = jobs.NewRunner(d, slog.New(slog.DiscardHandler), c.now)
	for kind, f := range k.Module().Jobs {
		k.runner.Add(kind, f)
	}
	return k
}

func person(regency int64, user string, actions ...string) context.Context {
	may := map[string]bool{}
	for _, a := range actions {
		may[a] = true
	}
	return tenant.With(context.Background(), tenant.Actor{Regency: regency, UserID: user, Name: "Admin", Via: "session",
		Grants: []tenant.Grant{{Role: tenant.RoleAdmin, Actions: may, All: true}}})
}

func admin() context.Context { return person(3509, "adm", webhook.Manage) }

// hook makes a hook on the receiver and gives its id and secret.
func (k *room) hook(t testing.TB, name string, wants ...string) (id, secret string) {
	t.Helper()
	if len(wants) == 0 {
		wants = []string{webhook.All}
	}
	id, secret, err := k.Create(admin(), webhook.Hook{Name: name, URL: k.receiver.URL + "/" + name, Events: wants})
	if err != nil {
		t.Fatal(err)
	}
	return id, secret
}

// tell publishes something in a transaction of its own.
func (k *room) tell(t testing.TB, event, eventID string, payload any) {
	t.Helper()
	ctx := admin()
	if err := k.d.Tx(ctx, func(tx *db.Tx) error { return k.Publish(ctx, tx, event, eventID, payload) }); err != nil {
		t.Fatal(err)
	}
}

// work runs what is due.
func (k *room) work(t testing.TB) {
	t.Helper()
	if err := k.runner.RunDue(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// log gives the deliveries of a hook, newest first.
func (k *room) log(t testing.TB, hook string) []webhook.Delivery {
	t.Helper()
	all, _, err := k.Log(admin(), hook, 1000, 0)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// one gives the only delivery of a hook.
func (k *room) one(t testing.TB, hook string) webhook.Delivery {
	t.Helper()
	all := k.log(t, hook)
	if len(all) != 1 {
		t.Fatalf("%d deliveries, want 1", len(all))
	}
	return all[0]
}

func (k *room) get(t testing.TB, hook string) webhook.Hook {
	t.Helper()
	h, err := k.Get(admin(), hook)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// trail gives the audit trail as one text.
func (k *room) trail(t testing.TB) string {
	t.Helper()
	rows, _, err := k.audit.List(context.Background(), 3509, audit.Filter{}, 1000, 0)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(r.Action + " " + r.ObjectID + " " + r.Why + " " + r.Before + " " + r.After + " " + strconv.FormatInt(r.At, 10) + "\n")
	}
	return b.String()
}

func (k *room) waitingJobs(t testing.TB) int {
	t.Helper()
	waiting, dead, err := jobs.Waiting(context.Background(), k.d)
	if err != nil || dead != 0 {
		t.Fatalf("%d dead jobs, %v", dead, err)
	}
	return waiting
}

func itoa(n int) string { return strconv.Itoa(n) }

func portOf(t testing.TB, raw string) int {
	t.Helper()
	n, err := strconv.Atoi(raw[strings.LastIndex(raw, ":")+1:])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
