package instrument

import "math/big"

// Mark is one mark of one assessor for a question, or the mean of a whole component when only that is known.
type Mark struct {
	Item     string // question or component code
	Entry    string // the innovation, or for a rule of levels the level whose evidence is meant; else empty
	Assessor string // who marked, or the phase where the pack has phases
	Value    *big.Rat
	Raw      *Reading // set when the value was read from a raw figure
	Affair   string   // of ItemAffair: the main government affair of the entry
	Touching []string // of ItemAffair: its other affairs
}

// QuestionResult is the mean mark of one question; Value is nil while nobody marked it. Score is what the question adds to
// its component, nil for MeanThenWeight.
type QuestionResult struct {
	Code   string
	Value  *big.Rat
	Count  int // marks it is the mean of
	Weight *big.Rat
	Score  *big.Rat
	Raw    *Reading
}

// ComponentResult is one part of the index: the plain mean for MeanThenWeight, the sum of scores or the weighted mean for
// the others. Value is nil while one of its questions is missing. Max is what it can reach.
type ComponentResult struct {
	Code      string
	Name      Text
	Weight    *big.Rat // percent, or the sum of the questions' weights
	Value     *big.Rat
	Max       *big.Rat
	Questions []QuestionResult
}

// EntryResult is one innovation with its items.
type EntryResult struct {
	ID, Affair string
	Score, Max *big.Rat
	Questions  []QuestionResult
}

// PhaseResult is the index of one phase; Index is nil while it is incomplete.
type PhaseResult struct {
	Code  string
	Name  Text
	Share *big.Rat
	Index *big.Rat
}

// Result is what marks add up to. Index is nil while a component has no value.
type Result struct {
	Instrument string
	Rule       string
	Components []ComponentResult
	Entries    []EntryResult // WeightTimes only
	Divided    *Divided      // WeightTimes only
	Phases     []PhaseResult // of packs with phases, when marks name them
	Index      *big.Rat
	Band       *Band
	Answered   int      // questions with a mark
	Missing    []string // questions without one; the component code when only that could be given
	Waiting    []string // external questions without a value that count 1 until it comes, where that reading is chosen
}

// Evaluate computes the index by the rule of the pack. Marks must fit the pack; ParseMarks and ParseMark see to it.
func (p *Pack) Evaluate(marks []Mark, o Options) Result {
	var r Result
	switch p.Rule {
	case WeightTimes:
		r = p.divided(marks, o)
	case ContinuousLevel:
		r = p.phased(marks, o)
	case WeightedLevel, WeightedPoints:
		r = p.weighted(marks, o)
	default:
		r = p.meanThenWeight(marks, o)
	}
	r.Instrument, r.Rule = p.ID, p.Rule
	r.Band = p.BandOf(r.Index, o)
	return r
}

// meanThenWeight: the mean of the assessors' marks per question, the plain mean of all questions per component, the
// weighted sum of components.
func (p *Pack) meanThenWeight(marks []Mark, o Options) Result {
	questions, components := p.sums(marks)
	r := Result{Index: new(big.Rat)}
	for i, c := range p.Components {
		cr := ComponentResult{Code: c.Code, Name: c.Name, Weight: p.weights[i], Max: p.max}
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
	var total sum
	missing := 0
	cr.Questions = make([]QuestionResult, 0, len(c.Questions))
	for j := range c.Questions {
		q := &c.Questions[j]
		qr := QuestionResult{Code: q.Code, Count: sums[j].n}
		if qr.Count > 0 {
			qr.Value = sums[j].mean()
			if o.RoundQuestions > 0 {
				qr.Value.SetString(qr.Value.FloatString(o.RoundQuestions))
			}
			total.add(qr.Value)
			r.Answered++
		} else {
			missing++
			r.Missing = append(r.Missing, q.Code)
			if o.NotTakenPart {
				total.add(p.min)
			}
		}
		cr.Questions = append(cr.Questions, qr)
	}
	if missing == 0 || o.NotTakenPart {
		cr.Value = total.mean()
	}
}

// weighted: the sum of weight times mark over the sum of weights, per component and over all (PermenPANRB 59/2020 for
// SPBE, 8/2026 for Pemdi; criteria sheets). Questions of weight 0 are shown and do not count.
func (p *Pack) weighted(marks []Mark, o Options) Result {
	questions, _ := p.sums(marks)
	raw := rawOf(marks)
	r := Result{}
	total, weights := new(big.Rat), new(big.Rat)
	whole := true
	for i, c := range p.Components {
		cr := ComponentResult{Code: c.Code, Name: c.Name, Weight: p.weights[i], Max: p.max}
		sum, complete := new(big.Rat), true
		for j, q := range c.Questions {
			qr := QuestionResult{Code: q.Code, Count: questions[i][j].n, Weight: q.weight, Raw: raw[q.Code]}
			value, known := p.worth(q, &qr, questions[i][j], o, &r)
			complete = complete && (known || o.NotTakenPart)
			qr.Score = new(big.Rat).Mul(q.weight, value)
			sum.Add(sum, qr.Score)
			cr.Questions = append(cr.Questions, qr)
		}
		total.Add(total, sum)
		weights.Add(weights, p.weights[i])
		if whole = whole && complete; complete {
			cr.Value = new(big.Rat).Quo(sum, p.weights[i])
		}
		r.Components = append(r.Components, cr)
	}
	if whole {
		r.Index = total.Quo(total, weights)
	}
	return r
}

// worth gives what a question counts with: its mark, 1 for an external figure that is waited for, else the lowest mark, which
// is known only for questions without weight.
func (p *Pack) worth(q Question, qr *QuestionResult, s sum, o Options, r *Result) (value *big.Rat, known bool) {
	switch {
	case s.n > 0:
		qr.Value = s.mean()
		r.Answered++
		return qr.Value, true
	case q.External && p.Choice(o, "external") == "one":
		r.Waiting = append(r.Waiting, q.Code)
		return big.NewRat(1, 1), true
	case q.weight.Sign() == 0:
		return p.min, true
	}
	r.Missing = append(r.Missing, q.Code)
	return p.min, false
}

func rawOf(marks []Mark) map[string]*Reading {
	out := map[string]*Reading{}
	for _, m := range marks {
		if m.Raw != nil {
			out[m.Item] = m.Raw
		}
	}
	return out
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
	for n := range marks {
		m := &marks[n]
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
		if i >= len(p.Components) {
			break // parts that are computed and hold no questions
		}
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
