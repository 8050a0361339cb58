package instrument

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

var decimalForm = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,12})?$`)

// decimal reads a plain decimal number exactly; nil when it is none.
func decimal(s string) *big.Rat {
	if !decimalForm.MatchString(s) {
		return nil
	}
	r, _ := new(big.Rat).SetString(s)
	return r
}

// ParseMark reads a mark written with a decimal point or comma and checks it against the scale of the pack.
func (p *Pack) ParseMark(text string) (*big.Rat, error) {
	v := decimal(strings.Replace(strings.TrimSpace(text), ",", ".", 1))
	if v == nil {
		return nil, fmt.Errorf("%q is not a number; write for example 2.75", text)
	}
	if v.Cmp(p.min) < 0 || v.Cmp(p.max) > 0 {
		return nil, fmt.Errorf("mark %s is outside the scale %s to %s", text, p.Scale.Min, p.Scale.Max)
	}
	if p.step != nil && !new(big.Rat).Quo(new(big.Rat).Sub(v, p.min), p.step).IsInt() {
		return nil, fmt.Errorf("mark %s is not on the scale: %s to %s in steps of %s", text, p.Scale.Min, p.Scale.Max, p.Scale.Step)
	}
	return v, nil
}

// ParseIndex reads a published index, or the published value of a component, with a decimal point or comma. It is a mean
// of marks and need not stand on a step of the scale; for WeightTimes the index goes to 100 and a component to the sum of
// its weights times the most points. The bounds are given also when the text does not fit.
func (p *Pack) ParseIndex(component, text string) (v, low, high *big.Rat, err error) {
	low, high = p.min, p.max
	if p.Rule == WeightTimes {
		low, high = new(big.Rat), big.NewRat(100, 1)
		for i, c := range p.Components {
			if c.Code == component {
				high = new(big.Rat).Mul(p.weights[i], big.NewRat(p.ruler.most, 1))
			}
		}
	}
	v = decimal(strings.Replace(strings.TrimSpace(text), ",", ".", 1))
	if v == nil {
		return nil, low, high, fmt.Errorf("%q is not a number; write for example 2.75", text)
	}
	if v.Cmp(low) < 0 || v.Cmp(high) > 0 {
		return nil, low, high, fmt.Errorf("%s is not between %s and %s", text, Plain(low, 6), Plain(high, 6))
	}
	return v, low, high, nil
}

// Choices lists the marks of a scale with steps, lowest first; nil when every decimal is a mark or there are too many to list.
func (p *Pack) Choices() []string {
	step := p.step
	if step == nil {
		step = big.NewRat(1, 1)
	}
	var out []string
	for v := new(big.Rat).Set(p.min); v.Cmp(p.max) <= 0; v.Add(v, step) {
		if out = append(out, Plain(v, 6)); len(out) > 12 {
			return nil
		}
	}
	return out
}

// Figure reads a raw figure as people type it: with Indonesian or English separators, a percent or rupiah sign. A number
// that could be read both ways, such as 1.234 or 1,234, is a thousand and more, unless the figure is fractional by its nature
// (a percentage, an index). Pages echo what was understood.
func Figure(text string, fractional bool) (*big.Rat, error) {
	s := strings.NewReplacer("\u00a0", "", " ", "", "−", "-", "%", "", "Rp", "", "rp", "").Replace(strings.TrimSpace(text))
	s = strings.TrimPrefix(s, "+")
	plain, ok := plainFigure(s, fractional)
	v := decimal(plain)
	if !ok || v == nil {
		return nil, fmt.Errorf("%q is not a number; write for example 1234,5", text)
	}
	return v, nil
}

var grouped = regexp.MustCompile(`^-?[0-9]{1,3}([.,][0-9]{3})+$`)

// plainFigure writes a number with a decimal point and without groups.
func plainFigure(s string, fractional bool) (string, bool) {
	point, comma := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	switch {
	case point >= 0 && comma >= 0:
		group, mark := ".", ","
		if point > comma {
			group, mark = ",", "."
		}
		whole, part, _ := strings.Cut(s, mark)
		if strings.Contains(part, group) || !grouped.MatchString(strings.ReplaceAll(whole, group, ".")) {
			return "", false
		}
		return strings.ReplaceAll(whole, group, "") + "." + part, true
	case point >= 0 && grouped.MatchString(s) && (strings.Count(s, ".") > 1 || !fractional && !strings.HasPrefix(strings.TrimPrefix(s, "-"), "0")):
		return strings.ReplaceAll(s, ".", ""), true
	case comma >= 0 && strings.Count(s, ",") > 1:
		return strings.ReplaceAll(s, ",", ""), grouped.MatchString(s)
	case comma >= 0 && !fractional && grouped.MatchString(s) && !strings.HasPrefix(strings.TrimPrefix(s, "-"), "0"):
		return strings.ReplaceAll(s, ",", ""), true // 1,250 is how English writes a thousand and more
	case comma >= 0:
		return strings.Replace(s, ",", ".", 1), true
	}
	return s, true
}

// sameWords compares words without regard to case and space around them.
func sameWords(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// Decimal writes r with exactly that many digits after the point, halves away from zero. "" for nil.
func Decimal(r *big.Rat, digits int) string {
	if r == nil {
		return ""
	}
	return r.FloatString(digits)
}

// Plain writes r with at most that many digits after the point and no needless zeros: 3, 2.75. "" for nil.
func Plain(r *big.Rat, digits int) string {
	if r == nil {
		return ""
	}
	return strings.TrimRight(strings.TrimRight(r.FloatString(digits), "0"), ".")
}

// Rat reads a stored decimal; nil when it is empty or none.
func Rat(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil
	}
	return r
}
