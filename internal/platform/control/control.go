// Package control lets a command run inside the server that holds the folder, over a socket in that folder which only its
// owner can open. So no second process ever opens the files of a running server.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
)

// Name is the socket in the folder.
const Name = "control.sock"

const mostRequest = 128 << 20

// Request is a command with its words. Files are those the command reads, by the name it was given, because the server may
// not be allowed to read them.
type Request struct {
	Name  string            `json:"name"`
	Args  []string          `json:"args"`
	Files map[string][]byte `json:"files,omitempty"`
	Lang  string            `json:"lang,omitempty"` // in which errors are told
}

// Handler runs a command and gives its exit status.
type Handler func(ctx context.Context, r Request, stdout, stderr io.Writer) int

// part is a piece of the answer.
type part struct {
	Out []byte `json:"out,omitempty"`
	Err []byte `json:"err,omitempty"`
	End *int   `json:"end,omitempty"`
}

// Serve answers on the socket of a folder until the returned function is called, which waits for running commands. The
// caller holds the folder, so a socket that is there already is a dead one.
func Serve(ctx context.Context, dir string, h Handler) (stop func() error, err error) {
	path, done, err := address(dir)
	if err != nil {
		return nil, err
	}
	defer done()
	full := filepath.Join(dir, Name)
	if err := os.Remove(full); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false) // the name may be one of this process only
	if err := os.Chmod(full, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { answer(ctx, c, h) })
		}
	})
	return func() error {
		err := errors.Join(l.Close(), os.Remove(full))
		running.Wait()
		return err
	}, nil
}

// address gives a name for the socket that is short enough: a system takes about a hundred letters.
func address(dir string) (path string, done func(), err error) {
	path = filepath.Join(dir, Name)
	if len(path) < 100 || runtime.GOOS != "linux" {
		return path, func() {}, nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return "", nil, err
	}
	return filepath.Join("/proc/self/fd", strconv.Itoa(int(d.Fd())), Name), func() { _ = d.Close() }, nil //nolint:gosec // small
}

func answer(ctx context.Context, c net.Conn, h Handler) {
	defer c.Close()
	var r Request
	if err := json.NewDecoder(io.LimitReader(c, mostRequest)).Decode(&r); err != nil {
		return
	}
	w := &writer{out: json.NewEncoder(c)}
	status := h(ctx, r, stream{w, false}, stream{w, true})
	w.send(part{End: &status})
}

type writer struct {
	mu  sync.Mutex
	out *json.Encoder
}

// send drops what the other side does not take any more: the command runs to its end all the same.
func (w *writer) send(p part) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.out.Encode(p)
}

type stream struct {
	w      *writer
	errors bool
}

func (s stream) Write(p []byte) (int, error) {
	if s.errors {
		s.w.send(part{Err: p})
	} else {
		s.w.send(part{Out: p})
	}
	return len(p), nil
}

// Call runs a command in the server that holds the folder and gives its exit status.
func Call(ctx context.Context, dir string, r Request, stdout, stderr io.Writer) (status int, err error) {
	path, done, err := address(dir)
	if err != nil {
		return 1, err
	}
	defer done()
	c, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err != nil {
		return 1, fmt.Errorf("the server that uses the folder cannot be asked: %w", err)
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	if err := json.NewEncoder(c).Encode(r); err != nil {
		return 1, err
	}
	for in := json.NewDecoder(c); ; {
		var p part
		if err := in.Decode(&p); err != nil {
			return 1, fmt.Errorf("the server ended before the command did: %w", err)
		}
		_, errOut := stdout.Write(p.Out)
		_, errErr := stderr.Write(p.Err)
		if err := errors.Join(errOut, errErr); err != nil {
			return 1, err
		}
		if p.End != nil {
			return *p.End, nil
		}
	}
}
