package adoption

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
)

// Want narrows the published innovations of this host; empty fields match everything.
type Want struct {
	Query   string
	Regency int64
	Affair  string
}

// mostQuery cuts a search that is longer than any title.
const mostQuery = 200

// Search lists published innovations of all regencies of this host for those who want to adopt, and how many there are.
func (s *Service) Search(ctx context.Context, w Want, limit, offset int) ([]Original, int, error) {
	if err := allow(ctx, Read, ""); err != nil {
		return nil, 0, err
	}
	return s.published(ctx, w, limit, offset)
}

// published walks the regencies in their order. The room of innovations pages within one regency; the pages of several follow
// each other.
func (s *Service) published(ctx context.Context, w Want, limit, offset int) (out []Original, total int, err error) {
	if w.Query = strings.TrimSpace(w.Query); utf8.RuneCountInString(w.Query) > mostQuery {
		w.Query = string([]rune(w.Query)[:mostQuery])
	}
	all, err := s.Regencies(ctx)
	if err != nil {
		return nil, 0, err
	}
	for _, r := range all {
		if w.Regency != 0 && w.Regency != r.ID {
			continue
		}
		some, n, err := s.publishedOf(ctx, r.ID, w, limit-len(out), max(0, offset-total))
		if err != nil {
			return nil, 0, err
		}
		out, total = append(out, some...), total+n
	}
	return out, total, nil
}

func (s *Service) publishedOf(ctx context.Context, regency int64, w Want, limit, offset int) ([]Original, int, error) {
	if w.Affair != "" {
		return s.ofAffair(ctx, regency, w, limit, offset)
	}
	some, n, err := s.Innovations.Published(ctx, regency, w.Query, limit, offset)
	return shown(some), n, err
}

// ofAffair reads the published innovations of one regency in portions and keeps those of one affair.
func (s *Service) ofAffair(ctx context.Context, regency int64, w Want, limit, offset int) (out []Original, n int, err error) {
	const portion = 500
	for from := 0; ; from += portion {
		some, total, err := s.Innovations.Published(ctx, regency, w.Query, portion, from)
		if err != nil {
			return nil, 0, err
		}
		for _, o := range shown(some) {
			if o.Affair != w.Affair {
				continue
			}
			if n >= offset && len(out) < limit {
				out = append(out, o)
			}
			n++
		}
		if from+portion >= total {
			return out, n, nil
		}
	}
}

// shown drops what is not published, should the other room ever hand it over.
func shown(all []Original) []Original {
	return slices.DeleteFunc(all, func(o Original) bool { return !o.Published })
}

// Public gives a published innovation with its adopters, to anybody.
func (s *Service) Public(ctx context.Context, regency int64, id string) (Original, []Replica, error) {
	o, err := s.original(ctx, regency, id, 0)
	if err != nil {
		return o, nil, err
	}
	if !o.Published {
		return Original{}, nil, errs.E(errs.NotFound, "adoption.error.original", nil)
	}
	all, err := s.store.replicas(ctx, regency, id)
	return o, all, err
}

// takenOf tells by whom of the own regency the shown innovations were taken over: key of the original -> adoptions.
func (s *Service) takenOf(ctx context.Context, own int64, all []Original) (map[string][]Adoption, error) {
	var ids []string
	for _, o := range all {
		ids = append(ids, o.ID)
	}
	mine, err := s.store.of(ctx, own, s.now(), ids)
	out := map[string][]Adoption{}
	for _, a := range mine {
		if a.State != Withdrawn {
			out[key(a.Origin.Regency, a.Origin.ID)] = append(out[key(a.Origin.Regency, a.Origin.ID)], a)
		}
	}
	return out, err
}

// timesOf counts the adopters of the shown innovations, by key of the original.
func (s *Service) timesOf(ctx context.Context, all []Original) (map[string]int, error) {
	out, seen := map[string]int{}, map[int64]bool{}
	for _, o := range all {
		if seen[o.Regency] {
			continue
		}
		seen[o.Regency] = true
		counts, err := s.store.replications(ctx, o.Regency)
		if err != nil {
			return nil, err
		}
		for id, c := range counts {
			out[key(o.Regency, id)] = c.Times
		}
	}
	return out, nil
}
