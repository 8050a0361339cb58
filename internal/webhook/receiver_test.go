package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/webhook"
)

// TestASilentReceiverKeepsNobodyBusy: while one delivery waits for a receiver that gave no answer, the others do not try.
func TestASilentReceiverKeepsNobodyBusy(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id, _ := k.hook(t, "papan")
		k.receiver.say(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		for n := range 10 {
			k.tell(t, "innovation.stage", fmt.Sprint("e", n), nil)
		}
		k.work(t)
		if n := len(k.receiver.all()); n != 1 {
			t.Fatalf("%d attempts at a silent receiver, want 1", n)
		}
		tries := map[string]int64{}
		for _, d := range k.log(t, id) {
			tries[d.State+" "+d.LastError] += d.Attempts + 1
		}
		if tries["failed connect"] != 2 || tries["waiting "] != 9 {
			t.Errorf("%v", tries)
		}
		k.clock.pass(5 * time.Second) // the one that failed keeps its own time
		if k.work(t); len(k.receiver.all()) != 2 {
			t.Errorf("%d attempts after five seconds, want 2", len(k.receiver.all()))
		}
		k.receiver.say(nil)
		k.clock.pass(66 * time.Second)
		k.work(t)
		for _, d := range k.log(t, id) {
			if d.State != webhook.Sent {
				t.Errorf("%s is %s", d.EventID, d.State)
			}
		}
		if n := len(k.receiver.all()); n != 12 {
			t.Errorf("%d requests in all, want 12", n)
		}
	})
}

func TestWhatAReceiverMayAnswer(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		limit  time.Duration
		want   string // state, status, error
	}{
		"accepted": {status(202), 0, "sent 202 "},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/lain", http.StatusTemporaryRedirect)
		}, 0, "failed 307 redirect"},
		"moved": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusMovedPermanently)
		}, 0, "failed 301 redirect"},
		"refused": {status(401), 0, "failed 401 status"},
		"broken":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0, "failed 0 connect"},
		"silent":  {func(_ http.ResponseWriter, r *http.Request) { wait(r, stop) }, 2 * time.Second, "failed 0 timeout"},
		"slow": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(200)
			w.(http.Flusher).Flush()
			wait(r, stop)
		}, 2 * time.Second, "sent 200 "},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for sent := 0; r.Context().Err() == nil; sent += 1 << 16 {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
				if sent > 64<<20 { // far beyond what the sockets between them hold
					t.Error("an endless answer is read to its end")
					return
				}
			}
		}, 0, "sent 200 "},
		"big-head": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) }, 0, "failed 0 connect"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := open(t, storetest.SQLite(t), func(d *webhook.Deps, _ int) {
				if c.limit != 0 {
					d.Timeout = c.limit
				}
			})
			k.receiver.say(c.answer)
			id, _ := k.hook(t, name)
			k.tell(t, "innovation.stage", "e", nil)
			k.work(t)
			d := k.one(t, id)
			if got := fmt.Sprint(d.State, " ", d.LastStatus, " ", d.LastError); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if all := k.receiver.all(); len(all) != 1 || all[0].path != "/"+name {
				t.Errorf("%d requests: a redirect was followed", len(all))
			}
			if len([]rune(d.LastAnswer)) > 301 {
				t.Errorf("%d letters of the answer were kept", len(d.LastAnswer))
			}
		})
	}
}

func wait(r *http.Request, stop chan struct{}) {
	select {
	case <-r.Context().Done():
	case <-stop:
	}
}

func TestAnUntrustedCertificateIsRefused(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t), func(d *webhook.Deps, _ int) { d.Roots = nil })
	id, _ := k.hook(t, "papan")
	k.tell(t, "innovation.stage", "e", nil)
	k.work(t)
	if d := k.one(t, id); d.LastError != "tls" || len(k.receiver.all()) != 0 {
		t.Errorf("%+v", d)
	}
}

func TestADeletedHookLeavesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id, _ := k.hook(t, "papan")
		kept, _ := k.hook(t, "tetap")
		k.tell(t, "innovation.stage", "e", nil)
		if err := k.Delete(admin(), id); err != nil {
			t.Fatal(err)
		}
		k.work(t)
		if n := len(k.receiver.all()); n != 1 || len(k.log(t, id)) != 0 || len(k.log(t, kept)) != 1 {
			t.Errorf("%d requests, %d and %d deliveries", n, len(k.log(t, id)), len(k.log(t, kept)))
		}
	})
}

func TestTheLogIsForgottenAfterThreeMonths(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id, _ := k.hook(t, "papan")
		k.tell(t, "innovation.stage", "tua", nil)
		k.work(t)
		k.clock.pass(50 * 24 * time.Hour)
		k.tell(t, "innovation.stage", "muda", nil)
		k.work(t)
		k.clock.pass(41 * 24 * time.Hour)
		m := k.Module()
		if len(m.Every) != 1 {
			t.Fatalf("%d schedules", len(m.Every))
		}
		if err := m.Jobs[m.Every[0].Kind](context.Background(), jobs.Job{}); err != nil {
			t.Fatal(err)
		}
		if d := k.one(t, id); d.EventID != "muda" {
			t.Errorf("kept %s", d.EventID)
		}
	})
}

func TestATestIsTriedOnceEvenWhenOff(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	id, secret := k.hook(t, "papan", "innovation.stage")
	if err := k.SetActive(admin(), id, 1, false); err != nil {
		t.Fatal(err)
	}
	k.receiver.say(status(500))
	for range 6 {
		if err := k.Test(admin(), id); err != nil {
			t.Fatal(err)
		}
	}
	k.work(t)
	if all := k.log(t, id); len(all) != 6 || all[0].State != webhook.Dead || all[0].Attempts != 1 || k.waitingJobs(t) != 0 || k.get(t, id).Deaths != 0 {
		t.Errorf("%+v, %d jobs, %+v", all, k.waitingJobs(t), k.get(t, id))
	}
	r := k.receiver.all()[0]
	if !holds(secret, r.header, r.body) || !strings.Contains(r.body, `"event":"webhook.ping"`) || !strings.Contains(r.body, `"data":{}`) {
		t.Errorf("%s", r.body)
	}
}
