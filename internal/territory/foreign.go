package territory

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/jail"
	"github.com/pendapa/pendapa/internal/territory/official"
)

// boundaries reads GeoJSON that people bring, in a process of its own.
var boundaries = jail.Reader{Name: "batas", Limits: jail.Limits{File: mostGeoBytes},
	Serve: func(data []byte, ask json.RawMessage, say jail.Say) error {
		var districts []official.Area
		if err := json.Unmarshal(ask, &districts); err != nil {
			return err
		}
		all, err := ReadGeoJSON(data, districts)
		for _, one := range all {
			if err := say(one); err != nil {
				return err
			}
		}
		return err
	}}

func init() { jail.Register(&boundaries) }

func readForeign(ctx context.Context, data []byte, districts []official.Area) (all []Outcome, err error) {
	if len(data) > mostGeoBytes {
		return nil, errs.E(errs.Invalid, "territory.error.big", nil, "Most", mostGeoBytes>>20)
	}
	err = boundaries.Read(ctx, bytes.NewReader(data), int64(len(data)), districts, func(answer json.RawMessage) error {
		d := json.NewDecoder(bytes.NewReader(answer))
		d.UseNumber()
		var o Outcome
		if err := d.Decode(&o); err != nil {
			return err
		}
		jail.Whole(o.Refused.Args)
		all = append(all, o)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}
