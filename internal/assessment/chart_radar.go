package assessment

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"
)

// axis is one corner of a radar. Known is false while nothing is known there; Then is the year before.
type axis struct {
	Label, Value    string
	Now, Then       float64
	Known, Compared bool
}

const (
	radarX, radarY, radarR = 190.0, 150.0, 104.0
	radarMost              = 4.0
)

// radar draws values from 0 to 4 on as many axes as given, the year before dashed.
func (c chart) radar(level string, axes []axis) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg role="img" aria-labelledby="%s" class="radar" viewBox="0 0 380 300"><title id="%s">%s</title>`, c.ID, c.ID, html.EscapeString(c.Title))
	for ring := 1.0; ring <= radarMost; ring++ {
		b.WriteString(`<path class="web" d="` + polygon(len(axes), func(int) float64 { return ring }) + `"/>`)
	}
	for i := range axes {
		x, y := corner(i, len(axes), radarMost)
		fmt.Fprintf(&b, `<line class="gl" x1="%s" y1="%s" x2="%s" y2="%s"/>`, px(radarX), px(radarY), px(x), px(y))
	}
	known, compared := true, true
	for _, a := range axes {
		known, compared = known && a.Known, compared && a.Compared
	}
	if compared {
		b.WriteString(`<path class="then" d="` + polygon(len(axes), func(i int) float64 { return axes[i].Then }) + `"/>`)
	}
	if known {
		b.WriteString(`<path class="now" d="` + polygon(len(axes), func(i int) float64 { return axes[i].Now }) + `"/>`)
	}
	for i, a := range axes {
		if a.Known {
			x, y := corner(i, len(axes), a.Now)
			fmt.Fprintf(&b, `<circle class="dot last" cx="%s" cy="%s" r="4"/>`, px(x), px(y))
		}
	}
	for i, a := range axes {
		label(&b, i, len(axes), a)
	}
	for ring := 1.0; ring < radarMost; ring++ {
		fmt.Fprintf(&b, `<text class="t-end" x="%s" y="%s">%s</text>`, px(radarX-5), px(radarY-ring*radarR/radarMost+4), px(ring))
	}
	b.WriteString(`</svg>`)
	return c.frame(level, b.String())
}

// corner gives the place of a value on axis i; the first axis points up.
func corner(i, n int, value float64) (x, y float64) {
	angle := 2*math.Pi*float64(i)/float64(n) - math.Pi/2
	r := value * radarR / radarMost
	return radarX + r*math.Cos(angle), radarY + r*math.Sin(angle)
}

func polygon(n int, value func(int) float64) string {
	var b strings.Builder
	for i := range n {
		x, y := corner(i, n, value(i))
		mark := "L"
		if i == 0 {
			mark = "M"
		}
		b.WriteString(mark + px(x) + " " + px(y))
	}
	return b.String() + "Z"
}

func label(b *strings.Builder, i, n int, a axis) {
	x, y := corner(i, n, radarMost)
	dx, dy, class := 9.0, -6.0, ""
	switch {
	case math.Abs(x-radarX) < 1:
		dx, class = 0, "t-mid "
		dy = -24
		if y > radarY {
			dy = 20
		}
	case x < radarX:
		dx, class = -9, "t-end "
	}
	fmt.Fprintf(b, `<text class="%st-13" x="%s" y="%s">%s</text>`, class, px(x+dx), px(y+dy), html.EscapeString(a.Label))
	fmt.Fprintf(b, `<text class="%st-strong t-13" x="%s" y="%s">%s</text>`, class, px(x+dx), px(y+dy+15), html.EscapeString(a.Value))
}
