package innovation

import (
	"math/big"
	"strconv"
	"strings"
)

// tally adds up effects exactly, in millionths, without a fraction for each: a page adds up thousands of them. It gives the
// same sums as Effect.Gain.
type tally struct {
	minutes, hours, days, rupiah, people, one big.Int
	rest                                      Gain // effects too large or too fine for millionths
}

const millionths = 1_000_000

// add takes an effect in.
func (t *tally) add(e Effect) {
	before, okBefore := inMillionths(e.Before)
	after, okAfter := inMillionths(e.After)
	into := t.part(e)
	if !okBefore || !okAfter || into == nil {
		t.addRest(e.Gain())
		return
	}
	t.one.Mul(t.one.SetInt64(before-after), big.NewInt(e.Times))
	into.Add(into, &t.one)
}

func (t *tally) part(e Effect) *big.Int {
	switch {
	case e.Kind == "cost":
		return &t.rupiah
	case e.Kind == "people":
		return &t.people
	case e.Kind != "time":
		return nil
	}
	switch e.Unit {
	case "minute":
		return &t.minutes
	case "hour":
		return &t.hours
	case "day":
		return &t.days
	}
	return nil
}

func (t *tally) addRest(g Gain) {
	if t.rest.Hours == nil {
		t.rest = Gain{Hours: new(big.Rat), Rupiah: new(big.Rat), People: new(big.Rat)}
	}
	t.rest.Hours.Add(t.rest.Hours, g.Hours)
	t.rest.Rupiah.Add(t.rest.Rupiah, g.Rupiah)
	t.rest.People.Add(t.rest.People, g.People)
}

// into writes the sums to a row.
func (t *tally) into(r *YouthRow) {
	for _, part := range []struct {
		sum  *big.Int
		unit *big.Rat
		to   *big.Rat
	}{{&t.minutes, hoursOf("minute"), r.Hours}, {&t.hours, hoursOf("hour"), r.Hours}, {&t.days, hoursOf("day"), r.Hours}, {&t.rupiah, big.NewRat(1, 1), r.Rupiah}, {&t.people, big.NewRat(-1, 1), r.People}} {
		sum := new(big.Rat).SetFrac(part.sum, big.NewInt(millionths))
		part.to.Add(part.to, sum.Mul(sum, part.unit))
	}
	if t.rest.Hours != nil {
		r.Hours.Add(r.Hours, t.rest.Hours)
		r.Rupiah.Add(r.Rupiah, t.rest.Rupiah)
		r.People.Add(r.People, t.rest.People)
	}
}

// inMillionths reads a plain decimal of at most six digits behind the point; false when it is none or too large.
func inMillionths(text string) (int64, bool) {
	whole, part, _ := strings.Cut(text, ".")
	if len(whole) > 12 || len(part) > 6 || strings.HasPrefix(part, "-") || strings.HasPrefix(part, "+") {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+part+"000000"[len(part):], 10, 64)
	return n, err == nil && whole != "" && whole != "-" && whole != "+"
}
