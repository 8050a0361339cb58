package score

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// mostNote is how many letters a note may have.
const mostNote = 2000

// mayClaim: who works on the innovation claims its levels.
func (s *Service) mayClaim(ctx context.Context, innovation string) error {
	if err := allow(ctx, Claims); err != nil {
		return err
	}
	may, err := s.Innovations.MayEdit(ctx, innovation)
	if err == nil && !may {
		err = errs.E(errs.Forbidden, "score.error.not_team", nil)
	}
	return err
}

// claimed finds the item of an innovation that the actor may fill in.
func (s *Service) claimed(ctx context.Context, innovation, code string) (*Board, *instrument.Question, error) {
	if err := s.mayClaim(ctx, innovation); err != nil {
		return nil, nil, err
	}
	known, err := s.Innovations.Facts(ctx, innovation)
	if err != nil {
		return nil, nil, err
	}
	if _, ok := known[innovation]; !ok {
		return nil, nil, errs.E(errs.NotFound, "score.error.innovation", nil)
	}
	b, err := s.head(ctx, "")
	if err != nil {
		return nil, nil, err
	}
	q, component, ok := b.Pack.Question(b.Pack.Canonical(code))
	if !ok || !component.Entries {
		return nil, nil, errs.E(errs.NotFound, "score.error.item", nil)
	}
	return b, &q, nil
}

// Say claims a level of an item: points 0 to 3, or with typed a raw figure that the brackets of the item (or of its basis)
// turn into points. Gives what was understood.
func (s *Service) Say(ctx context.Context, c Claim, typed string) (Claim, error) {
	b, q, err := s.claimed(ctx, c.Innovation, c.Item)
	if err != nil {
		return c, err
	}
	if !claimable(q) {
		return c, errs.E(errs.Conflict, "score.error.adoption", nil)
	}
	c.Item, c.Basis, c.Raw, c.Note = q.Code, strings.ToLower(strings.TrimSpace(c.Basis)), "", strings.TrimSpace(c.Note)
	if err := b.understand(&c, q, strings.TrimSpace(typed)); err != nil {
		return c, err
	}
	if utf8.RuneCountInString(c.Note) > mostNote {
		return c, errs.InvalidFields(map[string]errs.Msg{"note": errs.M("score.error.note")})
	}
	c.By, c.At = tenant.From(ctx).UserID, s.now()
	regency := tenant.From(ctx).Regency
	before, err := s.before(ctx, c.Innovation, c.Item)
	if err != nil {
		return c, err
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.putClaim(tx, regency, c); err != nil {
			return err
		}
		return s.record(ctx, tx, "claim", "item", c.Innovation+"/"+q.Code, c.Note, before, c)
	})
	c.Rev++
	return c, err
}

// understand checks a claim and turns a typed figure into points.
func (b *Board) understand(c *Claim, q *instrument.Question, typed string) error {
	if key := wrongBasis(q, c, typed); key != "" {
		return errs.InvalidFields(map[string]errs.Msg{"basis": errs.M(key)})
	}
	if typed == "" {
		if c.Points < 0 || c.Points > levels {
			return errs.InvalidFields(map[string]errs.Msg{"points": errs.M("score.error.points")})
		}
		return nil
	}
	brackets, ok := b.Pack.BracketsOf(q.Code, c.Basis)
	if !ok {
		return errs.InvalidFields(map[string]errs.Msg{"raw": errs.M("score.error.no_raw")})
	}
	v, err := instrument.Figure(typed, brackets.Decimals > 0)
	if err != nil || v.Sign() < 0 {
		return errs.InvalidFields(map[string]errs.Msg{"raw": errs.M("score.error.raw")})
	}
	r, _ := b.Pack.ReadRaw(q.Code, c.Basis, v, b.Options)
	if n := pointsOf(r); c.Points != instrument.Unfilled && c.Points != n {
		return errs.InvalidFields(map[string]errs.Msg{"points": errs.M("score.error.both", "Points", int(n))})
	}
	c.Raw, c.Points = trim(v), pointsOf(r)
	return nil
}

// wrongBasis wants exactly one basis where an item has several, because their thresholds may not be mixed, and none elsewhere.
// That nothing is reached needs no basis. Gives the key of what is wrong.
func wrongBasis(q *instrument.Question, c *Claim, typed string) string {
	known := slices.ContainsFunc(q.Bases, func(one instrument.Basis) bool { return one.Code == c.Basis })
	switch {
	case len(q.Bases) == 0 && c.Basis != "":
		return "score.error.no_basis"
	case len(q.Bases) > 0 && !known && (c.Basis != "" || typed != "" || c.Points != 0):
		return "score.error.basis"
	}
	return ""
}

// Unsay takes a claim back if nobody changed it since its rev was read.
func (s *Service) Unsay(ctx context.Context, innovation, item string, rev int64) error {
	_, q, err := s.claimed(ctx, innovation, item)
	if err != nil {
		return err
	}
	regency := tenant.From(ctx).Regency
	before, err := s.before(ctx, innovation, q.Code)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.dropClaim(tx, regency, innovation, q.Code, rev); err != nil {
			return err
		}
		return s.record(ctx, tx, "unclaim", "item", innovation+"/"+q.Code, "", before, nil)
	})
}

// before gives a claim as it stands, for the audit trail; nil when there is none.
func (s *Service) before(ctx context.Context, innovation, item string) (any, error) {
	c, err := s.store.claim(ctx, tenant.From(ctx).Regency, innovation, item)
	if err != nil || c == nil {
		return nil, err
	}
	return *c, nil
}
