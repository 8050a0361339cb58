package webhook_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
	"github.com/pendapa/pendapa/internal/webhook"
)

func TestAnEventIsQueuedOncePerHook(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		all, _ := k.hook(t, "semua")
		stage, _ := k.hook(t, "tahap", "innovation.stage", "innovation.idea")
		other, _ := k.hook(t, "lain", "innovation.adopted")
		off, _ := k.hook(t, "mati")
		if err := k.SetActive(admin(), off, 1, false); err != nil {
			t.Fatal(err)
		}
		elsewhere := person(3507, "x", webhook.Manage)
		foreign, _, err := k.Create(elsewhere, webhook.Hook{Name: "tetangga", URL: k.receiver.URL, Events: []string{webhook.All}})
		if err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		for n := range 20 { // the same two events, told again and again at the same time
			wait.Go(func() { k.tell(t, "innovation.stage", "e"+strconv.Itoa(n%2), n) })
		}
		wait.Wait()
		if jobsNow := k.waitingJobs(t); jobsNow != 4 {
			t.Errorf("%d jobs, want 4", jobsNow)
		}
		k.work(t)
		for hook, want := range map[string]int{all: 2, stage: 2, other: 0, off: 0} {
			if got := len(k.log(t, hook)); got != want {
				t.Errorf("hook %s: %d deliveries, want %d", k.get(t, hook).Name, got, want)
			}
		}
		if _, n, err := k.Log(elsewhere, foreign, 10, 0); n != 0 || err != nil {
			t.Errorf("another regency: %d deliveries, %v", n, err)
		}
		if n := len(k.receiver.all()); n != 4 {
			t.Errorf("%d requests, want 4", n)
		}
	})
}

func TestAnUndoneChangeTellsNobody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id, _ := k.hook(t, "papan")
		ctx, undone := admin(), errors.New("undone")
		err := k.d.Tx(ctx, func(tx *db.Tx) error { return errors.Join(k.Publish(ctx, tx, "innovation.stage", "e1", nil), undone) })
		if !errors.Is(err, undone) || len(k.log(t, id)) != 0 || k.waitingJobs(t) != 0 {
			t.Errorf("%v, %d deliveries, %d jobs", err, len(k.log(t, id)), k.waitingJobs(t))
		}
		for event, eventID := range map[string]string{"innovation.unknown": "e1", webhook.Ping: "e1", "innovation.stage": ""} {
			if err := k.d.Tx(ctx, func(tx *db.Tx) error { return k.Publish(ctx, tx, event, eventID, nil) }); err == nil {
				t.Errorf("%q with id %q was published", event, eventID)
			}
		}
	})
}

// schedule moves the clock from one planned time to the next and gives the pauses between the attempts.
func (k *room) schedule(t *testing.T, hook string) (pauses []time.Duration) {
	t.Helper()
	for {
		k.work(t)
		d := k.log(t, hook)[0]
		if d.State != webhook.Failed {
			return pauses
		}
		now := k.clock.now()
		pause := time.UnixMilli(d.NextAt).Sub(now)
		seen := len(k.receiver.all())
		k.clock.pass(pause - time.Millisecond)
		if k.work(t); len(k.receiver.all()) != seen {
			t.Fatalf("tried before %v had passed", pause)
		}
		k.clock.pass(time.Millisecond)
		pauses = append(pauses, pause)
	}
}

func TestAFailedDeliveryIsTriedLaterAndLater(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id, secret := k.hook(t, "papan")
		k.receiver.say(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "sedang <rusak>\x00\n"+strings.Repeat("x", 1000), 503)
		})
		k.tell(t, "innovation.stage", "e1", map[string]int{"n": 1})
		want := []time.Duration{5 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour}
		if got := k.schedule(t, id); !slices.Equal(got, want) {
			t.Errorf("pauses %v, want %v", got, want)
		}
		last := k.one(t, id)
		if last.State != webhook.Dead || last.Attempts != 9 || last.LastStatus != 503 || last.LastError != "status" || last.NextAt != 0 {
			t.Errorf("after the last attempt: %+v", last)
		}
		if !strings.HasPrefix(last.LastAnswer, "sedang <rusak> xxx") || len(last.LastAnswer) > 310 {
			t.Errorf("kept answer: %q", last.LastAnswer)
		}
		all := k.receiver.all()
		for n, r := range all {
			if r.body != all[0].body || r.header.Get("webhook-id") != all[0].header.Get("webhook-id") || !holds(secret, r.header, r.body) {
				t.Errorf("attempt %d is not the same delivery: %v %s", n+1, r.header, r.body)
			}
			if at := strconv.FormatInt(r.at.Unix(), 10); r.header.Get("webhook-timestamp") != at {
				t.Errorf("attempt %d carries the time %s, want %s", n+1, r.header.Get("webhook-timestamp"), at)
			}
		}
		if k.clock.pass(100 * time.Hour); k.waitingJobs(t) != 0 || len(all) != 9 {
			t.Errorf("%d jobs wait, %d attempts", k.waitingJobs(t), len(all))
		}
	})
}

