package assessment

import (
	"cmp"
	"context"
	"math/big"
	"slices"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Sources of a result.
const (
	FromMarks  = "marks"  // marks of invited assessors
	FromLetter = "letter" // marks or component means taken from a published letter or report
	FromSelf   = "self"   // the agencies' own marks and evidence: nobody marks this instrument here
)

// tolerance is how far a computed index may lie from the published one without anybody having erred: the published
// results of 2022 differ from the rule by up to 0.013, because they were made from figures that are not printed.
func tolerance() *big.Rat { return big.NewRat(15, 1000) }

// ownTolerance is what rounding to two digits explains, for indices computed from marks that are all known.
func ownTolerance() *big.Rat { return big.NewRat(5, 1000) }

// Result is what the marks of a round add up to. Values are exact; pages round. Hidden says that marks exist but the
// actor may see them only when the assessment has ended.
type Result struct {
	Round     Round
	Pack      *instrument.Pack
	Sum       instrument.Result
	Radar     map[string]*big.Rat // own formula: plain mean per dimension
	Source    string
	Marks     map[string][]Mark // submitted ones by question, in the order of Assessors
	Assessors []Assessor
	Published Published
	Hidden    bool
}

// Assessor is one who marked: the number pages show and, for marks from a letter, the label it had there.
type Assessor struct {
	ID     string
	Number int
	Label  string
}

// Result computes a round from the marks the actor may see.
func (s *Service) Result(ctx context.Context, round string) (Result, error) {
	if err := allow(ctx, Read); err != nil {
		return Result{}, err
	}
	r, err := s.Rounds.Round(ctx, round)
	if err != nil {
		return Result{}, err
	}
	return s.result(ctx, r)
}

func (s *Service) result(ctx context.Context, r Round) (Result, error) {
	p, err := s.Rounds.PackOf(ctx, r.ID)
	if err != nil {
		return Result{}, err
	}
	printed, err := s.store.published(ctx, s.DB, tenant.From(ctx).Regency, r.ID)
	if err != nil {
		return Result{}, err
	}
	return s.resultOf(ctx, r, p, printed)
}

func (s *Service) resultOf(ctx context.Context, r Round, p *instrument.Pack, printed Published) (out Result, err error) {
	regency := tenant.From(ctx).Regency
	out = Result{Round: r, Pack: p, Source: FromMarks, Published: printed}
	if p.Rule != instrument.MeanThenWeight {
		out.Source = FromSelf
		out.Sum, err = s.Rounds.Evaluated(ctx, r.ID)
		return out, err
	}
	hidden, err := s.hidden(ctx, r)
	if err != nil {
		return out, err
	}
	out, err = s.results.Get(ctx, regency, r.ID, resultKey{r, p, hidden}, func() (Result, error) {
		letter, err := s.store.external(ctx, regency, r.ID)
		if err != nil {
			return out, err
		}
		if len(letter) > 0 {
			out.fromLetter(letter)
		} else if err := s.fromMarks(ctx, &out, hidden); err != nil {
			return out, err
		}
		out.Sum = p.Evaluate(out.marks(), instrument.Options{})
		out.Radar = p.Radar(out.Sum)
		return out, nil
	})
	out.Published = printed // read before the version that the rest is kept under
	return out, err
}

// resultKey is what a result differs by, beside the marks and letters of its round. Results are kept and shared: who gets one
// must not change what is in it.
type resultKey struct {
	round  Round
	pack   *instrument.Pack
	hidden bool
}

// mostResults is how many results are kept in memory, each of some hundred marks.
const mostResults = 400

// hidden tells whether the marks of a round are not for the actor: not before its end, and not for those who still mark it.
func (s *Service) hidden(ctx context.Context, r Round) (bool, error) {
	a := tenant.From(ctx)
	if r.State != roundDone && !a.Can(Watch, "") {
		return true, nil
	}
	if r.State != roundAssess {
		return false, nil
	}
	invites, err := s.store.invites(ctx, s.DB, a.Regency, r.ID)
	return slices.ContainsFunc(invites, func(i Invite) bool { return i.User == a.UserID && a.SignedIn() && i.open(s.now()) }), err
}

func (s *Service) fromMarks(ctx context.Context, out *Result, hidden bool) error {
	a := tenant.From(ctx)
	all, err := s.store.marks(ctx, a.Regency, out.Round.ID)
	if err != nil {
		return err
	}
	invites, err := s.store.invites(ctx, s.DB, a.Regency, out.Round.ID)
	if err != nil {
		return err
	}
	if hidden {
		out.Hidden, all = len(all) > 0, nil
	}
	for _, i := range invites {
		out.Assessors = append(out.Assessors, Assessor{ID: i.User, Number: i.Number})
	}
	out.take(slices.DeleteFunc(all, func(m Mark) bool { return m.State != Submitted }))
	return nil
}

func (r *Result) fromLetter(letter []External) {
	r.Source = FromLetter
	var all []Mark
	number := map[string]int{}
	for _, e := range letter {
		if number[e.Assessor] == 0 {
			number[e.Assessor] = len(number) + 1
			r.Assessors = append(r.Assessors, Assessor{ID: e.Assessor, Number: number[e.Assessor], Label: e.Assessor})
		}
		all = append(all, Mark{Item: e.Item, Assessor: e.Assessor, Value: e.Value, State: Submitted})
	}
	r.take(all)
}

// take sorts marks by question and assessor.
func (r *Result) take(all []Mark) {
	order := map[string]int{}
	for _, a := range r.Assessors {
		order[a.ID] = a.Number
	}
	slices.SortStableFunc(all, func(a, b Mark) int { return cmp.Compare(order[a.Assessor], order[b.Assessor]) })
	r.Marks = map[string][]Mark{}
	for _, m := range all {
		r.Marks[m.Item] = append(r.Marks[m.Item], m)
	}
}

// marks gives what the instrument computes with.
func (r Result) marks() []instrument.Mark {
	var out []instrument.Mark
	for item, all := range r.Marks {
		for _, m := range all {
			if v := m.Rat(); v != nil {
				out = append(out, instrument.Mark{Item: item, Assessor: m.Assessor, Value: v})
			}
		}
	}
	return out
}

// Whole reports whether a component is known only as a whole.
func (r Result) Whole(component string) bool { return len(r.Marks[component]) > 0 }

// Difference gives computed minus published and whether that is within what rounding explains; nil when one is missing.
func (r Result) Difference() (diff *big.Rat, explained bool) {
	published := instrument.Rat(r.Published.Index)
	if published == nil || r.Sum.Index == nil {
		return nil, false
	}
	diff = new(big.Rat).Sub(r.Sum.Index, published)
	within := tolerance()
	if r.Source == FromSelf {
		within = ownTolerance()
	}
	return diff, new(big.Rat).Abs(diff).Cmp(within) <= 0
}

// Official is the index to quote: the published one, or the computed one until there is a letter; nil while neither is.
func (r Result) Official() *big.Rat {
	if v := instrument.Rat(r.Published.Index); v != nil {
		return v
	}
	return r.Sum.Index
}

// Years gives the results of all rounds that have an index the actor may see, oldest first.
func (s *Service) Years(ctx context.Context) ([]Result, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, err
	}
	rounds, err := s.Rounds.Rounds(ctx)
	if err != nil {
		return nil, err
	}
	printed, err := s.store.allPublished(ctx, tenant.From(ctx).Regency)
	if err != nil {
		return nil, err
	}
	var out []Result
	packs := map[string]*instrument.Pack{}
	for _, r := range rounds {
		if packs[r.Pack] == nil {
			if packs[r.Pack], err = s.Rounds.PackOf(ctx, r.ID); err != nil {
				return nil, err
			}
		}
		one, err := s.resultOf(ctx, r, packs[r.Pack], printed(r.ID))
		if err != nil {
			return nil, err
		}
		if one.Official() != nil {
			out = append(out, one)
		}
	}
	slices.SortStableFunc(out, func(a, b Result) int { return cmp.Compare(a.Round.Year, b.Round.Year) })
	return out, nil
}

