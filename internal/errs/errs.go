// Package errs gives every error that a person may meet one of five kinds and the key of a translated text.
//
// The cause stays inside for the log; a page shows only the text. See docs/ARCHITECTURE.md, "Errors".
package errs

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Kind says what the caller can do about an error.
type Kind int

// The five kinds. Internal is the zero value: an error nobody classified is ours to mend.
const (
	Internal  Kind = iota
	Invalid        // the input must be corrected
	NotFound       // there is no such thing, or it is not yours to see
	Conflict       // somebody changed it first, or a rule of the workflow forbids it now
	Forbidden      // you may not
)

// Msg is a translated text: its key and the values it names.
type Msg struct {
	Key  string
	Args map[string]any
}

// M builds a Msg from a key and name, value pairs.
func M(key string, pairs ...any) Msg { return Msg{Key: key, Args: args(pairs)} }

// Error is an error with a kind and a text; made with E and InvalidFields.
type Error struct {
	Kind   Kind
	Msg    Msg
	Fields map[string]Msg // form field -> what is wrong with it
	cause  error
}

// E makes an error. pairs are name, value, name, value ... for the text behind key.
func E(kind Kind, key string, cause error, pairs ...any) error {
	return &Error{Kind: kind, Msg: M(key, pairs...), cause: cause}
}

// InvalidFields makes an Invalid error that names each wrong field of a form.
func InvalidFields(fields map[string]Msg) error {
	return &Error{Kind: Invalid, Msg: M("web.error.fields"), Fields: fields}
}

// Error is the text for the log: keys, fields and cause, never translated.
func (e *Error) Error() string {
	text := e.Msg.Key
	if len(e.Msg.Args) > 0 {
		text += fmt.Sprintf(" %v", e.Msg.Args)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		text += fmt.Sprintf(" %s=%s", name, e.Fields[name].Key)
	}
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// KindOf gives the kind of err, Internal when it has none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is of this kind. A nil error is of none.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// MsgOf gives the text of err and its field texts; a text that says "our fault" when err has none.
func MsgOf(err error) (Msg, map[string]Msg) {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Msg, e.Fields
	}
	return M("web.error.internal"), nil
}

// KeyOf gives the text's key and values.
func KeyOf(err error) (string, map[string]any) {
	m, _ := MsgOf(err)
	return m.Key, m.Args
}

// Wrap adds what was being done to a returned error; use it with defer and a named result.
func Wrap(err *error, format string, a ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, a...), *err)
	}
}

func args(pairs []any) map[string]any {
	if len(pairs) == 0 {
		return nil
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m
}
