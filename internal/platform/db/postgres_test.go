package db_test

import (
	"context"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
)

// onPostgres runs test where a server is given, as storetest.Each does.
func onPostgres(t *testing.T, test func(t *testing.T, address string)) {
	t.Helper()
	t.Parallel()
	if os.Getenv("PENDAPA_TEST_POSTGRES") != "" {
		t.Run("postgres", func(t *testing.T) { test(t, storetest.Schema(t)) })
	}
}

func TestAStoreThatAnswersTooEarlyIsRefused(t *testing.T) {
	onPostgres(t, func(t *testing.T, address string) {
		d, err := db.Open(context.Background(), address+"&synchronous_commit=off")
		if err == nil {
			_ = d.Close()
			t.Fatal("synchronous_commit=off was taken")
		}
		if !strings.Contains(err.Error(), "synchronous_commit") {
			t.Errorf("refused with %v", err)
		}
		d, err = db.Open(context.Background(), address)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		var fsync string
		if err := d.QueryRow(context.Background(), "SHOW fsync").Scan(&fsync); err != nil {
			t.Fatal(err)
		}
		if warned := strings.Contains(strings.Join(d.Warnings(), "\n"), "fsync is off"); warned != (fsync == "off") {
			t.Errorf("fsync is %s, warnings %q", fsync, d.Warnings())
		}
	})
}

// door passes connections on until it is shut; then it swallows what comes, as a paused server does.
type door struct {
	mu   sync.Mutex
	shut bool
}

func (d *door) copy(to io.Writer, from io.Reader) {
	b := make([]byte, 4096)
	for {
		n, err := from.Read(b)
		d.mu.Lock()
		if !d.shut && n > 0 {
			_, _ = to.Write(b[:n])
		}
		d.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (d *door) serve(l net.Listener, server string) {
	for {
		in, err := l.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", server)
		if err != nil {
			_ = in.Close()
			return
		}
		go func() { d.copy(out, in); _ = out.Close() }()
		go func() { d.copy(in, out); _ = in.Close() }()
	}
}

func TestAPausedStoreIsNoticedInTime(t *testing.T) {
	onPostgres(t, func(t *testing.T, address string) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		var through door
		go through.serve(l, u.Host)
		u.Host = l.Addr().String()
		d, err := db.Open(context.Background(), u.String())
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Answers(context.Background()); err != nil {
			t.Fatal(err)
		}
		through.mu.Lock()
		through.shut = true
		through.mu.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		start := time.Now()
		if err := d.Answers(ctx); err == nil || time.Since(start) > 20*time.Second {
			t.Errorf("a paused store: %v after %v", err, time.Since(start))
		}
		_ = l.Close()
	})
}
