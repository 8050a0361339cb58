package evaluation

import (
	"context"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// sealSheet lists what was decided with its whole fingerprints: the round, every answer, every proof with its file. Whoever
// keeps the export can show later that nothing changed.
func (s *Service) sealSheet(ctx context.Context, b *sheet.Book, x Round, p *instrument.Pack, items []Item) error {
	lang := tenant.From(ctx).Lang
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
	counts, err := s.Evidence.Counts(ctx, proof.OfRound(x.ID))
	if err != nil {
		return err
	}
	for _, i := range items {
		rows = append(rows, []any{i.Code, s.Text(lang, "evaluation.seal.answer"), s.Text(lang, "evaluation.item."+i.State), "", whole(i.DecidedHash)})
		for _, place := range places(p, x.ID, i.Code) {
			if counts[place.Spot].Total == 0 {
				continue
			}
			proofs, err := s.Evidence.Hung(ctx, place)
			if err != nil {
				return err
			}
			for _, one := range proofs {
				rows = append(rows, []any{place.Spot.String(), one.Title, s.Text(lang, "evaluation.seal.proof."+one.State), one.FileHash, whole(one.DecidedHash)})
			}
		}
	}
	return b.Sheet(s.Text(lang, "evaluation.seal.sheet"), head, rows)
}

// places gives where the proofs of a question hang: on the question and on its slots.
func places(p *instrument.Pack, round, code string) []proof.Place {
	of := proof.OfRound(round)
	out := []proof.Place{of.At(code, "")}
	q, _, _ := p.Question(code)
	for _, slot := range q.Slots {
		out = append(out, of.At(code, slot.Code))
	}
	return out
}
