package jail

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

const (
	longestStart   = 30 * time.Second
	longestCompile = 3 * time.Minute
	looking        = 20 * time.Millisecond // between two looks at a reader's memory
	mostStderr     = 8 << 10
)

// process is a reader that was started and is ready for one file.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.Reader
	stderr *head
	once   sync.Once
	gone   chan struct{} // closed when the process has ended
	ended  error         // of the process; read after gone

	mu  sync.Mutex
	why Reason // why it was killed
}

// head keeps the first bytes of what a reader complains.
type head struct {
	mu   sync.Mutex
	data bytes.Buffer
}

// Write keeps what fits and drops the rest.
func (h *head) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if room := mostStderr - h.data.Len(); room > 0 {
		h.data.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (h *head) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.data.String()
}

func command(r *Reader, what string) (*exec.Cmd, error) {
	if isReader() || known[r.Name] != r {
		return nil, fmt.Errorf("the reader %s is not registered", r.Name)
	}
	dir, err := cacheDir()
	if err != nil && r.Compiled {
		return nil, err
	}
	self, err := executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	cmd.Args = []string{"pendapa", calling, r.Name, dir, what}
	cmd.Env, cmd.Dir = []string{}, "/"
	return cmd, keepFiles()
}

// runCompile runs a process that fills the folder of compiled code.
func (r *Reader) runCompile(ctx context.Context) error {
	cmd, err := command(r, toCompile)
	if err != nil {
		return err
	}
	complaint := &head{}
	cmd.Stderr = complaint
	if err := cmd.Start(); err != nil {
		return err
	}
	late := time.AfterFunc(longestCompile, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	left := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer left()
	if err := cmd.Wait(); err != nil {
		broken := fmt.Errorf("the reader %s could not be made ready: %w: %s", r.Name, err, firstLine(complaint.String()))
		return errors.Join(ctx.Err(), broken)
	}
	return nil
}

// start starts a reader and waits until its fences stand.
func start(ctx context.Context, r *Reader) (*process, error) {
	cmd, err := command(r, toServe)
	if err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, stderr: &head{}, gone: make(chan struct{})}
	cmd.Stderr = p.stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = out
	if p.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	late := time.AfterFunc(longestStart, func() { p.kill(TooLong) })
	left := context.AfterFunc(ctx, func() { p.kill(TooLong) })
	kind, body, err := readFrame(p.out)
	late.Stop()
	left()
	var said ready
	if err == nil && kind == frameReady {
		err = json.Unmarshal(body, &said)
	}
	if err != nil || kind != frameReady {
		p.end()
		return nil, errors.Join(ctx.Err(), fmt.Errorf("the reader %s did not start: %w: %s", r.Name, err, firstLine(p.stderr.String())))
	}
	pool.Lock()
	pool.fences = said.Fences
	pool.Unlock()
	return p, nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return clip(line)
}

func (p *process) kill(why Reason) {
	p.mu.Lock()
	if p.why == "" {
		p.why = why
	}
	p.mu.Unlock()
	_ = p.cmd.Process.Kill()
}

// end kills the process if it still runs and waits for its end.
func (p *process) end() {
	_ = p.cmd.Process.Kill()
	p.wait()
}

func (p *process) wait() {
	p.once.Do(func() {
		_, _ = io.Copy(io.Discard, io.LimitReader(p.out, mostFrame))
		_ = p.in.Close()
		p.ended = p.cmd.Wait()
		close(p.gone)
	})
	<-p.gone
}

func (p *process) alive() bool { return resident(p.cmd.Process.Pid) > 0 }

// request is one file and what is wanted of it.
type request struct {
	ask  json.RawMessage
	file *io.SectionReader
	size int64
}

func (p *process) read(ctx context.Context, l Limits, q request, hear func(json.RawMessage) error) error {
	defer p.end()
	limited, stop := context.WithTimeout(ctx, l.Wall)
	watched := make(chan struct{})
	go func() { defer close(watched); p.watch(limited, l.Memory+q.size) }()
	sent := make(chan error, 1)
	go func() { sent <- p.send(q) }()
	done, err := p.hear(l, hear)
	if !done {
		p.wait()
	}
	stop()
	<-watched
	if err != nil || done {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if broken := <-sent; broken != nil {
		return broken
	}
	return fail(p.cause(l), fmt.Errorf("%w: %s", orNil(p.ended), firstLine(p.stderr.String())))
}

func orNil(err error) error {
	if err == nil {
		return errors.New("it left without an answer")
	}
	return err
}

// send gives the question and the file. A reader that refuses to listen is no error of ours; a file that cannot be read is.
func (p *process) send(q request) error {
	if writeFrame(p.in, frameAsk, question{q.ask, q.size}) != nil {
		return nil
	}
	piece := make([]byte, 64<<10)
	for {
		n, err := q.file.Read(piece)
		if n > 0 {
			if _, refused := p.in.Write(piece[:n]); refused != nil {
				return nil
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			p.kill(NotSuch)
			return err
		}
	}
}

// hear takes answers until the reader is done. done is false when it ended, or was ended, before.
func (p *process) hear(l Limits, hear func(json.RawMessage) error) (done bool, err error) {
	total := int64(0)
	for {
		kind, body, err := readFrame(p.out)
		if errors.Is(err, errFrame) {
			p.kill(TooBig)
		}
		if err != nil {
			return false, nil
		}
		switch kind {
		case frameDone:
			return true, nil
		case frameError:
			var t trouble
			if err := json.Unmarshal(body, &t); err != nil {
				return true, fail(Crashed, err)
			}
			return true, t.error()
		case frameAnswer:
			if total += int64(len(body)); total > l.Answer {
				p.kill(TooBig)
				return false, nil
			}
			if err := hear(body); err != nil {
				return true, err
			}
		default:
			return true, fail(Crashed, errors.New("an unknown answer"))
		}
	}
}

// watch kills the process when ctx ends or when it holds more memory than it may.
func (p *process) watch(ctx context.Context, most int64) {
	tick := time.NewTicker(looking)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				p.kill(TooLong)
			} else {
				_ = p.cmd.Process.Kill()
			}
			return
		case <-tick.C:
			if resident(p.cmd.Process.Pid) > most {
				p.kill(TooMuchMemory)
				return
			}
		}
	}
}

// cause finds why a reader ended before it was done.
func (p *process) cause(l Limits) Reason {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := p.stderr.String()
	switch {
	case p.why != "":
		return p.why
	case strings.Contains(text, "out of memory"), strings.Contains(text, "cannot allocate memory"),
		strings.Contains(text, "address space"):
		return TooMuchMemory
	case p.cmd.ProcessState != nil && killed(p.cmd.ProcessState):
		if used := p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime(); used >= l.Wall {
			return TooLong
		}
		return TooMuchMemory // nobody else kills readers but the machine when its memory ends
	}
	return Crashed
}
