package admit_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/admit"
)

// serve runs a handler behind a door on loopback and gives its address.
func serve(t *testing.T, most int, h http.Handler) (string, *admit.Door) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	door := admit.NewDoor(l, most)
	server := &http.Server{Handler: h, ConnState: door.State, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(door) }()
	t.Cleanup(func() { _ = server.Close() })
	return l.Addr().String(), door
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return c
}

func status(t *testing.T, c net.Conn) string {
	t.Helper()
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func TestAnIdleConnectionMakesRoomAndABusyOneDoesNot(t *testing.T) {
	t.Parallel()
	in, let := make(chan bool), make(chan bool)
	address, door := serve(t, 2, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			in <- true
			<-let
		}
	}))
	silent := dial(t, address)
	busy := dial(t, address)
	fmt.Fprint(busy, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
	<-in
	third := dial(t, address)
	fmt.Fprint(third, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
	<-in
	if _, err := silent.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the silent connection was not closed for the new one: %v", err)
	}
	if got := status(t, dial(t, address)); !strings.Contains(got, "503") {
		t.Errorf("with two busy connections the third got %q", got)
	}
	if door.Open() != 2 {
		t.Errorf("%d open, want 2", door.Open())
	}
	let <- true
	let <- true
	for _, c := range []net.Conn{busy, third} {
		if got := status(t, c); !strings.Contains(got, "200") {
			t.Errorf("got %q", got)
		}
	}
}

// TestASlowBodyHoldsNoPlace sends half a form; another form passes meanwhile through the only place.
func TestASlowBodyHoldsNoPlace(t *testing.T) {
	t.Parallel()
	g := gate(admit.Limit{Class: "save", Running: 1, Patience: time.Minute})
	address, _ := serve(t, 10, g.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		fmt.Fprint(w, string(body), err)
	})))
	const head = "POST /save HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\n"
	slow, quick := dial(t, address), dial(t, address)
	fmt.Fprint(slow, head+"ha")
	fmt.Fprint(quick, head+"utuh")
	got, err := io.ReadAll(quick)
	if err != nil || !strings.HasSuffix(string(got), "utuh<nil>") {
		t.Errorf("the quick one got %q %v", got, err)
	}
	fmt.Fprint(slow, "lf")
	if got, err = io.ReadAll(slow); err != nil || !strings.HasSuffix(string(got), "half<nil>") {
		t.Errorf("the slow one got %q %v", got, err)
	}
	if s := g.Stats()[0]; s.Admitted != 2 || s.Refused != 0 {
		t.Errorf("%+v", s)
	}
}

func TestALargeBodyComesWhole(t *testing.T) {
	t.Parallel()
	g := gate(admit.Limit{Class: "save", Running: 1})
	address, _ := serve(t, 10, g.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n, err)
	})))
	for name, body := range map[string]io.Reader{"length known": strings.NewReader(strings.Repeat("x", 3<<20)),
		"length unknown": io.LimitReader(strings.NewReader(strings.Repeat("x", 4<<20)), 3<<20)} {
		res, err := http.Post("http://"+address+"/save", "text/plain", body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(res.Body)
		if _ = res.Body.Close(); err != nil || string(got) != fmt.Sprint(3<<20, " <nil>") {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
}
