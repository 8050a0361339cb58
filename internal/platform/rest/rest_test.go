package rest

import (
	"runtime"
	"runtime/metrics"
	"testing"
)

// held is what the heap has not returned to the machine.
func held() (n uint64) {
	all := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
	metrics.Read(all)
	for _, s := range all {
		n += s.Value.Uint64()
	}
	return n
}

func TestMemoryIsGivenBackOnceWorkHasEnded(t *testing.T) {
	var w watch
	w.look()
	func() {
		var work [][]byte
		for range 64 {
			work = append(work, make([]byte, 1<<20))
		}
		runtime.KeepAlive(work)
	}()
	if w.look() {
		t.Error("memory was given back in the middle of work")
	}
	if !w.look() || held() > 4*much {
		t.Errorf("%d bytes are held after the work", held())
	}
	if w.look() {
		t.Error("memory was given back again although nobody had worked")
	}
}
