package admit

import "sync"

const (
	usualPurse  = 16 << 20 // bytes of the bodies of a class that says nothing
	mostReading = 512      // bodies of one source that are being read at the same time
)

// purse is the memory that the bodies of one class may hold. A source may hold a quarter of what is free at that moment, so
// that there is something left for the next one, however much somebody sends and however slowly.
type purse struct {
	most int64

	mu      sync.Mutex // guards all below
	held    int64
	of      map[string]int64 // bytes by source
	reading map[string]int   // bodies by source
}

func newPurse(most int64) *purse {
	if most == 0 {
		most = usualPurse
	}
	return &purse{most: most, of: map[string]int64{}, reading: map[string]int{}}
}

// open begins a body; false when the source has too many that do not end.
func (p *purse) open(source string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reading[source] >= mostReading {
		return false
	}
	p.reading[source]++
	return true
}

// close ends the reading of a body; its bytes are held until they are given back.
func (p *purse) close(source string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reading[source]--; p.reading[source] == 0 {
		delete(p.reading, source)
	}
}

// spend takes n bytes; false when the share of the source does not reach.
func (p *purse) spend(source string, n int64) bool {
	if n == 0 {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of[source]+n > (p.most-p.held-n)/4 {
		return false
	}
	p.held += n
	p.of[source] += n
	return true
}

// back returns what a body held.
func (p *purse) back(source string, n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held -= n
	if p.of[source] -= n; p.of[source] <= 0 {
		delete(p.of, source)
	}
}

func (p *purse) bytes() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held
}
