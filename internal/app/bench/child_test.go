package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/app"
)

const childData = "PENDAPA_BENCH_CHILD"

// TestMain becomes the server when a benchmark starts this binary again.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childData); dir != "" {
		if err := serve(context.Background(), dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func config(dir string) app.Config {
	return app.Config{Listen: "127.0.0.1:0", DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db"), Sample: true}
}

// serve answers requests and, on its standard input, what it has used so far.
func serve(ctx context.Context, dir string) error {
	a, err := app.New(ctx, config(dir), slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended, err := profile(os.Getenv("PENDAPA_BENCH_PROFILE"))
	if err != nil {
		return err
	}
	defer ended()
	return a.Run(ctx, func(addr string) {
		fmt.Println(addr)
		go func() {
			defer stop()
			for in := bufio.NewScanner(os.Stdin); in.Scan(); {
				fmt.Println(spent())
			}
		}()
	})
}

// profile writes where the processor time goes until the server ends, and then what it holds in memory, to files in dir.
func profile(dir string) (ended func(), err error) {
	if dir == "" {
		return func() {}, nil
	}
	cpu, err := os.Create(filepath.Join(dir, "cpu.pprof"))
	if err != nil {
		return nil, err
	}
	heap, err := os.Create(filepath.Join(dir, "heap.pprof"))
	if err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		runtime.GC()
		_ = pprof.WriteHeapProfile(heap)
	}, pprof.StartCPUProfile(cpu)
}

// spent gives the processor time in nanoseconds and the bytes allocated since the start.
func spent() string {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return fmt.Sprint(u.Utime.Nano()+u.Stime.Nano(), " ", sample[0].Value.Uint64())
}

// child is a server process and the way to ask what it used.
type child struct {
	addr string
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
}

func start(b testing.TB, dir string) *child {
	b.Helper()
	c := &child{cmd: exec.Command(os.Args[0])}
	c.cmd.Env = append(os.Environ(), childData+"="+dir)
	c.cmd.Stderr = os.Stderr
	in, err := c.cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	c.in, c.out = in, bufio.NewReader(out)
	b.Cleanup(c.stop)
	line, err := c.out.ReadString('\n')
	if err != nil {
		b.Fatal("the server did not start: ", err)
	}
	c.addr = "http://" + strings.TrimSpace(line)
	return c
}

// used is what the server has spent so far.
func (c *child) used(b testing.TB) (cpu time.Duration, allocated uint64) {
	b.Helper()
	if _, err := c.in.Write([]byte("\n")); err != nil {
		b.Fatal(err)
	}
	line, err := c.out.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	var ns int64
	if _, err := fmt.Sscan(line, &ns, &allocated); err != nil {
		b.Fatal(err)
	}
	return time.Duration(ns), allocated
}

func (c *child) stop() {
	_ = c.in.Close()
	_ = c.cmd.Wait()
}
