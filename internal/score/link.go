package score

import (
	"context"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
)

// WrongYear tells whether a proof is of another year than the item asks for, and which years these are; zeros when it fits or
// nobody can tell.
func WrongYear(q instrument.Question, year int, p Proof, yearOf func(int64) int) (want, got int) {
	if q.Year == 0 {
		return 0, 0
	}
	want = year + q.Year
	switch {
	case p.From != 0:
		if from, to := yearOf(p.From), yearOf(max(p.To, p.From)); want < from || want > to {
			return want, from
		}
	case p.Date != 0:
		if got := yearOf(p.Date); got != want {
			return want, got
		}
	}
	return 0, 0
}

// LinkProof hangs a proof of the library on an item. A proof of another year than the item asks for needs a reason, which
// stays in the audit trail.
func (s *Service) LinkProof(ctx context.Context, innovation, item, proof, reason string) error {
	_, q, err := s.claimed(ctx, innovation, item)
	if err != nil {
		return err
	}
	p, err := s.Evidence.Get(ctx, proof)
	if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Forbidden) {
		return errs.InvalidFields(map[string]errs.Msg{"evidence": errs.M("score.error.evidence")})
	}
	if err != nil {
		return err
	}
	if err := s.Linkable(ctx, innovation, q.Code, p, reason); err != nil {
		return err
	}
	return s.Evidence.Link(ctx, proof, Holder(innovation), q.Code)
}

// Linkable says whether the actor may hang a proof on an item of an innovation: they work on it, and the proof is of the year
// the item asks for, or a reason says why another one serves. Words such as "gate" take every proof.
func (s *Service) Linkable(ctx context.Context, innovation, item string, p Proof, reason string) error {
	if err := s.mayClaim(ctx, innovation); err != nil {
		return err
	}
	b, err := s.head(ctx, "")
	if err != nil {
		return err
	}
	q, component, ok := b.Pack.Question(item)
	if !ok {
		return nil
	}
	if !component.Entries {
		return errs.E(errs.NotFound, "score.error.item", nil)
	}
	want, got := WrongYear(q, b.Year, p, func(ms int64) int { return s.yearOf(ctx, ms) })
	if want == 0 {
		return nil
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return errs.InvalidFields(map[string]errs.Msg{"year_reason": errs.M("score.error.year", "Want", want, "Got", got)})
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		return s.record(ctx, tx, "year.override", "item", innovation+"/"+item, reason, want, got)
	})
}

// UnlinkProof takes a proof from an item; the file stays in the library.
func (s *Service) UnlinkProof(ctx context.Context, innovation, item, proof string) error {
	_, q, err := s.claimed(ctx, innovation, item)
	if err != nil {
		return err
	}
	return s.Evidence.Unlink(ctx, proof, Holder(innovation), q.Code)
}
