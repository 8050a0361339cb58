package evaluation

import (
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/proof"
)

// sealSheet lists what was decided with its whole fingerprints: the round, every answer, every proof with its file. Whoever
// keeps the export can show later that nothing changed.
func (s *Service) sealSheet(b *sheet.Book, x Round, p *instrument.Pack, items []Item, hung map[proof.Spot][]proof.Card, lang string) error {
	var head []string
	for _, key := range []string{"code", "what", "state", "file", "decided"} {
		head = append(head, s.Text(lang, "evaluation.seal."+key))
	}
	whole := func(hash string) string {
		if !seal.Bound(hash) {
			return ""
		}
		return hash
	}
	rows := [][]any{{"", x.Title, s.Text(lang, "evaluation.round.state."+x.State), "", whole(x.Seal)}}
	for _, i := range items {
		rows = append(rows, []any{i.Code, s.Text(lang, "evaluation.seal.answer"), s.Text(lang, "evaluation.item."+i.State), "", whole(i.DecidedHash)})
		for _, at := range spots(p, i.Code) {
			for _, one := range hung[at] {
				rows = append(rows, []any{at.String(), one.Title, s.Text(lang, "evaluation.seal.proof."+one.State), one.FileHash, whole(one.DecidedHash)})
			}
		}
	}
	return b.Sheet(s.Text(lang, "evaluation.seal.sheet"), head, rows)
}

// spots gives where the proofs of a question hang: on the question and on its slots.
func spots(p *instrument.Pack, code string) []proof.Spot {
	out := []proof.Spot{{Item: code}}
	q, _, _ := p.Question(code)
	for _, slot := range q.Slots {
		out = append(out, proof.Spot{Item: code, Slot: slot.Code})
	}
	return out
}
