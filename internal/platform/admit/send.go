package admit

import (
	"context"
	"errors"
	"net/http"
	"os"
	"sync"
	"time"
)

const (
	sendPiece = 64 << 10         // bytes that are given to the connection at once
	sendWait  = 10 * time.Second // an answer may wait for its reader for so long at the beginning ...
	sendRate  = 8 << 10          // ... must then be taken with so many bytes a second of that waiting ...
	sendStall = 30 * time.Second // ... and may never stand still for longer, however much the buffers took at once
	sendWork  = time.Second      // who lets the house wait for longer in all holds no place of those who work
	mostSlow  = 32               // answers of one source that are sent without a place
)

// ErrUnread ends an answer that is read more slowly than it must.
var ErrUnread = errors.New("the answer was read too slowly")

// places is what one request holds. They are for work: they are given back while the answer waits for its reader. When its
// source has too many such answers, one that holds a part of its source's share keeps that; any other is ended.
type places struct {
	ctx    context.Context
	source string
	shared bool
	slow   *shares

	mu    sync.Mutex // guards all below
	ended bool
	early bool
	held  []func() // gives them back, the last taken first
}

func (p *places) add(back func()) { p.held = append(p.held, back) }

// end gives back what is held.
func (p *places) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	p.back()
}

func (p *places) back() {
	for n := len(p.held) - 1; n >= 0; n-- {
		p.held[n]()
	}
	p.held = nil
}

// wait gives the places back although the answer is not sent yet; end ends the answer.
func (p *places) wait(end func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended || p.early {
		return
	}
	part, done := p.slow.of(p.source)
	leave, ok := part.enter(p.ctx, "")
	if !ok {
		done()
		if !p.shared {
			end()
		}
		return
	}
	p.early = true
	p.back()
	p.held = []func(){done, leave}
}

// sent is an answer on its way. Only the time in which the house waits for the reader counts against it.
type sent struct {
	http.ResponseWriter
	control *http.ResponseController
	places  *places // nil when it holds none
	waited  time.Duration
	n       int64
}

func newSent(w http.ResponseWriter, p *places) *sent {
	return &sent{ResponseWriter: w, control: http.NewResponseController(w), places: p}
}

// Unwrap lets a controller find what is below.
func (s *sent) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// Write sends piece by piece, each with a deadline of its own.
func (s *sent) Write(b []byte) (n int, err error) {
	for {
		m, err := s.piece(b[n:min(len(b), n+sendPiece)])
		if n += m; err != nil || n == len(b) {
			return n, err
		}
	}
}

func (s *sent) piece(b []byte) (int, error) {
	start := time.Now()
	rest := sendWait + time.Duration(s.n/sendRate)*time.Second - s.waited
	_ = s.control.SetWriteDeadline(start.Add(min(rest, sendStall))) // a recorder of a test has no deadline
	if s.places != nil {
		late := time.AfterFunc(max(0, sendWork-s.waited), func() {
			s.places.wait(func() { _ = s.control.SetWriteDeadline(start) })
		})
		defer late.Stop()
	}
	n, err := s.ResponseWriter.Write(b)
	s.n += int64(n)
	s.waited += time.Since(start)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = errors.Join(ErrUnread, err)
	}
	return n, err
}