// Before gives the result of the latest earlier year that has an index; ok is false when there is none.
func (s *Service) Before(ctx context.Context, r Round) (before Result, ok bool, err error) {
	rounds, err := s.Rounds.Rounds(ctx)
	if err != nil {
		return before, false, err
	}
	slices.SortStableFunc(rounds, func(a, b Round) int { return cmp.Compare(b.Year, a.Year) })
	for _, one := range rounds {
		if one.Year >= r.Year || one.Kind != r.Kind {
			continue
		}
		before, err = s.result(ctx, one)
		if err != nil || before.Official() != nil {
			return before, err == nil, err
		}
	}
	return Result{}, false, nil
}

// Past is what assessors gave a question in a round, for the rooms that show last year's marks. Mean is unrounded to
// twelve digits. Empty while the actor may not see them.
type Past struct {
	Marks    []string
	Mean     string
	Comments []string
}

// Past gives the marks of one question of a round as far as the actor may see them. It checks no right of its own beyond
// that: agencies see their past marks beside their answer.
func (s *Service) Past(ctx context.Context, round, item string) (Past, error) {
	r, err := s.Rounds.Round(ctx, round)
	if err != nil {
		return Past{}, err
	}
	one, err := s.result(ctx, r)
	if err != nil {
		return Past{}, err
	}
	var out Past
	for _, m := range one.Marks[item] {
		out.Marks, out.Comments = append(out.Marks, m.Value), append(out.Comments, m.Comment)
	}
	for _, c := range one.Sum.Components {
		for _, q := range c.Questions {
			if q.Code == item && q.Value != nil {
				out.Mean = exact(q.Value)
			}
		}
	}
	return out, nil
}

// PublishedIndex gives the index that the letter of a round prints; "" until it is entered.
func (s *Service) PublishedIndex(ctx context.Context, round string) (string, error) {
	p, err := s.store.published(ctx, s.DB, tenant.From(ctx).Regency, round)
	return p.Index, err
}

func notFound(cause error) error { return errs.E(errs.NotFound, "assessment.error.missing", cause) }
