package access

import (
	"net/netip"
	"sync"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
)

// budget is a pace: so many failures are free, after that each one doubles the wait up to a bound, and silence
// forgets all. Nothing is ever locked, it only becomes slow.
type budget struct {
	free                int
	first, most, forget time.Duration
}

// key is one pace of one thing that is counted.
type key struct {
	name string
	budget
}

// limiter slows down guessing. What a stranger does counts on the account only for strangers: somebody whose browser
// finished a sign-in before has a budget of their own.
type limiter struct {
	now  func() time.Time
	mu   sync.Mutex // guards seen
	seen map[string]*count
}

type count struct {
	budget
	fails int
	last  time.Time
}

const mostSeen = 50_000

func newLimiter(now func() time.Time) *limiter { return &limiter{now: now, seen: map[string]*count{}} }

// sourceOf is the place a request comes from: an address, and of IPv6 the network that one household or office is
// given.
func sourceOf(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if a = a.Unmap().WithZone(""); a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return ip
	}
	return p.String()
}

// networkOf is the larger network of an IPv6 address that one customer may hold, "" for IPv4: whoever has 65,536 households of
// addresses is still one source.
func networkOf(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil || a.Unmap().Is4() {
		return ""
	}
	p, err := a.WithZone("").Prefix(48)
	if err != nil {
		return ""
	}
	return p.String()
}

func signInKeys(email, ip string) []key {
	source := sourceOf(ip)
	out := []key{
		{"sandi " + email + " " + source, budget{5, 2 * time.Second, 15 * time.Minute, time.Hour}},
		{"sumber " + source, budget{60, time.Second, time.Minute, 15 * time.Minute}},
	}
	if network := networkOf(ip); network != "" {
		return append(out, key{"sandi " + email + " " + network, budget{20, 2 * time.Second, 15 * time.Minute, time.Hour}},
			key{"sumber " + network, budget{240, time.Second, time.Minute, 15 * time.Minute}},
			key{"sandi " + email, budget{100, time.Second, 30 * time.Second, time.Hour}})
	}
	return append(out, key{"sandi " + email, budget{100, time.Second, 30 * time.Second, time.Hour}})
}

// deviceKeys is the budget of a browser that is known.
func deviceKeys(what, device string) []key {
	return []key{{what + " perangkat " + digest(device), budget{10, 2 * time.Second, 5 * time.Minute, time.Hour}}}
}

// codeKeys slow the guessing of a second factor by somebody who has the password: about a hundred tries a day are
// left.
func codeKeys(a account) []key {
	return []key{{"kode " + itoa(a.Regency) + " " + a.UserID, budget{10, 15 * time.Second, 15 * time.Minute, 24 * time.Hour}}}
}

// ownKeys is for somebody who is signed in and proves themselves again in their own session.
func ownKeys(session string) []key {
	return []key{{"bukti " + session, budget{10, 2 * time.Second, 5 * time.Minute, time.Hour}}}
}

func linkKeys(ip string) []key {
	return []key{{"tautan " + sourceOf(ip), budget{30, 2 * time.Second, 5 * time.Minute, time.Hour}}}
}

func forgotKeys(ip string) []key {
	return []key{{"lupa " + sourceOf(ip), budget{10, 10 * time.Second, 10 * time.Minute, time.Hour}}}
}

// letterKeys bounds the letters to one account; whoever asks more often gets the same answer and no letter.
func letterKeys(a account) []key {
	return []key{{"surat " + itoa(a.Regency) + " " + a.UserID, budget{3, 20 * time.Minute, time.Hour, time.Hour}}}
}

// try counts an attempt under each key before it is made, so that many at once gain nothing. undo takes it back
// after a success: what belongs to the person alone is forgotten, what is shared loses this one.
func (l *limiter) try(keys ...key) (undo func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if len(l.seen) > mostSeen {
		l.forget(now)
	}
	var wait time.Duration
	for _, k := range keys {
		wait = max(wait, l.of(k, now).wait(now))
	}
	if wait > 0 {
		seconds := int((wait + time.Second - 1) / time.Second)
		return nil, errs.E(errs.Conflict, "access.error.too_often", web.Wait(wait), "Seconds", seconds)
	}
	for _, k := range keys {
		c := l.of(k, now)
		c.fails, c.last = c.fails+1, now
	}
	return func() { l.clear(keys) }, nil
}

func (l *limiter) of(k key, now time.Time) *count {
	c, ok := l.seen[k.name]
	if !ok {
		c = &count{budget: k.budget}
		l.seen[k.name] = c
	}
	if now.Sub(c.last) > c.budget.forget {
		c.fails = 0
	}
	return c
}

func (c *count) wait(now time.Time) time.Duration {
	if c.fails < c.free {
		return 0
	}
	delay := c.most
	if n := c.fails - c.free; n < 30 {
		delay = min(c.most, c.first<<n)
	}
	return max(0, c.last.Add(delay).Sub(now))
}

func (l *limiter) clear(keys []key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, k := range keys {
		c, ok := l.seen[k.name]
		switch {
		case !ok:
		case i == 0:
			delete(l.seen, k.name)
		case c.fails > 0:
			c.fails--
		}
	}
}

// forget drops what is silent long enough, and when a flood of names left none, the half that is least in the way.
func (l *limiter) forget(now time.Time) {
	for name, c := range l.seen {
		if now.Sub(c.last) > c.budget.forget || len(l.seen) > 2*mostSeen && c.fails < c.free {
			delete(l.seen, name)
		}
	}
}
