package evaluation

import (
	"archive/zip"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// files adds the evidence of a round to the package: by question or slot, and for an index of innovations a folder for each.
func (s *Service) files(ctx context.Context, x Round, p *instrument.Pack, z *zip.Writer) error {
	if err := s.Evidence.Package(ctx, proof.OfRound(x.ID), "", z); err != nil || p.Rule != instrument.WeightTimes {
		return err
	}
	rows, err := s.Entries.Rows(ctx, x.ID)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := s.Evidence.Package(ctx, proof.OfInnovation(row.ID), "inovasi-"+row.Number+"/", z); err != nil {
			return err
		}
	}
	return nil
}

// slotSheet lists the places of the official form, one row each: indicator, level, slot, what lies there and how far it is.
func (s *Service) slotSheet(b *sheet.Book, p *instrument.Pack, items []Item, names map[string]string,
	hung map[proof.Spot][]proof.Card, lang string) error {
	var head []string
	for _, key := range []string{"code", "question", "level", "slot", "name", "role", "lead", "state", "files", "address"} {
		head = append(head, s.Text(lang, "evaluation.slot."+key))
	}
	var rows [][]any
	for _, i := range items {
		q, _, _ := p.Question(i.Code)
		for _, slot := range q.Slots {
			role := "main"
			if slot.Supporting {
				role = "supporting"
			}
			state, files, addresses := slotState(hung[proof.Spot{Item: i.Code, Slot: slot.Code}])
			rows = append(rows, []any{i.Code, q.Text.In(lang), slot.Level, slot.Code, slot.Name.In(lang), s.Text(lang, "evaluation.slot.role."+role), names[i.Lead],
				s.Text(lang, "evaluation.slot.state."+state), files, addresses})
		}
	}
	if rows == nil {
		return nil
	}
	return b.Sheet(s.Text(lang, "evaluation.slot.sheet"), head, rows)
}

// slotState gives the state of a slot in the words of the official form: accepted, revise, process, none.
func slotState(proofs []proof.Card) (state, files, addresses string) {
	state = "none"
	var names, urls []string
	rank := []string{"none", "revise", "process", "accepted"}
	for _, pr := range proofs {
		one := map[string]string{"accepted": "accepted", "draft": "process", "submitted": "process"}[pr.State]
		if one == "" {
			one = "revise"
		}
		if slices.Index(rank, one) > slices.Index(rank, state) {
			state = one
		}
		names = append(names, pr.Title)
		if pr.URL != "" {
			urls = append(urls, pr.URL)
		}
	}
	return state, strings.Join(names, "; "), strings.Join(urls, " ")
}

// entrySheet lists the innovations of a round, one row each with the points of all items by their official numbers.
func (s *Service) entrySheet(ctx context.Context, b *sheet.Book, x Round, p *instrument.Pack) error {
	rows, err := s.Entries.Rows(ctx, x.ID)
	if err != nil {
		return err
	}
	lang := tenant.From(ctx).Lang
	var head []string
	for _, key := range []string{"number", "title", "agency", "affair", "stage", "score"} {
		head = append(head, s.Text(lang, "evaluation.entry."+key))
	}
	for _, q := range p.EntryItems() {
		head = append(head, q.Code+" "+q.Short.In(lang))
	}
	var out [][]any
	for _, row := range rows {
		cells := []any{row.Number, row.Title, row.Agency, row.Affair, row.Stage, markCell(row.Score)}
		for _, q := range p.EntryItems() {
			cells = append(cells, markCell(row.Points[q.Code]))
		}
		out = append(out, cells)
	}
	if err := b.Sheet(s.Text(lang, "evaluation.entry.sheet"), head, out); err != nil {
		return err
	}
	return s.entryProofs(b, p, rows, lang)
}

// entryProofs lists every item of every innovation with its weight, points, score, how it is proven and by how many files.
func (s *Service) entryProofs(b *sheet.Book, p *instrument.Pack, rows []EntryRow, lang string) error {
	var head []string
	for _, key := range []string{"number", "title", "item", "question", "weight", "points", "item_score", "proof", "files"} {
		head = append(head, s.Text(lang, "evaluation.entry."+key))
	}
	var out [][]any
	for _, row := range rows {
		for _, q := range p.EntryItems() {
			points, _ := strconv.ParseFloat(row.Points[q.Code], 64)
			weight, _ := strconv.ParseFloat(q.Weight, 64)
			state := row.States[q.Code]
			if state == "" {
				state = "missing"
			}
			out = append(out, []any{row.Number, row.Title, q.Code, q.Text.In(lang), weight, markCell(row.Points[q.Code]), points * weight, s.Text(lang, "evaluation.entry.proof."+state), row.Files[q.Code]})
		}
	}
	return b.Sheet(s.Text(lang, "evaluation.entry.proofs"), head, out)
}
