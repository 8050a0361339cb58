package assessment

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/web"
)

// chart is the frame every drawing stands in: what it shows, so what, the drawing, its key and its table. All words come
// translated.
type chart struct {
	ID, Title, Message string
	Sample             string // "data contoh" or ""
	Key                []keyEntry
	More               string // words of the button that opens the table
	Table              string // accessible name of the table
	Head               []string
	Rows               [][]string // first cell is the row's heading
}

// keyEntry explains one mark of a drawing.
type keyEntry struct{ SVG, Text string }

// frame puts a drawing into its figure. level is the heading, "h2" or "h3".
func (c chart) frame(level, svg string) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<figure class="chart"><figcaption><%s>%s`, level, html.EscapeString(c.Title))
	if c.Sample != "" {
		fmt.Fprintf(&b, ` <span class="sample">%s</span>`, html.EscapeString(c.Sample))
	}
	fmt.Fprintf(&b, `</%s><p class="message">%s</p></figcaption>%s`, level, html.EscapeString(c.Message), svg)
	if len(c.Key) > 0 {
		b.WriteString(`<ul class="chart-key">`)
		for _, k := range c.Key {
			fmt.Fprintf(&b, `<li><svg aria-hidden="true">%s</svg>%s</li>`, k.SVG, html.EscapeString(k.Text))
		}
		b.WriteString(`</ul>`)
	}
	c.table(&b)
	b.WriteString(`</figure>`)
	return web.HTML(b.String())
}

func (c chart) table(b *strings.Builder) {
	fmt.Fprintf(b, `<details><summary>%s</summary><div class="table-wrap" tabindex="0" role="region" aria-label="%s"><table class="table dense"><thead><tr>`,
		html.EscapeString(c.More), html.EscapeString(c.Table))
	for i, h := range c.Head {
		b.WriteString(`<th scope="col"` + numeric(i) + `>` + html.EscapeString(h) + `</th>`)
	}
	b.WriteString(`</tr></thead><tbody>`)
	for _, row := range c.Rows {
		b.WriteString(`<tr>`)
		for i, cell := range row {
			if i == 0 {
				b.WriteString(`<th scope="row">` + html.EscapeString(cell) + `</th>`)
				continue
			}
			b.WriteString(`<td` + numeric(i) + `>` + html.EscapeString(cell) + `</td>`)
		}
		b.WriteString(`</tr>`)
	}
	b.WriteString(`</tbody></table></div></details>`)
}

func numeric(column int) string {
	if column == 0 {
		return ""
	}
	return ` class="n"`
}

// px writes a coordinate with at most two digits.
func px(f float64) string { return strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64) }

// bar is one row of a bar chart: Part is how much of the width is filled, 0..1.
type bar struct {
	Label, Value string
	Part         float64
}

// bars draws labels above and values at the right, so that it works on a phone.
func (c chart) bars(level string, all []bar) template.HTML {
	const step = 38
	var b strings.Builder
	fmt.Fprintf(&b, `<svg role="img" aria-labelledby="%s" height="%d" width="100%%"><title id="%s">%s</title>`, c.ID, step*len(all), c.ID, html.EscapeString(c.Title))
	for i, one := range all {
		y := i * step
		fmt.Fprintf(&b, `<text x="0" y="%d" class="t-13">%s</text><text class="t-end t-strong t-13" x="100%%" y="%d">%s</text>`,
			y+13, html.EscapeString(one.Label), y+13, html.EscapeString(one.Value))
		fmt.Fprintf(&b, `<rect class="q0" x="0" y="%d" width="100%%" height="9" rx="2"/><rect class="f1" x="0" y="%d" width="%s%%" height="9" rx="2"/>`,
			y+19, y+19, px(100*max(0, min(1, one.Part))))
	}
	b.WriteString(`</svg>`)
	return c.frame(level, b.String())
}
