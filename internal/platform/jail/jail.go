package jail

import (
	"context"
	"encoding/json"
	"io"
	"time"
)

// Limits bound one reading. Zero takes the default.
type Limits struct {
	File    int64         // bytes of the file, 256 MB
	Memory  int64         // resident bytes of the reader beside the file itself, 256 MB
	Address int64         // bytes of address space, 2.5 GB
	Wall    time.Duration // from the sending of the file to the last answer, 10 s
	Answer  int64         // bytes of all answers together, 64 MB
	Behind  bool          // work nobody waits for: it never takes the last free reader
}

func (l Limits) orDefault() Limits {
	for value, standard := range map[*int64]int64{&l.File: 256 << 20, &l.Memory: 256 << 20, &l.Address: 2560 << 20, &l.Answer: 64 << 20} {
		if *value == 0 {
			*value = standard
		}
	}
	if l.Wall == 0 {
		l.Wall = 10 * time.Second
	}
	return l
}

// Say sends one answer from the reader to the server: a value that JSON can carry, at most 16 MB.
type Say func(answer any) error

// Reader is one way of reading files. Serve and Prepare run in the reader's process alone.
type Reader struct {
	Name   string // of the way, as it stands in the list of processes
	Limits Limits
	// Prepare makes ready what every file needs before one comes. With Compiled it is given the folder of compiled code,
	// which it may fill when it is called with write, in a process that never sees a file.
	Prepare  func(cache string, write bool) error
	Compiled bool
	// Serve reads data as ask wants it. An error made by errs.E reaches the caller with its text; any other error means that
	// the file is not of this kind.
	Serve func(data []byte, ask json.RawMessage, say Say) error
}

// Read has size bytes of a file read as ask wants it and gives every answer to hear as it comes. What was heard before an
// error may be used. Errors are a Failure, an error of errs.E that Serve gave, the error of hear, or that of ctx.
func (r *Reader) Read(ctx context.Context, file io.ReaderAt, size int64, ask any, hear func(answer json.RawMessage) error) error {
	limits := r.Limits.orDefault()
	if size > limits.File {
		return fail(TooBig, nil)
	}
	question, err := json.Marshal(ask)
	if err != nil {
		return err
	}
	leave, err := enter(ctx, limits.Behind)
	if err != nil {
		return err
	}
	defer leave()
	p, err := take(ctx, r)
	if err != nil {
		return err
	}
	return p.read(ctx, limits, request{question, io.NewSectionReader(file, 0, size), size}, hear)
}

// One reads a file whose whole answer is one value.
func One[A any](ctx context.Context, r *Reader, file io.ReaderAt, size int64, ask any) (answer A, err error) {
	err = r.Read(ctx, file, size, ask, func(data json.RawMessage) error { return json.Unmarshal(data, &answer) })
	return answer, err
}
