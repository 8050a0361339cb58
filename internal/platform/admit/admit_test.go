package admit_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pendapa/pendapa/internal/platform/admit"
)

func gate(l admit.Limit) *admit.Gate {
	return admit.New(admit.Rules{Limits: []admit.Limit{l, {Class: "free"}}, Class: func(r *http.Request) string { return r.URL.Path[1:] },
		Source: func(r *http.Request) string { return r.Header.Get("X-From") },
		Refuse: func(w http.ResponseWriter, _ *http.Request, status int) { w.WriteHeader(status) }})
}

func ask(ctx context.Context, h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", path, nil))
	return w
}

// hall answers when it is told to and remembers whom it let in.
type hall struct {
	mu  sync.Mutex
	in  []string
	out chan bool
}

func (h *hall) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	h.in = append(h.in, r.URL.Query().Get("n"))
	h.mu.Unlock()
	<-h.out
}

func TestTheNewestGoesFirstAndTheOldestIsTurnedAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &hall{out: make(chan bool)}
		g := gate(admit.Limit{Class: "page", Running: 1, Waiting: 2, Patience: time.Second})
		door, codes := g.Handler(h), map[string]int{}
		var mu sync.Mutex
		for _, n := range []string{"1", "2", "3", "4"} {
			go func() {
				w := ask(context.Background(), door, "/page?n="+n)
				mu.Lock()
				codes[n] = w.Code
				if w.Code == 503 && w.Header().Get("Retry-After") == "" {
					t.Error("refused without Retry-After")
				}
				mu.Unlock()
			}()
			synctest.Wait()
		}
		if codes["2"] != 503 || len(codes) != 1 {
			t.Errorf("when the line is full: %v, want the oldest that waits refused", codes)
		}
		if w := ask(context.Background(), g.Handler(http.NotFoundHandler()), "/free"); w.Code != 404 {
			t.Errorf("a class without a limit: %d", w.Code)
		}
		h.out <- true
		synctest.Wait()
		time.Sleep(2 * time.Second) // the patience of 3 ends
		synctest.Wait()
		h.out <- true
		synctest.Wait()
		if codes["1"] != 200 || codes["3"] != 503 || codes["4"] != 200 || !slices.Equal(h.in, []string{"1", "4"}) {
			t.Errorf("codes %v, let in %v", codes, h.in)
		}
		if s := g.Stats(); len(s) != 1 || s[0] != (admit.Stats{Class: "page", Admitted: 2, Refused: 2}) {
			t.Errorf("counted %+v", s)
		}
	})
}

func TestAClientThatLeftTakesNoPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &hall{out: make(chan bool)}
		g := gate(admit.Limit{Class: "page", Running: 1, Waiting: 5, Patience: time.Minute})
		door := g.Handler(h)
		go ask(context.Background(), door, "/page?n=1")
		synctest.Wait()
		ctx, leave := context.WithCancel(context.Background())
		go ask(ctx, door, "/page?n=2")
		synctest.Wait()
		leave()
		synctest.Wait()
		h.out <- true
		synctest.Wait()
		if s := g.Stats()[0]; s.Running != 0 || s.Waiting != 0 || len(h.in) != 1 {
			t.Errorf("%+v, let in %v", s, h.in)
		}
	})
}

// TestTenTimesTheLoad offers ten times what the house can do, for a minute of the bubble's clock, to clients that give up
// after two seconds: what is answered in time stays as much as the house can do, and nobody who is answered waited long.
func TestTenTimesTheLoad(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const places, work, seconds = 4, 20 * time.Millisecond, 60
		capacity := places * int(time.Second/work) // a second
		g := gate(admit.Limit{Class: "page", Running: places, Waiting: 64, Patience: time.Second})
		door := g.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(work) }))
		var good, slow atomic.Int64
		var all sync.WaitGroup
		for range seconds * 100 {
			for range capacity / 10 {
				all.Go(func() {
					start := time.Now()
					ctx, leave := context.WithTimeout(context.Background(), 2*time.Second)
					defer leave()
					if w := ask(ctx, door, "/page"); w.Code == 200 {
						good.Add(1)
						if time.Since(start) > time.Second+work {
							slow.Add(1)
						}
					}
				})
			}
			time.Sleep(10 * time.Millisecond)
		}
		all.Wait()
		if least := int64(capacity*seconds) * 95 / 100; good.Load() < least || slow.Load() > 0 {
			t.Errorf("%d answered, want %d; %d too late", good.Load(), least, slow.Load())
		}
	})
}
