// Package figures describes the external figures that recur in the instruments: percent poor, the audit opinion, own
// revenue and about thirty more. Each is entered once a year with its source and basis and serves every instrument that
// names its key. The list is data, in figures.yaml; values live with the regency.
package figures

import (
	_ "embed" // the list
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"github.com/pendapa/pendapa/internal/instrument"
)

//go:embed figures.yaml
var list []byte

// Kinds of figures: a number, or one of the published grades.
const (
	Number = "number"
	Grade  = "grade"
)

// Directions of good.
const (
	Higher  = "higher"
	Lower   = "lower"
	Neutral = "neutral"
)

// Basis is one of several ways to count a figure. Values of different bases are not compared with each other.
type Basis struct {
	ID   string          `yaml:"id"`
	Name instrument.Text `yaml:"name"`
}

// Figure is one external figure. Grades stand best first; a grade without a list is free words. Bases are those that occur,
// Default the one assumed while nobody chose.
type Figure struct {
	Key      string          `yaml:"key"`
	Name     instrument.Text `yaml:"name"`
	Kind     string          `yaml:"kind"`
	Unit     instrument.Text `yaml:"unit,omitempty"`
	Decimals int             `yaml:"decimals,omitempty"`
	Grades   []string        `yaml:"grades,omitempty"`
	Polarity string          `yaml:"polarity"`
	Source   instrument.Text `yaml:"source"` // the body that publishes it
	Period   string          `yaml:"period"` // year
	Bases    []Basis         `yaml:"bases,omitempty"`
	Default  string          `yaml:"default,omitempty"`
	Note     instrument.Text `yaml:"note,omitempty"`
}

// Use is a question that asks for a figure.
type Use struct {
	Pack *instrument.Pack
	Item string
}

// All lists the figures in the order of the file.
func All() ([]Figure, error) {
	all, err := readOnce()
	return slices.Clone(all), err
}

var readOnce = sync.OnceValues(func() ([]Figure, error) { return Parse(list) })

// Find gives a figure by its key.
func Find(key string) (Figure, error) {
	all, err := readOnce()
	if err != nil {
		return Figure{}, err
	}
	i := slices.IndexFunc(all, func(f Figure) bool { return f.Key == key })
	if i < 0 {
		return Figure{}, fmt.Errorf("no figure %q", key)
	}
	return all[i], nil
}

// Uses lists the questions of some packs that ask for a figure, in the order of packs and questions.
func Uses(packs []*instrument.Pack, key string) []Use {
	var out []Use
	for _, p := range packs {
		for _, code := range p.Codes() {
			if q, _, _ := p.Question(code); q.Figure == key && key != "" {
				out = append(out, Use{p, code})
			}
		}
	}
	return out
}

// GradeOf gives a grade as the list writes it, whatever the case of its letters; ok is false when the list has none like it.
func (f Figure) GradeOf(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if f.Kind == Grade && len(f.Grades) == 0 {
		return text, text != ""
	}
	i := slices.IndexFunc(f.Grades, func(g string) bool { return strings.EqualFold(g, text) })
	if i < 0 {
		return "", false
	}
	return f.Grades[i], true
}

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

// Parse reads a list of figures and checks it whole.
func Parse(data []byte) ([]Figure, error) {
	var file struct {
		Figures []Figure `yaml:"figures"`
	}
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s", strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	var problems []error
	seen := map[string]bool{}
	for _, f := range file.Figures {
		if !keyForm.MatchString(f.Key) || seen[f.Key] {
			problems = append(problems, fmt.Errorf("figure %q: want small letters, digits and hyphens, used once", f.Key))
		}
		seen[f.Key] = true
		problems = append(problems, f.check())
	}
	return file.Figures, errors.Join(problems...)
}

func (f Figure) check() error {
	whole := func(t instrument.Text) bool { return t.ID != "" && t.EN != "" }
	switch {
	case !whole(f.Name) || !whole(f.Source) || f.Note.ID != "" && f.Note.EN == "":
		return fmt.Errorf("figure %s: name and source are needed in both languages", f.Key)
	case f.Kind != Number && f.Kind != Grade || f.Kind == Number && (!whole(f.Unit) || f.Decimals < 0 || f.Decimals > 6):
		return fmt.Errorf("figure %s: kind number (with a unit and 0 to 6 decimals) or grade", f.Key)
	case !slices.Contains([]string{Higher, Lower, Neutral}, f.Polarity):
		return fmt.Errorf("figure %s: polarity higher, lower or neutral", f.Key)
	case f.Period != "year":
		return fmt.Errorf("figure %s: period year", f.Key)
	}
	for _, b := range f.Bases {
		if b.ID == "" || !whole(b.Name) {
			return fmt.Errorf("figure %s: a basis wants an id and a name in both languages", f.Key)
		}
	}
	if len(f.Bases) > 0 != slices.ContainsFunc(f.Bases, func(b Basis) bool { return b.ID == f.Default }) {
		return fmt.Errorf("figure %s: default must be one of its bases", f.Key)
	}
	return nil
}