func TestADeliveryArrivesWhenTheReceiverIsBack(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	id, _ := k.hook(t, "papan")
	k.receiver.say(status(500))
	k.tell(t, "innovation.stage", "e1", nil)
	k.work(t)
	k.receiver.say(status(204))
	k.clock.pass(5 * time.Second)
	k.work(t)
	d := k.one(t, id)
	if d.State != webhook.Sent || d.Attempts != 2 || d.LastStatus != 204 || d.LastError != "" || d.SentAt != k.clock.now().UnixMilli() || k.waitingJobs(t) != 0 {
		t.Errorf("%+v, %d jobs", d, k.waitingJobs(t))
	}
	if h := k.get(t, id); h.LastOK != d.SentAt {
		t.Errorf("last success %d, want %d", h.LastOK, d.SentAt)
	}
}

// TestARepeatedJobSendsNothing runs the same job again, as happens when the server is killed before it forgets a job.
func TestARepeatedJobSendsNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id, _ := k.hook(t, "papan")
		k.tell(t, "innovation.stage", "e1", nil)
		k.work(t)
		deliver, sent := k.Module().Jobs["webhook.deliver"], k.one(t, id)
		for _, args := range []string{`{"id":"` + sent.ID + `","turn":1}`, `{"id":"` + sent.ID + `","turn":3}`, `{"id":"tidak-ada","turn":1}`} {
			if err := deliver(tenant.With(context.Background(), tenant.SystemOf(3509, "job")), jobs.Job{Regency: 3509, Args: []byte(args)}); err != nil {
				t.Errorf("%s: %v", args, err)
			}
		}
		if n := len(k.receiver.all()); n != 1 {
			t.Errorf("%d requests, want 1", n)
		}
	})
}

// TestTwoJobsOfOneTurnCountOnce lets two workers hold the same turn, as happens when a lease runs out: both are answered at the
// same moment, and only one of them notes it and plans the next attempt.
func TestTwoJobsOfOneTurnCountOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id, _ := k.hook(t, "papan")
		var both, done sync.WaitGroup
		both.Add(2)
		k.receiver.say(func(w http.ResponseWriter, _ *http.Request) {
			both.Done()
			both.Wait()
			w.WriteHeader(500)
		})
		k.tell(t, "innovation.stage", "e1", nil)
		args := []byte(`{"id":"` + k.one(t, id).ID + `","turn":1}`)
		done.Go(func() {
			if _, err := k.runner.RunOne(context.Background()); err != nil {
				t.Error(err)
			}
		})
		done.Go(func() {
			ctx := tenant.With(context.Background(), tenant.SystemOf(3509, "job"))
			if err := k.Module().Jobs["webhook.deliver"](ctx, jobs.Job{Regency: 3509, Args: args}); err != nil {
				t.Error(err)
			}
		})
		done.Wait()
		if got := k.one(t, id); got.Attempts != 1 || got.Turn != 2 || k.waitingJobs(t) != 1 {
			t.Errorf("%+v, %d jobs", got, k.waitingJobs(t))
		}
	})
}

func TestSendAgainStartsFromTheBeginning(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id, _ := k.hook(t, "papan")
		k.receiver.say(status(500))
		k.tell(t, "innovation.stage", "e1", nil)
		k.work(t)
		first := k.one(t, id)
		if err := k.Resend(admin(), id, first.ID); err != nil {
			t.Fatal(err)
		}
		if d := k.one(t, id); d.State != webhook.Waiting || d.Attempts != 0 {
			t.Errorf("asked to send again: %+v", d)
		}
		if err := k.Resend(admin(), id, first.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("twice: %v", err)
		}
		k.receiver.say(nil)
		k.clock.pass(time.Hour) // the job of the first plan is due too and must not send
		k.work(t)
		if d := k.one(t, id); d.State != webhook.Sent || d.ID != first.ID || len(k.receiver.all()) != 2 {
			t.Errorf("%+v, %d requests", d, len(k.receiver.all()))
		}
		if err := k.Resend(admin(), id, first.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("what arrived: %v", err)
		}
		other, _ := k.hook(t, "lain")
		if err := k.Resend(admin(), other, first.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("through another hook: %v", err)
		}
	})
}
