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
	crowd bool // many sources share it: each waits by itself, or whoever asks most often would take every turn
}

// limiter slows down guessing. What a stranger does counts on the account only for strangers: somebody whose browser
// finished a sign-in before has a budget of their own.
type limiter struct {
	now  func() time.Time
	mu   sync.Mutex // guards seen and full
	seen map[string]*count
	full int // so many are looked through for silent ones
}

type count struct {
	budget
	fails int
	last  time.Time
	asked time.Time // when its source began to wait for a turn in a crowd
}

const mostSeen = 50_000

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, seen: map[string]*count{}, full: mostSeen}
}

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
		{name: "sandi " + email + " " + source, budget: budget{5, 2 * time.Second, 15 * time.Minute, time.Hour}},
		{name: "sumber " + source, budget: budget{60, time.Second, time.Minute, 15 * time.Minute}},
		{name: "sandi " + email, budget: budget{100, time.Second, crowdWait, time.Hour}, crowd: true},
	}
	if network := networkOf(ip); network != "" {
		return append(out,
			key{name: "sandi " + email + " " + network, budget: budget{20, 2 * time.Second, 15 * time.Minute, time.Hour}},
			key{name: "sumber " + network, budget: budget{240, time.Second, time.Minute, 15 * time.Minute}})
	}
	return out
}

// crowdWait is how long somebody on a new device waits at the most while strangers guess at their account from elsewhere.
const crowdWait = 30 * time.Second

// deviceKeys is the budget of a browser that is known.
func deviceKeys(what, device string) []key {
	return []key{{name: what + " perangkat " + digest(device), budget: budget{10, 2 * time.Second, 5 * time.Minute, time.Hour}}}
}

// codeKeys slow the guessing of a second factor by somebody who has the password: about a hundred tries a day are
// left.
func codeKeys(a account) []key {
	return []key{{name: "kode " + itoa(a.Regency) + " " + a.UserID, budget: budget{10, 15 * time.Second, 15 * time.Minute, 24 * time.Hour}}}
}

// ownKeys is for somebody who is signed in and proves themselves again in their own session.
func ownKeys(session string) []key {
	return []key{{name: "bukti " + session, budget: budget{10, 2 * time.Second, 5 * time.Minute, time.Hour}}}
}

func linkKeys(ip string) []key {
	return []key{{name: "tautan " + sourceOf(ip), budget: budget{30, 2 * time.Second, 5 * time.Minute, time.Hour}}}
}

func forgotKeys(ip string) []key {
	return []key{{name: "lupa " + sourceOf(ip), budget: budget{10, 10 * time.Second, 10 * time.Minute, time.Hour}}}
}

// letterKeys bounds the letters to one account; whoever asks more often gets the same answer and no letter.
func letterKeys(a account) []key {
	return []key{{name: "surat " + itoa(a.Regency) + " " + a.UserID, budget: budget{3, 20 * time.Minute, time.Hour, time.Hour}}}
}

// try counts an attempt under each key before it is made, so that many at once gain nothing. undo takes it back
// after a success: what belongs to the person alone is forgotten, what is shared loses this one.
func (l *limiter) try(keys ...key) (undo func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.forget(now)
	var wait time.Duration
	for _, k := range keys {
		wait = max(wait, l.wait(k, keys[0], now))
	}
	if wait > 0 {
		seconds := int((wait + time.Second - 1) / time.Second)
		return nil, errs.E(errs.Conflict, "access.error.too_often", web.Wait(wait), "Seconds", seconds)
	}
	for _, k := range keys {
		c := l.of(k, now)
		c.fails, c.last, c.asked = c.fails+1, now, time.Time{}
	}
	return func() { l.clear(keys) }, nil
}

// wait is how long a key makes its source wait. A crowd gives every source a turn of its own, counted from when it first asked.
func (l *limiter) wait(k, own key, now time.Time) time.Duration {
	c, ok := l.seen[k.name]
	switch {
	case !ok || c.silent(now):
		return 0
	case !k.crowd:
		return c.wait(now)
	case c.fails < c.free:
		return 0
	}
	turn := l.of(own, now)
	if turn.asked.IsZero() {
		turn.asked = now
	}
	return max(0, turn.asked.Add(k.most).Sub(now))
}

func (l *limiter) of(k key, now time.Time) *count {
	c, ok := l.seen[k.name]
	if !ok || c.silent(now) {
		c = &count{budget: k.budget}
		l.seen[k.name] = c
	}
	return c
}

// silent reports whether nothing was heard for so long that all is forgotten.
func (c *count) silent(now time.Time) bool {
	last := c.last
	if c.asked.After(last) {
		last = c.asked
	}
	return now.Sub(last) > c.budget.forget
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

// forget keeps the paces few: it drops what is silent, then what is in nobody's way, and under a flood of names any. It looks
// again only when a tenth more came, so that a flood does not make every try look through all.
func (l *limiter) forget(now time.Time) {
	if len(l.seen) < l.full {
		return
	}
	for name, c := range l.seen {
		if c.silent(now) {
			delete(l.seen, name)
		}
	}
	for _, drop := range []func(*count) bool{
		func(c *count) bool { return c.fails < c.free && c.asked.IsZero() },
		func(c *count) bool { return c.fails < c.free },
		func(*count) bool { return true },
	} {
		for name, c := range l.seen {
			if len(l.seen) > mostSeen && drop(c) {
				delete(l.seen, name)
			}
		}
	}
	l.full = max(mostSeen, len(l.seen)) + mostSeen/10
}
