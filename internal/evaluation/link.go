package evaluation

import (
	"context"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
)

// LinkProof hangs a proof on a question, or on one slot of it. Where the question asks for a document of another year than
// the proof is of, a reason is needed; it stays in the audit trail.
func (s *Service) LinkProof(ctx context.Context, t Target, slot, proof, reason string) error {
	x, err := s.Round(ctx, t.Round)
	if err != nil {
		return err
	}
	p, err := s.Packs.Find(ctx, x.Pack)
	if err != nil {
		return err
	}
	q, _, ok := p.Question(t.Item)
	if !ok {
		return errs.E(errs.NotFound, "evaluation.error.item", nil)
	}
	item := t.Item
	if slot != "" {
		known, ok := q.Slot(slot)
		if !ok {
			return errs.E(errs.NotFound, "evaluation.error.slot", nil)
		}
		item = SlotItem(t.Item, known.Code)
	}
	reason = strings.TrimSpace(reason)
	want, got := 0, 0
	if q.Year != 0 {
		if want, got, err = s.otherYear(ctx, x.Year+q.Year, proof); err != nil {
			return err
		}
	}
	if want != 0 && reason == "" {
		return errs.InvalidFields(map[string]errs.Msg{"year_reason": errs.M("evaluation.error.proof_year", "Want", want, "Got", got)})
	}
	if err := s.Evidence.Link(ctx, proof, t.Round, item); err != nil || want == 0 {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		return s.record(ctx, tx, "item.year_override", "item", t.Round+"/"+t.Item, "", reason, want, got)
	})
}

// otherYear gives the year wanted and the year a proof is of when the two differ; zeros when they agree or nobody can tell.
func (s *Service) otherYear(ctx context.Context, want int, proof string) (int, int, error) {
	p, err := s.Evidence.Get(ctx, proof)
	if err != nil {
		return 0, 0, err
	}
	year := func(ms int64) int { return time.UnixMilli(ms).In(s.Zone).Year() }
	switch {
	case p.From != 0 && (want < year(p.From) || want > year(max(p.From, p.To))):
		return want, year(p.From), nil
	case p.From == 0 && p.Date != 0 && year(p.Date) != want:
		return want, year(p.Date), nil
	}
	return 0, 0, nil
}
