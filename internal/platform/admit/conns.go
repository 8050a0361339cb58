package admit

import (
	"container/list"
	"net"
	"net/http"
	"sync"
	"time"
)

// Door is a listener with a largest number of connections. When it is reached, the connection that is idle longest is closed
// for the new one; when none is idle, the new one is told to come back.
type Door struct {
	net.Listener
	most int

	mu   sync.Mutex
	open int
	idle *list.List // *conn, the one idle longest in front
}

// NewDoor puts a door before a listener. Set State as the server's ConnState.
func NewDoor(l net.Listener, most int) *Door {
	return &Door{Listener: l, most: most, idle: list.New()}
}

type conn struct {
	net.Conn
	door *Door
	once sync.Once
	at   *list.Element
}

// Close closes the connection and frees its place.
func (c *conn) Close() error {
	c.once.Do(func() {
		c.door.mu.Lock()
		c.door.open--
		c.door.busy(c)
		c.door.mu.Unlock()
	})
	return c.Conn.Close()
}

// Accept gives the next connection that has a place.
func (d *Door) Accept() (net.Conn, error) {
	for {
		raw, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c := d.seat(raw); c != nil {
			return c, nil
		}
		turnAway(raw)
	}
}

func (d *Door) seat(raw net.Conn) *conn {
	d.mu.Lock()
	var out *conn
	if d.open >= d.most {
		if e := d.idle.Front(); e != nil {
			out, _ = e.Value.(*conn)
			d.busy(out)
		}
	}
	full := d.open >= d.most && out == nil
	var c *conn
	if !full {
		d.open++
		c = &conn{Conn: raw, door: d}
	}
	d.mu.Unlock()
	if out != nil {
		_ = out.Close()
	}
	return c
}

// busy takes a connection out of the idle ones; the lock is held.
func (d *Door) busy(c *conn) {
	if c.at != nil {
		d.idle.Remove(c.at)
		c.at = nil
	}
}

// State follows which connections are idle; new ones that said nothing yet are.
func (d *Door) State(nc net.Conn, s http.ConnState) {
	c, ok := nc.(*conn)
	if !ok {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.busy(c)
	if s == http.StateNew || s == http.StateIdle {
		c.at = d.idle.PushBack(c)
	}
}

// Open counts the connections.
func (d *Door) Open() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.open
}

// turnAway answers without reading. The buffer of a new connection takes the few bytes at once.
func turnAway(c net.Conn) {
	_ = c.SetDeadline(time.Now().Add(time.Second))
	_, _ = c.Write([]byte("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Type: text/plain; charset=utf-8\r\n" +
		"Connection: close\r\n\r\nServer sedang penuh. Coba lagi beberapa detik lagi.\n"))
	_ = c.Close()
}
