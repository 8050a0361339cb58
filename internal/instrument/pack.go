// Package instrument holds evaluation instruments as data and computes their index exactly.
//
// An instrument is a versioned pack (kind, year, cohort) in a YAML file that a person can read and edit: components with
// weights, questions in order, wording in two languages. How marks become an index is one of a small fixed set of rules,
// not a formula of the pack. Marks are rational numbers; rounding happens only where a number is shown.
package instrument

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"math/big"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed packs/*.yaml
var shipped embed.FS

// Rules by which marks become an index. Only MeanThenWeight is computed by this version.
const (
	MeanThenWeight  = "mean-then-weight"
	WeightTimes     = "weight-times-parameter-with-divisor"
	WeightedLevel   = "weighted-level-percent"
	ContinuousLevel = "continuous-level"
	WeightedPoints  = "weighted-criteria"
)

// Text is wording in Indonesian and English.
type Text struct {
	ID string `yaml:"id"`
	EN string `yaml:"en"`
}

// In gives the wording in a language; Indonesian unless "en".
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.ID
}

// Question is one thing to be marked. External marks a figure that recurs in other instruments and is entered once.
type Question struct {
	Code         string          `yaml:"code"`
	Group        string          `yaml:"group,omitempty"`
	Dimension    string          `yaml:"dimension,omitempty"`
	SubDimension string          `yaml:"subdimension,omitempty"`
	External     bool            `yaml:"external,omitempty"`
	Figure       string          `yaml:"figure,omitempty"` // key of the external figure, the same in every instrument
	Survey       string          `yaml:"survey,omitempty"` // key of the survey statement, G11 .. V33
	Text         Text            `yaml:"text"`
	Rubric       map[string]Text `yaml:"rubric,omitempty"` // mark -> what earns it; none is published
}

// Component is a weighted part of the index. Weight is a percentage.
type Component struct {
	Code      string     `yaml:"code"`
	Name      Text       `yaml:"name"`
	Weight    string     `yaml:"weight"`
	Questions []Question `yaml:"questions"`
}

// Scale bounds a mark.
type Scale struct {
	Min string `yaml:"min"`
	Max string `yaml:"max"`
}

// Pack is one version of an instrument.
type Pack struct {
	ID         string      `yaml:"id"`
	Kind       string      `yaml:"kind"`
	Year       int         `yaml:"year"`
	Cohort     string      `yaml:"cohort"`
	Name       Text        `yaml:"name"`
	Rule       string      `yaml:"rule"`
	Scale      Scale       `yaml:"scale"`
	Customised bool        `yaml:"customised,omitempty"` // "ubahan sendiri": no longer the published instrument
	BasedOn    string      `yaml:"based_on,omitempty"`
	Source     string      `yaml:"source"`
	Notes      Text        `yaml:"notes"`
	Components []Component `yaml:"components"`

	min, max *big.Rat
	weights  []*big.Rat
	places   map[string]place // question code -> where it stands
}

type place struct{ component, question int }

// Shipped lists the packs that come with the program, by id.
func Shipped() ([]*Pack, error) {
	names, err := fs.Glob(shipped, "packs/*.yaml")
	if err != nil {
		return nil, err
	}
	var all []*Pack
	for _, name := range names {
		data, err := shipped.ReadFile(name)
		if err != nil {
			return nil, err
		}
		p, err := Parse(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, p)
	}
	return all, nil
}

// Find gives a shipped pack by id.
func Find(id string) (*Pack, error) {
	all, err := Shipped()
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.ID == id {
			return p, nil
		}
	}
	return nil, fmt.Errorf("no instrument %q; see pendapa instrument list", id)
}

// mostBytes bounds a pack file: ten times the largest known.
const mostBytes = 1 << 20

// Parse reads a pack and checks it whole. Errors name the line and column, or the component and question.
func Parse(data []byte) (*Pack, error) {
	if len(data) > mostBytes {
		return nil, fmt.Errorf("the file has %d bytes, at most %d are read", len(data), mostBytes)
	}
	if bytes.ContainsAny(data, "&*") && hasAlias(data) {
		return nil, fmt.Errorf("anchors and aliases are not used in instrument files")
	}
	var p Pack
	if err := yaml.UnmarshalWithOptions(data, &p, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s", strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	return &p, p.prepare()
}

// hasAlias looks for a YAML anchor or alias, which could unfold a small file into a huge one.
func hasAlias(data []byte) bool {
	for line := range strings.Lines(string(data)) {
		for word := range strings.FieldsSeq(line) {
			if len(word) > 1 && (word[0] == '&' || word[0] == '*') {
				return true
			}
			if strings.ContainsAny(word, "\"'") {
				break // the rest of the line is text
			}
		}
	}
	return false
}

// Marshal writes the pack as a file that Parse reads.
func (p *Pack) Marshal() ([]byte, error) { return yaml.Marshal(p) }

// Clone copies a pack under a new id and marks it as the regency's own.
func (p *Pack) Clone(id string) (*Pack, error) {
	data, err := p.Marshal()
	if err != nil {
		return nil, err
	}
	c, err := Parse(data)
	if err != nil {
		return nil, err
	}
	c.ID, c.BasedOn, c.Customised = id, p.ID, true
	return c, nil
}

// Canonical gives the code as the pack writes it: "c01" and "C01" are C1.
func (p *Pack) Canonical(code string) string {
	code = strings.ToUpper(strings.TrimSpace(code))
	if len(code) > 2 {
		code = code[:1] + strings.TrimLeft(code[1:], "0")
	}
	return code
}

// Question gives a question and its component by code.
func (p *Pack) Question(code string) (Question, Component, bool) {
	at, ok := p.places[code]
	if !ok {
		return Question{}, Component{}, false
	}
	c := p.Components[at.component]
	return c.Questions[at.question], c, true
}

// Component gives a component by code.
func (p *Pack) Component(code string) (Component, bool) {
	i := slices.IndexFunc(p.Components, func(c Component) bool { return c.Code == code })
	if i < 0 {
		return Component{}, false
	}
	return p.Components[i], true
}

// Codes lists all question codes in order.
func (p *Pack) Codes() []string {
	var all []string
	for _, c := range p.Components {
		for _, q := range c.Questions {
			all = append(all, q.Code)
		}
	}
	return all
}
