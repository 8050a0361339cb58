package replica

import (
	"strings"
	"sync"
	"sync/atomic"
)

// queue holds the files that are not at the other place yet, each with the time since when, in milliseconds.
type queue struct {
	mu    sync.Mutex
	since map[string]int64
	wake  chan struct{} // something came
}

func newQueue() queue { return queue{since: map[string]int64{}, wake: make(chan struct{}, 1)} }

// add lets a file wait; one that waits already keeps its time.
func (q *queue) add(hash string, at int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, ok := q.since[hash]; !ok {
		q.since[hash] = at
	}
}

// call wakes the loop that copies files; it never waits.
func (q *queue) call() {
	select {
	case q.wake <- struct{}{}:
	default: // it is called already
	}
}

// done takes out a file that is there, or that is none any more.
func (q *queue) done(hash string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.since, hash)
}

// all lists what waits, in no order: a few files that are refused never stand before the others for ever.
func (q *queue) all() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := make([]string, 0, len(q.since))
	for hash := range q.since {
		out = append(out, hash)
	}
	return out
}

// look tells how many wait and since when the oldest does.
func (q *queue) look() (n, oldest int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, at := range q.since {
		if n == 0 || at < oldest {
			oldest = at
		}
		n++
	}
	return n, oldest
}

// failure is why one loop gets nothing to the other place. Each loop has its own: what one gets there says nothing of the
// other.
type failure struct{ why atomic.Pointer[string] }

// set keeps an error or, with nil, that all is well; first tells that it was well before.
func (f *failure) set(err error) (first bool) {
	if err == nil {
		f.why.Store(nil)
		return false
	}
	text := strings.TrimSpace(err.Error())
	return f.why.Swap(&text) == nil
}

func (f *failure) text() string {
	if p := f.why.Load(); p != nil {
		return *p
	}
	return ""
}

// both joins two failures; the same one is told once.
func both(a, b string) string {
	if a == "" || a == b {
		return b
	}
	if b == "" {
		return a
	}
	return a + "; " + b
}
