package db

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/pendapa/pendapa/internal/platform/db/guard"
)

// keeper is told by the guard of every damaged place, stops writing, and tries to put back what was lost. That of a store
// which is opened for looking only names the places.
type keeper struct {
	d       *DB
	path    string
	looking url.Values // how the file is opened to find the table of a page
	unwatch func()
	wake    chan struct{}
	done    chan struct{}

	mu      sync.Mutex
	treated *sync.Cond              // a place was treated, or no more is
	ended   bool                    // the store is closed
	open    map[guard.Damage]string // not mended -> the table it belongs to
	mended  []guard.Damage
	told    func(text string, mended bool)
}

// mostNamed is how many damaged places one text names.
const mostNamed = 5

// place is a damage without its reason, so that it is known once however often it is met.
func place(d guard.Damage) guard.Damage { d.Why = ""; return d }

func startKeeper(d *DB, path string, looking url.Values) *keeper {
	k := &keeper{d: d, path: path, looking: looking, wake: make(chan struct{}, 1), done: make(chan struct{}), open: map[guard.Damage]string{}}
	k.treated = sync.NewCond(&k.mu)
	known, _ := guard.Remembered(path)
	k.unwatch = guard.Watch(path, k.found)
	for _, x := range known {
		k.found(x)
	}
	go k.run()
	return k
}

// found is called in the middle of a read.
func (k *keeper) found(x guard.Damage) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, known := k.open[place(x)]; known || k.ended {
		return
	}
	k.open[place(x)] = ""
	k.stateLocked()
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// stateLocked makes the state of the store follow what is known.
func (k *keeper) stateLocked() {
	if len(k.open) == 0 {
		k.d.health.damaged.Store(nil)
		return
	}
	text := k.placesLocked()
	k.d.health.damaged.Store(&text)
}

// placesLocked names what is damaged, in order.
func (k *keeper) placesLocked() string {
	var all []string
	for x, owner := range k.open {
		text := x.String()
		if owner != "" {
			text += " (" + owner + ")"
		}
		all = append(all, text)
	}
	slices.Sort(all)
	text := strings.Join(all[:min(mostNamed, len(all))], "; ")
	if more := len(all) - mostNamed; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}

func (k *keeper) run() {
	defer close(k.done)
	for range k.wake {
		k.mu.Lock()
		all := slices.Collect(maps.Keys(k.open))
		k.mu.Unlock()
		for _, x := range all {
			k.treat(x)
		}
	}
}

// treat mends one place, or finds out what it belongs to.
func (k *keeper) treat(x guard.Damage) {
	k.mu.Lock()
	owner, still := k.open[x]
	tell := k.told
	k.mu.Unlock()
	if !still || owner != "" {
		return
	}
	text, mended := x.String(), k.mend(x)
	if !mended {
		owner = owned(context.Background(), k.path, k.looking, x)
		text += " (" + owner + ")"
	}
	k.mu.Lock()
	if mended {
		delete(k.open, x)
		k.mended = append(k.mended, x)
	} else {
		k.open[x] = owner
	}
	k.stateLocked()
	k.treated.Broadcast()
	k.mu.Unlock()
	k.remember()
	if tell != nil {
		tell(text, mended)
	}
}

// mend tries to put back what one place lost.
func (k *keeper) mend(x guard.Damage) (mended bool) {
	if k.d.writer == nil {
		return false
	}
	err := k.d.writer.alone(func(pool *sql.DB) (err error) {
		if x.Log {
			mended, err = mendLog(pool, k.path)
		} else {
			mended, err = mendPage(k.path, x.Number)
		}
		return err
	})
	return mended && err == nil
}

// remember keeps what is open for the next start. A disk that does not take it has told so elsewhere.
func (k *keeper) remember() {
	if k.d.writer == nil {
		return
	}
	k.mu.Lock()
	all := slices.Collect(maps.Keys(k.open))
	k.mu.Unlock()
	_ = guard.Remember(k.path, all)
}

func (k *keeper) stop() {
	k.unwatch()
	k.mu.Lock()
	k.ended = true // whoever was told of a damage just now comes too late
	k.mu.Unlock()
	close(k.wake)
	<-k.done
	k.treated.Broadcast()
}

// mendPage puts back a page that lost one bit. One that fits again, because SQLite wrote it anew, is well.
func mendPage(path string, no int64) (bool, error) {
	if fits, err := guard.CheckPage(path, no); err != nil || fits {
		return fits, err
	}
	return guard.MendPage(path, no)
}

// mendLog puts back a bit of the log. Where that cannot be, a checkpoint shows whether the broken frame is still needed:
// if it is, the checkpoint cannot read it and ends; if not, the log is emptied with nothing lost.
func mendLog(pool *sql.DB, path string) (bool, error) {
	r, err := guard.ScanLog(path)
	if err != nil || r.Why == "" {
		return err == nil, err
	}
	if r.Mend != nil {
		if err := guard.MendLog(path, *r.Mend); err != nil {
			return false, err
		}
		r, err = guard.ScanLog(path)
		return err == nil && r.Why == "", err
	}
	var busy, frames, moved int
	if err := pool.QueryRow("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil || busy != 0 {
		return false, err
	}
	r, err = guard.ScanLog(path)
	return err == nil && r.Why == "", err
}

// OnDamage is told of every damaged place once it is clear whether it could be mended: for the log of the server.
func (d *DB) OnDamage(told func(text string, mended bool)) {
	if d.keeper == nil {
		return
	}
	d.keeper.mu.Lock()
	defer d.keeper.mu.Unlock()
	d.keeper.told = told
}
