// Package instrument holds evaluation instruments as data and computes their index exactly.
//
// An instrument is a versioned pack (kind, year, cohort) in a YAML file that a person can read and edit: components with
// weights, questions in order, wording in two languages. How marks become an index is one of a small fixed set of rules,
// not a formula of the pack. Marks are rational numbers; rounding happens only where a number is shown.
package instrument

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed packs/*.yaml
var shipped embed.FS

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
	Weight       string          `yaml:"weight,omitempty"` // for the rules that weigh questions
	Mandatory    bool            `yaml:"mandatory,omitempty"`
	Group        string          `yaml:"group,omitempty"`
	Dimension    string          `yaml:"dimension,omitempty"`
	SubDimension string          `yaml:"subdimension,omitempty"`
	External     bool            `yaml:"external,omitempty"`
	Figure       string          `yaml:"figure,omitempty"` // key of the external figure, the same in every instrument
	Derive       Derive          `yaml:"derive,omitempty"` // how the mark follows from the figure
	Survey       string          `yaml:"survey,omitempty"` // key of the survey statement, G11 .. V33
	Proof        string          `yaml:"proof,omitempty"`  // key of what the platform itself knows about it, e.g. "people"
	Year         int             `yaml:"year,omitempty"`   // -1: the proof must be of the year before the round
	Short        Text            `yaml:"short,omitempty"`  // two or three words for narrow places
	Text         Text            `yaml:"text"`
	Rubric       map[string]Text `yaml:"rubric,omitempty"` // mark -> what earns it
	Brackets     *Brackets       `yaml:"brackets,omitempty"`
	Bases        []Basis         `yaml:"bases,omitempty"`
	Slots        []Slot          `yaml:"slots,omitempty"`
	Effort       map[string]int  `yaml:"effort,omitempty"` // mark -> working days to get there, our own estimate

	weight *big.Rat
}

// Derive says how the mark follows from an external figure: its value, its rise or fall or growth in percent over Span
// years, of the year Lag before the round. Values maps published words to marks.
type Derive struct {
	By     string            `yaml:"by,omitempty"` // value, rise, fall, growth
	Span   int               `yaml:"span,omitempty"`
	Lag    int               `yaml:"lag,omitempty"`
	Values map[string]string `yaml:"values,omitempty"`
}

// Component is a weighted part of the index. Weight is a percentage, or the sum of its questions' weights where the rule
// weighs questions. Entries says that its questions are asked of every entry (innovation) and not of the regency.
type Component struct {
	Code      string     `yaml:"code"`
	Name      Text       `yaml:"name"`
	Group     Text       `yaml:"group,omitempty"` // the domain above it
	Weight    string     `yaml:"weight"`
	Entries   bool       `yaml:"entries,omitempty"`
	Questions []Question `yaml:"questions"`
}

// Scale bounds a mark. Step is the distance between marks, "" when every decimal is a mark.
type Scale struct {
	Min  string `yaml:"min"`
	Max  string `yaml:"max"`
	Step string `yaml:"step,omitempty"`
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
	Uncertain  []Text      `yaml:"uncertain,omitempty"` // what is not known or read differently, shown to the user
	Options    []Option    `yaml:"options,omitempty"`
	Bands      []Band      `yaml:"bands,omitempty"`
	Phases     []Phase     `yaml:"phases,omitempty"`
	Divisor    *Divisor    `yaml:"divisor,omitempty"`
	Affairs    []Affair    `yaml:"affairs,omitempty"`
	Components []Component `yaml:"components"`

	min, max, step *big.Rat
	weights        []*big.Rat
	places         map[string]place  // question code -> where it stands
	spelling       map[string]string // upper case without leading zeros -> code
	ruler          *divider          // WeightTimes only
}

type place struct{ component, question int }

// Shipped lists the packs that come with the program, by id. Each is read once, when it is first asked for, and shared: a
// pack is never changed after parsing, Clone makes one's own.
func Shipped() ([]*Pack, error) {
	known := shippedPacks()
	names := slices.Sorted(maps.Keys(known))
	all, problems := make([]*Pack, len(names)), make([]error, len(names))
	var readers sync.WaitGroup
	for i, name := range names {
		readers.Go(func() { all[i], problems[i] = known[name]() })
	}
	readers.Wait()
	return all, errors.Join(problems...)
}

// ShippedIDs lists the ids of the packs that come with the program without reading the packs.
func ShippedIDs() []string { return slices.Sorted(maps.Keys(shippedPacks())) }

// shippedPacks gives a reader for every shipped pack by id; a reader parses its file at the first call only.
var shippedPacks = sync.OnceValue(func() map[string]func() (*Pack, error) {
	names, err := fs.Glob(shipped, "packs/*.yaml")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	out := map[string]func() (*Pack, error){}
	for _, name := range names {
		id := strings.TrimSuffix(strings.TrimPrefix(name, "packs/"), ".yaml")
		out[id] = sync.OnceValues(func() (*Pack, error) { return parseShipped(name) })
	}
	return out
})

func parseShipped(name string) (*Pack, error) {
	data, err := shipped.ReadFile(name)
	if err != nil {
		return nil, err
	}
	p, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

// Find gives a shipped pack by id, which is also the name of its file. The pack is shared and must not be changed.
func Find(id string) (*Pack, error) {
	read, ok := shippedPacks()[id]
	if !ok {
		return nil, fmt.Errorf("no instrument %q; see pendapa instrument list", id)
	}
	return read()
}

// mostBytes bounds a pack file: ten times the largest known.
const mostBytes = 1 << 20

// Parse reads a pack and checks it whole. Errors name the line and column, or the component and question.
func Parse(data []byte) (*Pack, error) {
	if len(data) > mostBytes {
		return nil, fmt.Errorf("the file has %d bytes, at most %d are read", len(data), mostBytes)
	}
	if err := plainYAML(data); err != nil {
		return nil, err
	}
	var p Pack
	if err := yaml.UnmarshalWithOptions(data, &p, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s", strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	return &p, p.prepare()
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

var spelled = regexp.MustCompile(`^([A-Z]*)0*([0-9]+)([A-Z]?)$`)

// spell makes spellings of one code the same: "c01", "C1"; "02A", "2a".
func spell(code string) string {
	code = strings.ToUpper(strings.TrimSpace(code))
	if m := spelled.FindStringSubmatch(code); m != nil {
		return m[1] + m[2] + m[3]
	}
	return code
}

// Canonical gives the code as the pack writes it: "c01" and "C01" are C1, "2A" is 2a, "13" is I13 where items are so called.
// A code it does not know comes back tidied.
func (p *Pack) Canonical(code string) string {
	code = spell(code)
	if known := p.spelling[code]; known != "" {
		return known
	}
	return code
}

// ComponentOf gives the code of the component that holds a question; "" when there is none.
func (p *Pack) ComponentOf(code string) string {
	at, ok := p.places[code]
	if !ok {
		return ""
	}
	return p.Components[at.component].Code
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

// Asked lists the codes of the questions that are asked once of the regency, in order: all of them but those asked of every
// innovation.
func (p *Pack) Asked() []string {
	var all []string
	for _, c := range p.Components {
		if c.Entries {
			continue
		}
		for _, q := range c.Questions {
			all = append(all, q.Code)
		}
	}
	return all
}
