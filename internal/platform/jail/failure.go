package jail

import (
	"errors"

	"github.com/pendapa/pendapa/internal/errs"
)

// Reason says why a file was not read. It is kept on cards and never changes its spelling.
type Reason string

// The reasons.
const (
	TooBig        Reason = "big"    // the file, or what it holds, is larger than what is read
	TooLong       Reason = "slow"   // not finished in time
	TooMuchMemory Reason = "memory" // needed more memory than a reader gets
	Crashed       Reason = "crash"  // the reader fell over it
	Locked        Reason = "locked" // behind a password
	NotSuch       Reason = "kind"   // not a file of this kind, or a broken one
	Busy          Reason = "busy"   // no reader became free in time: the file was not looked at
)

// Failure is why a file was not read; errors.As finds it inside what Read returns.
type Failure struct {
	Reason Reason
	cause  error
}

// Error is the text for the log.
func (f *Failure) Error() string {
	if f.cause == nil {
		return "reader: " + string(f.Reason)
	}
	return "reader: " + string(f.Reason) + ": " + f.cause.Error()
}

// Unwrap gives what happened underneath.
func (f *Failure) Unwrap() error { return f.cause }

// Fail is how Serve says the reason itself, where it knows better than "not of this kind".
func Fail(why Reason, cause error) error { return fail(why, cause) }

// fail makes the error a person meets: the text of the reason, the Failure inside.
func fail(why Reason, cause error) error {
	kind := errs.Invalid
	if why == Busy {
		kind = errs.Conflict
	}
	return errs.E(kind, "web.error.read_"+string(why), &Failure{why, cause})
}

// Why gives the reason inside err; "" when err is none of a reader, such as a wrong column or a cancelled request.
func Why(err error) Reason {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f.Reason
	}
	return ""
}

// Final reports that reading the same file again would end the same way: it should not be tried again by itself.
func Final(why Reason) bool { return why != "" && why != Busy }
