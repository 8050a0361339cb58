package lock

import (
	"context"
	"errors"
	"time"
)

// Serve is what a server says it does. Every other holder is a command that ends by itself.
const Serve = "serve"

// Serves says whether the holder is a server, for which nobody waits.
func (h Holder) Serves() bool { return h.What == Serve }

// Waiting is how a server waits for a command that holds its folder.
type Waiting struct {
	Patience time.Duration // how long it waits in all
	Tick     time.Duration // after which it tries again
	Now      func() time.Time
	Told     func(Holder) // hears once who has the folder; nil when nobody listens
}

// Wait takes a folder for a server as Take does. When a command has it, Wait tries again until the command ended,
// patience ran out or ctx ended. Another server is refused at once: the error is *Held. A holder is looked at twice before it is
// believed, because one that just took the folder has not yet written over the name of the one before.
func Wait(ctx context.Context, dir string, w Waiting) (*Lock, error) {
	end := w.Now().Add(w.Patience)
	var before Holder
	for told := false; ; {
		l, err := Take(dir, Serve, w.Now())
		held, is := errors.AsType[*Held](err)
		if !is {
			return l, err
		}
		sure := held.By == before
		if before = held.By; sure && before.Serves() || !w.Now().Before(end) {
			return nil, err
		}
		if sure && !told && w.Told != nil {
			told = true
			w.Told(before)
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), err)
		case <-time.After(w.Tick):
		}
	}
}
