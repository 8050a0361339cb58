package jail_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/jail"
)

// reader makes a reader for tests; it must be registered before main, as every reader is.
func reader(name string, l jail.Limits, serve func(data []byte, say jail.Say) error) *jail.Reader {
	return &jail.Reader{Name: name, Limits: l, Serve: func(data []byte, _ json.RawMessage, say jail.Say) error { return serve(data, say) }}
}

var (
	short = jail.Limits{Wall: time.Second, Memory: 128 << 20, Answer: 1 << 20}
	echo  = &jail.Reader{Name: "test-echo", Serve: func(data []byte, ask json.RawMessage, say jail.Say) error {
		return errors.Join(say(string(ask)), say(len(data)), say(os.Environ()))
	}}
	loop  = reader("test-loop", short, func([]byte, jail.Say) error { return spin() })
	eat   = reader("test-eat", jail.Limits{Memory: 128 << 20}, func([]byte, jail.Say) error { return devour(16<<20, 512<<20) })
	gulp  = reader("test-gulp", jail.Limits{}, func([]byte, jail.Say) error { return devour(8<<30, 8<<30) })
	deep  = reader("test-deep", jail.Limits{}, func(_ []byte, say jail.Say) error { return say(fall(1)) })
	panik = reader("test-panic", jail.Limits{}, func(data []byte, say jail.Say) error { return say(data[len(data)]) })
	leave = reader("test-leave", jail.Limits{}, func([]byte, jail.Say) error { os.Exit(0); return nil })
	flood = reader("test-flood", short, func(_ []byte, say jail.Say) error {
		for {
			if err := say(strings.Repeat("x", 1000)); err != nil {
				return err
			}
		}
	})
	refuse = reader("test-refuse", jail.Limits{}, func(_ []byte, say jail.Say) error {
		return errors.Join(say(1), errs.E(errs.Invalid, "web.error.sheet_limit", nil, "Rows", 5, "Name", "a.csv", "Share", 0.5))
	})
	other = reader("test-other", jail.Limits{}, func([]byte, jail.Say) error { return errors.New("no such header") })
	small = reader("test-small", jail.Limits{File: 10}, func([]byte, jail.Say) error { return nil })
)

func init() {
	for _, r := range []*jail.Reader{echo, loop, eat, gulp, deep, panik, leave, flood, refuse, other, small} {
		jail.Register(r)
	}
}

func spin() error {
	for n := 0; ; n++ {
		if n < 0 {
			return nil
		}
	}
}

// devour holds so many bytes, piece by piece, and is content when nobody stops it.
func devour(piece, most int) error {
	var all [][]byte
	for held := 0; held < most; held += piece {
		b := make([]byte, piece)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		all = append(all, b)
	}
	runtime.KeepAlive(all)
	return nil
}

func fall(n int) int { return n + fall(n+1)%7 }

func read(t *testing.T, r *jail.Reader, text string) ([]string, error) {
	t.Helper()
	var heard []string
	err := r.Read(t.Context(), strings.NewReader(text), int64(len(text)), "apa", func(a json.RawMessage) error {
		heard = append(heard, string(a))
		return nil
	})
	return heard, err
}

func TestAFileIsReadInAnotherProcessWithoutEnvironment(t *testing.T) {
	t.Setenv("PENDAPA_SECRET", "rahasia")
	heard, err := read(t, echo, strings.Repeat("x", 3<<20))
	if err != nil || !slices.Equal(heard, []string{`"\"apa\""`, "3145728", "[]"}) {
		t.Errorf("heard %q, %v", heard, err)
	}
}

func TestEveryWayToFailHasItsReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		r    *jail.Reader
		want jail.Reason
	}{{loop, jail.TooLong}, {eat, jail.TooMuchMemory}, {gulp, jail.TooMuchMemory}, {deep, jail.Crashed}, {panik, jail.Crashed}, {leave, jail.Crashed},
		{flood, jail.TooBig}, {other, jail.NotSuch}, {small, jail.TooBig}} {
		t.Run(c.r.Name, func(t *testing.T) {
			t.Parallel()
			_, err := read(t, c.r, "isi berkas ini")
			if jail.Why(err) != c.want || !errs.Is(err, errs.Invalid) {
				t.Errorf("%v: reason %q, want %q", err, jail.Why(err), c.want)
			}
			if key, _ := errs.KeyOf(err); key != "web.error.read_"+string(c.want) {
				t.Errorf("text %s", key)
			}
		})
	}
}

func TestTheReadersOwnTextReachesTheCaller(t *testing.T) {
	t.Parallel()
	heard, err := read(t, refuse, "x")
	key, args := errs.KeyOf(err)
	if key != "web.error.sheet_limit" || args["Rows"] != 5 || args["Name"] != "a.csv" || args["Share"] != 0.5 || jail.Why(err) != "" {
		t.Errorf("%v %v", key, args)
	}
	if !slices.Equal(heard, []string{"1"}) {
		t.Errorf("what was said before the error is lost: %q", heard)
	}
}

func TestACancelledReadingEndsItsReader(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r := reader("test-echo", jail.Limits{}, nil) // not the registered one
	if err := r.Read(ctx, strings.NewReader(""), 0, nil, nil); err == nil || jail.Why(err) != "" {
		t.Errorf("a reader that is not registered: %v", err)
	}
	cancel()
	if err := loop.Read(ctx, strings.NewReader(""), 0, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestManyReadingsShareFewReaders(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			data := bytes.Repeat([]byte("y"), n)
			size := 0
			err := echo.Read(t.Context(), bytes.NewReader(data), int64(n), n, func(a json.RawMessage) error { return ignoreTexts(a, &size) })
			if err != nil || size != n {
				t.Errorf("%d: %d %v", n, size, err)
			}
		})
	}
	all.Wait()
}

func ignoreTexts(a json.RawMessage, to *int) error {
	if a[0] == '"' || a[0] == '[' {
		return nil
	}
	return json.Unmarshal(a, to)
}

// warm is a reader that says how often its process was made ready before it served.
var warm = &jail.Reader{Name: "test-warm",
	Prepare: func(string, bool) error { prepared++; return nil },
	Serve:   func(_ []byte, _ json.RawMessage, say jail.Say) error { return say(prepared) }}

var prepared int

func init() { jail.Register(warm) }

// TestAWaitingReaderServesOneFile: a process waits ready; each file gets its own; all are gone when the server stops.
func TestAWaitingReaderServesOneFile(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	ready, gone := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(gone)
		jail.Warm(ctx, func(_ string, fences []string, err error) { ready <- err })
	}()
	if err := <-ready; err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if heard, err := read(t, warm, ""); err != nil || !slices.Equal(heard, []string{"1"}) {
			t.Errorf("heard %q, %v", heard, err)
		}
	}
	stop()
	<-gone
	if n := jail.Filling(warm.Name); n != 0 {
		t.Errorf("%d processes are still being started", n)
	}
}
