package score

import (
	"math/big"
	"slices"

	"github.com/pendapa/pendapa/internal/instrument"
)

// Effect is what adding or dropping one innovation does to the index, gate and divisor included.
type Effect struct {
	Row   Row
	Gain  *big.Rat
	Gate  bool // after it
	Score *big.Rat
}

// Effects gives the effect of dropping each innovation that counts and of adding each that is live inside the window but is
// not sent yet; the largest gain first. They are worked out once for a board; who gets them must not change them.
func (b *Board) Effects() (drop, add []Effect) {
	b.once.Do(func() { b.drops, b.adds = b.effects() })
	return b.drops, b.adds
}

func (b *Board) effects() (drop, add []Effect) {
	for _, r := range b.Rows {
		switch {
		case r.Counts:
			drop = append(drop, b.effect(r, -1))
		case b.addable(r):
			add = append(add, b.effect(r, 1))
		}
	}
	for _, all := range [][]Effect{drop, add} {
		slices.SortStableFunc(all, func(x, y Effect) int { return y.Gain.Cmp(x.Gain) })
	}
	return drop, add
}

// addable reports whether an innovation would count if it were sent.
func (b *Board) addable(r Row) bool {
	f := r.Fact
	f.Counting = true
	ok, _ := counts(b.Pack, f, b.zone)
	return !r.Counts && ok
}

// effect computes the index with one innovation more or less. It is Divide in short, because a page asks it of every
// innovation and Divide looks at all of them each time.
func (b *Board) effect(r Row, more int) Effect {
	d, rule := b.Result.Divided, b.Pack.Divisor
	score := b.Score(r)
	sum := new(big.Rat).Add(d.Sum, new(big.Rat).Mul(score, whole(more)))
	n, affairs := d.N+more, d.Affairs
	for _, a := range b.basic(b.Entry(r)) {
		if more > 0 && b.covered[a] == 0 || more < 0 && b.covered[a] == 1 {
			affairs += more
		}
	}
	e := Effect{Row: r, Score: score, Gate: n > 0 && affairs >= rule.Affairs}
	index := sum.Quo(sum, whole(max(rule.Minimum, n)))
	index.Add(index, d.Regency)
	if e.Gate {
		index.Add(index, new(big.Rat).Mul(instrument.Rat(rule.CountWeight), whole(min(n, rule.CountCap))))
	}
	index.Mul(index, whole(100)).Quo(index, instrument.Rat(rule.Total))
	e.Gain = index.Sub(index, b.Result.Index)
	return e
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
	if len(changes)+len(without)+len(with) == 0 {
		return Simulation{Then: b.Result, Delta: new(big.Rat)}
	}
	sheet := b.Sheet.Without(without...)
	for i, id := range with {
		if r, ok := b.Row(id); ok && !r.Counts && !slices.Contains(with[:i], id) {
			sheet = sheet.With(b.Entry(r))
		}
	}
	for _, c := range changes {
		sheet = b.Pack.WithPoint(sheet, c.Entry, c.Item, c.Points)
	}
	out := Simulation{Then: b.evaluate(sheet)}
	out.Delta = new(big.Rat).Sub(out.Then.Index, b.Result.Index)
	return out
}
