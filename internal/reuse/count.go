package reuse

import (
	"context"

	"github.com/pendapa/pendapa/internal/tenant"
)

// knownLinks are the links of a regency with the version they were read at. They are shared and never changed.
type knownLinks struct {
	version string
	links   []Link
}

// links gives every link of the regency. They are read again only when one came or went, because there may be very many.
func (s *Service) links(ctx context.Context) ([]Link, error) {
	version, err := s.Evidence.LinksVersion(ctx)
	if err != nil {
		return nil, err
	}
	regency := tenant.From(ctx).Regency
	s.mu.Lock()
	was := s.known[regency]
	s.mu.Unlock()
	if version != "" && was.version == version {
		return was.links, nil
	}
	all, err := s.Evidence.Links(ctx)
	if err != nil || version == "" {
		return all, err
	}
	s.mu.Lock()
	s.known[regency] = knownLinks{version, all}
	s.mu.Unlock()
	return all, nil
}

// Count tells what reuse saves: how many files serve at least one question, how many times they are used in all, and how many uploads were spared this year, that is the links made this year beyond the first of each file.
func (s *Service) Count(ctx context.Context) (files, uses, spared int, err error) {
	if err := allow(ctx, Read); err != nil {
		return 0, 0, 0, err
	}
	links, err := s.links(ctx)
	if err != nil {
		return 0, 0, 0, err
	}
	year := s.year(ctx, s.now())
	first := map[string]int64{}
	for _, l := range links {
		if at, known := first[l.Evidence]; !known || l.At < at {
			first[l.Evidence] = l.At
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
