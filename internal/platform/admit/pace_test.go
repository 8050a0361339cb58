package admit_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pendapa/pendapa/internal/platform/admit"
)

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

// TestNoDeadlineRunsWhileARequestWaits: a body of unknown length is read in part before its place is taken; the deadline of
// that part has ended when the handler begins.
func TestNoDeadlineRunsWhileARequestWaits(t *testing.T) {
	t.Parallel()
	w := &late{ResponseRecorder: httptest.NewRecorder()}
	r := httptest.NewRequest("POST", "/save", sized(2<<20))
	r.ContentLength = -1
	began := time.Unix(1, 0)
	gate(admit.Limit{Class: "save", Running: 1}).Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		began = w.until
	})).ServeHTTP(w, r)
	if !began.IsZero() {
		t.Errorf("the handler began under the deadline %v", began)
	}
}
