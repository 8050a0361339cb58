package evaluation

import (
	"html/template"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
)

// paper writes the proofs of a round as list items: title, number, page and state. A round has thousands of them, for which a
// template takes ten times as long, so they are written here; every word is escaped.
type paper struct {
	in     func(state string) string
	states map[string]string
	items  map[proof.Spot]*strings.Builder
}

func onPaper(in func(state string) string) *paper {
	return &paper{in: in, states: map[string]string{}, items: map[proof.Spot]*strings.Builder{}}
}

func (p *paper) add(one proof.Hanging) {
	b := p.items[one.Spot]
	if b == nil {
		b = &strings.Builder{}
		p.items[one.Spot] = b
	}
	state, known := p.states[one.State]
	if !known {
		state = " (" + template.HTMLEscapeString(p.in(one.State)) + ")</li>"
		p.states[one.State] = state
	}
	b.WriteString("<li>")
	b.WriteString(template.HTMLEscapeString(one.Title))
	for _, more := range []string{one.Number, one.Page} {
		if more != "" {
			b.WriteString(", ")
			b.WriteString(template.HTMLEscapeString(more))
		}
	}
	b.WriteString(state)
}

// lists gives the items of each question and slot, by its name.
func (p *paper) lists() map[string]template.HTML {
	out := make(map[string]template.HTML, len(p.items))
	for at, b := range p.items {
		out[at.String()] = web.HTML(b.String())
	}
	return out
}
