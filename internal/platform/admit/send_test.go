package admit_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pendapa/pendapa/internal/platform/admit"
)

// wire is a listener whose connections have no buffers at all, so that what is not read is not sent.
type wire struct {
	come chan net.Conn
	once sync.Once
	gone chan bool
}

func (w *wire) Accept() (net.Conn, error) {
	select {
	case c := <-w.come:
		return c, nil
	case <-w.gone:
		return nil, net.ErrClosed
	}
}

func (w *wire) Close() error   { w.once.Do(func() { close(w.gone) }); return nil }
func (w *wire) Addr() net.Addr { return &net.IPAddr{} }

// download asks for a file and gives the connection, of which nothing is read yet.
func (w *wire) download(from string) net.Conn {
	here, there := net.Pipe()
	w.come <- there
	fmt.Fprintf(here, "GET /fetch HTTP/1.1\r\nHost: x\r\nX-From: %s\r\nConnection: close\r\n\r\n", from)
	synctest.Wait()
	return here
}

const fileSize = 3 << 20

// hand is a house that gives one file; bad counts how answers ended.
func hand(t *testing.T, l admit.Limit) (w *wire, g *admit.Gate, door http.Handler, ended func() map[string]int) {
	t.Helper()
	g, w = gate(l), &wire{come: make(chan net.Conn), gone: make(chan bool)}
	var mu sync.Mutex
	how := map[string]int{}
	door = g.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, err := w.Write(make([]byte, fileSize))
		mu.Lock()
		defer mu.Unlock()
		switch {
		case errors.Is(err, admit.ErrUnread):
			how["unread"]++
		case err != nil:
			how["broken"]++
		default:
			how["sent"]++
		}
	}))
	server := &http.Server{Handler: door, WriteTimeout: time.Hour}
	over := make(chan bool)
	go func() { _ = server.Serve(w); close(over) }()
	t.Cleanup(func() { _ = server.Close(); <-over })
	return w, g, door, func() map[string]int {
		mu.Lock()
		defer mu.Unlock()
		out := how
		how = map[string]int{}
		return out
	}
}

// TestWhoDoesNotReadHoldsNoPlace: a whole house full of answers that nobody reads. After a second others work, after ten all
// of them have ended.
func TestWhoDoesNotReadHoldsNoPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wire, g, door, ended := hand(t, admit.Limit{Class: "fetch", Running: 2, Waiting: 4, Patience: 5 * time.Second})
		for _, from := range []string{"one", "two"} {
			defer wire.download(from).Close()
		}
		if s := g.Stats()[0]; s.Running != 2 {
			t.Fatalf("%+v, want both places taken", s)
		}
		start := time.Now()
		if c := get(door, "three").Code; c != 200 || time.Since(start) > 2*time.Second {
			t.Errorf("another one got %d after %v", c, time.Since(start))
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if got := ended(); got["unread"] != 2 || got["sent"] != 1 {
			t.Errorf("answers ended so: %v", got)
		}
		if s := g.Stats()[0]; s.Running != 0 {
			t.Errorf("after all left %+v", s)
		}
	})
}

func get(door http.Handler, from string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), "GET", "/fetch", nil)
	r.Header.Set("X-From", from)
	w := httptest.NewRecorder()
	door.ServeHTTP(w, r)
	return w
}

// TestOneSourceThatReadsSlowlyLeavesPlaces: eighty answers of one source take their own share, whether they are sent with a
// place or without; another source is answered at once.
func TestOneSourceThatReadsSlowlyLeavesPlaces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wire, g, door, _ := hand(t, admit.Limit{Class: "fetch", Running: 8, Waiting: 64, Patience: 5 * time.Second, Shared: true})
		for range 80 {
			defer wire.download("one").Close()
		}
		for range 9 {
			start := time.Now()
			if c := get(door, "two").Code; c != 200 || time.Since(start) > 0 {
				t.Errorf("another source got %d after %v; %+v", c, time.Since(start), g.Stats()[0])
			}
			time.Sleep(time.Second)
			synctest.Wait()
		}
	})
}

// TestAnAnswerMustBeReadAtAPace: what is read as slowly as over a village line is sent whole; who trickles, or takes much and
// then stops, is ended.
func TestAnAnswerMustBeReadAtAPace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rate, stop int // bytes a second, and after how many the reader stops
		want       string
		within     time.Duration
	}{
		"village": {9 << 10, 0, "sent", 10 * time.Minute},
		"trickle": {100, 0, "unread", 20 * time.Second},
		"stops":   {1 << 20, 2 << 20, "unread", 45 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			wire, _, _, ended := hand(t, admit.Limit{Class: "fetch", Running: 1})
			conn := wire.download("one")
			defer conn.Close()
			start, n := time.Now(), 0
			for piece := make([]byte, c.rate); c.stop == 0 || n < c.stop; {
				m, err := io.ReadFull(conn, piece)
				if n += m; err != nil {
					break
				}
				time.Sleep(time.Second)
			}
			took := time.Since(start)
			if c.stop > 0 {
				time.Sleep(c.within)
			}
			synctest.Wait()
			if got := ended(); got[c.want] != 1 || took > c.within {
				t.Errorf("%s: %v after %v and %d bytes", name, got, took, n)
			}
		})
	}
}

// TestWhereThereIsNoShareTooManySlowReadersAreEnded: eighty pages that one source does not read keep no place for long, though
// no more than 32 are sent without one.
func TestWhereThereIsNoShareTooManySlowReadersAreEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wire, _, door, ended := hand(t, admit.Limit{Class: "fetch", Running: 8, Waiting: 80, Patience: 5 * time.Second})
		for range 80 {
			defer wire.download("one").Close()
		}
		time.Sleep(5500 * time.Millisecond)
		synctest.Wait()
		if got := ended(); got["unread"] != 8 {
			t.Errorf("%v ended, want the eight that are too many", got)
		}
		start := time.Now()
		if c := get(door, "two").Code; c != 200 || time.Since(start) > time.Second {
			t.Errorf("another source got %d after %v", c, time.Since(start))
		}
	})
}
