// Package admit stands in front of all handlers and lets in no more than the machine can answer in time. Requests are sorted
// into classes; each has places to run and places to wait. Under overload the newest that waits goes first: it can still be
// answered before its client gives up, the oldest cannot. Whoever is not let in is told at once to come back later, which
// costs next to nothing, so that the work that is done stays as much as the machine can do and memory stays flat.
package admit

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Limit is the room of one class. A class without places to run is not limited.
type Limit struct {
	Class    string
	Running  int           // requests that are answered at the same time
	Waiting  int           // requests that wait for a place
	Patience time.Duration // how long one waits at the most
	Streams  bool          // bodies are read by the handler while it runs; others are read before a place is taken
}

// Rules is what a gate knows of requests. Key says for whom a request is, for a line that shares fairly; it may be nil.
type Rules struct {
	Limits []Limit
	Class  func(r *http.Request) string
	Key    func(r *http.Request) string
	Refuse func(w http.ResponseWriter, r *http.Request) // answers 503 in words; Retry-After is set already
	Line   func() Line                                  // nil is NewestFirst
}

// Stats counts what a class did.
type Stats struct {
	Class             string
	Running, Waiting  int
	Admitted, Refused uint64
}

// Gate lets requests in.
type Gate struct {
	rules Rules
	rooms map[string]*room
	turn  atomic.Uint32
	held  atomic.Int64 // bytes of bodies that were read before their place was taken
}

// New makes a gate.
func New(r Rules) *Gate {
	if r.Line == nil {
		r.Line = NewestFirst
	}
	g := &Gate{rules: r, rooms: map[string]*room{}}
	for _, l := range r.Limits {
		if l.Running > 0 {
			g.rooms[l.Class] = &room{limit: l, line: r.Line()}
		}
	}
	return g
}

// Stats tells what every limited class did, in the order of the rules.
func (g *Gate) Stats() []Stats {
	var out []Stats
	for _, l := range g.rules.Limits {
		if m := g.rooms[l.Class]; m != nil {
			out = append(out, m.stats())
		}
	}
	return out
}

// Handler puts the gate in front of next.
func (g *Gate) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m := g.rooms[g.rules.Class(r)]
		if m == nil {
			next.ServeHTTP(w, r)
			return
		}
		free, ok := g.body(w, r, m.limit.Streams)
		defer free()
		if !ok {
			m.refused.Add(1)
			g.refuse(w, r)
			return
		}
		key := ""
		if g.rules.Key != nil {
			key = g.rules.Key(r)
		}
		if !m.enter(r.Context(), key) {
			g.refuse(w, r)
			return
		}
		defer m.leave()
		next.ServeHTTP(w, r)
	})
}

// refuse asks to come back in two to five seconds, not all in the same one.
func (g *Gate) refuse(w http.ResponseWriter, r *http.Request) {
	const least, spread = 2, 4
	w.Header().Set("Retry-After", strconv.Itoa(int(least+g.turn.Add(1)%spread)))
	w.Header().Set("Cache-Control", "no-store")
	g.rules.Refuse(w, r)
}

// room is one class while the server runs.
type room struct {
	limit             Limit
	mu                sync.Mutex
	running           int
	line              Line
	admitted, refused atomic.Uint64
}

func (m *room) stats() Stats {
	m.mu.Lock()
	defer m.mu.Unlock()
	return Stats{m.limit.Class, m.running, m.line.Len(), m.admitted.Load(), m.refused.Load()}
}

// enter takes a place, waiting for one when it must; false when there was none in time or the client left.
func (m *room) enter(ctx context.Context, key string) bool {
	if m.place(ctx, key) && ctx.Err() == nil {
		m.admitted.Add(1)
		return true
	}
	m.refused.Add(1)
	return false
}

func (m *room) place(ctx context.Context, key string) bool {
	m.mu.Lock()
	if m.running < m.limit.Running {
		m.running++
		m.mu.Unlock()
		return true
	}
	if m.limit.Waiting == 0 {
		m.mu.Unlock()
		return false
	}
	if m.line.Len() >= m.limit.Waiting {
		m.line.Oldest().answer <- false
	}
	w := &Waiter{Key: key, answer: make(chan bool, 1)}
	m.line.Push(w)
	m.mu.Unlock()
	return m.wait(ctx, w)
}

func (m *room) wait(ctx context.Context, w *Waiter) bool {
	patience := time.NewTimer(m.limit.Patience)
	defer patience.Stop()
	select {
	case ok := <-w.answer:
		return m.taken(ctx, ok)
	case <-patience.C:
	case <-ctx.Done():
	}
	m.mu.Lock()
	gone := m.line.Remove(w)
	m.mu.Unlock()
	return !gone && m.taken(ctx, <-w.answer)
}

// taken gives a place back that came when the client had left.
func (m *room) taken(ctx context.Context, ok bool) bool {
	if ok && ctx.Err() != nil {
		m.leave()
		return false
	}
	return ok
}

// leave hands the place to the next that waits.
func (m *room) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if w := m.line.Pop(); w != nil {
		w.answer <- true
		return
	}
	m.running--
}
