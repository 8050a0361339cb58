package innovation

import (
	"fmt"
	"html"
	"html/template"
	"math/big"
	"net/http"
	"strings"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
)

// fillScore asks the room that computes the index; without it the page says that nothing is computed yet.
func (s *Service) fillScore(r *http.Request, p *profilePage) (err error) {
	if s.Scores == nil || p.I.MergedInto != "" || p.I.Stage == Problem {
		return nil // nobody scores a problem without an answer
	}
	if p.Panel, err = s.Scores.Panel(r.Context(), p.I.ID); err != nil || !p.Panel.Known {
		return err
	}
	p.Chart = itemsChart(textsOf(r), p.Panel.Items)
	return nil
}

// Share is the part of the maximum that was reached, in percent for the bar; "0" when there is no maximum.
func (p ScorePanel) Share() string {
	score, most := instrument.Rat(p.Score), instrument.Rat(p.Max)
	if score == nil || most == nil || most.Sign() <= 0 || score.Sign() < 0 {
		return "0"
	}
	share := new(big.Rat).Quo(score, most)
	if share.Cmp(big.NewRat(1, 1)) > 0 {
		share.SetInt64(1)
	}
	return plain(share.Mul(share, big.NewRat(100, 1)))
}

// Auto counts the items whose proof was found without anybody uploading it.
func (p ScorePanel) Auto() int {
	n := 0
	for _, i := range p.Items {
		if i.State == ProofAuto {
			n++
		}
	}
	return n
}

// The drawing of the items: a row each, three boxes right of the middle, the score at the end.
const (
	itemRow   = 20
	itemFrom  = 62.0
	itemStep  = 9.5
	itemBox   = 8.5
	itemSteps = 3
)

// itemsChart draws how far every item got, with its sentence and its table.
func itemsChart(t texts, items []ScoreItem) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<figure class="chart"><figcaption><h3>%s</h3><p class="message">%s</p></figcaption>`, t.safe("innovation.score.items", "N", t.int(len(items))), html.EscapeString(itemsMessage(t, items)))
	fmt.Fprintf(&b, `<svg role="img" aria-labelledby="g-butir" height="%d" width="100%%"><title id="g-butir">%s</title>`, max(1, len(items))*itemRow, t.safe("innovation.score.drawing", "N", t.int(len(items))))
	for n, item := range items {
		y := n * itemRow
		fmt.Fprintf(&b, `<text x="0" y="%d">%s</text>`, y+13, html.EscapeString(item.Code+" "+item.Short))
		for step := range itemSteps {
			fmt.Fprintf(&b, `<rect class="%s" x="%g%%" y="%d" width="%g%%" height="11" rx="2"/>`, boxClass(item, step), itemFrom+itemStep*float64(step), y+4, itemBox)
		}
		fmt.Fprintf(&b, `<text class="t-end" x="100%%" y="%d">%s</text>`, y+13, html.EscapeString(i18n.Number(t.lang, item.Score)))
	}
	b.WriteString(`</svg>`)
	itemsTable(&b, t, items)
	b.WriteString(`</figure>`)
	return web.HTML(b.String())
}

// proof gives the state of the proof; what is not known counts as missing.
func (i ScoreItem) proof() string {
	switch i.State {
	case ProofAuto, ProofLinked, ProofExpired:
		return i.State
	}
	return ProofMissing
}

// boxClass colours what was reached; a proof that expired is seen.
func boxClass(item ScoreItem, step int) string {
	switch {
	case step >= item.Points:
		return "q0"
	case item.State == ProofExpired:
		return "fw"
	}
	return "f1"
}

// itemsMessage says how many items are low and which of these weighs most.
func itemsMessage(t texts, items []ScoreItem) string {
	low, heaviest := 0, ScoreItem{}
	for _, item := range items {
		if item.Points > 1 {
			continue
		}
		low++
		if w, had := instrument.Rat(item.Weight), instrument.Rat(heaviest.Weight); w != nil && (had == nil || w.Cmp(had) > 0) {
			heaviest = item
		}
	}
	if low == 0 {
		return t.T("innovation.score.message.none")
	}
	return t.T("innovation.score.message", "N", t.int(low), "Item", heaviest.Short, "Weight", i18n.Number(t.lang, heaviest.Weight))
}

func itemsTable(b *strings.Builder, t texts, items []ScoreItem) {
	fmt.Fprintf(b, `<details><summary>%s</summary><div class="table-wrap" tabindex="0" role="region" aria-label="%s"><table class="table dense"><thead><tr>`, t.safe("innovation.score.table"), t.safe("innovation.score.table.name"))
	for _, column := range []string{"item", "weight", "points", "score", "proof"} {
		class := ` class="n"`
		if column == "item" || column == "proof" {
			class = ""
		}
		fmt.Fprintf(b, `<th scope="col"%s>%s</th>`, class, t.safe("innovation.score.col."+column))
	}
	b.WriteString(`</tr></thead><tbody>`)
	for _, item := range items {
		fmt.Fprintf(b, `<tr><th scope="row">%s</th><td class="n">%s</td><td class="n">%s</td><td class="n">%s</td><td>%s<span class="sub">%s</span></td></tr>`, html.EscapeString(item.Code+" "+item.Short),
			html.EscapeString(i18n.Number(t.lang, item.Weight)), t.int(item.Points), html.EscapeString(i18n.Number(t.lang, item.Score)), t.safe("innovation.score.state."+item.proof()), html.EscapeString(item.Why))
	}
	b.WriteString(`</tbody></table></div></details>`)
}
