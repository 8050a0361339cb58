package admit_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pendapa/pendapa/internal/platform/admit"
)

// slowly is a body of which a part has come and the rest does not.
type slowly struct {
	part io.Reader
	stop chan bool
}

func (s slowly) Read(p []byte) (int, error) {
	if n, err := s.part.Read(p); err == nil {
		return n, nil
	}
	<-s.stop
	return 0, io.ErrUnexpectedEOF
}

func send(h http.Handler, path, from string, body io.Reader, length int64) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, body)
	r.ContentLength = length
	r.Header.Set("X-From", from)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func sized(n int) io.Reader { return strings.NewReader(strings.Repeat("x", n)) }

// TestOneSourceLeavesRoomForTheBodiesOfOthers: sixty large bodies of one source stop halfway. Its own next one is turned away,
// another source saves, eight more such sources later a stranger still saves, and small forms of anybody are taken.
func TestOneSourceLeavesRoomForTheBodiesOfOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := gate(admit.Limit{Class: "save", Running: 4, Waiting: 4, Patience: time.Second, Bodies: 32 << 20})
		door := g.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
		stop := make(chan bool)
		refused := make(chan int, 4000)
		flood := func(from string, n int) {
			for range n {
				go func() { refused <- send(door, "/save", from, slowly{sized(900 << 10), stop}, 1<<20).Code }()
			}
			synctest.Wait()
		}
		flood("one", 60)
		if n := len(refused); n < 40 || g.Stats()[0].Running != 0 {
			t.Errorf("%d of 60 bodies were turned away; %+v", n, g.Stats()[0])
		}
		if c := send(door, "/save", "one", sized(1<<20), 1<<20).Code; c != 503 {
			t.Errorf("the source that is full: %d", c)
		}
		was := len(refused)
		for range 300 { // small forms, also slow ones
			go func() { refused <- send(door, "/save", "one", slowly{sized(4 << 10), stop}, 5<<10).Code }()
		}
		synctest.Wait()
		if c := send(door, "/save", "one", sized(4<<10), 4<<10).Code; c != 200 || len(refused) != was {
			t.Errorf("a small form of the source that is full: %d; %d of 300 were turned away", c, len(refused)-was)
		}
		for n := range 8 {
			flood(fmt.Sprint("swarm ", n), 60)
		}
		if c := send(door, "/save", "two", sized(1<<20), 1<<20).Code; c != 200 {
			t.Errorf("another source: %d; %+v", c, g.Stats()[0])
		}
		if held := g.Stats()[0].Bodies; held > 32<<20 {
			t.Errorf("%d bytes are held", held)
		}
		close(stop)
		synctest.Wait()
		if s := g.Stats()[0]; s.Bodies != 0 || s.Running != 0 {
			t.Errorf("after all left %+v", s)
		}
	})
}

// TestBodiesOfOneClassDoNotFillAnother: a sign-in has a purse of its own.
func TestBodiesOfOneClassDoNotFillAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := admit.New(admit.Rules{Limits: []admit.Limit{{Class: "save", Running: 4}, {Class: "signin", Running: 4, Most: 64 << 10}},
			Class:  func(r *http.Request) string { return r.URL.Path[1:] },
			Refuse: func(w http.ResponseWriter, _ *http.Request, status int) { w.WriteHeader(status) }})
		door := g.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		stop := make(chan bool)
		for range 60 {
			go send(door, "/save", "", slowly{sized(900 << 10), stop}, 1<<20)
		}
		synctest.Wait()
		if c := send(door, "/save", "", sized(1<<20), 1<<20).Code; c != 503 {
			t.Errorf("the full class: %d", c)
		}
		if c := send(door, "/signin", "", sized(60<<10), 60<<10).Code; c != 200 {
			t.Errorf("a sign-in beside it: %d", c)
		}
		for name, length := range map[string]int64{"said": 65 << 10, "not said": -1} {
			w := send(door, "/signin", "", sized(65<<10), length)
			if again := w.Header().Get("Retry-After"); w.Code != 413 || again != "" {
				t.Errorf("a sign-in that is too large, length %s: %d, Retry-After %q", name, w.Code, again)
			}
		}
		close(stop)
		synctest.Wait()
	})
}

