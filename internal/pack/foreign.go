package pack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/jail"
)

// reader reads instrument files that people bring, in a process of its own, and writes them again as the house writes them.
var reader = jail.Reader{Name: "instrumen", Serve: rewrite,
	Limits: jail.Limits{File: 2 << 20, Wall: 5 * time.Second, Memory: 128 << 20, Answer: 4 << 20}}

func init() { jail.Register(&reader) }

// rewritten is the file as the house writes it, or what is wrong with it.
type rewritten struct{ Body, Wrong string }

func rewrite(data []byte, _ json.RawMessage, say jail.Say) error {
	p, err := instrument.Parse(data)
	if err != nil {
		return say(rewritten{Wrong: err.Error()})
	}
	body, err := p.Marshal()
	if err != nil {
		return err
	}
	return say(rewritten{Body: string(body)})
}

// readForeign reads an instrument file of somebody else. Only what the house itself wrote is parsed in the server: no anchors,
// no nesting beyond that of an instrument.
func readForeign(ctx context.Context, data []byte) (*instrument.Pack, error) {
	got, err := jail.One[rewritten](ctx, &reader, bytes.NewReader(data), int64(len(data)), nil)
	if err != nil {
		return nil, err
	}
	if got.Wrong != "" {
		return nil, errors.New(got.Wrong)
	}
	return instrument.Parse([]byte(got.Body))
}
