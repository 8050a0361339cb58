package innovation

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/web"
)

// ageGroup is how many agencies took their last real step so long ago. Most is the last month of the group, -1 for the
// group that never took one.
type ageGroup struct {
	Key  string
	Most int
	N    int
}

// ageGroups counts agencies by the age of their innovation. It shows how young the organisation is as a whole and names no
// agency: the chart is no league.
func ageGroups(rows []YouthRow) []ageGroup {
	all := []ageGroup{{Key: "3", Most: 3}, {Key: "6", Most: 6}, {Key: "12", Most: 11}, {Key: "24", Most: 24}, {Key: "old", Most: math.MaxInt}, {Key: "never", Most: -1}}
	for _, r := range rows {
		at := len(all) - 1
		if r.Months >= 0 {
			for at = 0; r.Months > all[at].Most; at++ {
			}
		}
		all[at].N++
	}
	return all
}

// ageWords are the translated words of the chart.
type ageWords struct {
	Title, Message, More, Table string
	Head                        [2]string
	Label                       func(key string) string
	Value                       func(n int) string
}

// ageChart draws the groups as bars, labels above and values at the right, with the table beside.
func ageChart(all []ageGroup, w ageWords) template.HTML {
	const step = 38
	most := 1
	for _, g := range all {
		most = max(most, g.N)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<figure class="chart"><figcaption><h2 id="h-umur">%s</h2><p class="message">%s</p></figcaption><svg role="img" aria-labelledby="g-umur" height="%d" width="100%%"><title id="g-umur">%s</title>`,
		html.EscapeString(w.Title), html.EscapeString(w.Message), step*len(all), html.EscapeString(w.Title))
	for i, g := range all {
		y, fill := i*step, "f1"
		if g.Most < 0 || g.Most > 11 {
			fill = "fs"
		}
		fmt.Fprintf(&b, `<text x="0" y="%d" class="t-13">%s</text><text class="t-end t-strong t-13" x="100%%" y="%d">%s</text>`, y+13, html.EscapeString(w.Label(g.Key)), y+13, w.Value(g.N))
		fmt.Fprintf(&b, `<rect class="q0" x="0" y="%d" width="100%%" height="9" rx="2"/><rect class="%s" x="0" y="%d" width="%s%%" height="9" rx="2"/>`, y+19, fill, y+19,
			strconv.FormatFloat(math.Round(1e4*float64(g.N)/float64(most))/100, 'f', -1, 64))
	}
	fmt.Fprintf(&b, `</svg><details><summary>%s</summary><div class="table-wrap" tabindex="0" role="region" aria-label="%s"><table class="table dense"><thead><tr><th scope="col">%s</th><th scope="col" class="n">%s</th></tr></thead><tbody>`,
		html.EscapeString(w.More), html.EscapeString(w.Table), html.EscapeString(w.Head[0]), html.EscapeString(w.Head[1]))
	for _, g := range all {
		fmt.Fprintf(&b, `<tr><th scope="row">%s</th><td class="n">%s</td></tr>`, html.EscapeString(w.Label(g.Key)), w.Value(g.N))
	}
	b.WriteString(`</tbody></table></div></details></figure>`)
	return web.HTML(b.String())
}
