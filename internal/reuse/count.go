package reuse

import (
	"context"
)

// Count tells what reuse saves: how many files serve at least one question, how many times they are used in all, and how many uploads were spared this year, that is the links made this year beyond the first of each file.
func (s *Service) Count(ctx context.Context) (files, uses, spared int, err error) {
	if err := allow(ctx, Read); err != nil {
		return 0, 0, 0, err
	}
	links, err := s.Evidence.Links(ctx)
	if err != nil {
		return 0, 0, 0, err
	}
	year := s.year(ctx, s.now())
	first := map[string]int64{}
	for _, l := range links {
		if at, known := first[l.ID]; !known || l.At < at {
			first[l.ID] = l.At
		}
		if s.year(ctx, l.At) == year {
			spared++
		}
	}
	for _, at := range first {
		if s.year(ctx, at) == year {
			spared--
		}
	}
	return len(first), len(links), spared, nil
}
