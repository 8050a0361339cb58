package score

import (
	"context"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// items are the places of an innovation on which proofs hang: the items of the index, and words such as "gate".
type items struct{ *Service }

var _ proof.Holder = items{}

// Name says what an item of an innovation is called.
func (s items) Name(ctx context.Context, p proof.Place) (title, path string, err error) {
	title, err = s.Innovations.Title(ctx, p.Thing.ID)
	if err != nil {
		return p.Item, "", nil //nolint:nilerr // a link to a record that is gone, or not for these eyes, is still a use
	}
	b, err := s.head(ctx, "")
	if err != nil {
		return "", "", err
	}
	q, _, ok := b.Pack.Question(p.Item)
	if !ok {
		return title + " · " + p.Item, innovationPath(p.Thing.ID), nil
	}
	return title + " · " + p.Item + " · " + q.Short.In(tenant.From(ctx).Lang), itemPath(p.Thing.ID, p.Item), nil
}

func innovationPath(id string) string { return "/inovasi/" + id }

// MayHang says whether the actor may hang a proof on an item of an innovation: they work on it, and the proof is of the year
// the item asks for, or a reason says why another one serves. Words such as "gate" take every proof.
func (s items) MayHang(ctx context.Context, p proof.Place, c proof.Card, reason string) (proof.Override, error) {
	if err := s.mayClaim(ctx, p.Thing.ID); err != nil {
		return nil, err
	}
	b, err := s.head(ctx, "")
	if err != nil {
		return nil, err
	}
	q, component, ok := b.Pack.Question(p.Item)
	if !ok {
		return nil, nil
	}
	if !component.Entries {
		return nil, errs.E(errs.NotFound, "score.error.item", nil)
	}
	want := b.Year + q.Year
	got, other := c.OtherYear(want, func(ms int64) int { return s.yearOf(ctx, ms) })
	if q.Year == 0 || !other {
		return nil, nil
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return nil, errs.InvalidFields(map[string]errs.Msg{"year_reason": errs.M("score.error.year", "Want", want, "Got", got)})
	}
	override := entry("year.override", "item", p.Thing.ID+"/"+p.Item, reason, want, got)
	return &override, nil
}

// MayUnhang says whether the actor may take a proof from an item: they work on the innovation.
func (s items) MayUnhang(ctx context.Context, p proof.Place, _ proof.Card) error {
	return s.mayClaim(ctx, p.Thing.ID)
}

// Changed: what hangs on an innovation is judged anew by the index at every look.
func (s items) Changed(context.Context, *db.Tx, proof.Place) error { return nil }
