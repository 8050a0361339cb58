package evaluation

import (
	"context"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// LinkProof hangs a proof on a question, or on one slot of it. Where the question asks for a document of another year than
// the proof is of, a reason is needed; it stays in the audit trail.
func (s *Service) LinkProof(ctx context.Context, t Target, slot, proof, reason string) error {
	p, err := s.Evidence.Get(ctx, proof)
	if err != nil {
		return err
	}
	if err := s.Linkable(ctx, t, slot, p, reason); err != nil {
		return err
	}
	item := t.Item
	if slot != "" {
		item = SlotItem(t.Item, slot)
	}
	return s.Evidence.Link(ctx, proof, t.Round, item)
}

// Linkable says whether the actor may hang a proof on a question (or one slot of it): the round is open, the question is of
// their agency, the slot exists, and the proof is of the year asked for, or a reason says why another one serves.
func (s *Service) Linkable(ctx context.Context, t Target, slot string, proof Proof, reason string) error {
	i, err := s.inRound(ctx, t.Round, t.Item)
	if err != nil {
		return err
	}
	if !mine(ctx, Write, i) && !tenant.From(ctx).Can(Manage, "") {
		return errs.E(errs.Forbidden, "evaluation.error.other_agency", nil)
	}
	x, q, err := s.asked(ctx, t)
	if err != nil {
		return err
	}
	if _, ok := q.Slot(slot); slot != "" && !ok {
		return errs.E(errs.NotFound, "evaluation.error.slot", nil)
	}
	want, got := s.otherYear(ctx, x, q, proof)
	if want == 0 {
		return nil
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return errs.InvalidFields(map[string]errs.Msg{"year_reason": errs.M("evaluation.error.proof_year", "Want", want, "Got", got)})
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		return s.record(ctx, tx, "item.year_override", "item", t.Round+"/"+t.Item, i.Lead, reason, want, got)
	})
}

func (s *Service) asked(ctx context.Context, t Target) (Round, instrument.Question, error) {
	x, err := s.Round(ctx, t.Round)
	if err != nil {
		return x, instrument.Question{}, err
	}
	p, err := s.Packs.Find(ctx, x.Pack)
	if err != nil {
		return x, instrument.Question{}, err
	}
	q, _, _ := p.Question(t.Item)
	return x, q, nil
}

// otherYear gives the year wanted and the year a proof is of when the two differ; zeros when they agree or nobody can tell.
func (s *Service) otherYear(ctx context.Context, x Round, q instrument.Question, p Proof) (want, got int) {
	if q.Year == 0 {
		return 0, 0
	}
	want = x.Year + q.Year
	year := func(ms int64) int { return time.UnixMilli(ms).In(s.Zone(ctx)).Year() }
	switch {
	case p.From != 0 && (want < year(p.From) || want > year(max(p.From, p.To))):
		return want, year(p.From)
	case p.From == 0 && p.Date != 0 && year(p.Date) != want:
		return want, year(p.Date)
	}
	return 0, 0
}
