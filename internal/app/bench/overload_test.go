package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	steady   = 32   // clients that ask one after the other when the peak is measured
	mostOpen = 4000 // requests that are under way at the same time at the most
	offered  = 10   // how many times the peak is offered
)

// crowd asks for pages and remembers how that went.
type crowd struct {
	c      *child
	cookie *http.Cookie
	client *http.Client

	mu              sync.Mutex
	took            []time.Duration // of answered requests
	refused, failed int
	pulse           []time.Duration // of /healthz
}

// seconds is how long a phase lasts; PENDAPA_TEST_OVERLOAD sets it.
func seconds(otherwise int) time.Duration {
	if n, err := strconv.Atoi(os.Getenv("PENDAPA_TEST_OVERLOAD")); err == nil && n > 0 {
		otherwise = n
	}
	return time.Duration(otherwise) * time.Second
}

// ask gets one page. Only a whole answer counts.
func (q *crowd) ask(n int) {
	pages := []string{"/pekerjaan", "/evaluasi", "/bukti", "/inovasi"}
	r, err := http.NewRequest("GET", q.c.addr+pages[n%len(pages)], nil)
	if err != nil {
		return
	}
	r.AddCookie(q.cookie)
	r.Header.Set("Accept-Encoding", "gzip")
	start := time.Now()
	res, err := q.client.Do(r)
	status := 0
	if err == nil {
		_, err = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		status = res.StatusCode
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case err == nil && status == http.StatusOK:
		q.took = append(q.took, time.Since(start))
	case status == http.StatusServiceUnavailable:
		q.refused++
	default:
		q.failed++
	}
}

// beat asks for health twenty times a second until ctx ends.
func (q *crowd) beat(ctx context.Context) {
	tick, own := time.NewTicker(50*time.Millisecond), &http.Client{Timeout: 10 * time.Second}
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			start := time.Now()
			res, err := own.Get(q.c.addr + "/healthz")
			if err == nil {
				_ = res.Body.Close()
			}
			q.pulse = append(q.pulse, time.Since(start))
		}
	}
}

// peak gives answers a second when every client waits for its answer.
func (q *crowd) peak(d time.Duration) float64 {
	var all sync.WaitGroup
	end := time.Now().Add(d)
	for i := range steady {
		all.Go(func() {
			for n := i; time.Now().Before(end); n++ {
				q.ask(n)
			}
		})
	}
	all.Wait()
	return float64(len(q.took)) / d.Seconds()
}

// flood offers so many requests a second, whether answers come or not, and gives the good answers a second.
func (q *crowd) flood(d time.Duration, rate float64) float64 {
	var all sync.WaitGroup
	open := make(chan bool, mostOpen)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for start, sent := time.Now(), 0; time.Since(start) < d; <-tick.C {
		for ; float64(sent) < rate*time.Since(start).Seconds(); sent++ {
			n := sent
			select {
			case open <- true:
				all.Go(func() { q.ask(n); <-open })
			default:
				q.mu.Lock()
				q.failed++
				q.mu.Unlock()
			}
		}
	}
	good := len(q.took)
	all.Wait()
	return float64(good) / d.Seconds()
}

// p99 gives the time that one of a hundred was longer than.
func p99(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)*99/100]
}

// highest gives the largest memory a process had, in MB.
func highest(b *testing.B, pid int) float64 {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kb) / 1024
}

// BenchmarkOverload offers ten times the peak to a started server. Client and server share the machine, in both phases; where
// others work beside them, answers per second of the server's own processor time are the figure to compare.
func BenchmarkOverload(b *testing.B) {
	dir := b.TempDir()
	house(b, dir, 1)
	who := "Koordinator Evaluasi"
	id := look(b, dir).people[who]
	c := start(b, dir)
	in := signIn(b, c, who, id)
	many := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: mostOpen, MaxConnsPerHost: mostOpen}}
	(&crowd{c: c, cookie: in.cookie, client: many}).peak(seconds(10)) // what is computed once is computed now
	for b.Loop() {
		calm, wild := &crowd{c: c, cookie: in.cookie, client: many}, &crowd{c: c, cookie: in.cookie, client: many}
		cpu0, _ := c.used(b)
		peak := calm.peak(seconds(10))
		cpu1, _ := c.used(b)
		ctx, end := context.WithCancel(context.Background())
		var pulse sync.WaitGroup
		pulse.Go(func() { wild.beat(ctx) })
		good := wild.flood(seconds(20), offered*peak)
		cpu2, _ := c.used(b)
		end()
		pulse.Wait()
		work := func(d time.Duration, q *crowd) float64 { return float64(len(q.took)) / d.Seconds() }
		b.ReportMetric(peak, "peak/s")
		b.ReportMetric(good, "good/s")
		b.ReportMetric(100*good/peak, "%peak")
		b.ReportMetric(100*work(cpu2-cpu1, wild)/work(cpu1-cpu0, calm), "%peak-per-cpu")
		b.ReportMetric(float64(wild.refused), "refused")
		b.ReportMetric(float64(wild.failed), "failed")
		b.ReportMetric(float64(p99(wild.took).Milliseconds()), "ms-p99")
		b.ReportMetric(float64(p99(wild.pulse).Milliseconds()), "ms-p99-health")
		b.ReportMetric(highest(b, c.cmd.Process.Pid), "MB")
	}
}
