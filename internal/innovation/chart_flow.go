package innovation

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
)

// The drawing of the flow: columns in thousandths of the width, heights in pixels.
const (
	flowHeight = 250
	flowTop    = 44.0  // where the bars begin
	flowTall   = 150.0 // height of everything that came
	flowStep   = 228.8 // from one column to the next
	flowBar    = 14.0  // width of a column
	flowGate   = 77.3  // how far what waits reaches
	flowDown   = 52.0  // how far to the right what stopped comes down
	flowFloor  = 216.0 // where it leaves the drawing
)

// texts gives the texts of one language and writes numbers its way.
type texts struct {
	lang string
	text func(key string, pairs ...any) string
}

// T gives a text.
func (t texts) T(key string, pairs ...any) string { return t.text(key, pairs...) }

// int writes a count.
func (t texts) int(n int) string { return i18n.Int(t.lang, int64(n)) }

// safe gives a text ready for a drawing.
func (t texts) safe(key string, pairs ...any) string { return html.EscapeString(t.T(key, pairs...)) }

// flowChart draws the way of all innovations: the width of a stream is their number, what waits stays at its gate, what
// stopped flows down. Key and table follow the drawing; flowMessage is the sentence above it.
func flowChart(t texts, flow []Flow) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg role="img" aria-labelledby="g-alir" height="%d" width="100%%"><title id="g-alir">%s</title><svg width="100%%" height="%d" viewBox="0 0 1000 %d" preserveAspectRatio="none">`,
		flowHeight, t.safe("innovation.flow.drawing"), flowHeight, flowHeight)
	most := max(1, flow[0].Came)
	for n, f := range flow {
		flowShapes(&b, n, f, nextCame(flow, n), flowTall/float64(most))
	}
	b.WriteString(`</svg>`)
	for n, f := range flow {
		flowTexts(&b, t, n, f, nextCame(flow, n), flowTall/float64(most))
	}
	fmt.Fprintf(&b, `<text x="0" y="%d">%s</text></svg>`, flowHeight-1, t.safe("innovation.flow.ended", "N", t.int(ended(flow))))
	flowKey(&b, t)
	flowTable(&b, t, flow)
	return web.HTML(b.String())
}

func nextCame(flow []Flow, n int) int {
	if n+1 < len(flow) {
		return flow[n+1].Came
	}
	return 0
}

// flowShapes draws a column and what leaves it: through the gate, waiting at it, down. unit is the height of one.
func flowShapes(b *strings.Builder, n int, f Flow, passed int, unit float64) {
	left := float64(n) * flowStep
	x, pass, wait, end := left+flowBar, unit*float64(passed), unit*float64(f.Waiting), unit*float64(f.Ended)
	if passed > 0 {
		fmt.Fprintf(b, `<path class="q2" d="M%s %sH%sV%sH%sZ"/>`, px(x), px(flowTop), px(left+flowStep), px(flowTop+pass), px(x))
	}
	if f.Waiting > 0 && f.Stage != Replicated {
		fmt.Fprintf(b, `<path class="q1" d="M%s %sh%sv%sh-%sZ"/>`, px(x), px(flowTop+pass), px(flowGate), px(wait), px(flowGate))
	}
	if f.Ended > 0 {
		y, wide := flowTop+pass+wait, math.Min(1.1*end, flowDown-6)
		fmt.Fprintf(b, `<path class="q0" d="M%s %sC%s %s %s %s %s %sH%sC%s %s %s %s %s %sZ"/>`, px(x), px(y), px(x+46), px(y), px(x+flowDown), px(flowFloor-10), px(x+flowDown), px(flowFloor),
			px(x+flowDown-wide), px(x+flowDown-wide-2), px(flowFloor-12), px(x+6), px(math.Min(y+end, flowFloor-10)), px(x), px(math.Min(y+end, flowFloor-10)))
	}
	fmt.Fprintf(b, `<rect class="f1" x="%s" y="%s" width="%s" height="%s"/>`, px(left), px(flowTop), px(flowBar), px(unit*float64(f.Came)))
}

// flowTexts writes name and number above a column, what waits beside it and what stopped below.
func flowTexts(b *strings.Builder, t texts, n int, f Flow, passed int, unit float64) {
	left, class := float64(n)*flowStep/10, ` t-mid`
	at := left + flowBar/20
	if n == 0 {
		at, class = 0, ``
	}
	fmt.Fprintf(b, `<text class="t-13%s" x="%s%%" y="14">%s</text><text class="t-strong%s" x="%s%%" y="33">%s</text>`, class, px(at), t.safe("innovation.stage."+f.Stage), class, px(at), t.int(f.Came))
	if tall := unit * float64(f.Waiting); tall >= 12 && f.Stage != Replicated {
		fmt.Fprintf(b, `<text class="narrow-hide" x="%s%%" y="%s">%s</text>`, px(left+flowBar/10+0.9), px(flowTop+unit*float64(passed)+tall/2+4), t.safe("innovation.flow.gate", "N", t.int(f.Waiting)))
	}
	if f.Ended > 0 {
		fmt.Fprintf(b, `<text class="t-mid" x="%s%%" y="234">%s</text>`, px(left+(flowBar+flowDown-math.Min(1.1*unit*float64(f.Ended), flowDown-6)/2)/10), t.int(f.Ended))
	}
}

// px writes a coordinate with at most two digits.
func px(f float64) string { return strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64) }

func flowKey(b *strings.Builder, t texts) {
	b.WriteString(`<ul class="chart-key">`)
	for _, k := range [][2]string{{"q2", "innovation.flow.passed"}, {"q1", "innovation.flow.waiting"}, {"q0", "innovation.flow.stopped"}} {
		fmt.Fprintf(b, `<li><svg aria-hidden="true"><rect class="%s" x="1" y="1" width="15" height="11" rx="2"/></svg>%s</li>`, k[0], t.safe(k[1]))
	}
	b.WriteString(`</ul>`)
}

func flowTable(b *strings.Builder, t texts, flow []Flow) {
	fmt.Fprintf(b, `<details><summary>%s</summary><div class="table-wrap" tabindex="0" role="region" aria-label="%s"><table class="table dense"><thead><tr><th scope="col">%s</th>`,
		t.safe("innovation.flow.more"), t.safe("innovation.flow.table"), t.safe("innovation.stage"))
	for _, key := range []string{"innovation.flow.came", "innovation.flow.waiting.short", "innovation.flow.stopped"} {
		fmt.Fprintf(b, `<th scope="col" class="n">%s</th>`, t.safe(key))
	}
	b.WriteString(`</tr></thead><tbody>`)
	for _, f := range flow {
		waiting := t.int(f.Waiting)
		if f.Stage == Replicated {
			waiting = "–"
		}
		fmt.Fprintf(b, `<tr><th scope="row">%s</th><td class="n">%s</td><td class="n">%s</td><td class="n">%s</td></tr>`, t.safe("innovation.stage."+f.Stage), t.int(f.Came), waiting, t.int(f.Ended))
	}
	b.WriteString(`</tbody></table></div></details>`)
}

// narrowest gives the stage behind which the smallest share went on, -1 when nothing came. Of equal ones the first.
func narrowest(flow []Flow) int {
	at := -1
	for n := 0; n+1 < len(flow) && flow[n].Came > 0; n++ {
		if at < 0 || flow[n+1].Came*flow[at].Came < flow[at+1].Came*flow[n].Came {
			at = n
		}
	}
	return at
}

// flowMessage says where the way is narrowest and what stands there.
func flowMessage(t texts, flow []Flow) string {
	at := narrowest(flow)
	if at < 0 {
		return t.T("innovation.flow.none")
	}
	from, to, key := t.T("innovation.stage."+flow[at].Stage), t.T("innovation.stage."+flow[at+1].Stage), "innovation.flow.narrow"
	switch {
	case flow[at+1].Came == flow[at].Came:
		return t.T("innovation.flow.open")
	case flow[at].Stage == Live:
		key = "innovation.flow.narrow.live"
	case flow[at].Stage == Problem:
		key = "innovation.flow.narrow.problem"
	}
	return t.T(key, "From", from, "To", to, "N", t.int(flow[at].Waiting))
}
