package evaluation

import (
	"testing"

	"github.com/pendapa/pendapa/internal/proof"
)

// TestPaperEscapesEveryWord puts marks of HTML into each word of a proof.
func TestPaperEscapesEveryWord(t *testing.T) {
	t.Parallel()
	p := onPaper(func(state string) string { return "<" + state + ">" })
	at := proof.Spot{Item: "A1"}
	p.add(proof.Hanging{Spot: at, Card: proof.Card{Title: `SK <b>"satu"</b>`, Number: "1 & 2", Page: "<hal>", State: "accepted"}})
	p.add(proof.Hanging{Spot: at, Card: proof.Card{Title: "Notula", State: "accepted"}})
	const want = `<li>SK &lt;b&gt;&#34;satu&#34;&lt;/b&gt;, 1 &amp; 2, &lt;hal&gt; (&lt;accepted&gt;)</li><li>Notula (&lt;accepted&gt;)</li>`
	if got := p.lists(); string(got["A1"]) != want || len(got) != 1 {
		t.Errorf("%q, want %q", got, want)
	}
}