// TestOneSourceHoldsHalfOfThePlacesWithBodiesThatStream and no more, however many it sends.
func TestOneSourceHoldsHalfOfThePlacesWithBodiesThatStream(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := gate(admit.Limit{Class: "file", Running: 4, Waiting: 8, Patience: time.Second, Streams: true, Each: 2})
		door := g.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
		stop, end := make(chan bool), make(chan bool)
		codes := make(chan int, 20)
		for range 10 {
			go func() { codes <- send(door, "/file", "one", slowly{sized(9), stop}, 5<<20).Code }()
		}
		synctest.Wait()
		if c := send(door, "/file", "two", sized(5<<20), 5<<20).Code; c != 200 {
			t.Errorf("another source: %d", c)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if n := len(codes); n != 8 {
			t.Errorf("%d of 10 were turned away, want 8", n)
		}
		if c := send(door, "/file", "one", nil, 0).Code; c != 200 {
			t.Errorf("the same source without a body: %d", c)
		}
		stop <- true // one of the two ends and another one takes its part
		go send(door, "/file", "one", slowly{sized(9), end}, 5<<20)
		synctest.Wait()
		if n := g.Stats()[0].Running; n != 2 {
			t.Errorf("%d run, want 2", n)
		}
		close(stop)
		close(end)
		synctest.Wait()
		if s := g.Stats()[0]; s.Running != 0 {
			t.Errorf("after all left %+v", s)
		}
	})
}

// TestPlacesAndBodiesComeBack whatever the handler and the client do: a place that is lost would stand in the numbers.
func TestPlacesAndBodiesComeBack(t *testing.T) {
	t.Parallel()
	g := gate(admit.Limit{Class: "save", Running: 4, Patience: time.Second})
	door := g.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("how") {
		case "panic":
			panic("handler")
		case "abort":
			panic(http.ErrAbortHandler)
		case "hijack":
			c, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_ = c.Close()
			}
		}
	}))
	var inside sync.WaitGroup // a connection that was taken over ends before its handler does
	quiet := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inside.Add(1)
		defer inside.Done()
		defer func() { _ = recover() }()
		door.ServeHTTP(w, r)
	})
	address, _ := serve(t, 10, quiet)
	for _, how := range []string{"panic", "abort", "hijack", "normal"} {
		for range 5 {
			if res, err := http.Post("http://"+address+"/save?how="+how, "text/plain", sized(100<<10)); err == nil {
				_ = res.Body.Close()
			}
		}
	}
	gone, leave := context.WithCancel(context.Background())
	leave() // while the body was read
	for range 5 {
		r := httptest.NewRequestWithContext(gone, "POST", "/save", sized(100<<10))
		door.ServeHTTP(httptest.NewRecorder(), r)
	}
	inside.Wait()
	if s := g.Stats()[0]; s.Running != 0 || s.Bodies != 0 || s.Oldest != 0 || s.Refused != 5 {
		t.Errorf("%+v", s)
	}
}

// TestAPlaceThatIsNotGivenBackShows how long it is taken.
func TestAPlaceThatIsNotGivenBackShows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &hall{out: make(chan bool)}
		g := gate(admit.Limit{Class: "page", Running: 4})
		for n := range 3 {
			go ask(context.Background(), g.Handler(h), fmt.Sprint("/page?n=", n))
			synctest.Wait()
			time.Sleep(time.Hour)
		}
		if s := g.Stats()[0]; s.Oldest != 3*time.Hour || s.Running != 3 {
			t.Errorf("%+v", s)
		}
		for range 3 {
			h.out <- true
		}
		synctest.Wait()
		if s := g.Stats()[0]; s.Oldest != 0 || s.Running != 0 {
			t.Errorf("%+v", s)
		}
	})
}

// TestOneSourceReadsSoManyBodiesAtOnce and no more, however small they are: those that end make room for the next.
func TestOneSourceReadsSoManyBodiesAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := gate(admit.Limit{Class: "save", Running: 4, Waiting: 4, Patience: time.Second})
		door := g.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		stop, codes := make(chan bool), make(chan int, 600)
		for range 513 {
			go func() { codes <- send(door, "/save", "one", slowly{sized(1), stop}, 9).Code }()
		}
		synctest.Wait()
		if n := len(codes); n != 1 || <-codes != 503 {
			t.Errorf("%d of 513 were turned away, want 1", n)
		}
		if c := send(door, "/save", "two", sized(9), 9).Code; c != 200 {
			t.Errorf("another source: %d", c)
		}
		stop <- true
		synctest.Wait()
		if c := send(door, "/save", "one", sized(9), 9).Code; c != 200 {
			t.Errorf("after one of them ended: %d", c)
		}
		close(stop)
		synctest.Wait()
	})
}
