package admit

import "container/list"

// Waiter is a request that waits. Key says for whom, for lines that share places between those who ask.
type Waiter struct {
	Key    string
	answer chan bool
	at     *list.Element
}

// Line decides who goes next. It is used under the lock of its class. A line that shares places fairly between regencies or
// agencies by Waiter.Key takes the place of NewestFirst in Rules.Line.
type Line interface {
	Push(w *Waiter)
	Pop() *Waiter          // takes out who goes next; nil when nobody waits
	Oldest() *Waiter       // takes out who is turned away when the line is full
	Remove(w *Waiter) bool // takes out one that left; false when it was taken out already
	Len() int
}

// newestFirst serves the newest and turns away the oldest.
type newestFirst struct{ all *list.List }

// NewestFirst makes a line in which the newest goes first.
func NewestFirst() Line { return &newestFirst{list.New()} }

func (l *newestFirst) Push(w *Waiter) { w.at = l.all.PushFront(w) }
func (l *newestFirst) Len() int       { return l.all.Len() }
func (l *newestFirst) Pop() *Waiter   { return l.take(l.all.Front()) }

func (l *newestFirst) Oldest() *Waiter { return l.take(l.all.Back()) }

func (l *newestFirst) Remove(w *Waiter) bool { return l.take(w.at) != nil }

func (l *newestFirst) take(e *list.Element) *Waiter {
	if e == nil {
		return nil
	}
	w, _ := l.all.Remove(e).(*Waiter)
	w.at = nil
	return w
}
