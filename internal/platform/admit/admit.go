// Package admit stands in front of all handlers and lets in no more than the machine can answer in time. Requests are sorted
// into classes; each has places to run and places to wait. Under overload the newest that waits goes first: it can still be
// answered before its client gives up, the oldest cannot. Whoever is not let in is told at once to come back later, which
// costs next to nothing, so that the work that is done stays as much as the machine can do and memory stays flat.
package admit

import (
	"net/http"
	"strconv"
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
	Most     int64         // bytes of a body that is taken at all; 0 leaves it to the handler
	Bodies   int64         // bytes of all bodies that are held at the same time; 0 is 16 MiB
	Shared   bool          // every request counts against the share of its source, not only those whose bodies stream
	Each     int           // places in the share of one source; 0 is half of all
}

// Rules is what a gate knows of requests. Key says for whom a request is, for a line that shares fairly; it may be nil.
// Source says where it comes from; nil is one source for all.
type Rules struct {
	Limits []Limit
	Class  func(r *http.Request) string
	Key    func(r *http.Request) string
	Source func(r *http.Request) string
	Refuse func(w http.ResponseWriter, r *http.Request, status int) // answers 503, 408 or 413 in words; Retry-After is set where it helps
	Line   func() Line                                              // nil is NewestFirst
}

// Stats counts what a class did.
type Stats struct {
	Class             string
	Running, Waiting  int
	Admitted, Refused uint64
	Bodies            int64         // bytes of bodies that are held
	Oldest            time.Duration // how long the oldest place is taken; one that never ends was lost
}

// Gate lets requests in.
type Gate struct {
	rules Rules
	rooms map[string]*room
	slow  *shares // answers that are sent without a place
	turn  atomic.Uint32
}

// New makes a gate.
func New(r Rules) *Gate {
	if r.Line == nil {
		r.Line = NewestFirst
	}
	g := &Gate{rules: r, rooms: map[string]*room{}, slow: newShares(Limit{Each: mostSlow}, r.Line)}
	for _, l := range r.Limits {
		if l.Running > 0 {
			g.rooms[l.Class] = newRoom(l, r.Line)
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

// Handler puts the gate in front of next. Whatever next does, panic and hijacking included, what it held is given back.
func (g *Gate) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m := g.rooms[g.rules.Class(r)]
		if m == nil {
			next.ServeHTTP(newSent(w, nil), r)
			return
		}
		source := ask(g.rules.Source, r)
		b, err := m.take(w, r, source)
		defer b.free()
		if err != nil {
			m.refused.Add(1)
			g.refuse(w, r, statusOf(err))
			return
		}
		p := &places{ctx: r.Context(), source: source, slow: g.slow, shared: b.streams || m.limit.Shared}
		defer p.end()
		if p.shared {
			part, done := m.shares.of(source)
			p.add(done)
			leave, ok := part.enter(r.Context(), "")
			if !ok {
				m.refused.Add(1)
				g.refuse(w, r, http.StatusServiceUnavailable)
				return
			}
			p.add(leave)
		}
		leave, ok := m.enter(r.Context(), ask(g.rules.Key, r))
		if !ok {
			g.refuse(w, r, http.StatusServiceUnavailable)
			return
		}
		p.add(leave)
		next.ServeHTTP(newSent(w, p), r)
	})
}

func ask(of func(*http.Request) string, r *http.Request) string {
	if of == nil {
		return ""
	}
	return of(r)
}

// refuse asks to come back in two to five seconds, not all in the same one. What is too large stays so and is not asked back.
func (g *Gate) refuse(w http.ResponseWriter, r *http.Request, status int) {
	const least, spread = 2, 4
	if status != http.StatusRequestEntityTooLarge {
		w.Header().Set("Retry-After", strconv.Itoa(int(least+g.turn.Add(1)%spread)))
	}
	w.Header().Set("Cache-Control", "no-store")
	g.rules.Refuse(w, r, status)
}
