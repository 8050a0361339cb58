// Package rest gives memory back to the machine while nobody works. A backup, a check of all decisions or an export fills tens
// of megabytes for seconds; the runtime by itself returns them over many minutes, and a server beside others is judged by what it
// holds while it does nothing.
package rest

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	every = 5 * time.Second
	few   = 1 << 20 // bytes allocated between two looks: nobody works
	much  = 8 << 20 // bytes allocated since memory was last given back: worth a collection
)

// Run looks every few seconds until ctx ends.
func Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for w := (watch{}); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.look()
		}
	}
}

// watch remembers what was allocated by the last look and when memory was last given back.
type watch struct{ seen, given uint64 }

// look gives memory back when nobody worked since the last look and there was work before. It does so once after each work.
func (w *watch) look() bool {
	all := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(all)
	allocated := all[0].Value.Uint64()
	quiet := allocated-w.seen < few
	w.seen = allocated
	if !quiet || allocated-w.given < much {
		return false
	}
	w.given = allocated
	debug.FreeOSMemory()
	return true
}
