package admit

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	mostBody = 1 << 20          // bytes of a body that is read before a place is taken; the rest is left to the handler
	mostHeld = 32 << 20         // bytes of all such bodies together
	bodyWait = 10 * time.Second // a small body must be there by then
	slowWait = 20 * time.Second // a streamed body may stop for so long at the beginning ...
	slowRate = 8 << 10          // ... and must then come with so many bytes a second on average
)

var errFull = errors.New("too many bodies are being read")

// body reads a small body before a place is taken, so that a slow client holds none; a streamed one must keep a pace. free
// gives the memory back to the budget.
func (g *Gate) body(w http.ResponseWriter, r *http.Request, streams bool) (free func(), ok bool) {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return func() {}, true
	}
	control := http.NewResponseController(w)
	if streams || r.ContentLength > mostBody {
		r.Body = &paced{ReadCloser: r.Body, control: control, start: time.Now()}
		return func() {}, true
	}
	_ = control.SetReadDeadline(time.Now().Add(bodyWait)) // a recorder of a test has no deadline
	held := &holder{gate: g}
	_, err := io.Copy(held, io.LimitReader(r.Body, mostBody+1))
	free = func() { g.held.Add(-held.n) }
	if errors.Is(err, errFull) {
		return free, false
	}
	_ = control.SetReadDeadline(time.Time{}) // or the context of the request would end with it
	rest := io.Reader(&paced{ReadCloser: r.Body, control: control, start: time.Now()})
	if err != nil {
		rest = failing{err} // the handler says what is wrong with the body
	}
	r.Body = &joined{Reader: io.MultiReader(&held.Buffer, rest), Closer: r.Body}
	return free, true
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

type joined struct {
	io.Reader
	io.Closer
}

// holder counts the bytes it holds against the budget of the gate.
type holder struct {
	bytes.Buffer
	gate *Gate
	n    int64
}

// Write keeps bytes unless the budget of all bodies is used up.
func (h *holder) Write(p []byte) (int, error) {
	if h.gate.held.Add(int64(len(p))) > mostHeld {
		h.gate.held.Add(-int64(len(p)))
		return 0, errFull
	}
	h.n += int64(len(p))
	return h.Buffer.Write(p)
}

// ReadFrom copies through Write, so that every byte is counted.
func (h *holder) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{h}, r)
}

// paced ends a body that comes more slowly than it must.
type paced struct {
	io.ReadCloser
	control *http.ResponseController
	start   time.Time
	n       int64
}

// Read moves the deadline on with what has come.
func (p *paced) Read(b []byte) (int, error) {
	_ = p.control.SetReadDeadline(p.start.Add(slowWait + time.Duration(p.n/slowRate)*time.Second))
	n, err := p.ReadCloser.Read(b)
	if p.n += int64(n); errors.Is(err, io.EOF) {
		_ = p.control.SetReadDeadline(time.Time{})
	}
	return n, err
}
