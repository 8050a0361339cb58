package webhook_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/webhook"
)

// kill lets a number of deliveries be given up.
func (k *room) kill(t *testing.T, from, n int) {
	t.Helper()
	for i := range n {
		k.tell(t, "innovation.stage", fmt.Sprint("mati", from+i), nil)
	}
	for range 9 {
		k.work(t)
		k.clock.pass(24 * time.Hour)
	}
}

func TestFiveDeathsInARowSwitchAHookOff(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id, _ := k.hook(t, "papan")
		k.receiver.say(status(500))
		k.kill(t, 0, 4)
		if h := k.get(t, id); !h.Active || h.Deaths != 4 {
			t.Fatalf("after four: %+v", h)
		}
		k.receiver.say(nil)
		k.tell(t, "innovation.stage", "baik", nil)
		k.work(t)
		if h := k.get(t, id); h.Deaths != 0 {
			t.Fatalf("after a success: %+v", h)
		}
		k.receiver.say(status(500))
		k.kill(t, 10, 4)
		if h := k.get(t, id); !h.Active {
			t.Fatalf("four after a success: %+v", h)
		}
		k.kill(t, 20, 1)
		h := k.get(t, id)
		if h.Active || h.Reason != webhook.OffDead || !strings.Contains(k.trail(t), "webhook.off "+id+" dead") {
			t.Errorf("after five: %+v\n%s", h, k.trail(t))
		}
		before := len(k.receiver.all())
		k.tell(t, "innovation.stage", "sesudah", nil)
		k.work(t)
		if n := len(k.receiver.all()); n != before {
			t.Errorf("a hook that is off got %d requests", n-before)
		}
		if err := k.SetActive(admin(), id, h.Rev, true); err != nil {
			t.Fatal(err)
		}
		if h := k.get(t, id); !h.Active || h.Reason != "" || h.Deaths != 0 {
			t.Errorf("on again: %+v", h)
		}
	})
}

func TestGoneSwitchesAHookOff(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id, _ := k.hook(t, "papan")
		k.receiver.say(status(500))
		k.tell(t, "innovation.stage", "e1", nil)
		k.work(t)
		k.receiver.say(status(410))
		k.tell(t, "innovation.stage", "e2", nil)
		k.work(t)
		if h := k.get(t, id); h.Active || h.Reason != webhook.OffGone {
			t.Fatalf("%+v", h)
		}
		k.clock.pass(5 * time.Second)
		k.work(t)
		states := map[string]string{}
		for _, d := range k.log(t, id) {
			states[d.EventID] = d.State + " " + d.LastError
		}
		if states["e1"] != "dead off" || states["e2"] != "dead gone" || len(k.receiver.all()) != 2 || k.get(t, id).Deaths != 0 {
			t.Errorf("%v, %d requests, %+v", states, len(k.receiver.all()), k.get(t, id))
		}
		if err := k.Resend(admin(), id, k.log(t, id)[0].ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("sending again to a hook that is off: %v", err)
		}
	})
}
