package assessment

import (
	"context"

	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Decision is what a result is bound to, as pages show it: the fingerprints of the published result and of the round, short
// and whole, and whether what stands there now is no longer that.
type Decision struct {
	Published, Seal             string
	PublishedFull, SealFull     string
	PublishedBroken, SealBroken bool
	Versions                    []versionRow // what took the place of what; none while the first one stands
	Proposed                    bool         // another version waits, for who may confirm it
}

// decisionOf compares a result with what was decided. The whole round is read again only for who watches over it.
func (s *Service) decisionOf(ctx context.Context, res Result) (d Decision, err error) {
	if seal.Bound(res.Published.DecidedHash) {
		d.Published, d.PublishedFull = seal.Short(res.Published.DecidedHash), res.Published.DecidedHash
	}
	whole, err := s.PublishedIntact(ctx, res.Published)
	if err != nil {
		return d, err
	}
	d.PublishedBroken = !whole
	all, err := s.store.versions(ctx, s.DB, tenant.From(ctx).Regency, res.Round.ID)
	if err != nil {
		return d, err
	}
	d.Versions = versionRows(all)
	d.Proposed = len(all) > 0 && all[0].State == Waiting && tenant.From(ctx).Can(Confirm, "")
	if seal.Bound(res.Round.Seal) {
		d.Seal, d.SealFull = seal.Short(res.Round.Seal), res.Round.Seal
	}
	if res.Round.State != roundDone || !tenant.From(ctx).Can(Watch, "") {
		return d, nil
	}
	whole, err = s.Rounds.Intact(ctx, res.Round.ID)
	d.SealBroken = err == nil && !whole
	return d, err
}
