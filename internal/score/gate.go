package score

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/pendapa/pendapa/internal/instrument"
)

// noAffair stands where an innovation names no affair. The instrument takes the gate as open while no entry of a marks file
// names one; the register knows better: nothing is covered.
const noAffair = "-"

// Entry gives an innovation as the instrument counts it; touching affairs count where that reading is chosen.
func (b *Board) Entry(r Row) instrument.Entry {
	e := instrument.Entry{ID: r.Fact.ID, Affair: cmp.Or(r.Fact.Affair, noAffair), Points: make([]int8, len(r.Items))}
	if b.Pack.Choice(b.Options, "affairs") == "all" {
		e.Touching = r.Fact.Touching
	}
	for i, it := range r.Items {
		e.Points[i] = it.Points
	}
	return e
}

// basic lists the basic affairs that an innovation covers, each once.
func (b *Board) basic(e instrument.Entry) []string {
	var out []string
	for _, a := range b.Pack.Affairs {
		if a.Basic && (a.Code == e.Affair || slices.Contains(e.Touching, a.Code)) {
			out = append(out, a.Code)
		}
	}
	return out
}

// Affair is a basic affair with how many innovations cover it.
type Affair struct {
	instrument.Affair
	N int
}

// Covered lists the basic affairs with how many counting innovations each has, in the order of the pack.
func (b *Board) Covered() []Affair {
	var out []Affair
	for _, a := range b.Pack.Affairs {
		if a.Basic {
			out = append(out, Affair{Affair: a, N: b.covered[a.Code]})
		}
	}
	return out
}

// GateWorth is how many points of the index the number of innovations gives while enough affairs are covered; exactly this
// is lost when they are not.
func (b *Board) GateWorth() *big.Rat {
	d := b.Pack.Divisor
	worth := new(big.Rat).Mul(instrument.Rat(d.CountWeight), whole(min(b.Result.Divided.N, d.CountCap)))
	return worth.Mul(worth, whole(100)).Quo(worth, instrument.Rat(d.Total))
}
