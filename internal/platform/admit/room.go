package admit

import (
	"container/list"
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// room is one class while the server runs.
type room struct {
	limit             Limit
	purse             *purse
	shares            *shares
	admitted, refused atomic.Uint64

	mu      sync.Mutex // guards all below
	running int
	since   *list.List // time.Time of every place that is taken, the oldest in front
	line    Line
}

func newRoom(l Limit, line func() Line) *room {
	if l.Each == 0 {
		l.Each = max(1, l.Running/2)
	}
	m := newPart(l, line)
	m.shares = newShares(l, line)
	return m
}

// newPart makes a room that is not divided further.
func newPart(l Limit, line func() Line) *room {
	return &room{limit: l, purse: newPurse(l.Bodies), since: list.New(), line: line()}
}

func (m *room) stats() Stats {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := Stats{Class: m.limit.Class, Running: m.running, Waiting: m.line.Len(), Admitted: m.admitted.Load(),
		Refused: m.refused.Load(), Bodies: m.purse.bytes()}
	if e := m.since.Front(); e != nil {
		s.Oldest = time.Since(e.Value.(time.Time))
	}
	return s
}

// enter takes a place, waiting for one when it must; false when there was none in time or the client left. leave gives the
// place back.
func (m *room) enter(ctx context.Context, key string) (leave func(), ok bool) {
	if !m.place(ctx, key) {
		m.refused.Add(1)
		return nil, false
	}
	if ctx.Err() != nil { // the client left while its body was read
		m.pass()
		m.refused.Add(1)
		return nil, false
	}
	m.admitted.Add(1)
	m.mu.Lock()
	at := m.since.PushBack(time.Now())
	m.mu.Unlock()
	return func() {
		m.mu.Lock()
		m.since.Remove(at)
		m.mu.Unlock()
		m.pass()
	}, true
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
		return ok
	case <-patience.C:
	case <-ctx.Done():
	}
	m.mu.Lock()
	gone := m.line.Remove(w)
	m.mu.Unlock()
	return !gone && <-w.answer
}

// pass hands a place to the next that waits.
func (m *room) pass() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if w := m.line.Pop(); w != nil {
		w.answer <- true
		return
	}
	m.running--
}
