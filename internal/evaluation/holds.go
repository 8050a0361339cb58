package evaluation

import (
	"context"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// questions are the places of a round on which proofs hang.
type questions struct{ *Service }

var _ proof.Holder = questions{}

// Name says what a question is called: round, code, slot, words.
func (s questions) Name(ctx context.Context, p proof.Place) (title, path string, err error) {
	x, err := s.Round(ctx, p.Thing.ID)
	if err != nil {
		return p.Spot.String(), "", nil //nolint:nilerr // a link to a round that is gone is still a use
	}
	pack, err := s.Packs.Find(ctx, x.Pack)
	if err != nil {
		return "", "", err
	}
	q, _, _ := pack.Question(p.Item)
	name := p.Item
	if p.Slot != "" {
		name += " · " + p.Slot
	}
	return x.Title + " · " + name + " · " + q.Text.In(tenant.From(ctx).Lang), questionPath(x.ID, p.Item), nil
}

// MayHang says whether the actor may hang a proof on a question (or one slot of it): the round is open, the question is of
// their agency, the slot exists, and the proof is of the year asked for, or a reason says why another one serves.
func (s questions) MayHang(ctx context.Context, p proof.Place, c proof.Card, reason string) (proof.Override, error) {
	i, err := s.hangable(ctx, p)
	if err != nil {
		return nil, err
	}
	x, q, err := s.asked(ctx, p)
	if err != nil {
		return nil, err
	}
	if _, ok := q.Slot(p.Slot); p.Slot != "" && !ok {
		return nil, errs.E(errs.NotFound, "evaluation.error.slot", nil)
	}
	want, got := s.otherYear(ctx, x, q, c)
	if want == 0 {
		return nil, nil
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return nil, errs.InvalidFields(map[string]errs.Msg{"year_reason": errs.M("evaluation.error.proof_year", "Want", want, "Got", got)})
	}
	override := entry("item.year_override", "item", x.ID+"/"+p.Item, i.Lead, reason, want, got)
	return &override, nil
}

// MayUnhang says whether the actor may take a proof from a question: the round is open and the question is of their agency.
func (s questions) MayUnhang(ctx context.Context, p proof.Place, _ proof.Card) error {
	_, err := s.hangable(ctx, p)
	return err
}

// hangable gives a question whose proofs the actor may change.
func (s *Service) hangable(ctx context.Context, p proof.Place) (Item, error) {
	i, err := s.inRound(ctx, p.Thing.ID, p.Item)
	if err == nil && !mayLink(ctx, i) {
		err = errs.E(errs.Forbidden, "evaluation.error.other_agency", nil)
	}
	return i, err
}

func mayLink(ctx context.Context, i Item) bool {
	return mine(ctx, Write, i) || tenant.From(ctx).Can(Manage, "")
}

// Changed refuses outside an open round; an answer that was approved already goes back to who approves it.
func (s questions) Changed(ctx context.Context, tx *db.Tx, p proof.Place) error {
	round := p.Thing.ID
	if err := s.holdOpen(ctx, tx, round); err != nil {
		return err
	}
	before, err := s.store.item(ctx, tx, tenant.From(ctx).Regency, round, p.Item)
	if err != nil || before.State != Approved && before.State != Checked {
		return err
	}
	after := before
	after.State, after.ApprovedBy = Submitted, ""
	return s.write(ctx, tx, "item.again", round, before, after, "")
}

func (s *Service) asked(ctx context.Context, p proof.Place) (Round, instrument.Question, error) {
	x, err := s.Round(ctx, p.Thing.ID)
	if err != nil {
		return x, instrument.Question{}, err
	}
	pack, err := s.Packs.Find(ctx, x.Pack)
	if err != nil {
		return x, instrument.Question{}, err
	}
	q, _, _ := pack.Question(p.Item)
	return x, q, nil
}

// otherYear gives the year wanted and the year a proof is of when the two differ; zeros when they agree or nobody can tell.
func (s *Service) otherYear(ctx context.Context, x Round, q instrument.Question, c proof.Card) (want, got int) {
	if q.Year == 0 {
		return 0, 0
	}
	zone := s.Zone(ctx)
	want = x.Year + q.Year
	if got, other := c.OtherYear(want, func(ms int64) int { return time.UnixMilli(ms).In(zone).Year() }); other {
		return want, got
	}
	return 0, 0
}
