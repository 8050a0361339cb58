package instrument

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// phased computes ContinuousLevel. Marks give the level reached, or per level (Entry "1".."5", or "3/SLOT") whether its main
// evidence is accepted. Where the pack has phases and marks name them, each phase has an index of its own and the final one
// is their weighted sum; without phases named, the marks are one plain assessment.
func (p *Pack) phased(marks []Mark, o Options) Result {
	marks = p.levels(marks)
	byPhase := map[string][]Mark{}
	for _, m := range marks {
		byPhase[m.Assessor] = append(byPhase[m.Assessor], m)
	}
	named := false
	for _, ph := range p.Phases {
		named = named || len(byPhase[ph.Code]) > 0
	}
	if !named {
		return p.weighted(plain(marks), o)
	}
	return p.weightedPhases(byPhase, o)
}

// weightedPhases shows the components of the first phase that has marks; the index needs all phases.
func (p *Pack) weightedPhases(byPhase map[string][]Mark, o Options) Result {
	var r Result
	total := new(big.Rat)
	for _, ph := range p.Phases {
		one := Result{}
		if len(byPhase[ph.Code]) > 0 {
			one = p.weighted(plain(byPhase[ph.Code]), o)
		}
		if r.Components == nil && one.Components != nil {
			r = one
		}
		share := decimal(ph.Share)
		r.Phases = append(r.Phases, PhaseResult{Code: ph.Code, Name: ph.Name, Share: share, Index: one.Index})
		if one.Index == nil {
			total = nil
		} else if total != nil {
			part := new(big.Rat).Mul(one.Index, share)
			total.Add(total, part.Quo(part, big.NewRat(100, 1)))
		}
	}
	r.Index = total
	return r
}

func plain(marks []Mark) []Mark {
	out := make([]Mark, len(marks))
	for i, m := range marks {
		m.Assessor, m.Entry = "", ""
		out[i] = m
	}
	return out
}

// levels replaces marks that name a level by the level they add up to.
func (p *Pack) levels(marks []Mark) []Mark {
	type key struct{ item, phase string }
	proofs := map[key]*proof{}
	var order []key
	var out []Mark
	for _, m := range marks {
		level := LevelOf(m.Entry)
		if level == 0 {
			out = append(out, m)
			continue
		}
		k := key{m.Item, m.Assessor}
		if proofs[k] == nil {
			proofs[k] = &proof{levels: map[int]bool{}, slots: map[string]bool{}, other: map[int][]string{}}
			order = append(order, k)
		}
		q, _, _ := p.Question(m.Item)
		proofs[k].add(q, level, SlotOf(m.Entry), m.Value.Sign() > 0)
	}
	for _, k := range order {
		q, _, _ := p.Question(k.item)
		out = append(out, Mark{Item: k.item, Assessor: k.phase, Value: big.NewRat(int64(proofs[k].reached(q)), 1)})
	}
	return out
}

// proof is what marks say about the evidence of one question: of whole levels, of slots, and the slots that the pack does
// not know.
type proof struct {
	levels map[int]bool
	slots  map[string]bool
	other  map[int][]string
}

func (f *proof) add(q Question, level int, slot string, accepted bool) {
	if slot == "" {
		f.levels[level] = accepted
		return
	}
	f.slots[slot] = accepted
	if _, known := q.Slot(slot); !known {
		f.other[level] = append(f.other[level], slot)
	}
}

// reached gives the highest gapless level. A level said to be complete as a whole is so unless one of its main slots was
// refused; otherwise every main slot must be accepted.
func (f *proof) reached(q Question) int {
	complete := map[int]bool{}
	for level := 1; level <= 5; level++ {
		main := f.other[level]
		for _, s := range q.Slots {
			if s.Level == level && !s.Supporting {
				main = append(main, s.Code)
			}
		}
		whole, said := f.levels[level]
		complete[level] = !said && len(main) > 0 || whole
		for _, code := range main {
			accepted, heard := f.slots[code]
			complete[level] = complete[level] && (accepted || said && !heard)
		}
	}
	return Gapless(complete)
}

// LevelOf reads the level out of the entry of a mark: "3" or "3/TD_13_01"; 0 when it names none.
func LevelOf(entry string) int {
	text, _, _ := strings.Cut(entry, "/")
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 1 || n > 5 {
		return 0
	}
	return n
}

// SlotOf reads the slot out of the entry of a mark, "3/TD_13_01"; "" when it names none.
func SlotOf(entry string) string {
	_, slot, _ := strings.Cut(entry, "/")
	return strings.TrimSpace(slot)
}

// Slot gives a slot of the question by its code, whatever the case of its letters.
func (q Question) Slot(code string) (Slot, bool) {
	i := slices.IndexFunc(q.Slots, func(s Slot) bool { return sameWords(s.Code, code) })
	if i < 0 {
		return Slot{}, false
	}
	return q.Slots[i], true
}

// Gapless gives the highest level reached without a gap: all main evidence of that level and of every lower one is accepted
// (PermenPANRB 8/2026). 0 when level 1 is not complete.
func Gapless(complete map[int]bool) int {
	level := 0
	for complete[level+1] {
		level++
	}
	return level
}

// Reached gives the level of a question from the slots whose evidence was accepted, and the slots of the next level that
// are still open. A level without main slots is never complete.
func (q Question) Reached(accepted func(slot string) bool) (level int, open []Slot) {
	complete, has := map[int]bool{}, map[int]bool{}
	for _, s := range q.Slots {
		if s.Supporting {
			continue
		}
		if !has[s.Level] {
			has[s.Level], complete[s.Level] = true, true
		}
		complete[s.Level] = complete[s.Level] && accepted(s.Code)
	}
	level = Gapless(complete)
	for _, s := range q.Slots {
		if s.Level == level+1 && !s.Supporting && !accepted(s.Code) {
			open = append(open, s)
		}
	}
	return level, open
}
