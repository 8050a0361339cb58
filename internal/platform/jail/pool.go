package jail

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	readers    = 2                // that read at the same time
	mostQueue  = 64               // readings that wait for one
	longestRow = 20 * time.Second // how long a reading waits for a free reader
)

var (
	slots  = make(chan struct{}, readers)
	behind = make(chan struct{}, readers-1)
	queue  = make(chan struct{}, mostQueue)
)

// enter waits for a free reader. Work nobody waits for takes one of fewer places first.
func enter(ctx context.Context, work bool) (leave func(), err error) {
	select {
	case queue <- struct{}{}:
	default:
		return nil, fail(Busy, nil)
	}
	defer func() { <-queue }()
	wait := time.NewTimer(longestRow)
	defer wait.Stop()
	var held []chan struct{}
	leave = func() {
		for _, place := range held {
			<-place
		}
	}
	places := []chan struct{}{slots}
	if work {
		places = []chan struct{}{behind, slots}
	}
	for _, place := range places {
		select {
		case place <- struct{}{}:
			held = append(held, place)
		case <-wait.C:
			leave()
			return nil, fail(Busy, nil)
		case <-ctx.Done():
			leave()
			return nil, ctx.Err()
		}
	}
	return leave, nil
}

// pool holds what all readings share.
var pool struct {
	sync.Mutex
	cache    string
	shared   bool // the cache is that of the user and stays so
	compiled map[string]bool
	waiting  map[string]*process
	keep     map[string]context.Context // readers of which one is kept waiting, until when
	filling  map[string]int             // that are being started to wait
	fences   []string
}

// filled is told when a reader that was started waits, or failed to.
var filled = sync.NewCond(&pool.Mutex)

// UseCache names the folder that keeps compiled code between starts; without it the user's cache folder serves. Call it
// before the first reading.
func UseCache(dir string) {
	pool.Lock()
	defer pool.Unlock()
	if pool.shared {
		return
	}
	if full, err := filepath.Abs(dir); err == nil {
		dir = full
	}
	pool.cache = dir
}

// ShareCache leaves the folder of compiled code where it is, whatever UseCache says later. It is for tests that open many
// houses in one process: a reader that is made ready for the next file must not write into the folder of a house that is gone.
func ShareCache() {
	pool.Lock()
	defer pool.Unlock()
	pool.shared = true
}

func cacheDir() (string, error) {
	pool.Lock()
	defer pool.Unlock()
	if pool.cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		pool.cache = filepath.Join(dir, "pendapa-readers")
	}
	return pool.cache, os.MkdirAll(pool.cache, 0o700)
}

// Fences names what the kernel forbids readers on this machine, known after the first reading; empty before.
func Fences() []string {
	pool.Lock()
	defer pool.Unlock()
	return append([]string{}, pool.fences...)
}

// compiling is held while a reader's code is compiled.
var compiling sync.Mutex

// compile lets a process that never sees a file fill the folder of compiled code, once in the life of the server.
func (r *Reader) compile(ctx context.Context) error {
	if !r.Compiled {
		return nil
	}
	compiling.Lock()
	defer compiling.Unlock()
	if pool.compiled[r.Name] {
		return nil
	}
	if err := r.runCompile(ctx); err != nil {
		return err
	}
	if pool.compiled == nil {
		pool.compiled = map[string]bool{}
	}
	pool.compiled[r.Name] = true
	return nil
}

// Warm keeps one process waiting for each reader whose making ready takes long, until ctx ends; then it ends them and
// returns. told hears once of each reader what the kernel forbids it, or why it could not be made ready.
func Warm(ctx context.Context, told func(reader string, fences []string, err error)) {
	var all sync.WaitGroup
	for _, r := range known {
		if r.Prepare != nil {
			all.Go(func() { r.warm(ctx, told) })
		}
	}
	all.Wait()
}

func (r *Reader) warm(ctx context.Context, told func(string, []string, error)) {
	pool.Lock()
	if pool.keep == nil {
		pool.keep, pool.waiting, pool.filling = map[string]context.Context{}, map[string]*process{}, map[string]int{}
	}
	pool.keep[r.Name] = ctx
	pool.Unlock()
	err := refill(ctx, r)
	if ctx.Err() == nil {
		told(r.Name, Fences(), err)
	}
	<-ctx.Done()
	pool.Lock()
	delete(pool.keep, r.Name)
	for pool.filling[r.Name] > 0 {
		filled.Wait()
	}
	p := pool.waiting[r.Name]
	delete(pool.waiting, r.Name)
	pool.Unlock()
	if p != nil {
		p.end()
	}
}

// refill puts a waiting reader where there is none. Failing is no harm: the next reading starts its own.
func refill(ctx context.Context, r *Reader) error {
	pool.Lock()
	need := pool.keep[r.Name] != nil && pool.waiting[r.Name] == nil
	pool.Unlock()
	if !need {
		return nil
	}
	if err := r.compile(ctx); err != nil {
		return err
	}
	p, err := start(ctx, r)
	if err != nil {
		return err
	}
	pool.Lock()
	if pool.keep[r.Name] != nil && pool.waiting[r.Name] == nil {
		pool.waiting[r.Name], p = p, nil
	}
	pool.Unlock()
	if p != nil {
		p.end()
	}
	return nil
}

// fill is refill beside a reading; Warm waits for it.
func fill(ctx context.Context, r *Reader) {
	_ = refill(ctx, r)
	pool.Lock()
	pool.filling[r.Name]--
	pool.Unlock()
	filled.Broadcast()
}

// take gives the waiting reader, or starts one.
func take(ctx context.Context, r *Reader) (*process, error) {
	pool.Lock()
	p := pool.waiting[r.Name]
	delete(pool.waiting, r.Name)
	keep := pool.keep[r.Name]
	if keep != nil {
		pool.filling[r.Name]++
	}
	pool.Unlock()
	if keep != nil {
		go fill(keep, r)
	}
	if p != nil && p.alive() {
		return p, nil
	}
	if p != nil {
		p.end()
	}
	if err := r.compile(ctx); err != nil {
		return nil, err
	}
	return start(ctx, r)
}
