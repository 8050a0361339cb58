package reuse

import (
	_ "embed" // the shipped mapping
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"github.com/pendapa/pendapa/internal/instrument"
)

//go:embed data/mapping.yaml
var shippedYAML []byte

// Ref is a question of an instrument. Of is a kind of instrument (smartcity), the beginning of the names of some packs
// (smartcity-2022), or one pack.
type Ref struct {
	Of   string `yaml:"of"`
	Item string `yaml:"item"`
}

// String names a question in one word: "smartcity:A1".
func (r Ref) String() string { return r.Of + ":" + r.Item }

// Line says that the proof for one question answers another, and the other way round.
type Line struct {
	From     Ref             `yaml:"from"`
	To       Ref             `yaml:"to"`
	Kinds    []string        `yaml:"kinds"`
	Strength string          `yaml:"strength"`
	Why      instrument.Text `yaml:"why"`

	Own     bool  `yaml:"-"` // the regency added it
	Changed bool  `yaml:"-"` // a shipped one that the regency changed
	Off     bool  `yaml:"-"`
	Rev     int64 `yaml:"-"` // of the regency's row, 0 when it has none
}

// ID names a line by its pair; each pair has one line.
func (l Line) ID() string { return l.From.String() + "~" + l.To.String() }

// turned is the same line told from the other side.
func (l Line) turned() Line { l.From, l.To = l.To, l.From; return l }

// Family is a name under which lines speak of several packs.
type Family struct {
	Of   string          `yaml:"of"`
	Name instrument.Text `yaml:"name"`
}

// Asks says that questions ask about one year in their words: 0 is the year of the round, -1 the one before.
type Asks struct {
	Of    string   `yaml:"of"`
	Items []string `yaml:"items"`
	Year  int      `yaml:"year"`
}

// SlotKind says which kinds of evidence a slot takes whose Indonesian name begins so.
type SlotKind struct {
	Begins string   `yaml:"begins"`
	Kinds  []string `yaml:"kinds"`
}

// Mapping is what the program ships, Pendapa's own proposal.
type Mapping struct {
	Label    instrument.Text `yaml:"label"`
	Families []Family        `yaml:"families"`
	Asks     []Asks          `yaml:"asks"`
	Slots    []SlotKind      `yaml:"slots"`
	Lines    []Line          `yaml:"lines"`
}

// Shipped gives the mapping that comes with the program. It is shared and never changed.
func Shipped() (*Mapping, error) { return readShipped() }

var readShipped = sync.OnceValues(func() (*Mapping, error) { return ParseMapping(shippedYAML) })

// mostYAML bounds a mapping file; it is read once, from the program itself.
const mostYAML = 1 << 20

// ParseMapping reads a mapping file and checks each line by itself.
func ParseMapping(data []byte) (*Mapping, error) {
	if len(data) > mostYAML {
		return nil, fmt.Errorf("the mapping has %d bytes, at most %d are read", len(data), mostYAML)
	}
	var m Mapping
	if err := yaml.UnmarshalWithOptions(data, &m, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s", strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	var wrong []error
	seen := map[string]bool{}
	for n, l := range m.Lines {
		m.Lines[n].Kinds = l.tidied(nil).Kinds
		if fields := l.check(); len(fields) > 0 {
			wrong = append(wrong, fmt.Errorf("line %d (%s): %v", n+1, l.ID(), fields))
		}
		if l.Why.EN == "" || l.Why.ID == "" {
			wrong = append(wrong, fmt.Errorf("line %d (%s) gives no reason in both languages", n+1, l.ID()))
		}
		if seen[l.ID()] || seen[l.turned().ID()] {
			wrong = append(wrong, fmt.Errorf("line %d (%s) stands twice", n+1, l.ID()))
		}
		seen[l.ID()] = true
	}
	return &m, errors.Join(wrong...)
}

// Belongs reports whether a line that speaks of some instruments speaks of this one. A regency's own copy belongs where the
// pack does on which it is based.
func Belongs(p *instrument.Pack, of string) bool {
	named := func(id string) bool { return id != "" && (id == of || strings.HasPrefix(id, of+"-")) }
	return of != "" && (p.Kind == of || named(p.ID) || named(p.BasedOn))
}

// packsOf gives the instruments that a name means.
func packsOf(packs []*instrument.Pack, of string) []*instrument.Pack {
	var out []*instrument.Pack
	for _, p := range packs {
		if Belongs(p, of) {
			out = append(out, p)
		}
	}
	return out
}

// questionOf finds a question that a line names, in the newest of the instruments that have it.
func questionOf(packs []*instrument.Pack, r Ref) (q instrument.Question, ok bool) {
	year := 0
	for _, p := range packsOf(packs, r.Of) {
		if found, _, has := p.Question(r.Item); has && p.Year >= year {
			q, ok, year = found, true, p.Year
		}
	}
	return q, ok
}

// asked gives the year that a question asks about, counted from that of the round; ok is false when it asks about none.
func (m *Mapping) asked(p *instrument.Pack, q instrument.Question) (year int, ok bool) {
	if q.Year != 0 {
		return q.Year, true
	}
	for _, a := range m.Asks {
		if Belongs(p, a.Of) && slices.Contains(a.Items, q.Code) {
			return a.Year, true
		}
	}
	return 0, false
}
