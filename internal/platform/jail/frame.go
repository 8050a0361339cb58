package jail

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/pendapa/pendapa/internal/errs"
)

// A frame is one letter, four bytes of length, and so many bytes of JSON.
const (
	frameReady  = 'r' // reader: fences stand, send the file
	frameAsk    = 'q' // server: the question; the file follows
	frameAnswer = 'a'
	frameError  = 'e'
	frameDone   = 'd'

	mostFrame = 16 << 20
)

var errFrame = errors.New("a frame is longer than allowed")

func writeFrame(w io.Writer, kind byte, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if len(body) > mostFrame {
		return fail(TooBig, errFrame)
	}
	frame := make([]byte, 5, 5+len(body))
	frame[0] = kind
	binary.BigEndian.PutUint32(frame[1:], uint32(len(body)))
	_, err = w.Write(append(frame, body...))
	return err
}

func readFrame(r io.Reader) (kind byte, body json.RawMessage, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > mostFrame {
		return 0, nil, errFrame
	}
	body = make([]byte, n)
	_, err = io.ReadFull(r, body)
	return head[0], body, err
}

// question opens a reading.
type question struct {
	Ask  json.RawMessage
	Size int64
}

// ready is what a reader says of its fences.
type ready struct{ Fences []string }

// trouble carries an error from the reader to the server.
type trouble struct {
	Kind errs.Kind
	Key  string
	Args map[string]any
	Text string // of an error without a text for people
	Why  Reason
}

func troubleOf(err error) trouble {
	if f, ok := errors.AsType[*Failure](err); ok {
		return trouble{Text: clip(fmt.Sprint(f.cause)), Why: f.Reason}
	}
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return trouble{Kind: e.Kind, Key: e.Msg.Key, Args: e.Msg.Args, Text: clip(err.Error())}
	}
	return trouble{Text: clip(err.Error()), Why: NotSuch}
}

func clip(text string) string {
	const most = 2000
	return text[:min(len(text), most)]
}

// error makes the error again in the server.
func (t trouble) error() error {
	if t.Key == "" || t.Why != "" {
		if t.Why == "" {
			t.Why = NotSuch
		}
		return fail(t.Why, fmt.Errorf("%s", t.Text))
	}
	var pairs []any
	for name, value := range t.Args {
		pairs = append(pairs, name, value)
	}
	return errs.E(t.Kind, t.Key, fmt.Errorf("%s", t.Text), pairs...)
}

// UnmarshalJSON keeps whole numbers whole, so that texts show 5 and not 5.0.
func (t *trouble) UnmarshalJSON(data []byte) error {
	type plain trouble
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode((*plain)(t)); err != nil {
		return err
	}
	Whole(t.Args)
	return nil
}

// Whole turns the numbers of a text's values, as JSON gives them, back into int or float64.
func Whole(args map[string]any) {
	for name, value := range args {
		number, ok := value.(json.Number)
		if !ok {
			continue
		}
		if n, err := number.Int64(); err == nil && n <= math.MaxInt {
			args[name] = int(n)
		} else if f, err := number.Float64(); err == nil {
			args[name] = f
		}
	}
}
