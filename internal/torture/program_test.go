package torture

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// programDir holds the built program while the tests run, "" before.
var programDir string

// program is the product itself, built once for all trials of this run.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "pendapa-torture-")
	if err != nil {
		return "", err
	}
	programDir = dir
	path := filepath.Join(dir, "pendapa")
	build := exec.Command("go", "build", "-trimpath", "-o", path, "../../cmd/pendapa")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func built(t *testing.T) string {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// unbuilt removes the program when all trials have ended.
func unbuilt() {
	if programDir != "" {
		_ = os.RemoveAll(programDir)
	}
}

// house is where a server has its data, its keys, and, on another disk, its continuous copy.
type house struct{ data, keys, settings string }

func houseIn(t *testing.T, dir, copyTo string) house {
	t.Helper()
	h := house{filepath.Join(dir, "data"), filepath.Join(dir, "keys"), filepath.Join(copyTo, "settings.yaml")}
	if err := os.MkdirAll(filepath.Join(copyTo, "copy"), 0o700); err != nil {
		t.Fatal(err)
	}
	text := "log_level: error\ncopy: " + filepath.Join(copyTo, "copy") + "\n"
	if err := os.WriteFile(h.settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h house) flags() []string {
	return []string{"--config", h.settings, "--data", h.data, "--keys", h.keys}
}

// command runs an operator's command and gives what it said.
func (h house) command(ctx context.Context, t *testing.T, words ...string) (said string, err error) {
	cmd := exec.CommandContext(ctx, built(t), append(words, h.flags()...)...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// server is a serving process.
type server struct {
	cmd   *exec.Cmd
	addr  string
	ready chan bool // false when it ended before it answered
	ended chan struct{}
	said  bytes.Buffer // its log, to be read after its end
}

func (h house) serve(t *testing.T, environ ...string) *server {
	t.Helper()
	s := &server{ready: make(chan bool, 1), ended: make(chan struct{})}
	s.cmd = exec.Command(built(t), append([]string{"serve", "--sample", "--listen", "127.0.0.1:0"}, h.flags()...)...)
	s.cmd.Env = append(os.Environ(), environ...)
	s.cmd.Stderr = &s.said
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		in := bufio.NewReader(out)
		line, err := in.ReadString('\n')
		_, s.addr, _ = strings.Cut(strings.TrimSpace(line), ": ")
		s.addr = strings.Replace(s.addr, "localhost", "127.0.0.1", 1)
		s.ready <- err == nil
		_, _ = io.Copy(io.Discard, in)
		_ = s.cmd.Wait() // killed, or it says why in its log
		close(s.ended)
	}()
	t.Cleanup(s.kill)
	return s
}

// answers waits until the server answers.
func (s *server) answers() error {
	select {
	case ok := <-s.ready:
		if ok {
			return nil
		}
		<-s.ended
		return fmt.Errorf("no start: %s", s.said.String())
	case <-time.After(time.Minute):
		s.kill()
		return fmt.Errorf("no start in a minute: %s", s.said.String())
	}
}

// kill ends the process as a power cut ends it: without a word.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.ended
}

// stop asks it to end, as a service manager does.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	select {
	case <-s.ended:
		return nil
	case <-time.After(30 * time.Second):
		s.kill()
		return fmt.Errorf("the server did not stop in 30 seconds: %s", s.said.String())
	}
}
