package instrument_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/pendapa/pendapa/internal/instrument"
)

// random fills a sheet at random; the seed gives the same sheet every time.
func random(p *instrument.Pack, seed uint64, entries int) instrument.Sheet {
	dice := rand.New(rand.NewPCG(seed, 38))
	s := p.BlankSheet()
	for i := range s.Regency {
		s.Regency[i] = int8(dice.IntN(5) - 1)
	}
	for i := range entries {
		e := p.BlankEntry(fmt.Sprintf("INV-%03d", i), p.Affairs[dice.IntN(len(p.Affairs))].Code)
		for j := range e.Points {
			e.Points[j] = int8(dice.IntN(5) - 1)
		}
		s.Entries = append(s.Entries, e)
	}
	return s
}

// TestGainsAreExact: the gain of every step is what the index rises by when the step is made, to the last digit.
func TestGainsAreExact(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"iid-2026", "iid-2028"} {
		p := pack(t, id)
		for seed, entries := range []int{0, 1, 5, 11, 12, 13, 17, 18, 25} {
			s := random(p, uint64(seed), entries)
			before := p.Divide(s).Index
			steps := p.NextSteps(s, p.PackEffort, 0)
			for i, step := range steps {
				after := p.Divide(p.WithPoint(s, step.Entry, step.Item, int8(step.To))).Index
				if gain := new(big.Rat).Sub(after, before); gain.Cmp(step.Gain) != 0 || gain.Sign() <= 0 {
					t.Fatalf("%s, %d entries: %+v says %s, the index rises by %s", id, entries, step, step.Gain, gain)
				}
				if i > 0 && step.PerDay().Cmp(steps[i-1].PerDay()) > 0 {
					t.Fatalf("%s, %d entries: step %d gains more a day than the one before", id, entries, i)
				}
				if step.Effort < 1 || step.To <= step.From || step.To > 3 {
					t.Fatalf("%s: %+v", id, step)
				}
			}
			if wanted := possible(s); len(steps) != wanted {
				t.Errorf("%s, %d entries: %d steps, want %d", id, entries, len(steps), wanted)
			}
			if top := p.NextSteps(s, p.PackEffort, 3); len(top) != 3 || top[2].Gain.Cmp(steps[2].Gain) != 0 {
				t.Errorf("%s, %d entries: the first three differ", id, entries)
			}
		}
	}
}

// possible counts the ways to raise one item of a sheet.
func possible(s instrument.Sheet) (n int) {
	for _, pt := range s.Regency {
		n += 3 - max(int(pt), 0)
	}
	for _, e := range s.Entries {
		for _, pt := range e.Points {
			n += 3 - max(int(pt), 0)
		}
	}
	return n
}

func TestEfforts(t *testing.T) {
	t.Parallel()
	p := pack(t, "iid-2026")
	for _, c := range []struct {
		item           string
		from, to, want int
	}{{"16", 0, 1, 10}, {"16", 0, 3, 180}, {"16", 1, 2, 35}, {"16", 2, 3, 135}, {"no such item", 0, 1, 10}} {
		if got := p.PackEffort("", c.item, c.from, c.to); got != c.want {
			t.Errorf("item %s from %d to %d takes %d days, want %d", c.item, c.from, c.to, got, c.want)
		}
	}
	never := func(_, item string, _, _ int) int {
		if item == "20" {
			return 1
		}
		return 0
	}
	steps := p.NextSteps(full(p, 2, 2), never, 0)
	if len(steps) != 2 || steps[0].Entry != "INV-001" || steps[1].Entry != "INV-002" || steps[0].Gain.Cmp(rat(t, "1/30")) != 0 {
		t.Errorf("only item 20 can be raised: %v", steps)
	}
}

// BenchmarkIID200 scores one regency with 200 innovations in full and ranks every next step. Goal: 20 ms.
func BenchmarkIID200(b *testing.B) {
	p := pack(b, "iid-2026")
	s := random(p, 1, 200)
	for b.Loop() {
		if r := p.EvaluateSheet(s); len(r.Entries) != 200 {
			b.Fatal("entries are missing")
		}
		if steps := p.NextSteps(s, p.PackEffort, 0); len(steps) < 1000 {
			b.Fatal("steps are missing")
		}
	}
}

// BenchmarkIID514x60 computes all scores of 514 regencies with 60 innovations each. Goal: 300 ms.
func BenchmarkIID514x60(b *testing.B) {
	p := pack(b, "iid-2026")
	sheets := make([]instrument.Sheet, 514)
	for i := range sheets {
		sheets[i] = random(p, uint64(i), 60)
	}
	for b.Loop() {
		for _, s := range sheets {
			if d := p.Divide(s); len(d.Scores) != 60 || p.BandOf(d.Index, instrument.Options{}) == nil {
				b.Fatal("scores are missing")
			}
		}
	}
}
