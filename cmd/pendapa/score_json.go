package main

import (
	"encoding/json"
	"io"
	"math/big"
	"strings"

	"github.com/pendapa/pendapa/internal/instrument"
)

// scoreJSON is what pendapa score --json prints. Numbers are decimal text: those that are computed with twelve digits,
// weights, maxima and points as short as they are.
type scoreJSON struct {
	Instrument string               `json:"instrument"`
	Rule       string               `json:"rule"`
	Options    map[string]string    `json:"options"`
	Components []scoreComponentJSON `json:"components"`
	Entries    []scoreEntryJSON     `json:"entries,omitempty"`
	N          *int                 `json:"n,omitempty"`
	Divisor    *int                 `json:"divisor,omitempty"`
	Gate       *scoreGateJSON       `json:"gate,omitempty"`
	Phases     []scorePhaseJSON     `json:"phases,omitempty"`
	Index      *string              `json:"index"`
	Band       *textJSON            `json:"band"`
	Answered   int                  `json:"answered"`
	Missing    []string             `json:"missing"`
	Waiting    []string             `json:"waiting"`
}

type textJSON struct {
	ID string `json:"id"`
	EN string `json:"en"`
}

type scoreComponentJSON struct {
	Code   string          `json:"code"`
	Name   string          `json:"name"`
	Weight string          `json:"weight"`
	Value  *string         `json:"value"`
	Max    string          `json:"max"`
	Items  []scoreItemJSON `json:"items,omitempty"`
}

type scoreItemJSON struct {
	Code   string    `json:"code"`
	Weight *string   `json:"weight,omitempty"`
	Value  *string   `json:"value"`
	Score  *string   `json:"score,omitempty"`
	Raw    *string   `json:"raw,omitempty"`
	Basis  string    `json:"basis,omitempty"`
	Note   *textJSON `json:"note,omitempty"`
}

type scoreEntryJSON struct {
	ID     string          `json:"id"`
	Affair string          `json:"affair"`
	Score  string          `json:"score"`
	Max    string          `json:"max"`
	Items  []scoreItemJSON `json:"items"`
}

type scoreGateJSON struct {
	Required int      `json:"required"`
	Affairs  int      `json:"affairs"`
	Covered  []string `json:"covered"`
	Open     bool     `json:"open"`
	Assumed  bool     `json:"assumed"`
}

type scorePhaseJSON struct {
	Code  string  `json:"code"`
	Share string  `json:"share"`
	Index *string `json:"index"`
}

// exactDigits is enough to tell any two index values of five assessors apart.
const exactDigits = 12

func exact(r *big.Rat) *string {
	if r == nil {
		return nil
	}
	s := instrument.Decimal(r, exactDigits)
	return &s
}

// short writes a number with as many digits as it has, at most twelve.
func short(r *big.Rat) string {
	s := instrument.Decimal(r, exactDigits)
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

func shortOrNil(r *big.Rat) *string {
	if r == nil {
		return nil
	}
	s := short(r)
	return &s
}

func (s scored) printJSON(w io.Writer) error {
	r := s.result
	out := scoreJSON{Instrument: r.Instrument, Rule: r.Rule, Options: s.inForce(), Index: exact(r.Index), Answered: r.Answered, Missing: list(r.Missing), Waiting: list(r.Waiting)}
	if r.Band != nil {
		out.Band = &textJSON{r.Band.Name.ID, r.Band.Name.EN}
	}
	for _, c := range r.Components {
		out.Components = append(out.Components, scoreComponentJSON{c.Code, c.Name.EN, short(c.Weight), exact(c.Value), short(c.Max), itemsJSON(c.Questions)})
	}
	for _, e := range r.Entries {
		out.Entries = append(out.Entries, scoreEntryJSON{e.ID, e.Affair, short(e.Score), short(e.Max), itemsJSON(e.Questions)})
	}
	for _, ph := range r.Phases {
		out.Phases = append(out.Phases, scorePhaseJSON{ph.Code, short(ph.Share), exact(ph.Index)})
	}
	if d := r.Divided; d != nil {
		out.N, out.Divisor = &d.N, &d.Divisor
		out.Gate = &scoreGateJSON{s.pack.Divisor.Affairs, d.Affairs, list(d.Covered), d.Gate, d.Assumed}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func list(words []string) []string {
	if words == nil {
		return []string{}
	}
	return words
}

func itemsJSON(questions []instrument.QuestionResult) []scoreItemJSON {
	var out []scoreItemJSON
	for _, q := range questions {
		one := scoreItemJSON{Code: q.Code, Weight: shortOrNil(q.Weight), Value: shortOrNil(q.Value), Score: shortOrNil(q.Score)}
		if q.Raw != nil {
			one.Raw, one.Basis = shortOrNil(q.Raw.Raw), q.Raw.Basis
			if note := noteOf(q.Raw); note.ID != "" {
				one.Note = &textJSON{note.ID, note.EN}
			}
		}
		out = append(out, one)
	}
	return out
}

// noteOf says why a raw figure earns what it earns, where that is not plain from the table.
func noteOf(r *instrument.Reading) instrument.Text {
	if r.Step.Points == "" && r.Raw != nil {
		return instrument.Text{ID: "di luar semua rentang: 0", EN: "in no bracket: 0"}
	}
	return r.Step.Note
}

// inForce gives the choice of every option of the instrument.
func (s scored) inForce() map[string]string {
	out := map[string]string{}
	for _, o := range s.pack.Options {
		out[o.ID] = s.pack.Choice(s.options, o.ID)
	}
	return out
}
