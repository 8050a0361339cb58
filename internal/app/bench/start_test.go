package bench

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/app"
)

// used reads the processor time of a process from the kernel; it is written for Linux, where the program is served.
func used(b *testing.B, pid int) time.Duration {
	b.Helper()
	tasks, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/schedstat")
	if err != nil || len(tasks) == 0 {
		b.Fatal("no schedstat of the server: ", err)
	}
	var sum int64
	for _, name := range tasks {
		data, err := os.ReadFile(name)
		if err != nil {
			continue // the thread ended in between
		}
		n, _ := strconv.ParseInt(strings.Fields(string(data))[0], 10, 64)
		sum += n
	}
	return time.Duration(sum)
}

// resident reads the memory of a process in bytes.
func resident(b *testing.B, pid int) int64 {
	b.Helper()
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "VmRSS:")
	n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	return n << 10
}

// BenchmarkStart builds the program, starts it as a process on a filled sample house until it says it is ready, and lets it
// idle for ten seconds the first two times.
func BenchmarkStart(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Fatal("the processor time is read from /proc")
	}
	dir := b.TempDir()
	program := filepath.Join(dir, "pendapa")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "../../../cmd/pendapa")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	data := filepath.Join(dir, "data")
	a, err := app.New(context.Background(), config(data), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	if err := a.LoadSample(context.Background()); err != nil {
		b.Fatal(err)
	}
	if err := a.Close(); err != nil {
		b.Fatal(err)
	}
	var cpu, wall time.Duration
	var idle []int64
	n := 0
	for b.Loop() {
		c, w, r := once(b, program, data, n < 2)
		cpu, wall, idle = cpu+c, wall+w, append(idle, r)
		n++
	}
	b.ReportMetric(ms(cpu)/float64(n), "cpu-ms")
	b.ReportMetric(ms(wall)/float64(n), "wall-ms")
	b.ReportMetric(float64(idle[0])/(1<<20), "first-idle-MiB") // with the first backup and all that waits in a new house
	if n > 1 {
		b.ReportMetric(float64(idle[1])/(1<<20), "idle-MiB")
	}
}

// once starts the program and ends it again.
func once(b *testing.B, program, data string, idle bool) (cpu, wall time.Duration, rss int64) {
	b.Helper()
	cmd := exec.Command(program, "serve", "--data", data, "--listen", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	line := make([]byte, 200)
	n, err := out.Read(line)
	if err != nil {
		b.Fatal("the server did not start: ", err)
	}
	_, addr, _ := strings.Cut(strings.TrimSpace(string(line[:n])), ": ")
	res, err := http.Get(addr + "/readyz")
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatal("not ready: ", err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	wall, cpu = time.Since(began), used(b, cmd.Process.Pid)
	if idle {
		<-time.After(10 * time.Second)
		rss = resident(b, cmd.Process.Pid)
	}
	_ = cmd.Process.Signal(os.Interrupt)
	_ = cmd.Wait()
	return cpu, wall, rss
}
