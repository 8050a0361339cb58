package access

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/pendapa/pendapa/internal/errs"
)

// limiter slows down guessing: ten tries at once, then one every twelve seconds, per account and per address.
type limiter struct {
	now  func() time.Time
	mu   sync.Mutex // guards seen
	seen map[string]*visitor
}

type visitor struct {
	bucket *rate.Limiter
	last   time.Time
}

const (
	burst    = 10
	every    = 12 * time.Second
	mostSeen = 50_000
)

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, seen: map[string]*visitor{}}
}

func (l *limiter) allow(keys ...string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if len(l.seen) > mostSeen {
		l.forget(now)
	}
	for _, key := range keys {
		v, ok := l.seen[key]
		if !ok {
			v = &visitor{bucket: rate.NewLimiter(rate.Every(every), burst)}
			l.seen[key] = v
		}
		v.last = now
		if !v.bucket.AllowN(now, 1) {
			return errs.E(errs.Conflict, "access.error.too_often", nil)
		}
	}
	return nil
}

// forget drops those whose bucket is full again.
func (l *limiter) forget(now time.Time) {
	for key, v := range l.seen {
		if now.Sub(v.last) > burst*every {
			delete(l.seen, key)
		}
	}
}
