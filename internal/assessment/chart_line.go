package assessment

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"
)

// point is one year of a line. Other marks a value measured with another instrument: a hollow dot. Known is false for a
// year without a value, which is a gap and never zero.
type point struct {
	Label, Value string
	Y            float64
	Known, Other bool
}

const (
	lineHeight       = 210
	lineTop, lineLow = 22.0, 184.0
	lineFrom, lineTo = 6.0, 96.5 // percent of the width
)

// line draws values over the years on an own scale that is said at the grid. tick writes a number of the scale.
func (c chart) line(level string, all []point, tick func(float64) string) template.HTML {
	low, high := bounds(all)
	at := func(i int) float64 {
		if len(all) == 1 {
			return lineTo
		}
		return lineFrom + (lineTo-lineFrom)*float64(i)/float64(len(all)-1)
	}
	y := func(v float64) float64 { return lineLow - (lineLow-lineTop)*(v-low)/(high-low) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg role="img" aria-labelledby="%s" height="%d" width="100%%"><title id="%s">%s</title>`, c.ID, lineHeight, c.ID, html.EscapeString(c.Title))
	for i := range 4 {
		v := low + (high-low)*float64(i)/3
		class := "gl"
		if i == 0 {
			class = "ax"
		}
		fmt.Fprintf(&b, `<line class="%s" x1="0" x2="100%%" y1="%s" y2="%s"/>`, class, px(y(v)), px(y(v)))
	}
	fmt.Fprintf(&b, `<svg width="100%%" height="%d" viewBox="0 0 1000 %d" preserveAspectRatio="none"><path class="ln" d="%s"/></svg>`, lineHeight, lineHeight, linePath(all, at, y))
	for i := range 4 {
		v := low + (high-low)*float64(i)/3
		fmt.Fprintf(&b, `<text x="0" y="%s">%s</text>`, px(y(v)-4), html.EscapeString(tick(v)))
	}
	for i, p := range all {
		c.point(&b, p, at(i), y(p.Y), i == len(all)-1)
	}
	b.WriteString(`</svg>`)
	return c.frame(level, b.String())
}

func (c chart) point(b *strings.Builder, p point, x, y float64, last bool) {
	fmt.Fprintf(b, `<text class="t-mid" x="%s%%" y="204">%s</text>`, px(x), html.EscapeString(p.Label))
	if !p.Known {
		return
	}
	class := "dot"
	switch {
	case p.Other:
		class = "hollow"
	case last:
		class = "dot last"
	}
	fmt.Fprintf(b, `<circle class="%s" cx="%s%%" cy="%s" r="4.5"/>`, class, px(x), px(y))
	if last {
		fmt.Fprintf(b, `<text class="t-strong t-13 t-end" x="%s%%" y="%s">%s</text>`, px(min(x+1.2, 99)), px(y-11), html.EscapeString(p.Value))
	}
}

func linePath(all []point, at func(int) float64, y func(float64) float64) string {
	var b strings.Builder
	broken := true
	for i, p := range all {
		if !p.Known {
			broken = true
			continue
		}
		mark := "L"
		if broken {
			mark, broken = "M", false
		}
		b.WriteString(mark + px(at(i)*10) + " " + px(y(p.Y)))
	}
	return b.String()
}

// bounds gives a scale in steps of 0.3 that holds all values, within 0 and 4 where it can.
func bounds(all []point) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, p := range all {
		if p.Known {
			low, high = min(low, p.Y), max(high, p.Y)
		}
	}
	if math.IsInf(low, 0) {
		return 0, 4
	}
	low = math.Floor(low*5) / 5
	step := math.Ceil((high-low)/3*10) / 10
	step = max(step, 0.1)
	if low+3*step < high+0.01 {
		step += 0.1
	}
	return low, low + 3*step
}
