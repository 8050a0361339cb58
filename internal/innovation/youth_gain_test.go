package innovation

import (
	"math/big"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestTheTallyIsTheSumOfTheGains(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(1, 2))
	texts := []string{"0", "1", "180", "30.5", "0.000001", "123456789012.654321", "1234567890123456", "0.1234567", "", "x", "-5", "-0.5", "1.-5", "1.+5", ".5", "9007199254740991"}
	row := func() *YouthRow { return &YouthRow{Hours: new(big.Rat), Rupiah: new(big.Rat), People: new(big.Rat)} }
	fast, plain, sums := row(), row(), &tally{}
	for range 3000 {
		e := Effect{Kind: append(EffectKinds(), "other")[dice.IntN(4)], Unit: append(TimeUnits(), "week")[dice.IntN(4)], Before: texts[dice.IntN(len(texts))], After: texts[dice.IntN(len(texts))], Times: 1 + dice.Int64N(1<<53)}
		if dice.IntN(2) == 0 {
			e.Before = strconv.Itoa(dice.IntN(1e6))
		}
		sums.add(e)
		g := e.Gain()
		plain.Hours.Add(plain.Hours, g.Hours)
		plain.Rupiah.Add(plain.Rupiah, g.Rupiah)
		plain.People.Add(plain.People, g.People)
	}
	sums.into(fast)
	if fast.Hours.Cmp(plain.Hours) != 0 || fast.Rupiah.Cmp(plain.Rupiah) != 0 || fast.People.Cmp(plain.People) != 0 {
		t.Errorf("got %s %s %s, want %s %s %s", fast.Hours, fast.Rupiah, fast.People, plain.Hours, plain.Rupiah, plain.People)
	}
}

// TestAnIdeaOfAnAgencyThatNoSumMetIsCounted: it came between the two reads.
func TestAnIdeaOfAnAgencyThatNoSumMetIsCounted(t *testing.T) {
	t.Parallel()
	k := &youthKept{rows: map[string]YouthRow{}, ideas: []proposal{{agency: "kes", at: 5, due: 9}}}
	y := Youth{From: 1, At: 7}
	y.add(k.answers(y)["kes"])
	if y.Sum.Proposed != 1 || y.Sum.Waiting != 1 || y.Sum.Hours.Sign() != 0 {
		t.Errorf("%+v", y.Sum)
	}
}
