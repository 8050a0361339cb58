package admit_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
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
			c, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = c.Close()
			}
		}
	}))
	quiet := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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

// late is an answer whose read deadline is kept by trickle.
type late struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (l *late) SetReadDeadline(at time.Time) error { l.until = at; return nil }

// trickle gives so many bytes a second until the deadline.
type trickle struct {
	*late
	rate, left int
}

func (s *trickle) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, io.EOF
	}
	time.Sleep(time.Second)
	if !s.until.IsZero() && time.Now().After(s.until) {
		return 0, os.ErrDeadlineExceeded
	}
	s.left -= s.rate
	return s.rate, nil
}

// TestABodyMustKeepAPace: what trickles is ended with 408 before it took a place, what comes as slowly as over a village line is
// waited for; a body that streams is ended in its place.
func TestABodyMustKeepAPace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limit admit.Limit
		rate  int
		want  int
	}{
		"trickle":         {admit.Limit{Class: "save", Running: 1}, 100, 408},
		"village":         {admit.Limit{Class: "save", Running: 1}, 9 << 10, 200},
		"trickled file":   {admit.Limit{Class: "save", Running: 1, Streams: true}, 100, 418},
		"file of village": {admit.Limit{Class: "save", Running: 1, Streams: true}, 9 << 10, 200},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := gate(c.limit)
			w := &late{ResponseRecorder: httptest.NewRecorder()}
			r := httptest.NewRequest("POST", "/save", &trickle{w, c.rate, 900 << 10})
			r.ContentLength = 900 << 10
			start := time.Now()
			g.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, err := io.Copy(io.Discard, r.Body); errors.Is(err, admit.ErrSlow) {
					w.WriteHeader(http.StatusTeapot)
				}
			})).ServeHTTP(w, r)
			if took := time.Since(start); w.Code != c.want || c.want != 200 && took > 15*time.Second || !w.until.IsZero() && c.want == 200 {
				t.Errorf("%s: %d after %v, deadline %v", name, w.Code, took, w.until)
			}
			if want := c.want == 408; (w.Header().Get("Retry-After") != "") != want {
				t.Errorf("%s: Retry-After %q", name, w.Header().Get("Retry-After"))
			}
		})
	}
}

// TestWaitingForAPlaceIsNotTheClientsDelay: a body that streams lies there while its request waits and while the handler is
// busy; only the time in which it is read counts.
func TestWaitingForAPlaceIsNotTheClientsDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := gate(admit.Limit{Class: "file", Running: 1, Waiting: 1, Patience: time.Hour, Streams: true})
		first, begun := make(chan bool), make(chan bool, 2)
		door := g.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			begun <- true
			<-first
			buf := make([]byte, 9<<10)
			for range 4 {
				if _, err := io.ReadFull(r.Body, buf); err != nil {
					w.WriteHeader(http.StatusTeapot)
				}
				time.Sleep(time.Minute)
			}
		}))
		codes := make(chan int, 2)
		for range 2 {
			go func() {
				w := &late{ResponseRecorder: httptest.NewRecorder()}
				r := httptest.NewRequest("POST", "/file", &trickle{w, 9 << 10, 36 << 10})
				r.ContentLength = 36 << 10
				door.ServeHTTP(w, r)
				codes <- w.Code
			}()
		}
		<-begun
		time.Sleep(30 * time.Second)
		close(first)
		for range 2 {
			if c := <-codes; c != 200 {
				t.Errorf("a body that came as soon as it was read: %d", c)
			}
		}
	})
}
