package jail

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

// calling is the hidden first argument of a process started as a reader: then its name, the folder of compiled code, and
// what it is to do.
const (
	calling   = "baca-berkas"
	toServe   = "serve"
	toCompile = "compile"
)

func isReader() bool { return len(os.Args) == 5 && os.Args[1] == calling }

var known = map[string]*Reader{}

// Register notes a reader; call it in an init function. In a process started as this reader it serves one file and exits.
// Two readers of one name are a programmer's mistake.
func Register(r *Reader) {
	if _, twice := known[r.Name]; twice {
		panic("jail: two readers called " + r.Name)
	}
	known[r.Name] = r
	if !isReader() || os.Args[2] != r.Name {
		return
	}
	if err := r.serve(os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

const mostStack = 64 << 20

// endWithParent ends this process when the server that started it is gone, or after the time it gives a compilation: nobody
// else would. Readers of files need it not, their standard input closes.
func endWithParent() {
	parent := os.Getppid()
	time.AfterFunc(longestCompile, func() { os.Exit(1) })
	go func() {
		for range time.Tick(time.Second) {
			if os.Getppid() != parent {
				os.Exit(1)
			}
		}
	}()
}

func (r *Reader) serve(cache, what string) error {
	limits := r.Limits.orDefault()
	runtime.GOMAXPROCS(2) // one reads, one keeps time
	debug.SetMaxStack(mostStack)
	if what == toCompile {
		endWithParent()
		return r.Prepare(cache, true)
	}
	debug.SetMemoryLimit(limits.Memory * 3 / 4)
	if !r.Compiled {
		cache = ""
	}
	fences, err := fence(limits, cache)
	if err != nil {
		return err
	}
	if r.Prepare != nil {
		if err := r.Prepare(cache, false); err != nil {
			return err
		}
	}
	if err := writeFrame(os.Stdout, frameReady, ready{fences}); err != nil {
		return err
	}
	return r.serveOne(limits)
}

func (r *Reader) serveOne(limits Limits) error {
	kind, body, err := readFrame(os.Stdin)
	if err == io.EOF { // the server has no file for this reader any more
		return nil
	}
	var q question
	if err == nil && kind != frameAsk {
		err = errors.New("no question came")
	}
	if err == nil {
		err = json.Unmarshal(body, &q)
	}
	if err != nil || q.Size < 0 || q.Size > limits.File {
		return errors.Join(err, errors.New("the question cannot be read"))
	}
	debug.SetMemoryLimit(limits.Memory*3/4 + q.Size)
	data := make([]byte, q.Size)
	if _, err := io.ReadFull(os.Stdin, data); err != nil {
		return err
	}
	go leaveWithServer()
	if err := r.answer(data, q.Ask); err != nil {
		return writeFrame(os.Stdout, frameError, troubleOf(err))
	}
	return writeFrame(os.Stdout, frameDone, struct{}{})
}

// leaveWithServer ends the reader when the server is gone: its end of the pipe closes.
func leaveWithServer() {
	_, _ = os.Stdin.Read(make([]byte, 1))
	os.Exit(1)
}

func (r *Reader) answer(data []byte, ask json.RawMessage) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fail(Crashed, fmt.Errorf("panic: %v", p))
		}
	}()
	return r.Serve(data, ask, func(answer any) error { return writeFrame(os.Stdout, frameAnswer, answer) })
}
