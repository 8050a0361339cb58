package instrument

import "math/big"

// Mark is one mark of one assessor for a question, or the mean of a whole component when only that is known.
type Mark struct {
	Item     string // question or component code
	Entry    string // not used by smart-city instruments
	Assessor string
	Value    *big.Rat
}

// Options decide what the published rule leaves open. The zero value is the rule as verified on published results.
type Options struct {
	RoundQuestions int  // digits to which a question's mean is rounded before it is used; 0 does not round
	NotTakenPart   bool // the regency took no part: what is missing counts 0
}

// QuestionResult is the mean mark of one question; Value is nil while nobody marked it.
type QuestionResult struct {
	Code  string
	Value *big.Rat
	Count int // marks it is the mean of
}

// ComponentResult is the mean over all questions; Value is nil while one is missing.
type ComponentResult struct {
	Code      string
	Name      Text
	Weight    *big.Rat // percent
	Value     *big.Rat
	Questions []QuestionResult
}

// Result is what marks add up to. Index is nil while a component has no value.
type Result struct {
	Instrument string
	Components []ComponentResult
	Index      *big.Rat
	Answered   int      // questions with a mark
	Missing    []string // questions without one; the component code when only that could be given
}

// Evaluate computes the index: the mean of the assessors' marks per question, the plain mean of all questions per
// component, the weighted sum of components. Marks must fit the pack; ParseMarks and ParseMark see to it.
func (p *Pack) Evaluate(marks []Mark, o Options) Result {
	questions, components := p.sums(marks)
	r := Result{Instrument: p.ID, Index: new(big.Rat)}
	for i, c := range p.Components {
		cr := ComponentResult{Code: c.Code, Name: c.Name, Weight: p.weights[i]}
		if s := components[i]; s.n > 0 {
			cr.Value = s.mean()
			r.Answered += len(c.Questions)
		} else {
			p.component(&cr, c, questions[i], o, &r)
		}
		r.Components = append(r.Components, cr)
		if cr.Value == nil {
			r.Index = nil
		}
		if r.Index != nil {
			part := new(big.Rat).Mul(cr.Value, p.weights[i])
			r.Index.Add(r.Index, part.Quo(part, big.NewRat(100, 1)))
		}
	}
	return r
}

func (p *Pack) component(cr *ComponentResult, c Component, sums []sum, o Options, r *Result) {
	total, missing := new(big.Rat), 0
	for j, q := range c.Questions {
		qr := QuestionResult{Code: q.Code, Count: sums[j].n}
		if qr.Count > 0 {
			qr.Value = sums[j].mean()
			if o.RoundQuestions > 0 {
				qr.Value.SetString(qr.Value.FloatString(o.RoundQuestions))
			}
			total.Add(total, qr.Value)
			r.Answered++
		} else {
			missing++
			r.Missing = append(r.Missing, q.Code)
		}
		cr.Questions = append(cr.Questions, qr)
	}
	if missing == 0 || o.NotTakenPart {
		cr.Value = total.Quo(total, big.NewRat(int64(len(c.Questions)), 1))
	}
}

// sum adds marks. Marks with few decimals, which is all of them in practice, are added as integers of a millionth;
// others as rationals. Both are exact.
type sum struct {
	micro int64
	rest  *big.Rat
	n     int
}

const micro = 1_000_000

func (s *sum) add(v *big.Rat) {
	s.n++
	if v.Num().IsInt64() && v.Denom().IsInt64() {
		n, d := v.Num().Int64(), v.Denom().Int64()
		if micro%d == 0 && n < 1e6 && n > -1e6 && s.micro < 1e17 {
			s.micro += n * (micro / d)
			return
		}
	}
	if s.rest == nil {
		s.rest = new(big.Rat)
	}
	s.rest.Add(s.rest, v)
}

func (s sum) mean() *big.Rat {
	m := big.NewRat(s.micro, micro*int64(s.n))
	if s.rest != nil {
		m.Add(m, new(big.Rat).Quo(s.rest, big.NewRat(int64(s.n), 1)))
	}
	return m
}

func (p *Pack) sums(marks []Mark) ([][]sum, []sum) {
	questions, components := make([][]sum, len(p.Components)), make([]sum, len(p.Components))
	for i, c := range p.Components {
		questions[i] = make([]sum, len(c.Questions))
	}
	for _, m := range marks {
		if at, ok := p.places[m.Item]; ok {
			questions[at.component][at.question].add(m.Value)
			continue
		}
		for i, c := range p.Components {
			if c.Code == m.Item {
				components[i].add(m.Value)
			}
		}
	}
	return questions, components
}

// Radar gives the plain mean per dimension over the marked questions that carry its tag. The ministry publishes dimension
// scores but not their formula, so this is our own and must be labelled so. Dimensions without marks are absent.
func (p *Pack) Radar(r Result) map[string]*big.Rat {
	totals := map[string]*sum{}
	for i, c := range r.Components {
		for j, q := range c.Questions {
			d := p.Components[i].Questions[j].Dimension
			if d == "" || q.Value == nil {
				continue
			}
			if totals[d] == nil {
				totals[d] = &sum{}
			}
			totals[d].add(q.Value)
		}
	}
	out := map[string]*big.Rat{}
	for d, s := range totals {
		out[d] = s.mean()
	}
	return out
}
