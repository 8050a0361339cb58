package innovation

import (
	"cmp"
	"context"
	"maps"
	"math/big"
	"slices"

	"github.com/pendapa/pendapa/internal/tenant"
)

// youthKept is what the page of a young organisation follows from, as far as it does not follow from the moment of asking. It is
// read once for each change, is shared, and is not changed by those who get it.
type youthKept struct {
	rows  map[string]YouthRow // by agency, without ideas and adoptions
	ideas []proposal
	rest  [3][]*resting // by rank, who waits longest first
}

// proposal is an idea and when it was, or should be, answered.
type proposal struct {
	agency            string
	at, answered, due int64
}

// mostYouth is how many regencies keep what the page is made of. One of 2,000 innovations takes less than 1 MB.
const mostYouth = 64

func (s *Service) youthKept(ctx context.Context) (*youthKept, error) {
	return s.youths.Get(ctx, tenant.From(ctx).Regency, "", struct{}{}, func() (*youthKept, error) { return s.readYouth(ctx) })
}

func (s *Service) readYouth(ctx context.Context) (*youthKept, error) {
	regency, sums := tenant.From(ctx).Regency, youthSums{rows: map[string]*YouthRow{}, used: map[string]*YouthRow{}}
	for _, read := range []func(context.Context, int64, youthSums) error{s.store.youthSteps, s.store.youthUse, s.store.youthUsers, s.store.youthEffects} {
		if err := read(ctx, regency, sums); err != nil {
			return nil, err
		}
	}
	k := &youthKept{rows: make(map[string]YouthRow, len(sums.rows))}
	for agency, r := range sums.rows {
		k.rows[agency] = *r
	}
	var err error
	if k.ideas, err = s.store.ideasSince(ctx, regency, s.Now().In(s.Zone(ctx)).AddDate(-1, 0, 0).UnixMilli()); err != nil {
		return nil, err
	}
	all, err := s.store.mayRest(ctx, regency)
	if err != nil {
		return nil, err
	}
	waiting, err := s.store.waitingGates(ctx, regency)
	if err != nil {
		return nil, err
	}
	k.order(all, waiting)
	return k, nil
}

// order sorts what may rest by each of the reasons, so that those who rest too long are the first ones at any moment.
func (k *youthKept) order(all []*resting, waiting map[string]Gate) {
	for _, x := range all {
		if g, ok := waiting[x.ID]; ok {
			x.waits, x.Decider, x.asked = true, g.Decider, g.AskedAt
			k.rest[restsAtGate] = append(k.rest[restsAtGate], x)
		}
		if x.trialEnd != 0 {
			k.rest[restsInTrial] = append(k.rest[restsInTrial], x)
		}
	}
	k.rest[restsQuietly] = all
	for rank, list := range k.rest {
		slices.SortFunc(list, func(a, b *resting) int {
			return cmp.Or(cmp.Compare(a.since(rank), b.since(rank)), cmp.Compare(a.ID, b.ID))
		})
	}
}

// youthRows gives the sums of each agency with the ideas as they stand at this moment, and the adoptions.
func (s *Service) youthRows(ctx context.Context, y Youth) (map[string]YouthRow, error) {
	kept, err := s.youthKept(ctx)
	if err != nil {
		return nil, err
	}
	rows := kept.answers(y)
	if s.Adoptions == nil {
		return rows, nil
	}
	adopted, err := s.Adoptions.ByAgency(ctx)
	for agency, n := range adopted {
		r := rowOf(rows, agency)
		r.AdoptedIn, r.AdoptedOut, r.adoption = n.In, n.Out, n.Last
		rows[agency] = r
	}
	return rows, err
}

// answers gives the sums of each agency with how its ideas stand.
func (k *youthKept) answers(y Youth) map[string]YouthRow {
	rows := maps.Clone(k.rows)
	for _, p := range k.ideas {
		if p.at < y.From {
			continue
		}
		r := rowOf(rows, p.agency)
		r.Proposed++
		switch {
		case p.answered > p.due, p.answered == 0 && p.due < y.At:
			r.Late++
		case p.answered > 0:
			r.InTime++
		default:
			r.Waiting++
		}
		rows[p.agency] = r
	}
	return rows
}

// rowOf gives the row of an agency, an empty one for an agency that none of the sums met: what is read one after the other may
// know more in the end than in the beginning.
func rowOf(rows map[string]YouthRow, agency string) YouthRow {
	r, ok := rows[agency]
	if !ok {
		return emptyRow()
	}
	return r
}

func emptyRow() YouthRow {
	return YouthRow{Hours: new(big.Rat), Rupiah: new(big.Rat), People: new(big.Rat)}
}

// stalled gives those that rest too long at a moment, the longest of each reason first, and how many there are; within narrows
// to agencies unless it is nil.
func (k *youthKept) stalled(now int64, within map[string]bool, limit, offset int) (shown []*resting, total int) {
	for rank, list := range k.rest {
		for _, x := range list {
			if !x.restsBy(rank, now) {
				break
			}
			if x.rank(now) != rank || within != nil && !within[x.Agency] {
				continue
			}
			if total++; total > offset && len(shown) < limit {
				shown = append(shown, x.judged(rank, now))
			}
		}
	}
	return shown, total
}
