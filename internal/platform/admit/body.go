package admit

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

const (
	mostBody = 1 << 20          // bytes of a body that is read before a place is taken; the rest comes while it runs
	freeBody = 4 << 10          // bytes of a body that count against no budget: the connections bound them
	bodyWait = 10 * time.Second // a body may stop for so long at the beginning ...
	bodyRate = 8 << 10          // ... and must then come with so many bytes a second on average
)

var (
	errFull  = errors.New("too many bodies are being read")
	errLarge = errors.New("the body is larger than the class takes")
)

// ErrSlow ends a body that comes more slowly than it must; the answer is 408.
var ErrSlow = errors.New("the body came too slowly")

// statusOf tells why a body was not taken.
func statusOf(err error) int {
	switch {
	case errors.Is(err, ErrSlow):
		return http.StatusRequestTimeout
	case errors.Is(err, errLarge):
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusServiceUnavailable
}

// body is what the gate did with the body of a request.
type body struct {
	streams bool   // it still comes while the handler runs
	free    func() // gives its memory back to the budget
}

// take reads a small body before a place is taken, so that a slow client holds none. Every body must keep a pace.
func (m *room) take(w http.ResponseWriter, r *http.Request, source string) (body, error) {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return body{free: func() {}}, nil
	}
	most := m.limit.Most
	if most > 0 && r.ContentLength > most {
		return body{free: func() {}}, errLarge
	}
	p := &paced{ReadCloser: r.Body, control: http.NewResponseController(w)}
	if m.limit.Streams || r.ContentLength > mostBody {
		r.Body = p
		return body{streams: true, free: func() {}}, nil
	}
	if !m.purse.open(source) {
		return body{free: func() {}}, errFull
	}
	held := &holder{purse: m.purse, source: source}
	b := body{free: func() { m.purse.back(source, held.n) }}
	n, err := io.Copy(held, io.LimitReader(p, mostBody+1))
	m.purse.close(source)
	if errors.Is(err, errFull) || errors.Is(err, ErrSlow) {
		return b, err
	}
	if most > 0 && n > most {
		return b, errLarge
	}
	b.streams = n > mostBody
	p.rest() // or the context of the request would end with the deadline
	rest := io.Reader(p)
	if err != nil {
		rest = failing{err} // the handler says what is wrong with the body
	}
	r.Body = &joined{Reader: io.MultiReader(&held.Buffer, rest), Closer: r.Body}
	return b, nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

type joined struct {
	io.Reader
	io.Closer
}

// holder keeps a body and counts it against the budget of its class.
type holder struct {
	bytes.Buffer
	purse  *purse
	source string
	n      int64 // bytes that count
}

// Write keeps bytes unless the share of the source is used up.
func (h *holder) Write(p []byte) (int, error) {
	counted := max(0, int64(h.Len()+len(p))-freeBody) - h.n
	if !h.purse.spend(h.source, counted) {
		return 0, errFull
	}
	h.n += counted
	return h.Buffer.Write(p)
}

// ReadFrom copies through Write, so that every byte is counted.
func (h *holder) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{h}, r)
}

// paced ends a body that comes more slowly than it must. Only the time in which it is read counts: what lies there while the
// request waits for its place, or while the handler is busy, is not the client's doing.
type paced struct {
	io.ReadCloser
	control *http.ResponseController
	spent   time.Duration // in reads
	n       int64
}

// Read moves the deadline on with what has come.
func (p *paced) Read(b []byte) (int, error) {
	start := time.Now()
	// a recorder of a test has no deadline
	_ = p.control.SetReadDeadline(start.Add(bodyWait + time.Duration(p.n/bodyRate)*time.Second - p.spent))
	n, err := p.ReadCloser.Read(b)
	p.spent += time.Since(start)
	if p.n += int64(n); errors.Is(err, io.EOF) {
		p.rest()
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = errors.Join(ErrSlow, err)
	}
	return n, err
}

// rest takes the deadline away until the next read.
func (p *paced) rest() { _ = p.control.SetReadDeadline(time.Time{}) }
