package score

import (
	"math/big"
	"strconv"
	"time"

	"github.com/pendapa/pendapa/internal/instrument"
)

func (s *Service) at(ms int64) time.Time { return time.UnixMilli(ms).In(s.Zone) }

// Next is one step as people read it: what to do, for how many points of the index, in how many working days. OwnGain is
// what the innovation's own score gains.
type Next struct {
	instrument.NextStep
	Title    string // of the innovation; "" for the regency
	Question instrument.Question
	Claimed  bool // the level is claimed already: only the evidence is missing
	OwnGain  *big.Rat
}

// linkDays is what it takes to bring evidence for a level that was claimed already.
const linkDays = 1

// effort tells the working days of a step: one when only the evidence is missing, else what the regency says, else the
// pack's own estimate. What the house must find by itself (signed adoptions) can be no claim, but the step stands.
func (b *Board) effort(entry, item string, from, to int) int {
	if it, ok := b.item(entry, item); ok && int(it.Claimed) >= to && it.Proofs.Good() == 0 && entry != "" {
		return linkDays
	}
	if days := b.efforts[effortKey(item, to)]; days > 0 {
		return max(1, days-b.efforts[effortKey(item, from)])
	}
	return b.Pack.PackEffort(entry, item, from, to)
}

func (b *Board) item(entry, code string) (Item, bool) {
	items := b.Regency
	if entry != "" {
		r, ok := b.Row(entry)
		if !ok {
			return Item{}, false
		}
		items = r.Items
	}
	for _, it := range items {
		if it.Question.Code == code {
			return it, true
		}
	}
	return Item{}, false
}

// Steps ranks the next steps of the regency by gain per working day; entry narrows to one innovation.
func (b *Board) Steps(entry string, limit int) []Next {
	sheet := b.Sheet
	if r, ok := b.Row(entry); entry != "" && ok && !r.Counts {
		sheet = sheet.With(b.Entry(r)) // what it would gain once it counts
	}
	var out []Next
	for _, st := range b.Pack.NextSteps(sheet, b.effort, 0) {
		if entry != "" && st.Entry != entry {
			continue
		}
		n := Next{NextStep: st}
		n.Question, _, _ = b.Pack.Question(st.Item)
		if r, ok := b.Row(st.Entry); ok {
			n.Title = r.Fact.Title
		}
		it, _ := b.item(st.Entry, st.Item)
		n.Claimed = st.Entry != "" && int(it.Claimed) >= st.To && it.Proofs.Good() == 0
		n.OwnGain = b.own(st)
		if out = append(out, n); limit > 0 && len(out) == limit {
			break
		}
	}
	return out
}

// own is the gain on the innovation's own scale: weight times points.
func (b *Board) own(st instrument.NextStep) *big.Rat {
	q, _, _ := b.Pack.Question(st.Item)
	w, _ := new(big.Rat).SetString(q.Weight)
	return w.Mul(w, big.NewRat(int64(st.To-st.From), 1))
}

// Score gives the own score of an innovation on the scale of its items.
func (b *Board) Score(r Row) *big.Rat {
	total := new(big.Rat)
	for _, it := range r.Items {
		if it.Points > 0 {
			w, _ := new(big.Rat).SetString(it.Question.Weight)
			total.Add(total, w.Mul(w, big.NewRat(int64(it.Points), 1)))
		}
	}
	return total
}

// MaxScore is what an innovation can reach.
func (b *Board) MaxScore() *big.Rat {
	total := new(big.Rat)
	for _, q := range b.Pack.EntryItems() {
		w, _ := new(big.Rat).SetString(q.Weight)
		total.Add(total, w.Mul(w, big.NewRat(3, 1)))
	}
	return total
}

// Effect is what adding or dropping one innovation does to the index, gate and divisor included.
type Effect struct {
	Row   Row
	Gain  *big.Rat
	Gate  bool // after it
	Score *big.Rat
}

// Effects gives the effect of dropping each innovation that counts and of adding each that does not yet but is live.
func (b *Board) Effects() (drop, add []Effect) {
	for _, r := range b.Rows {
		sheet := b.Sheet.Without(r.Fact.ID)
		if !r.Counts {
			if r.Why == "score.not.window" || r.Fact.LiveAt == 0 {
				continue
			}
			sheet = b.Sheet.With(b.Entry(r))
		}
		d := b.Pack.Divide(sheet)
		e := Effect{Row: r, Gain: new(big.Rat).Sub(d.Index, b.Result.Index), Gate: d.Gate, Score: b.Score(r)}
		if r.Counts {
			drop = append(drop, e)
		} else {
			add = append(add, e)
		}
	}
	return drop, add
}

// Change is one what-if: an item of an innovation (or of the regency, Entry "") at other points.
type Change struct {
	Entry, Item string
	Points      int8
}

// Simulation is the index with changes. It is never stored and is no official value.
type Simulation struct {
	Then  instrument.Result
	Delta *big.Rat
}

// Simulate computes the index with other points, without some innovations and with others that do not count yet.
func (b *Board) Simulate(changes []Change, without, with []string) Simulation {
	sheet := b.Sheet.Without(without...)
	for _, id := range with {
		if r, ok := b.Row(id); ok && !r.Counts {
			sheet = sheet.With(b.Entry(r))
		}
	}
	for _, c := range changes {
		sheet = b.Pack.WithPoint(sheet, c.Entry, c.Item, c.Points)
	}
	out := Simulation{Then: b.Pack.EvaluateSheet(sheet)}
	out.Delta = new(big.Rat).Sub(out.Then.Index, b.Result.Index)
	return out
}

// ParseChange reads "ENTRY:ITEM:POINTS"; the entry is empty for an item of the regency.
func (b *Board) ParseChange(text string) (Change, bool) {
	var c Change
	last := lastColon(text)
	if last < 0 {
		return c, false
	}
	points, err := strconv.Atoi(text[last+1:])
	rest := text[:last]
	middle := lastColon(rest)
	if err != nil || middle < 0 || points < 0 || points > 3 {
		return c, false
	}
	c.Entry, c.Item, c.Points = rest[:middle], b.Pack.Canonical(rest[middle+1:]), int8(points)
	_, ok := b.item(c.Entry, c.Item)
	return c, ok
}

func lastColon(text string) int {
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] == ':' {
			return i
		}
	}
	return -1
}
