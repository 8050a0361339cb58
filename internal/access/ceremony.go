package access

import (
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
)

// ceremonies holds what the house asked browsers for a short while, in memory: a restart in between means to begin
// again.
type ceremonies struct {
	mu   sync.Mutex // guards open
	open map[string]ceremony
}

type ceremony struct {
	asked webauthn.SessionData
	until time.Time
}

const (
	ceremonyLife   = 5 * time.Minute
	mostCeremonies = 10_000
)

// keep remembers what was asked under a secret of the browser, and gives the secret.
func (c *ceremonies) keep(secret string, asked webauthn.SessionData, now time.Time) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == nil {
		c.open = map[string]ceremony{}
	}
	for key, one := range c.open {
		if len(c.open) < mostCeremonies && now.Before(one.until) {
			break
		}
		delete(c.open, key)
	}
	c.open[digest(secret)] = ceremony{asked, now.Add(ceremonyLife)}
	return secret
}

// take gives what was asked, once.
func (c *ceremonies) take(secret string, now time.Time) (webauthn.SessionData, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	one, ok := c.open[digest(secret)]
	delete(c.open, digest(secret))
	return one.asked, ok && now.Before(one.until)
}
