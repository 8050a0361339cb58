package evaluation

import (
	"context"
)

// Past is what is known of the same question a year before.
type Past struct {
	Round Round
	Item  Item
	Marks PastMark
	Known bool
}

// Past gives last year's answer, self mark and the assessors' marks.
func (s *Service) Past(ctx context.Context, r Round, code string) (Past, error) {
	if r.Previous == "" {
		return Past{}, nil
	}
	now, err := s.Packs.Find(ctx, r.Pack)
	if err != nil {
		return Past{}, err
	}
	before, err := s.Round(ctx, r.Previous)
	if err != nil {
		return Past{}, err
	}
	then, err := s.Packs.Find(ctx, before.Pack)
	if err != nil {
		return Past{}, err
	}
	was := sameQuestion(now, code, then)
	if was == "" {
		return Past{}, nil
	}
	p := Past{Round: before, Known: true}
	if p.Item, err = s.Item(ctx, before.ID, was); err != nil {
		return Past{}, err
	}
	p.Marks, err = s.Marks.Past(ctx, before.ID, was)
	return p, err
}
