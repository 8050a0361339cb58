package sheet

import (
	"bytes"
	"encoding/json"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/jail"
)

// tables reads tables in a process of its own.
var tables = jail.Reader{Name: "tabel", Serve: serve, Limits: jail.Limits{File: mostBytes}}

func init() { jail.Register(&tables) }

// wish is what is asked of the reader.
type wish struct {
	Name   string
	Limits Limits
}

// part is a piece of a table on its way to the server.
type part struct {
	Rows  [][]string
	Notes []errs.Msg
}

const (
	partRows  = 1000
	partBytes = 1 << 20
)

func serve(data []byte, ask json.RawMessage, say jail.Say) error {
	var w wish
	if err := json.Unmarshal(ask, &w); err != nil {
		return err
	}
	t, err := parse(data, w.Name, w.Limits)
	if err != nil {
		return err
	}
	for rows := t.Rows; len(rows) > 0; {
		n, size := 0, 0
		for n < min(len(rows), partRows) && size < partBytes {
			for _, cell := range rows[n] {
				size += len(cell)
			}
			n++
		}
		if err := say(part{Rows: rows[:n]}); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return say(part{Notes: t.Notes})
}

// parse reads a table in this process; only the reader calls it.
func parse(data []byte, name string, l Limits) (Table, error) {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		if isODS(data) {
			return readODS(data, name, l)
		}
		return readXLSX(data, name, l)
	}
	if bytes.HasPrefix(data, []byte(compoundMark)) {
		return readXLS(data, name, l)
	}
	return readCSV(data, name, l)
}

// UnmarshalJSON keeps the numbers in notes whole.
func (p *part) UnmarshalJSON(data []byte) error {
	type plain part
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode((*plain)(p)); err != nil {
		return err
	}
	for _, n := range p.Notes {
		jail.Whole(n.Args)
	}
	return nil
}
