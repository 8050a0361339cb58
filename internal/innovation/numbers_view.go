package innovation

import (
	"math/big"
	"slices"
	"time"
)

// numbersView is everything counted, ready to be shown.
type numbersView struct {
	Users                 []Count
	Ratios                []ratio
	Budgets               []Budget
	Effects               []gained
	Hours, Rupiah, People string // gained in a year by all effects; "" when there is none of that kind
}

// Any reports whether anything was counted.
func (v numbersView) Any() bool {
	return len(v.Users)+len(v.Ratios)+len(v.Budgets)+len(v.Effects) > 0
}

// ratio is the complaints of one period. Percent is "" when none came or nobody counted the resolved ones: a share of
// nothing is no share. Entered is when the later of the two numbers was entered, After whether that was after the period.
type ratio struct {
	From, To       int64
	Came, Resolved int64 // Resolved is -1 when it was not counted
	Percent        string
	Entered        int64
	Source         string
}

// gained is an effect with what it adds up to in a year; a loss carries a minus.
type gained struct {
	Effect
	Hours, Rupiah, People, Percent string
}

// viewOf puts the numbers in the order shown.
func viewOf(n Numbers) numbersView {
	v := numbersView{Budgets: n.Budgets}
	for _, c := range n.Counts {
		switch c.Kind {
		case "users":
			v.Users = append(v.Users, c)
		case "complaints":
			v.addRatio(c, n.Counts)
		}
	}
	hours, rupiah, people := new(big.Rat), new(big.Rat), new(big.Rat)
	for _, e := range n.Effects {
		g := e.Gain()
		one := gained{Effect: e}
		switch e.Kind {
		case "time":
			one.Hours, v.Hours = shortDecimal(g.Hours, 1), shortDecimal(hours.Add(hours, g.Hours), 1)
		case "cost":
			one.Rupiah, v.Rupiah = shortDecimal(g.Rupiah, 0), shortDecimal(rupiah.Add(rupiah, g.Rupiah), 0)
		case "people":
			one.People, v.People = shortDecimal(g.People, 0), shortDecimal(people.Add(people, g.People), 0)
		}
		one.Percent = percentOf(e, g)
		v.Effects = append(v.Effects, one)
	}
	return v
}

// addRatio joins the complaints of a period, the latest entry, with the resolved ones of the same period.
func (v *numbersView) addRatio(c Count, all []Count) {
	if slices.ContainsFunc(v.Ratios, func(x ratio) bool { return x.From == c.From && x.To == c.To }) {
		return
	}
	x := ratio{From: c.From, To: c.To, Came: c.Value, Resolved: latest(all, "resolved", c.From, c.To), Entered: c.At, Source: c.Source}
	for _, one := range all {
		if one.Kind == "resolved" && one.From == c.From && one.To == c.To {
			x.Entered = max(x.Entered, one.At)
			break
		}
	}
	if x.Came > 0 && x.Resolved >= 0 {
		x.Percent = shortDecimal(big.NewRat(100*x.Resolved, x.Came), 1)
	}
	v.Ratios = append(v.Ratios, x)
}

// AfterDays is how many days after the end of the period the numbers were entered.
func (x ratio) AfterDays() int { return int((x.Entered - x.To) / int64(24*time.Hour/time.Millisecond)) }

// percentOf gives the saving, or the growth of the people served; "" when nothing was there before.
func percentOf(e Effect, g Gain) string {
	if g.Percent == nil {
		return ""
	}
	if e.Kind == "people" {
		return shortDecimal(new(big.Rat).Neg(g.Percent), 1)
	}
	return shortDecimal(g.Percent, 1)
}

// shortDecimal writes a number with at most that many digits after the point.
func shortDecimal(v *big.Rat, digits int) string {
	r, ok := new(big.Rat).SetString(v.FloatString(digits))
	if !ok {
		return ""
	}
	return plain(r)
}
